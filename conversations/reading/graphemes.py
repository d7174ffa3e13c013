"""Where a text may be cut without splitting what a person sees as one character.

Extended grapheme clusters as UAX 29 of Unicode 10.0 draws them, because that is the version the
carrier's own segment calculator counts with. Newer emoji sequences are counted as the carrier does,
not as a current phone shows them.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache

from conversations.data import read_toml

_HANGUL_FIRST, _HANGUL_LAST, _HANGUL_T = 0xAC00, 0xD7A3, 28
_BREAKING = frozenset({"CR", "LF", "Control"})
_JOINED = frozenset(
    pair
    for first, seconds in (
        ("L", ("L", "V", "LV", "LVT")),
        ("LV", ("V", "T")),
        ("V", ("V", "T")),
        ("LVT", ("T",)),
        ("T", ("T",)),
        ("ZWJ", ("Glue_After_Zwj", "E_Base_GAZ")),
        ("CR", ("LF",)),
    )
    for pair in ((first, second) for second in seconds)
)
_BASES = frozenset({"E_Base", "E_Base_GAZ"})


@cache
def _ranges() -> tuple[list[int], list[int], list[str]]:
    """Return the firsts, lasts and classes of all listed ranges, sorted by first code point."""
    found = []
    for name, text in read_toml("reading/carrier/graphemes.toml").items():
        for item in text.split():
            first, _, last = item.partition("-")
            found.append((int(first, 16), int(last or first, 16), name))
    found.sort()
    return [row[0] for row in found], [row[1] for row in found], [row[2] for row in found]


@cache
def _break_class(char: str) -> str:
    """Return the Grapheme_Cluster_Break class of one character."""
    code = ord(char)
    if char in "\r\n":
        return "CR" if char == "\r" else "LF"
    if code == 0x200D:
        return "ZWJ"
    if _HANGUL_FIRST <= code <= _HANGUL_LAST:
        return "LVT" if (code - _HANGUL_FIRST) % _HANGUL_T else "LV"
    firsts, lasts, names = _ranges()
    at = bisect_right(firsts, code) - 1
    return names[at] if at >= 0 and code <= lasts[at] else "Other"


def split_graphemes(text: str) -> list[str]:
    """Return the grapheme clusters of `text` in order; joined they are `text` again."""
    clusters: list[str] = []
    start, before, base, flags = 0, "", "", 0
    for index, char in enumerate(text):
        kind = _break_class(char)
        if index and not _sticks(before, kind, base, flags):
            clusters.append(text[start:index])
            start, flags = index, 0
        flags = flags + 1 if kind == "Regional_Indicator" else 0
        if kind != "Extend":
            base = kind
        before = kind
    if text:
        clusters.append(text[start:])
    return clusters


def _sticks(before: str, kind: str, base: str, flags: int) -> bool:
    """Tell whether a character of class `kind` belongs to the cluster that ends with `before`.

    Args:
        before: class of the character before.
        kind: class of the character in question.
        base: class of the last character that is not Extend.
        flags: how many regional indicators stand in a row just before.
    """
    if (before, kind) in _JOINED:
        return True
    if before in _BREAKING or kind in _BREAKING:
        return False
    if kind in ("Extend", "ZWJ", "SpacingMark") or before == "Prepend":
        return True
    if kind == "E_Modifier":
        return base in _BASES
    return kind == "Regional_Indicator" and flags % 2 == 1
