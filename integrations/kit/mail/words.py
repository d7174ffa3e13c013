"""Bytes and encoded words made Unicode, and made harmless. Never raises.

Only codecs of text are used, by a fixed list of names: Python's own list also holds codecs that
decompress, or that take quadratic time (`punycode`, `idna`).
"""

from __future__ import annotations

import binascii
import encodings
import pkgutil
import re
import unicodedata
from encodings.aliases import aliases

from integrations.kit.mail.bounds import MAX_NAME, MAX_SUBJECT

_NOT_TEXT = frozenset(
    ["aliases", "base64_codec", "bz2_codec", "charmap", "hex_codec", "idna", "mbcs", "oem",
     "palmos", "punycode", "quopri_codec", "raw_unicode_escape", "rot_13", "undefined",
     "unicode_escape", "uu_codec", "zlib_codec"]
)  # fmt: skip
_CODECS = frozenset(module.name for module in pkgutil.iter_modules(encodings.__path__)) - _NOT_TEXT
_WIDER = {
    # What mail programs write, and the superset they mean.
    "ascii": "cp1252", "latin_1": "cp1252", "iso8859_1": "cp1252", "gb2312": "gb18030",
    "gbk": "gb18030", "x_gbk": "gb18030", "shift_jis": "cp932", "x_sjis": "cp932",
    "euc_kr": "cp949", "iso8859_9": "cp1254", "iso8859_8_i": "cp1255", "iso8859_8": "cp1255",
    "iso8859_11": "cp874", "tis_620": "cp874", "iso_8859_8_i": "cp1255",
    "unicode_1_1_utf_7": "utf_7", "iso_2022_jp": "iso2022_jp_2", "iso2022_jp": "iso2022_jp_2",
}  # fmt: skip
_SILENT = frozenset({"", "ascii", "us_ascii", "646", "ansi_x3.4_1968", "unknown_8bit", "8bit"})

_ENCODED = re.compile(
    r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]{0,2000})\?=(?:[ \t]{0,20}(?==\?[^?\s]{1,60}\?[bBqQ]\?))?"
)
_PATH = re.compile(r"[/\\]")
_RISKY = re.compile(r"[<>:\"|?*%$`;&]")


def decode_text(content: bytes, charset: str) -> str:
    """Return bytes as text.

    Args:
        content: what came.
        charset: its name as the mail gives it; may be wrong, unknown, or empty. Without one the
            text is UTF-8, or else Windows-1252; in an unknown one what is not UTF-8 is
            replaced.
    """
    name = _normal(charset)
    if name in _SILENT:
        try:
            return _without_nul(content.decode("utf-8"))
        except UnicodeDecodeError:
            return _without_nul(content.decode("cp1252", "replace"))
    try:
        return _without_nul(content.decode(find_codec(name), "replace"))
    except (LookupError, ValueError):
        return _without_nul(content.decode("utf-8", "replace"))


def find_codec(charset: str) -> str:
    """Return Python's name of a charset, `utf-8` for one that is not known."""
    name = _normal(charset)
    name = _WIDER.get(name, aliases.get(name, name))
    name = _WIDER.get(name, name)
    return name if name in _CODECS else "utf-8"


def decode_words(value: str) -> str:
    """Return a header's value with its encoded words (RFC 2047) decoded, on one clean line."""
    return clean_line(_ENCODED.sub(_decode_word, value))


def clean_line(value: str, limit: int = MAX_SUBJECT) -> str:
    """Return the text on one line: no control, no hidden direction mark, no doubled space."""
    kept = "".join(
        " " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char
        for char in value[: limit * 4]
        if unicodedata.category(char) not in ("Cs", "Co") and char not in _DIRECTIONS
    )
    return " ".join(kept.split())[:limit].rstrip()


def name_file(value: str, fallback: str) -> str:
    """Return a file's name without path, control or shell characters; `fallback` when empty.

    `../../plan.pdf` is `plan.pdf`. A long name keeps its ending.
    """
    last = _PATH.split(decode_words(value))[-1]
    clean = _RISKY.sub("_", last).strip(" .")
    if len(clean) > MAX_NAME:
        stem, dot, ending = clean.rpartition(".")
        tail = dot + ending if 0 < len(ending) <= 10 else ""
        clean = (stem if tail else clean)[: MAX_NAME - len(tail)] + tail
    return clean or fallback


def clean_type(value: str) -> str:
    """Return a content type without parameters, lower case; the unknown one when it is none."""
    kind = value.partition(";")[0].strip().lower()
    return kind if _TYPE.fullmatch(kind) else "application/octet-stream"


_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,100}")
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _decode_word(found: re.Match[str]) -> str:
    charset, kind, content = found[1].partition("*")[0], found[2].lower(), found[3]
    raw = content.encode("utf-8", "replace")
    if kind == "q":
        return decode_text(binascii.a2b_qp(raw.replace(b"_", b" "), header=False), charset)
    return decode_text(decode_base64(raw), charset)


def decode_base64(content: bytes) -> bytes:
    """Return the bytes; what is no base64 is passed over, as every mail program does."""
    clean = content.translate(None, _NOT_BASE64).partition(b"=")[0]
    clean = clean[: len(clean) - 1] if len(clean) % 4 == 1 else clean
    return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64))


def _normal(charset: str) -> str:
    return re.sub(r"[^a-z0-9.]+", "_", charset[:60].lower()).strip("_")


def _without_nul(text: str) -> str:
    """Return the text without what no database and no terminal takes: NUL and lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")
