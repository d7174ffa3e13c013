"""What the shell needs of a city's reader; `conversations.reading.reader.Reader` fits."""

from __future__ import annotations

from typing import Protocol

from conversations.reading.result import Reading


class Reads(Protocol):
    """Turns a text into everything it was found to say."""

    def read(self, text: str, language: str | None = None) -> Reading:
        """Return the reading of one message."""
        ...
