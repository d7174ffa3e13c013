"""Numbers: the readings of a house number, with suffixes and ranges.

`36-23`, `55 D`, `12 1/2`, `39 & 41`, `300 block of`. Numbers that name other things (`apt 4`,
`pole 2262`) are told apart by the word before them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conversations.reading.where import words
from conversations.reading.where.grammar import longest_known, ordinary
from conversations.reading.where.names import NameIndex
from conversations.reading.where.pieces import Break, Kind, Piece
from conversations.reading.where.shapes import shaped_end

_AND_LETTERS = frozenset("yon")  # `149 y Tinton`, `6th n 7th`: a short "and", no suffix
_BETWEEN_NUMBERS = frozenset({"and", "y", "&", "n", "e", "/", "+"})
_PLURALS = frozenset({"calles", "avenidas"})  # `las calles 34 y 35`
_SUFFIXES = frozenset({"front", "rear", "garage"})
_JOINING = frozenset({"&", "/", "and", "y", "to", "a"})
_WIDEST_RANGE = 60
_LONG_NUMBER = 3  # digits; behind "my apartment" that is the house of the address
_SHORT_NUMBER = 2  # digits; longer ones behind "between" may be two houses


@dataclass(frozen=True, slots=True)
class House:
    """A house number in pieces `start` to `end` (exclusive); `number` as it is to be sent."""

    start: int
    end: int
    number: str


def named_otherwise(pieces: list[Piece], at: int, index: NameIndex) -> bool:
    """Return whether the word before says that the number is no house number."""
    if at == 0:
        return False
    before = pieces[at - 1]
    if before.low == "#" and at > 1:
        before = pieces[at - 2]
    if before.low in ("$", "%") or pieces[at].low.lstrip("0") == "":
        return True
    if pieces[at].low.endswith("0s"):
        return True
    if before.low in words.BETWEEN and _joined_streets(pieces, at, index):
        return True
    opens = words.BETWEEN | _PLURALS
    if at > 2 and pieces[at - 3].low in opens and _joined_streets(pieces, at - 2, index):
        return True
    if before.low in words.HOMES and len(pieces[at].low) >= _LONG_NUMBER:
        return False  # `in my apartment 1520 grand concourse`
    return before.low in words.NAMED and pieces[at].gap is Break.NONE


def _joined_streets(pieces: list[Piece], at: int, index: NameIndex) -> bool:
    """`btw 81 and 82`, `between 5 and 6 ave`: two numbered streets behind "between", no house."""
    if at + 2 >= len(pieces) or pieces[at + 1].low not in _BETWEEN_NUMBERS:
        return False
    if pieces[at + 2].kind not in (Kind.NUMBER, Kind.ORDINAL):
        return False
    if at + 3 >= len(pieces) or pieces[at + 3].key in words.HARD_TYPES:
        return True
    if longest_known(pieces, at + 3, index.neighbourhoods, index) > at + 3:
        return True  # `bet 74 & 75 jackson hts`
    houses = shaped_end(pieces, at + 3) > at + 3  # `between 39 & 41 Trumbull St`
    return len(pieces[at].low) <= _SHORT_NUMBER and not houses


def houses_at(pieces: list[Piece], at: int) -> Iterator[House]:
    """Yield the readings of the number at `at`, the plainest first."""
    end = at + 1
    number = pieces[at].raw
    end, number = _range_end(pieces, at, end, number)
    if end + 1 < len(pieces) and pieces[end].low == "block" and pieces[end + 1].low in ("of", "on"):
        yield House(at, end + 2, number)
        return
    if end < len(pieces) and pieces[end].kind is Kind.FRACTION:
        number, end = f"{number} {pieces[end].raw}", end + 1
    yield House(at, end, number)
    if _typed_apart(pieces, at):
        yield House(at, at + 2, f"{pieces[at].raw}-{pieces[at + 1].raw}")
    for _ in range(2):
        if end >= len(pieces) or pieces[end].gap is not Break.NONE:
            return
        suffix = pieces[end]
        letter = len(suffix.low) == 1 and suffix.kind is Kind.WORD
        if suffix.low not in _SUFFIXES and not (letter and suffix.key not in words.DIRECTIONS):
            return
        if letter and suffix.low in _AND_LETTERS and end + 1 < len(pieces):
            return
        if letter and suffix.raw == "a" and end + 1 < len(pieces) and ordinary(pieces[end + 1]):
            return
        number, end = f"{number} {suffix.raw}", end + 1
        yield House(at, end, number)


def _typed_apart(pieces: list[Piece], at: int) -> bool:
    """`36 23 main st`: a number with a hyphen, typed without it, has two digits at its end."""
    if at + 2 >= len(pieces) or pieces[at + 1].gap is not Break.NONE:
        return False
    first, second = pieces[at], pieces[at + 1]
    plain = first.kind is second.kind is Kind.NUMBER
    return plain and 2 <= len(first.raw) <= 3 and len(second.raw) == 2


def _range_end(pieces: list[Piece], at: int, end: int, number: str) -> tuple[int, str]:
    """Take in `39 & 41`, `6 - 18`: the first number is the one to send."""
    if pieces[at].kind is not Kind.NUMBER or end >= len(pieces):
        return end, number
    after = pieces[end]
    if after.kind is Kind.NUMBER and after.gap is Break.SOFT and len(after.raw) >= len(number):
        return (end + 1, number) if near_numbers(number, after.raw) else (end, number)
    if after.low in _JOINING and end + 1 < len(pieces):
        second = pieces[end + 1]
        if second.kind is Kind.NUMBER and near_numbers(number, second.raw):
            return end + 2, number
    return end, number


def near_numbers(first: str, second: str) -> bool:
    """Return whether two house numbers (digits only) may be the ends of a range."""
    if not (first.isdecimal() and second.isdecimal()) or len(second) - len(first) > 1:
        return False
    return 0 < int(second) - int(first) <= _WIDEST_RANGE
