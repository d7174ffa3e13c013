"""Words of consent: which texts stop or start everything, and who answers them.

The carrier's own words are never dialogue words. A clear free text counts as a stop too (any
reasonable means, 47 CFR 64.1200(a)(10)); an unclear one is for the conversation to ask about.
Sources: contracts/messaging.md sections 1.4 and 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from conversations.reading.signals.opt_out import is_carrier_word, is_opt_in_word, read_opt_out

OptOutMode = Literal["carrier", "advanced", "ours"]

CARRIER_WORDS = frozenset(
    ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT")
) | frozenset(("START", "UNSTOP", "YES", "HELP", "INFO"))
"""What the carrier itself acts on: exactly one bare word. A "Stop!!" is ours to understand."""


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
_WISHES = {"STOP": Wish.STOP, "START": Wish.START, "HELP": Wish.HELP}


def judge(text: str, opt_out_type: str | None) -> Word:
    """Return what a text means for consent.

    Args:
        text: as typed.
        opt_out_type: what the provider says it did (`STOP`, `START`, `HELP`), or None.
    """
    if opt_out_type in _WISHES:
        return Word(_WISHES[opt_out_type], "provider")
    wish = _read(text)
    if wish is Wish.NONE:
        return NOTHING
    if text.strip().upper() in CARRIER_WORDS:
        return Word(wish, "carrier_word")
    return Word(wish, "keyword" if is_carrier_word(text) else "free_text")


def _read(text: str) -> Wish:
    word = is_carrier_word(text)
    if word is not None:
        return _WISHES[word]
    if is_opt_in_word(text, opted_out=True):
        return Wish.YES
    return Wish.STOP if read_opt_out(text) == "yes" else Wish.NONE


def carrier_answers(mode: OptOutMode, channel: str, word: Word) -> bool:
    """Return whether the carrier has answered this text, so that we must not."""
    if channel != "sms" or mode == "ours":
        return False
    return word.method == "provider" or (mode == "carrier" and word.exact)
