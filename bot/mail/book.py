"""The city's mail addresses: which mailbox is which city's, and the address that holds a token.

A city has one mailbox, `311@reply.example.org`; what is answered to goes to
`311+<token>@reply.example.org`. Mail programs may write a local part in lower case, so tokens are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from conversations.vocabulary.city import City


@dataclass(frozen=True, slots=True)
class Addressed:
    """What an envelope's recipient says: the city, its mailbox, and the token, perhaps empty."""

    city: str
    mailbox: str
    word: str


class MailBook:
    """Knows the mailboxes of the served cities."""

    def __init__(self, cities: Mapping[str, City]) -> None:
        self._cities = {box: city.slug for city in cities.values() for box in city.mailboxes}

    def find(self, recipients: Iterable[str]) -> Addressed | None:
        """Return the first recipient that is ours, one with a token before one without."""
        found = [seen for seen in map(self._read, recipients) if seen is not None]
        return next((seen for seen in found if seen.word), found[0] if found else None)

    def _read(self, recipient: str) -> Addressed | None:
        local, _, domain = recipient.strip().lower().rpartition("@")
        base, _, word = local.partition("+")
        mailbox = f"{base}@{domain}"
        city = self._cities.get(mailbox)
        return None if city is None else Addressed(city, mailbox, word)

    def is_ours(self, address: str) -> bool:
        """Return whether an address is one of our own: a mail from it is a loop."""
        return self._read(address) is not None


def with_word(mailbox: str, word: str) -> str:
    """Return the address of a mailbox that holds a token."""
    local, _, domain = mailbox.rpartition("@")
    return f"{local}+{word}@{domain}"


def domain_of(mailbox: str) -> str:
    """Return the domain of an address."""
    return mailbox.rpartition("@")[2]
