"""Writing files so that they survive a loss of power: the content synced, and the name too."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO


def append_synced(path: Path, content: bytes) -> None:
    """Append to a file and return once it is on the disk. Raises `OSError`."""
    new = not path.exists()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "ab", buffering=0) as file:
        write_all(file, content)
        os.fsync(file.fileno())
    if new:
        sync_folder(path.parent)


def write_all(file: BinaryIO, content: bytes) -> None:
    """Write everything: a disk that is nearly full may take a part without an error."""
    rest = memoryview(content)
    while rest:
        rest = rest[file.write(rest) :]


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a loss of power. Raises `OSError`."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
