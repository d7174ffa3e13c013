"""The form of a spool file: frames one behind the other, each with its length and checksum.

A process that dies in the middle of an append leaves a torn frame; it was never answered for. What
is torn is skipped, and reading goes on at the next frame that is whole.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

MARK = b"\xc1SPL"
"""Begins every frame; 0xC1 occurs in no UTF-8 text."""

LONGEST = 128 * 1024 * 1024
"""Bytes of one frame; the largest mail, sealed and written as text, is shorter."""

_HEAD = struct.Struct(">4sII")
_SEARCHED = 1 << 16


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame: its content, and the offset behind it. `skipped` bytes before it were torn."""

    content: bytes
    end: int
    skipped: int = 0


def pack(content: bytes) -> bytes:
    """Return the frame of some content. Raises `ValueError` when it is too long for one."""
    if len(content) > LONGEST:
        raise ValueError("too long for a frame")
    return _HEAD.pack(MARK, len(content), zlib.crc32(content)) + content


def read_frames(file: BinaryIO, offset: int, size: int) -> Iterator[Frame]:
    """Yield the whole frames of a file from `offset` to `size`, oldest first."""
    skipped = 0
    while offset < size:
        content = _read_one(file, offset, size)
        if content is not None:
            offset += _HEAD.size + len(content)
            yield Frame(content, offset, skipped)
            skipped = 0
            continue
        following = _find_mark(file, offset + 1, size)
        skipped += following - offset
        offset = following


def _read_one(file: BinaryIO, offset: int, size: int) -> bytes | None:
    """Return the content of the frame at `offset`, or None when there is no whole one."""
    if size - offset < _HEAD.size:
        return None
    file.seek(offset)
    mark, length, checksum = _HEAD.unpack(file.read(_HEAD.size))
    if mark != MARK or length > min(LONGEST, size - offset - _HEAD.size):
        return None
    content = file.read(length)
    return content if zlib.crc32(content) == checksum and len(content) == length else None


def _find_mark(file: BinaryIO, offset: int, size: int) -> int:
    """Return where the next frame may begin at `offset` or behind it, or `size`."""
    while offset < size:
        file.seek(offset)
        piece = file.read(min(_SEARCHED, size - offset))
        found = piece.find(MARK)
        if found >= 0:
            return offset + found
        if len(piece) <= len(MARK):
            return size
        offset += len(piece) - len(MARK) + 1  # a mark may lie across two pieces
    return size
