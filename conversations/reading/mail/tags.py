"""Taking an HTML page apart to tags and texts, in one pass whatever is broken in it.

Own code, since the parser of the standard library takes quadratic time on some broken pages.
"""

from __future__ import annotations

import re

_TAG = re.compile(r"/?([a-zA-Z][a-zA-Z0-9:-]{0,30})")
_ATTRIBUTE = re.compile(
    r"(id|class|type|data-[a-z]{1,30})\s{0,3}=\s{0,3}(?:\"([^\"]{0,300})\"|'([^']{0,300})'|([^\s>\"']{1,100}))",
    re.I,
)
_HIDDEN = frozenset(["style", "script", "head", "title", "template", "noscript"])
_CLOSINGS = {"-->": re.compile("-->")} | {
    f"</{name}": re.compile(f"</{name}[^>]{{0,200}}>?", re.I) for name in _HIDDEN
}


def read_tags(page: str) -> list[tuple[str, str, str]]:
    """Return tags as (name, attributes, "") and texts as ("", "", text), in order.

    Names are lower case, with `/` before those that close; comments and what is not seen (styles,
    scripts) are left out, unless they are never closed.
    """
    found: list[tuple[str, str, str]] = []
    at, size = 0, len(page)
    never: set[str] = set()  # what is not closed any more, not to look for it again
    while at < size:
        begin = page.find("<", at)
        if begin != at:
            found.append(("", "", page[at : size if begin < 0 else begin]))
        if begin < 0:
            break
        if page.startswith("<!--", begin):
            at = _after(page, "-->", begin + 4, never)
            continue
        match = _TAG.match(page, begin + 1)
        if match is None and page[begin + 1 : begin + 2] not in ("!", "?"):
            found.append(("", "", "<"))
            at = begin + 1
            continue
        end = page.find(">", begin)
        if end < 0:
            found.append(("", "", page[begin:]))
            break
        at = end + 1
        if match is None:
            continue
        name = match[1].lower()
        if page[begin + 1] == "/":
            found.append(("/" + name, "", ""))
        elif name in _HIDDEN:
            at = _after(page, f"</{name}", at, never)
        else:
            found.append((name, page[match.end() : min(end, match.end() + 2000)], ""))
    return found


def _after(page: str, closing: str, at: int, never: set[str]) -> int:
    """Return where reading goes on after what is not seen; `at` when it is never closed."""
    if closing in never:
        return at
    match = _CLOSINGS[closing].search(page, at)
    if match is None:
        never.add(closing)
        return at
    return match.end()


def read_attributes(text: str) -> dict[str, str]:
    """Return the attributes that matter, in lower case."""
    return {
        match[1].lower(): (match[2] or match[3] or match[4] or "").lower()
        for match in _ATTRIBUTE.finditer(text)
    }
