"""The files of the spool: one per process, appended to and synced, locked as long as it is held.

Beside `<id>.spool` lies `<id>.stops`: the keyed hashes of handles whose stop is in it, one a line.
Names begin with the time they were made. A lock ends with its process, however that ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from bot.disk import append_synced, sync_folder, write_all
from bot.spool.frames import Frame, pack, read_frames
from bot.storage.ids import new_id

SPOOLED, STOPS, APART = ".spool", ".stops", ".apart"
"""`.apart`: frames that the database refused, kept for a person."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Frames taken to be drained, and the offset up to which the file was read for them."""

    frames: tuple[Frame, ...]
    end: int


class SpoolFile:
    """One file of the spool, locked by this process. Not safe for two threads at once.

    Attributes:
        path: of the frames.
        size: bytes that are surely on the disk.
        count: frames appended by this process or counted when it was opened.
    """

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path = path
        self._file = file
        self.size = os.fstat(file.fileno()).st_size
        self.count = 0

    @classmethod
    def create(cls, folder: Path) -> SpoolFile:
        """Begin a new file, whose name survives a loss of power. Raises `OSError`."""
        path = folder / f"{new_id()}{SPOOLED}"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        file = os.fdopen(descriptor, "r+b", buffering=0)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            sync_folder(folder)
        except OSError:
            file.close()
            path.unlink(missing_ok=True)
            raise
        return cls(path, file)

    @classmethod
    def adopt(cls, path: Path) -> SpoolFile | None:
        """Return a file that another process left, or None while one holds it (or it is gone)."""
        try:
            file = path.open("r+b", buffering=0)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(file.fileno()).st_ino != path.stat().st_ino:
                raise FileNotFoundError  # drained and removed between the two lines above
        except (BlockingIOError, FileNotFoundError):
            file.close()
            return None
        found = cls(path, file)
        found.count = sum(1 for _ in found.read(0))
        return found

    def append(self, contents: Sequence[bytes], stops: Sequence[str]) -> None:
        """Write frames and stops and return once they are on the disk: all, or none.

        Stops go first: one that is there without its message holds texts back a little, one that
        is missing lets them out.

        Raises:
            OSError: nothing was kept; what was half written is taken back, or skipped by readers.
        """
        data = b"".join(map(pack, contents))
        try:
            if stops:
                # A line that was torn must not swallow the next one.
                lines = "".join(f"\n{stop}\n" for stop in stops)
                append_synced(self.path.with_suffix(STOPS), lines.encode())
            self._file.seek(self.size)
            write_all(self._file, data)
            os.fsync(self._file.fileno())
        except OSError:
            with contextlib.suppress(OSError):
                self._file.truncate(self.size)
            raise
        self.size += len(data)
        self.count += len(contents)

    def read(self, offset: int) -> Iterator[Frame]:
        """Yield the frames from `offset` on that are surely on the disk."""
        with self.path.open("rb") as file:
            yield from read_frames(file, offset, self.size)

    def remove(self) -> None:
        """Remove the file and its stops: everything in it is in the database, or set apart.

        A stop may be among what was set apart: then the stops stay, and hold.
        """
        self.path.unlink(missing_ok=True)
        if not self.path.with_suffix(APART).exists():
            self.path.with_suffix(STOPS).unlink(missing_ok=True)
        self._file.close()

    def close(self) -> None:
        """Let go of the file; it stays, for whoever drains it."""
        self._file.close()

    def set_apart(self, content: bytes) -> None:
        """Keep a frame that the database refuses beside this file. Raises `OSError`."""
        append_synced(self.path.with_suffix(APART), pack(content))


def take(file: SpoolFile, offset: int, most: int) -> Taken:
    """Return the oldest frames from `offset` on, at most so many."""
    size = file.size
    found: list[Frame] = []
    for frame in file.read(offset):
        found.append(frame)
        if len(found) == most:
            return Taken(tuple(found), frame.end)
    return Taken(tuple(found), max(size, found[-1].end if found else 0))


def spooled_in(folder: Path) -> list[Path]:
    """Return the spool files of a folder, oldest first; none where there is no folder."""
    with contextlib.suppress(FileNotFoundError):
        return sorted(path for path in folder.iterdir() if path.suffix == SPOOLED)
    return []


def orphans_in(folder: Path) -> list[Path]:
    """Return the stop files beside which nothing is left that could hold their stops."""
    return [
        path
        for path in stops_in(folder)
        if not any(path.with_suffix(ending).exists() for ending in (SPOOLED, APART))
    ]


def stops_in(folder: Path) -> list[Path]:
    """Return the stop files of a folder."""
    with contextlib.suppress(FileNotFoundError):
        return [path for path in folder.iterdir() if path.suffix == STOPS]
    return []
