"""The readers of the served cities, made when one is first needed.

The doors read no more than whether a text says stop; a reader's word lists (a second, and 40 MB)
are for the processes that think.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conversations.engine.given import Reads as Reads  # what the shell needs of a reader, too
from conversations.reading.reader import Reader
from conversations.vocabulary.city import City


class Readers(Mapping[str, Reads]):
    """City slug to reader."""

    def __init__(self, cities: Mapping[str, City]) -> None:
        self._cities = cities
        self._made: dict[str, Reads] = {}

    def __getitem__(self, slug: str) -> Reads:
        """Return the reader of a city; the first time it takes about a second."""
        if slug not in self._made:
            self._made[slug] = Reader(self._cities[slug])
        return self._made[slug]

    def __iter__(self) -> Iterator[str]:
        return iter(self._cities)

    def __len__(self) -> int:
        return len(self._cities)
