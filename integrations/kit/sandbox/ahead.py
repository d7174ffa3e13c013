"""How far the sandbox's clock was moved ahead, kept in a file of its state folder.

The twins write it; whoever wants their time (the service of the embedded form) reads it. A twin
started again goes on where it was.
"""

from __future__ import annotations

import math
from pathlib import Path

AHEAD_FILE = "sandbox-clock"


def read_ahead(path: Path, otherwise: float = 0.0) -> float:
    """Return the seconds in the file; `otherwise` when there is none or it cannot be read."""
    try:
        seconds = float(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return otherwise
    return seconds if math.isfinite(seconds) and seconds >= 0 else otherwise


def write_ahead(path: Path, seconds: float) -> None:
    """Keep the seconds; a reader sees the old number or the new one, never half of it."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(repr(seconds), encoding="ascii")
    fresh.replace(path)
