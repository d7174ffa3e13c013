"""JSON lines in, JSON lines out: behind `main.py read`, `trim` and `segments`.

A line that cannot be read becomes `{"id": ..., "error": "..."}` in its place, so that a city's file
of a thousand texts is never lost to one bad line. No line raises.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from conversations.reading.mail.trim import Format, trim
from conversations.reading.reader import Reader
from conversations.reading.segments import count_segments

_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8}){0,2}")
_LONGEST_LINE = 200_000  # characters; a text message has 1,600
_LONGEST_MAIL = 50_000_000  # characters; SendGrid takes mails of 30 MB, base64 makes them longer
_FORMATS: dict[str, Format] = {"plain": "plain", "html": "html", "eml": "eml"}


class LineError(ValueError):
    """A line that cannot be read. `identity` is its id where that much could be read."""

    def __init__(self, message: str, identity: object = None) -> None:
        """Keep the message and the id."""
        super().__init__(message)
        self.identity = identity


def read_lines(lines: Iterable[str], reader_for: Callable[[str], Reader]) -> Iterator[str]:
    """Yield one JSON line per line read; see `Reading.to_json` for its fields.

    Args:
        lines: JSON objects with `id`, `text`, `city` and perhaps `language`; blank ones are
            skipped.
        reader_for: returns the reader of a city slug; it is asked once per city. Whatever it raises
            becomes that line's error.
    """
    readers: dict[str, Reader | str] = {}

    def read_one(row: dict[str, Any]) -> dict[str, Any]:
        slug = _field(row, "city")
        if not _SLUG.fullmatch(slug):
            raise LineError(f"city {slug[:64]!r} is not a slug like 'nyc'", row.get("id"))
        language = row.get("language")
        if language is not None and not (
            isinstance(language, str) and _LANGUAGE.fullmatch(language)
        ):
            raise LineError("language is not an ISO 639-1 code like 'en'", row.get("id"))
        text = _field(row, "text")
        if slug not in readers:
            readers[slug] = _reader_or_error(slug, reader_for)
        reader = readers[slug]
        if isinstance(reader, str):
            raise LineError(reader, row.get("id"))
        code = language.partition("-")[0].lower() if language else None
        return reader.read(text, code).to_json()

    return _answer(lines, read_one)


def segment_lines(lines: Iterable[str]) -> Iterator[str]:
    """Yield `{"id", "encoding", "segments", "characters"}` for each `{"id", "text"}`.

    Args:
        lines: JSON objects with `id` and `text`, and perhaps `"smart": true` to count with the
            carrier's smart encoding; blank ones are skipped.
    """

    def count_one(row: dict[str, Any]) -> dict[str, Any]:
        counted = count_segments(_field(row, "text"), row.get("smart") is True)
        return {
            "encoding": counted.encoding,
            "segments": counted.segments,
            "characters": counted.characters,
        }

    return _answer(lines, count_one)


def trim_lines(lines: Iterable[str]) -> Iterator[str]:
    """Yield `{"id", "reply"}` for each mail: what was typed, without quotes and signatures.

    Args:
        lines: JSON objects with `id`, `format` (`plain`, `html`, `eml`) and `raw`, or `raw_b64` for
            the bytes of the mail; perhaps `sent`, a list of texts we sent; blank ones are skipped.
    """

    def trim_one(row: dict[str, Any]) -> dict[str, Any]:
        fmt = _FORMATS.get(_field(row, "format"))
        if fmt is None:
            raise LineError("format is not plain, html or eml", row.get("id"))
        sent = row.get("sent", [])
        if not isinstance(sent, list) or not all(isinstance(text, str) for text in sent):
            raise LineError("sent is not a list of texts", row.get("id"))
        return {"reply": trim(_raw(row), fmt, sent).reply}

    return _answer(lines, trim_one, _LONGEST_MAIL)


def _raw(row: dict[str, Any]) -> str | bytes:
    """Return the mail of a row, as text or as bytes."""
    if row.get("raw") is not None or "raw_b64" not in row:
        return _field(row, "raw")
    try:
        return base64.b64decode(_field(row, "raw_b64"), validate=True)
    except ValueError:
        raise LineError("raw_b64 is not base64", row.get("id")) from None


def _answer(
    lines: Iterable[str],
    answer: Callable[[dict[str, Any]], dict[str, Any]],
    longest: int = _LONGEST_LINE,
) -> Iterator[str]:
    """Yield the answer to every line that is not blank, or its error."""
    for number, line in enumerate(lines, start=1):
        if not line.strip("\ufeff \t\r\n"):
            continue
        try:
            row = _parse(line, longest)
            found = {"id": row.get("id"), **answer(row)}
        except LineError as error:
            found = {"id": error.identity, "error": f"line {number}: {error}"}
        yield _write(found)


def _parse(line: str, longest: int) -> dict[str, Any]:
    """Return the object of one line."""
    if len(line) > longest:
        raise LineError(f"longer than {longest} characters")
    try:
        row = json.loads(line.strip("\ufeff"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise LineError(f"not JSON: {str(error)[:120]}") from None
    if not isinstance(row, dict):
        raise LineError("not a JSON object")
    return row


def _refuse_constant(name: str) -> None:
    """Refuse NaN and infinities, which Python takes and JSON does not."""
    raise ValueError(f"{name} is no JSON")


def _field(row: dict[str, Any], name: str) -> str:
    """Return a field that must be there and be text."""
    if name not in row:
        raise LineError(f"{name} is missing", row.get("id"))
    value = row[name]
    if not isinstance(value, str):
        raise LineError(f"{name} is not text", row.get("id"))
    return value


def _reader_or_error(slug: str, reader_for: Callable[[str], Reader]) -> Reader | str:
    """Return the reader of a city, or what is wrong with the city."""
    try:
        return reader_for(slug)
    except Exception as error:  # any fault of a pack is that line's answer, not the end of the file
        return f"city {slug!r}: {str(error)[:200] or type(error).__name__}"


def _write(found: dict[str, Any]) -> str:
    """Return one JSON line; half a character (a lone surrogate) is written as `?`."""
    line = json.dumps(found, ensure_ascii=False)
    return line.encode("utf-8", "replace").decode("utf-8")
