"""The one error of city packs. Raised at start only, never while a resident waits."""

from __future__ import annotations


class CityPackError(Exception):
    """A city pack is malformed. The text names the file and the line or the key."""

    def __init__(self, file: str, where: str, problem: str) -> None:
        self.file = file
        self.where = where
        super().__init__(f"{file}: {where}: {problem}" if where else f"{file}: {problem}")
