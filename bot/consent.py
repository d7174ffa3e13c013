"""Words of consent: which texts stop or start everything, and who answers them.

The carrier's own words are never dialogue words. A clear free text counts as a stop too (any
reasonable means, 47 CFR 64.1200(a)(10)); an unclear one is for the conversation to ask about.
Sources: contracts/messaging.md sections 1.4 and 2.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

OptOutMode = Literal["carrier", "advanced", "ours"]

STOP_WORDS = frozenset(
    ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"]
)
START_WORDS = frozenset(["START", "UNSTOP"])
YES = "YES"  # opts in only while opted out; it is an answer otherwise
HELP_WORDS = frozenset(["HELP", "INFO"])
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


class Wish(StrEnum):
    """What a text means for consent."""

    STOP = "stop"
    START = "start"
    YES = "yes"
    HELP = "help"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Word:
    """A text judged.

    Attributes:
        wish: what it means.
        method: how it was said, for the ledger: `carrier_word`, `keyword`, `free_text`, `provider`.
    """

    wish: Wish
    method: str = ""

    @property
    def exact(self) -> bool:
        """Whether the carrier itself acts on this text: one bare word of its list."""
        return self.method == "carrier_word"


NOTHING = Word(Wish.NONE)
_BY_OPT_OUT_TYPE = {"STOP": Wish.STOP, "START": Wish.START, "HELP": Wish.HELP}


def judge(text: str, opt_out_type: str | None, free_text: str) -> Word:
    """Return what a text means for consent.

    Args:
        text: as typed.
        opt_out_type: what the provider says it did (`STOP`, `START`, `HELP`), or None.
        free_text: what reading found: `no`, `yes` or `ask`.
    """
    if opt_out_type in _BY_OPT_OUT_TYPE:
        return Word(_BY_OPT_OUT_TYPE[opt_out_type], "provider")
    bare = text.strip().upper()
    wish = _wish_of(bare)
    if wish is not Wish.NONE:
        return Word(wish, "carrier_word")
    wish = _wish_of(_normalise(text))
    if wish in (Wish.STOP, Wish.START):
        return Word(wish, "keyword")
    if free_text == "yes":
        return Word(Wish.STOP, "free_text")
    return NOTHING


def carrier_answers(mode: OptOutMode, channel: str, word: Word) -> bool:
    """Return whether the carrier has answered this text, so that we must not."""
    if channel != "sms" or mode == "ours":
        return False
    return word.method == "provider" or (mode == "carrier" and word.exact)


def _wish_of(text: str) -> Wish:
    if text in STOP_WORDS:
        return Wish.STOP
    if text in START_WORDS:
        return Wish.START
    if text == YES:
        return Wish.YES
    return Wish.HELP if text in HELP_WORDS else Wish.NONE


def _normalise(text: str) -> str:
    """Return a text without case, edges' punctuation, and differences of form."""
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    return _EDGES.sub("", plain)
