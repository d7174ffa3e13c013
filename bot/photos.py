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
        bare = strip_metadata(kind, content)
        await self._blobs.put(photo_id, self._vault.seal_bytes("photos.content", photo_id, bare))
        return Kept(kind, len(bare))

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


def strip_metadata(kind: str, content: bytes) -> bytes:
    """Return the picture without EXIF, comments and text chunks (JPEG, PNG, WebP).

    A file whose structure is broken is returned up to where it can be followed.
    """
    if kind == "image/jpeg":
        return _strip_jpeg(content)
    if kind == "image/png":
        return _strip_png(content)
    return _strip_webp(content) if kind == "image/webp" else content


def _strip_jpeg(content: bytes) -> bytes:
    """Drop the APP1 to APP15 and comment segments before the image data (ISO 10918-1)."""
    kept, at = bytearray(content[:2]), 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xDA:  # the image data begins; the rest is the picture
            return bytes(kept + content[at:])
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if not (0xE1 <= marker <= 0xEF or marker == 0xFE):
            kept += content[at:end]
        at = end
    return bytes(kept)


def _strip_png(content: bytes) -> bytes:
    """Drop text, time and EXIF chunks (ISO 15948)."""
    kept, at = bytearray(content[:8]), 8
    while at + 12 <= len(content):
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        if content[at + 4 : at + 8] not in (b"tEXt", b"zTXt", b"iTXt", b"tIME", b"eXIf"):
            kept += content[at:end]
        at = end
    return bytes(kept)


def _strip_webp(content: bytes) -> bytes:
    """Drop EXIF and XMP chunks and mend the header (RFC 9649)."""
    kept, at = bytearray(), 12
    while at + 8 <= len(content):
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        end = at + 8 + size + (size & 1)
        chunk = bytearray(content[at:end])
        if chunk[:4] == b"VP8X" and len(chunk) > 8:
            chunk[8] &= ~0b1100  # no longer says that EXIF and XMP follow
        if bytes(chunk[:4]) not in (b"EXIF", b"XMP "):
            kept += chunk
        at = end
    return b"RIFF" + (len(kept) + 4).to_bytes(4, "little") + b"WEBP" + bytes(kept)
