"""The service's clock. Everything that is due, expires or is said to be new follows it.

Leases do not: they follow the database's own clock (`bot/storage/metadata.py`).
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from integrations.kit.sandbox.ahead import AHEAD_FILE, read_ahead

FRESH_S = 0.2
"""How long what was read of the clock is believed (seconds)."""


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present moment, with zone."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC)


class MovableClock:
    """The machine's clock plus what the sandbox's clock was moved ahead. The embedded form only.

    There is one clock to move, the twins' (`POST /_sandbox/clock`; the playground does the same),
    and they keep how far in a file that every process reads. So the service and the twins never
    part, whoever moves it and whoever begins anew.
    """

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / AHEAD_FILE
        self._ahead = 0.0
        self._read_at = float("-inf")

    def now(self) -> datetime:
        """Return the moved moment, at most `FRESH_S` behind a move."""
        if time.monotonic() - self._read_at > FRESH_S:
            self.refresh()
        return datetime.now(UTC) + timedelta(seconds=self._ahead)

    def refresh(self) -> None:
        """Read now how far the clock was moved; keep the last known when that cannot be read."""
        self._ahead = read_ahead(self._path, self._ahead)
        self._read_at = time.monotonic()
