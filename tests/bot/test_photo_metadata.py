"""Photos keep their picture and lose where, when and by whom they were taken."""

from __future__ import annotations

import time
import zlib

import pytest

from bot.photo_metadata import strip_metadata

WORD = b"40.7128N74.0060W"
"""What must not stay: where the picture was taken."""

_EXIF = b"\xff\xe1" + (2 + 6 + len(WORD)).to_bytes(2, "big") + b"Exif\0\0" + WORD
_TABLE = b"\xff\xdb\x00\x04QT"
_SCAN = b"\xff\xda\x00\x04SC" + b"pixels\xff\x00pixels\xff\xd0pixels"
_END = b"\xff\xd9"


def chunk(kind: bytes, content: bytes) -> bytes:
    """Return a PNG chunk."""
    check = zlib.crc32(kind + content).to_bytes(4, "big")
    return len(content).to_bytes(4, "big") + kind + content + check


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8" + _EXIF + _TABLE + _SCAN + _END,
        b"\xff\xd8\xff\xff" + _EXIF + _TABLE + _SCAN + _END,
        b"\xff\xd8" + _TABLE + _SCAN + _END + b"\xff\xd8" + _EXIF + _SCAN + _END,
        b"\xff\xd8" + _TABLE + _SCAN + _EXIF + b"\xff\xfe\x00\x12" + WORD + _SCAN + _END,
        b"\xff\xd8" + _TABLE + _SCAN + _END + WORD,
    ],
    ids=["before", "after fill bytes", "second picture", "between scans", "trailer"],
)
def test_a_jpeg_keeps_its_picture_only(content: bytes) -> None:
    """Wherever the EXIF stands it goes, also that of a picture appended to the picture."""
    bare = strip_metadata("image/jpeg", content)
    assert WORD not in bare
    assert bare.startswith(b"\xff\xd8" + _TABLE + _SCAN)
    assert bare.endswith(_END)
    assert strip_metadata("image/jpeg", bare) == bare


def test_a_png_ends_at_its_end() -> None:
    """Text and EXIF chunks go, and what somebody put after the last chunk."""
    head, body = b"\x89PNG\r\n\x1a\n", chunk(b"IDAT", b"pixels") + chunk(b"IEND", b"")
    full = head + chunk(b"tEXt", WORD) + chunk(b"eXIf", WORD) + body + WORD
    assert strip_metadata("image/png", full) == head + body


def tiff(order: str) -> bytes:
    """Return an EXIF block with a camera's name and a GPS list that holds the place."""

    def number(value: int, size: int) -> bytes:
        return value.to_bytes(size, "little" if order == "little" else "big")

    def entry(tag: int, kind: int, items: int, value: int) -> bytes:
        return number(tag, 2) + number(kind, 2) + number(items, 4) + number(value, 4)

    mark = b"II*\0\x08\0\0\0" if order == "little" else b"MM\0*\0\0\0\x08"
    first = number(2, 2) + entry(0x10F, 2, len(WORD), 64) + entry(0x8825, 4, 1, 80) + number(0, 4)
    gps = number(1, 2) + entry(2, 2, len(WORD), 110) + number(0, 4)
    block = bytearray(126)
    for at, part in ((0, mark), (8, first), (64, WORD), (80, gps), (110, WORD)):
        block[at : at + len(part)] = part
    return bytes(block)


@pytest.mark.parametrize("order", ["little", "big"])
def test_a_heic_keeps_its_length_and_forgets_the_place(order: str) -> None:
    """Camera, GPS list and XMP are overwritten where they stand; the picture's bytes stay."""
    head, picture = b"\0\0\0\x18ftypheic" + bytes(12), b"hevc" * 50
    xmp = b"<x:xmpmeta><exif:GPS>" + WORD + b"</exif:GPS></x:xmpmeta>"
    full = head + b"\0\0\0\x06Exif\0\0" + tiff(order) + xmp + picture
    assert full.count(WORD) == 3
    bare = strip_metadata("image/heic", full)
    assert WORD not in bare
    assert len(bare) == len(full)
    assert bare.startswith(head) and bare.endswith(picture)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("image/jpeg", b"\xff\xd8" + b"\xff\xe0\x00\x02" * 1_500_000),
        ("image/jpeg", b"\xff\xd8" + b"\xff" * 6_000_000),
        ("image/jpeg", b"\xff\xd8" + b"\xff\xda\x00\x02" * 1_500_000),
        ("image/png", b"\x89PNG\r\n\x1a\n" + b"\0\0\0\0abcd\0\0\0\0" * 500_000),
        ("image/webp", b"RIFF\0\0\0\0WEBP" + b"abcd\0\0\0\0" * 750_000),
        ("image/heic", b"\0\0\0\x18ftypheic" + b"II*\0\x08\0\0\0\xff\xff" * 600_000),
        ("image/heic", b"\0\0\0\x18ftypheic" + b"<x:xmpmeta" * 600_000),
        ("image/jpeg", b"\xff\xd8\xff"),
        ("image/webp", b"RIFF\0\0\0\0WEBPVP8X\xff\xff\xff\xff"),
        ("image/heic", b"\0\0\0\x18ftypheicII*\0\x08\0\0\0\x01"),
    ],
)
def test_a_hostile_file_costs_little(kind: str, content: bytes) -> None:
    """Six megabytes of nothing but structure end within two seconds, and nothing is raised."""
    begun = time.process_time()
    assert len(strip_metadata(kind, content)) <= len(content) + 2
    assert time.process_time() - begun < 2


def test_a_gif_keeps_its_pictures_and_loop_only() -> None:
    """Comments, XMP and what follows the end are gone; colours, timing, loop and picture stay."""
    head = b"GIF89a" + b"\x01\x00\x01\x00\x80\x00\x00" + b"\x00" * 6
    loop = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
    comment = b"\x21\xfe\x08where I \x05 live\x00"
    xmp = b"\x21\xff\x0bXMP DataXMP\x04GPS!\x00"
    timing = b"\x21\xf9\x04\x00\x0a\x00\x00\x00"
    picture = b"\x2c" + b"\x00" * 4 + b"\x01\x00\x01\x00\x00" + b"\x02\x02\x44\x01\x00"
    whole = head + loop + comment + timing + picture + xmp + b"\x3b" + b"trailing secret"
    bare = strip_metadata("image/gif", whole)
    assert bare == head + loop + timing + picture + b"\x3b"
    for cut in range(len(whole)):
        assert b"where" not in strip_metadata("image/gif", whole[:cut])
