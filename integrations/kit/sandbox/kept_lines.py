"""What a twin remembers over its end: lines of JSON in a file of the sandbox's state folder."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from integrations.kit.sandbox.world import World


class KeptLines:
    """A file that only grows, until it is cleared. Without a state folder it keeps nothing.

    Args:
        world: its setting `state_dir` names the folder; a test's world has none.
        name: file name, one per twin.
    """

    def __init__(self, world: World, name: str) -> None:
        folder = world.settings.get("state_dir")
        self._path = Path(folder) / name if folder else None

    def restore(self, take: Callable[[dict[str, Any]], None]) -> None:
        """Give `take` what was kept, oldest first, before anything is added.

        A line that was cut when the twin ended, or that an older release wrote otherwise, is left
        out: a rehearsal may forget, but it has to begin.
        """
        if self._path is None or not self._path.exists():
            return
        kept = self._path.read_bytes()
        if kept and not kept.endswith(b"\n"):
            with self._path.open("ab") as file:
                file.write(b"\n")
        for line in kept.splitlines():
            with contextlib.suppress(AttributeError, KeyError, TypeError, ValueError):
                take(orjson.loads(line))

    def add(self, value: dict[str, Any]) -> None:
        """Keep one value."""
        if self._path is not None:
            with self._path.open("ab") as file:
                file.write(orjson.dumps(value) + b"\n")

    def clear(self) -> None:
        """Forget everything."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)
