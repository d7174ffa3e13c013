"""Pieces: a message cut into words, numbers and signs that remember where they stood.

Unlike `reading.text.tokens` the text is not folded first, because an address is handed on
exactly as it was typed. Linear in the length of the text.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from conversations.reading.text import MAX_CHARACTERS
from conversations.reading.where import words

_PIECE = re.compile(
    r"[bB]/[wWtT](?![^\W_])|(?<=\d)(?i:st|nd|rd|th)(?=(?i:ave?|st|street|rd|pl|blvd)\b)|\d+(?:[-/:.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[&@#+/$%°º]"
)
_ESCAPED_BREAK = re.compile(r"\\[rnt](?![a-z])")  # a break that a machine wrote out: `REAR\r\nA`
_ORDINAL_ENDINGS = frozenset(
    [
        "st",
        "nd",
        "rd",
        "th",
        "ra",
        "da",
        "ta",
        "ma",
        "va",
        "na",
        "er",
        "do",
        "to",
        "mo",
        "vo",
        "no",
        "a",
        "o",
    ]
)
_MAX_HOUSE_DIGITS = 6
_MAX_PIECES = 400  # real complaints of 1,600 characters have at most 333
_REMEMBERED = 4096  # words, so that common ones are folded once
_CAPITAL = re.compile("[A-Z]")
_MOSTLY_CAPITALS = 2.5  # more than one character in so many: capitals tell nothing


class Kind(Enum):
    """What a piece is."""

    WORD = "word"
    NUMBER = "number"  # 123
    ORDINAL = "ordinal"  # 5th
    HOUSE = "house"  # 36-23, 123A, 148/150: can only be a house number
    FRACTION = "fraction"  # 1/2
    OTHER = "other"  # 3:30, 5pm, 24/7, a phone number
    SIGN = "sign"


class Break(Enum):
    """What stands between a piece and the one before it."""

    NONE = 0
    SOFT = 1  # comma, bracket, dash
    HARD = 2  # end of a sentence or of a line


@dataclass(slots=True)
class Piece:
    """One word, number or sign.

    Attributes:
        start, end: where it stands in the text.
        raw: as typed; `low`: lower case without accents; `key`: one spelling for all
            (`avenue` for `av`, `5` for `5th` and `fifth`).
        kind: see `Kind`.
        gap: what stands before it; `dot`: the break is only a full stop.
        cap: written with a capital in a text that also has small letters.
        first: the first word of a sentence, where a capital tells nothing.
        mended: the word to hand on instead, when this one is a misspelt type or ordinal.
    """

    start: int
    end: int
    raw: str
    low: str
    key: str
    kind: Kind
    gap: Break
    dot: bool
    cap: bool
    first: bool
    mended: str = ""


def cut(text: str) -> list[Piece]:
    """Return the pieces of the first `MAX_CHARACTERS` characters of `text`, in order.

    At most `_MAX_PIECES` of them, so that no message takes long.
    """
    text = text[:MAX_CHARACTERS]
    text = unescape(text)
    mixed = len(_CAPITAL.findall(text)) * _MOSTLY_CAPITALS < len(text)
    pieces: list[Piece] = []
    previous = 0
    for match in _PIECE.finditer(text):
        if len(pieces) >= _MAX_PIECES:
            break
        raw, start = match.group(), match.start()
        if start == previous and pieces and _glue(pieces[-1], raw):
            previous = pieces[-1].end = match.end()
            continue
        between = text[previous:start]
        if not pieces:
            gap, dot, opens = Break.NONE, False, True
        elif between == " ":
            gap, dot, opens = Break.NONE, False, False
        else:
            gap, dot = _gap(between)
            opens = gap is Break.HARD or "\n" in between
        low, key, kind = _known_word(raw)
        previous = match.end()
        cap = mixed and raw[0].isupper()
        pieces.append(Piece(start, previous, raw, low, key, kind, gap, dot, cap, opens))
    return pieces


def unescape(text: str) -> str:
    """Return a text of the same length with blanks for breaks that a machine wrote out."""
    return _ESCAPED_BREAK.sub("  ", text) if "\\" in text else text


@lru_cache(maxsize=_REMEMBERED)
def _known_word(raw: str) -> tuple[str, str, Kind]:
    """Return `low`, `key` and `kind` of one word or number as typed."""
    low = _fold(raw)
    kind = Kind.ORDINAL if low in words.ORDINALS else _kind(low)
    return low, words.SPELLINGS.get(low, low), kind


def _fold(raw: str) -> str:
    low = raw.casefold().replace("’", "'")
    if low.isascii():
        return low
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", low))
    return "".join(char for char in plain if not unicodedata.combining(char))


def _gap(between: str) -> tuple[Break, bool]:
    """Return the break that the characters between two pieces make."""
    if between in ("", " ", "-"):
        return Break.NONE, False
    mark = between.strip(" \t\r-'’\"*_")
    if not mark:
        return (Break.SOFT, False) if " -" in between or "- " in between else (Break.NONE, False)
    if mark == ".,":  # `Grand St., Brooklyn`
        return Break.SOFT, False
    if any(char in mark for char in ".;!?"):
        return Break.HARD, mark == "."
    return Break.SOFT, False


def _kind(low: str) -> Kind:
    if low[0].isalpha():
        return Kind.WORD
    if not low[0].isdecimal():
        return Kind.SIGN
    if low.isdecimal():
        return Kind.NUMBER if len(low) <= _MAX_HOUSE_DIGITS else Kind.OTHER
    return _compound_kind(low)


def _compound_kind(low: str) -> Kind:
    """Return what a number with signs inside is."""
    first, sign, second = low.partition("-")
    if sign and second.isdecimal() and first.isdecimal():
        # 555-1234 is a telephone number; house numbers have at most five digits a side.
        phone = len(first) == 3 and len(second) == 4
        return Kind.OTHER if phone or max(len(first), len(second)) > 5 else Kind.HOUSE
    first, sign, second = low.partition("/")
    if sign and second.isdecimal() and first.isdecimal():
        if len(first) == 1 and second in ("2", "3", "4", "8"):
            return Kind.FRACTION
        date = int(first) <= 12 and int(second) <= 31
        near = 0 <= len(second) - len(first) <= 1 and len(first) > 1
        return Kind.HOUSE if near and not date else Kind.OTHER
    return Kind.OTHER


def _glue(last: Piece, raw: str) -> bool:
    """Join letters typed against a number (`5th`, `123A`); return whether they were joined."""
    low = raw.lower()
    if last.kind not in (Kind.NUMBER, Kind.HOUSE) or not low.isalpha():
        return False
    if last.kind is Kind.NUMBER and low in _ORDINAL_ENDINGS and len(low) == 2:
        last.kind, last.key = Kind.ORDINAL, last.low
    elif len(low) == 1:
        last.kind = Kind.HOUSE
    elif len(low) == 2 and low not in words.TYPE_SPELLINGS:
        last.kind = Kind.OTHER
    else:
        return False
    last.raw += raw
    last.low += low
    if last.kind is not Kind.ORDINAL:
        last.key = last.low
    return True
