"""Pictures for twins, made here byte by byte: a photo, a video, a broken file, a map."""

from __future__ import annotations

import math
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
    rows = []
    for y in range(HEIGHT):
        row = bytearray()
        for x in range(WIDTH):
            inside = ((x - 48) / 30) ** 2 + ((y - 36) / 16) ** 2 < 1
            shade = 40 if inside else 150 + (x * 7 + y * 13) % 20
            row += bytes((shade, shade, shade + 4))
        rows.append(bytes(row))
    return write_png(WIDTH, rows)


def draw_map(width: int, height: int, *, dark: bool) -> bytes:
    """Return a PNG of that size: blocks between streets, and something in the middle."""
    block, street, spot = (
        (b"\x20\x28\x30", b"\x3a\x46\x52", b"\x3c\x6e\x72")
        if dark
        else (b"\xe8\xe4\xda", b"\xff\xff\xff", b"\xa6\xc6\xc4")
    )
    radius = min(width, height) // 5
    across = (block * 130 + street * 22) * (width // 152 + 1)
    rows = []
    for y in range(height):
        row = street * width if y % 112 < 22 else across[: 3 * width]
        half = math.isqrt(max(0, radius**2 - (y - height // 2) ** 2))
        left, right = 3 * (width // 2 - half), 3 * (width // 2 + half)
        rows.append(row[:left] + spot * (2 * half) + row[right:])
    return write_png(width, rows)


def write_png(width: int, rows: list[bytes]) -> bytes:
    """Return rows of RGB pixels as PNG."""
    header = struct.pack(">IIBBBBB", width, len(rows), 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows)))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
