"""Keeping photos: sniffed, stripped of what cameras write into them, sealed, beside the database.

What a file claims to be is not believed: its first bytes decide. EXIF and other metadata (where the
picture was taken, with whose phone) are cut out before anything is stored. The port is two methods;
the folder form here serves one machine.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.disk import sync_folder
from bot.photo_metadata import strip_metadata
from bot.storage.crypto import Vault

LARGEST_BYTES = 10 * 1024 * 1024


class PhotoRefusedError(Exception):
    """Not a photo we keep. The text is one word: `kind` or `size`."""


class Blobs(Protocol):
    """Where sealed pictures are kept."""

    async def put(self, name: str, content: bytes) -> None:
        """Store under a name; a second time replaces the first."""
        ...

    async def get(self, name: str) -> bytes | None:
        """Return what is stored under a name, or None."""
        ...


class FolderBlobs:
    """Blobs as files in one folder, written whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def put(self, name: str, content: bytes) -> None:
        """Write the file beside its place, then move it there."""
        await asyncio.to_thread(self._write, name, content)

    async def get(self, name: str) -> bytes | None:
        """Return the file's content, or None."""
        path = self._folder / name
        return await asyncio.to_thread(lambda: path.read_bytes() if path.exists() else None)

    def _write(self, name: str, content: bytes) -> None:
        draft = self._folder / f"{name}.part"
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._folder / name)
        sync_folder(self._folder)


@dataclass(frozen=True, slots=True)
class Kept:
    """A photo that was kept: its true content type and its size in bytes."""

    content_type: str
    size: int


class Photos:
    """Keeps and returns photos.

    Args:
        vault: seals the content; it opens only under the photo's own id.
        blobs: where sealed content lies.
    """

    def __init__(self, vault: Vault, blobs: Blobs) -> None:
        self._vault = vault
        self._blobs = blobs

    async def keep(self, photo_id: str, content: bytes) -> Kept:
        """Check, strip, seal and store a picture.

        Raises:
            PhotoRefusedError: too large, or not a JPEG, PNG, GIF, WebP or HEIC picture.
        """
        if len(content) > LARGEST_BYTES:
            raise PhotoRefusedError("size")
        kind = sniff(content)
        if kind is None:
            raise PhotoRefusedError("kind")
        size, sealed = await asyncio.to_thread(self._prepare, photo_id, kind, content)
        await self._blobs.put(photo_id, sealed)
        return Kept(kind, size)

    def _prepare(self, photo_id: str, kind: str, content: bytes) -> tuple[int, bytes]:
        """Return the bare picture's size and the picture sealed; takes long for a large one."""
        bare = strip_metadata(kind, content)
        return len(bare), self._vault.seal_bytes("photos.content", photo_id, bare)

    async def read(self, photo_id: str) -> bytes | None:
        """Return a picture, or None when there is none."""
        sealed = await self._blobs.get(photo_id)
        return (
            None if sealed is None else self._vault.open_bytes("photos.content", photo_id, sealed)
        )


def sniff(content: bytes) -> str | None:
    """Return the content type that the first bytes show, or None for anything but a photo."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"):
        return "image/heic"
    return None
