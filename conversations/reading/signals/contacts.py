"""How somebody can be reached: a mail address, a phone number; and where they want news.

`link my email jane@x.org`, `text me instead`, `mi correo es ana@x.org`. Numbers are read with the
city's country as the default; house and tracking numbers are none. Pure, and never raises.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from re import Pattern
from typing import Any, Literal

import phonenumbers

from conversations.reading.signals.patterns import compile_by_language, read_words
from conversations.reading.signals.spoken import spoken

Wish = Literal["link", "email", "sms", "resume"]
"""Another handle is to be linked; news are wanted by mail, by text; or again at all."""

_LONGEST = 1600
_LONGEST_MAILBOX = 254  # RFC 5321 section 4.5.3.1
_LONGEST_WISH = 16  # words; a longer text tells of something else
_FEWEST_DIGITS = 7
# One @ between a local part and a host with a dot, each piece bounded: linear in the text.
_MAILBOX = re.compile(
    r"(?<![\w.%+'@-])[\w.%+'-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,24}(?![\w@])",
    re.IGNORECASE | re.ASCII,
)
_RUN = re.compile(r"(?<![\w@])\+?\(?\d[\d\s().\-/]{5,24}\d(?![\w@])", re.ASCII)
_WISHES: tuple[Wish, ...] = ("resume", "email", "sms", "link")


@dataclass(frozen=True, slots=True)
class Contacts:
    """What a text says of reaching somebody.

    Attributes:
        mailbox: the first mail address, lower case, or None.
        phone: the first phone number in E.164 form (`+19175550123`), or None.
        wish: see `Wish`, or None.
    """

    mailbox: str | None = None
    phone: str | None = None
    wish: Wish | None = None


def read_contacts(text: str, country: str = "US") -> Contacts:
    """Return the mail address and phone number of a text, and where it wants news.

    Args:
        text: as typed; what is beyond 1,600 characters is not looked at.
        country: ISO 3166 alpha-2 code for numbers without one of their own.
    """
    looked_at = text[:_LONGEST]
    mailbox = _read_mailbox(looked_at) if "@" in looked_at else None
    rest = _MAILBOX.sub(" ", looked_at) if mailbox else looked_at
    return Contacts(mailbox, _read_phone(rest, country), _read_wish(looked_at))


def _read_mailbox(text: str) -> str | None:
    for found in _MAILBOX.finditer(text):
        local = found[0].partition("@")[0]
        if len(found[0]) > _LONGEST_MAILBOX or local.startswith(".") or local.endswith("."):
            continue
        if ".." not in local:
            return found[0].lower()
    return None


def _read_phone(text: str, country: str) -> str | None:
    for found in _RUN.finditer(text):
        if sum(char.isdigit() for char in found[0]) < _FEWEST_DIGITS:
            continue
        try:
            parsed = phonenumbers.parse(found[0], country)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(parsed):
            return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
    return None


def _read_wish(text: str) -> Wish | None:
    said = spoken(_MAILBOX.sub(" ", text))
    if not said.words or len(said.words) > _LONGEST_WISH:
        return None
    rules = _rules()
    return next((wish for wish in _WISHES if rules[wish].search(said.line)), None)


@cache
def _rules() -> dict[Wish, Pattern[str]]:
    """Return the compiled word lists."""
    words: dict[str, Any] = read_words("contacts")
    return {wish: compile_by_language(words[wish], words["parts"]) for wish in _WISHES}
