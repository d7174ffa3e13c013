"""Block Kit's limits, and cutting text to them so that it still reads (messaging.md 5.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

SECTION, FIELD, HEADER, CONTEXT = 3000, 2000, 150, 2000
BUTTON, OPTION, OPTION_VALUE = 75, 75, 150
MODAL_TITLE = 24
MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
OPTIONS = 100
FALLBACK = 3000
TOTAL = 12_000
"""Characters of all blocks together; Slack refuses about 13,200 (bolt-js issue 2509)."""

_ENTITIES = ("&amp;", "&lt;", "&gt;")
_JOINERS = "\u200d\ufe0f"


def cut(text: str, most: int) -> str:
    """Return a text of at most `most` characters, at a word's end where one is near.

    Neither an escaped sign nor a joined pictogram is cut in two.
    """
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    blank = kept.rfind(" ")
    if blank > most * 3 // 4:
        kept = kept[:blank]
    ampersand = kept.rfind("&")
    tail = kept[ampersand:] if ampersand >= 0 else ""
    if tail and any(entity.startswith(tail) and entity != tail for entity in _ENTITIES):
        kept = kept[:ampersand]
    if text[len(kept)] in _JOINERS or kept.endswith(tuple(_JOINERS)):
        kept = kept[:-1].rstrip(_JOINERS)
    return kept.rstrip() + "…"


def fit(blocks: Sequence[Mapping[str, Any]], most: int = MESSAGE_BLOCKS) -> list[dict[str, Any]]:
    """Return the blocks that fit into one message or view; buttons are never left out."""
    kept = [dict(block) for block in blocks]
    while len(kept) > most or count(kept) > TOTAL:
        at = _least_needed(kept)
        if at is None:
            return kept[:most]
        del kept[at]
    return kept


def count(part: Any) -> int:
    """Return how many characters of text blocks hold."""
    if isinstance(part, Mapping):
        return sum(
            len(value) if name == "text" and isinstance(value, str) else count(value)
            for name, value in part.items()
        )
    return sum(count(inner) for inner in part) if isinstance(part, list | tuple) else 0


def _least_needed(blocks: Sequence[Mapping[str, Any]]) -> int | None:
    """Return which block goes first: the last one that is neither the head nor to be pressed."""
    for at in range(len(blocks) - 1, 0, -1):
        if (
            blocks[at]["type"] in ("section", "context", "divider")
            and "accessory" not in blocks[at]
        ):
            return at
    return None
