"""Sample attachments, made here byte by byte: a photo, a video, a file that is broken."""

from __future__ import annotations

import struct
import zlib

WIDTH, HEIGHT = 96, 64


def sample_photo(name: str) -> tuple[str, bytes]:
    """Return the media type and bytes of a sample: `video`, `broken`, or any name for a photo."""
    if name == "video":
        return "video/mp4", b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(64)
    if name == "broken":
        return "image/jpeg", b"this is no picture"
    return "image/png", draw_pothole()


def draw_pothole() -> bytes:
    """Return a small PNG: grey road, dark hole."""
    rows = bytearray()
    for y in range(HEIGHT):
        rows.append(0)
        for x in range(WIDTH):
            inside = ((x - 48) / 30) ** 2 + ((y - 36) / 16) ** 2 < 1
            shade = 40 if inside else 150 + (x * 7 + y * 13) % 20
            rows += bytes((shade, shade, shade + 4))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(bytes(rows)))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
