"""What every sender of this machine looks at before it sends: whose stop is still in the spool.

Read from the files each time, because another process writes them. What is held back is only put
off: the drain decides, in the order in which things were said.
"""

from __future__ import annotations

from pathlib import Path

from bot import lanes
from bot.spool.files import spooled_in, stops_in
from bot.storage.crypto import Vault

STOP_WAITS, SPOOL_WAITS, UNREADABLE = "stop_spooled", "spool_not_drained", "spool_unreadable"
"""Why a text is put off."""


class Watch:
    """Looks at the spool of this machine.

    Args:
        folder: `SPOOL_DIR`; it need not exist where no process of the doors runs.
        vault: for the keyed hashes.
    """

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._folder = folder
        self._vault = vault
        self._read: dict[Path, tuple[int, frozenset[str]]] = {}

    def why_wait(self, recipient: str, lane: int, allowed_once: bool) -> str | None:
        """Return why a text must wait, or None.

        Args:
            recipient: the handle it goes to.
            lane: notices wait until everything that came in during an outage has been taken in.
            allowed_once: it is the one confirmation of a stop, which the database knows.
        """
        if allowed_once:
            return None
        try:
            if self._has_stopped(recipient):
                return STOP_WAITS
            return SPOOL_WAITS if lane == lanes.NOTICES and self.holds() else None
        except OSError:  # who has said stop cannot be told: nobody is texted
            return UNREADABLE

    def holds(self) -> bool:
        """Return whether a spool of this machine is not yet drained. Raises `OSError`."""
        return bool(spooled_in(self._folder))

    def _has_stopped(self, recipient: str) -> bool:
        paths = stops_in(self._folder)
        if not paths:
            self._read.clear()
            return False
        stopped = [self._stops_of(path) for path in paths]
        self._read = {path: known for path, known in self._read.items() if path in paths}
        marks = self._vault.indexes("handle", recipient)
        return any(mark in stops for stops in stopped for mark in marks)

    def _stops_of(self, path: Path) -> frozenset[str]:
        """Return the hashes of a file; it only grows, so its size tells whether it has changed."""
        try:
            size = path.stat().st_size
            known = self._read.get(path)
            if known is None or known[0] != size:
                known = (size, frozenset(path.read_text("ascii", "replace").split()))
                self._read[path] = known
        except FileNotFoundError:  # drained meanwhile: the database knows
            return frozenset()
        return known[1]
