"""Cutting out of a picture what cameras write into it: where it was taken, when, with whose phone.

Pictures are not decoded: their containers are followed, marker by marker or chunk by chunk, and
what is no picture is left out. What cannot be followed ends the picture there. A HEIC keeps its
length (its parts find each other by offset), so there the metadata are overwritten.
"""

from __future__ import annotations

import re

_JPEG_NEXT = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""The next marker within image data: not a stuffed byte, a restart, or a fill byte."""
_MOST_PARTS = 20_000
"""Markers or chunks that are followed: photos have some hundred, hostile files millions."""
_SOS, _EOI, _COMMENT = 0xDA, 0xD9, 0xFE
_PNG_METADATA = (b"tEXt", b"zTXt", b"iTXt", b"tIME", b"eXIf")

_GIF_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")

_TIFF = re.compile(rb"II\*\x00\x08\x00\x00\x00|MM\x00\*\x00\x00\x00\x08")
_TIFF_LISTS = frozenset({0x8769, 0x8825, 0xA005})  # EXIF, GPS, interoperability: lists of their own
_TIFF_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_MOST_TIFF_LISTS, _MOST_TIFF_ENTRIES, _MOST_TIFFS = 8, 256, 8
_XMP_BEGIN, _XMP_END = b"<x:xmpmeta", b"</x:xmpmeta>"


def strip_metadata(kind: str, content: bytes) -> bytes:
    """Return the picture without EXIF, XMP, comments and text chunks.

    Args:
        kind: the content type its first bytes show.
        content: the file.
    """
    if kind == "image/jpeg":
        return _strip_jpeg(content)
    if kind == "image/png":
        return _strip_png(content)
    if kind == "image/heic":
        return _blank_heic(content)
    if kind == "image/gif":
        return _strip_gif(content)
    return _strip_webp(content) if kind == "image/webp" else content


def _strip_jpeg(content: bytes) -> bytes:
    """Drop APP1 to APP15, comments, and whatever follows the picture's end (ISO 10918-1).

    Phones append second pictures, which have an EXIF of their own.
    """
    kept, at = bytearray(content[:2]), 2
    for _ in range(_MOST_PARTS):
        if at + 2 > len(content) or content[at] != 0xFF:
            break
        marker = content[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker == _EOI:
            kept += content[at : at + 2]
            break
        end = at + 2 + max(int.from_bytes(content[at + 2 : at + 4], "big"), 2)
        if marker == _SOS:
            following = _JPEG_NEXT.search(content, end)
            end = following.start() if following else len(content)
        if not (0xE1 <= marker <= 0xEF or marker == _COMMENT):
            kept += content[at:end]
        at = end
    return bytes(kept)


def _strip_png(content: bytes) -> bytes:
    """Drop text, time and EXIF chunks, and whatever follows the last chunk (ISO 15948)."""
    kept, at = bytearray(content[:8]), 8
    for _ in range(_MOST_PARTS):
        if at + 12 > len(content):
            break
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        kind = content[at + 4 : at + 8]
        if kind not in _PNG_METADATA:
            kept += content[at:end]
        if kind == b"IEND":
            break
        at = end
    return bytes(kept)


def _strip_webp(content: bytes) -> bytes:
    """Drop EXIF and XMP chunks and mend the header (RFC 9649)."""
    kept, at = bytearray(), 12
    for _ in range(_MOST_PARTS):
        if at + 8 > len(content):
            break
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        end = at + 8 + size + (size & 1)
        chunk = bytearray(content[at:end])
        if chunk[:4] == b"VP8X" and len(chunk) > 8:
            chunk[8] &= ~0b1100  # no longer says that EXIF and XMP follow
        if bytes(chunk[:4]) not in (b"EXIF", b"XMP "):
            kept += chunk
        at = end
    return b"RIFF" + (len(kept) + 4).to_bytes(4, "little") + b"WEBP" + bytes(kept)


def _strip_gif(content: bytes) -> bytes:
    """Drop comments, texts, XMP and whatever follows the end; keep how it moves (GIF89a)."""
    at = 13 + _gif_colours(content, 10)
    kept = bytearray(content[:at])
    for _ in range(_MOST_PARTS):
        mark = content[at : at + 1]
        if mark not in (b"\x21", b"\x2c"):
            break
        picture = mark == b"\x2c"
        end = _gif_blocks_end(content, at + (11 + _gif_colours(content, at + 9) if picture else 2))
        label, name = content[at + 1 : at + 2], content[at + 3 : at + 14]
        if picture or label == b"\xf9" or (label == b"\xff" and name in _GIF_LOOPS):
            kept += content[at:end]
        at = end
    return bytes(kept) + b"\x3b"


def _gif_colours(content: bytes, at: int) -> int:
    """Return the length of the colour table that the flags at `at` announce."""
    flags = content[at] if at < len(content) else 0
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _gif_blocks_end(content: bytes, at: int) -> int:
    """Return where a row of blocks, each led by its length, ends with an empty one."""
    while at < len(content) and content[at]:
        at += content[at] + 1
    return at + 1


def _blank_heic(content: bytes) -> bytes:
    """Overwrite EXIF and XMP where they stand (ISO 23008-12 keeps both as items of plain bytes)."""
    picture = bytearray(content)
    for number, found in enumerate(_TIFF.finditer(content)):
        if number >= _MOST_TIFFS:
            break
        _blank_tiff(picture, found.start(), "little" if found[0][:1] == b"I" else "big")
    begin = content.find(_XMP_BEGIN)
    while begin >= 0:
        end = content.find(_XMP_END, begin)
        end = len(content) if end < 0 else end + len(_XMP_END)
        picture[begin:end] = b" " * (end - begin)
        begin = content.find(_XMP_BEGIN, end)
    return bytes(picture)


def _blank_tiff(picture: bytearray, base: int, order: str) -> None:
    """Overwrite every value of an EXIF block with zeros, following its lists (TIFF 6.0)."""

    def number(at: int, size: int) -> int:
        return int.from_bytes(picture[at : at + size], "little" if order == "little" else "big")

    lists, seen = [8], set[int]()
    while lists and len(seen) < _MOST_TIFF_LISTS:
        offset = lists.pop()
        at = base + offset
        if offset in seen or at + 2 > len(picture):
            continue
        seen.add(offset)
        count = min(number(at, 2), _MOST_TIFF_ENTRIES)
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            if entry + 12 > len(picture):
                return
            tag, kind, items, value = (
                number(entry + shift, size) for shift, size in ((0, 2), (2, 2), (4, 4), (8, 4))
            )
            if tag in _TIFF_LISTS:
                lists.append(value)
            length = items * _TIFF_SIZES.get(kind, 1)
            if length > 4:
                end = min(base + value + length, len(picture))
                picture[base + value : end] = bytes(max(0, end - base - value))
            picture[entry : entry + 12] = bytes(12)
        after = number(at + 2 + 12 * count, 4)
        if after:
            lists.append(after)
