"""How many SMS segments a text costs, exactly as the carrier's own calculator counts.

GSM-7 packs 160 septets into one segment and 153 into each of several; anything else makes the whole
text UCS-2 with 70 and 67 UTF-16 units. What a person sees as one character is never split over
two segments. Source: Twilio's sms-segments-calculator 1.3.0 (contracts/messaging.md section 1.10).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from conversations.data import read_toml
from conversations.reading.graphemes import split_graphemes

_SEGMENT_BITS = 1120
_HEADER_BITS = 48  # user data header of a message in several segments
_SEPTET, _UNIT = 7, 16
_GSM7_BASIC = frozenset(
    "\n\r !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
    "abcdefghijklmnopqrstuvwxyz¡£¤¥§¿ÄÅÆÇÉÑÖØÜßàäåæèéìñòöøùüΓΔΘΛΞΠΣΦΨΩ"
)
_GSM7_DOUBLE = frozenset("\f[\\]^{|}~€")  # an escape and a septet
_GSM7 = _GSM7_BASIC | _GSM7_DOUBLE


@dataclass(frozen=True, slots=True)
class Segments:
    """What a text costs.

    Attributes:
        encoding: `GSM-7` or `UCS-2`.
        segments: how many the carrier bills; 1 for an empty text.
        characters: septets in GSM-7 (the extension characters count 2), else what a person
            sees as characters.
    """

    encoding: str
    segments: int
    characters: int


def count_segments(text: str, smart: bool = False) -> Segments:
    """Return encoding, segments and characters of `text`.

    Args:
        text: the exact text to send.
        smart: count what the carrier sends with its "smart encoding" switched on.
    """
    if smart:
        text = to_gsm7_friendly(text)
    if _GSM7.issuperset(text):
        sizes = [_SEPTET * (2 if char in _GSM7_DOUBLE else 1) for char in text]
        return Segments("GSM-7", _fill(sizes), sum(sizes) // _SEPTET)
    sizes = []
    for cluster in split_graphemes(text):
        # The calculator counts a line end of two characters as two.
        parts = ("\r", "\n") if cluster == "\r\n" else (cluster,)
        sizes.extend(_UNIT * _units(part) for part in parts)
    return Segments("UCS-2", _fill(sizes), len(sizes))


def to_gsm7_friendly(text: str) -> str:
    """Return `text` with curly quotes, dashes, odd blanks and the like written in GSM-7.

    The same mapping as the carrier's smart encoding; accented letters stay as they are.
    """
    return text.translate(_smart_map())


def is_gsm7(text: str) -> bool:
    """Tell whether `text` can be sent in GSM-7 as it is."""
    return _GSM7.issuperset(text)


@cache
def _smart_map() -> dict[int, str]:
    """Return the smart encoding map, ready for `str.translate`."""
    table: dict[str, str] = read_toml("reading/carrier/smart_encoding.toml")["map"]
    return {ord(char): plain for char, plain in table.items()}


def _units(text: str) -> int:
    """Return the number of UTF-16 code units; a lone surrogate counts one."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _fill(sizes: list[int]) -> int:
    """Return the number of segments that indivisible pieces of these sizes (in bits) fill."""
    total = 0
    for at, size in enumerate(sizes):
        if total + size > _SEGMENT_BITS:
            return 1 + _fill_rest(sizes, at, total)
        total += size
    return 1


def _fill_rest(sizes: list[int], at: int, total: int) -> int:
    """Return the number of segments after the first, once piece `at` did not fit into it.

    The first segment now gets a header too, so its last pieces may move to the second.
    """
    start = at
    while total > _SEGMENT_BITS - _HEADER_BITS:
        start -= 1
        total -= sizes[start]
    used, count = sum(sizes[start:at]) + sizes[at] + _HEADER_BITS, 1
    for size in sizes[at + 1 :]:
        if used + size > _SEGMENT_BITS:
            used, count = _HEADER_BITS, count + 1
        used += size
    return count
