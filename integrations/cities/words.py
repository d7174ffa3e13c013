"""A city's own words for the state of a request, both ways. Data from status.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from conversations.vocabulary.requests import RequestStatus


@dataclass(frozen=True, slots=True)
class StatusWords:
    """The table of status words of one city.

    Attributes:
        ours: the city's word, folded to lower case, to our status.
        theirs: dialect (`seed`, `public`, `open_data`) to our status to the city's word.
    """

    ours: Mapping[str, RequestStatus]
    theirs: Mapping[str, Mapping[RequestStatus, str]]

    def read(self, word: object) -> RequestStatus:
        """Return what a city's word means; anything unknown is `UNKNOWN`, never an error."""
        if not isinstance(word, str | int) or isinstance(word, bool):
            return RequestStatus.UNKNOWN
        return self.ours.get(str(word)[:60].strip().casefold(), RequestStatus.UNKNOWN)

    def write(self, status: RequestStatus, dialect: str) -> str:
        """Return the city's word for a status in a dialect, or our own word when it has none."""
        return self.theirs.get(dialect, {}).get(status, status.value)
