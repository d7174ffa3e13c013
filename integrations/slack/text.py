"""Slack's own text: what must be escaped on the way out, and reading its markup on the way in.

Only `&`, `<` and `>` can be escaped (messaging.md 5.7). The marks of mrkdwn (`*`, `_`, `~`,
backtick) cannot: what a resident wrote goes into `plain_text` or `rich_text` elements, which know
none.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(r"<([^<>]{1,3000})>")


def escape(text: str) -> str:
    """Return text that can ping nobody and links nowhere."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Return what was written before Slack escaped it."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def read(text: str) -> str:
    """Return what a person typed, as plain text: tokens resolved, then unescaped.

    `<@U1>` reads `@U1`, `<#C1|general>` `#general`, `<https://x|label>` `label (https://x)`,
    `<!here>` `@here`.
    """
    return unescape(_TOKEN.sub(_resolve, text))


def _resolve(match: re.Match[str]) -> str:
    body, bar, label = match.group(1).partition("|")
    if body.startswith(("@", "#")):
        return body[0] + (label if bar and label else body[1:])
    if body.startswith("!"):
        return label if bar and label else "@" + body[1:].partition("^")[0]
    target = body.removeprefix("mailto:").removeprefix("tel:")
    if not bar or not label or label in (body, target):
        return target
    return f"{label} ({target})"
