"""The form of a transcript: a conversation as a text file that a city clerk can read.

    # What this is about.
    city: nyc   channel: sms   language: en

    > what the resident texts      >+ a text that came in the same turn
    ? geocode "123 broadway" -> exact "123 Broadway, Brooklyn"
    < what CityHelper answers, one line each; (silence) when it does not
    ! submit type_key=pothole ...
    ~ 1 day passes
    * filed number="NYC311-..."

Reading and writing that form, and turning engine values into its lines. Pure; playing a transcript
is `engine.playing`'s, and recording one is done by whoever runs a conversation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conversations.vocabulary.effects import Do, Look
from conversations.vocabulary.events import Happened, Heard

HEARD, HEARD_TOO, SAID, LOOKED, DID, PASSED, HAPPENED = ">", ">+", "<", "?", "!", "~", "*"
INPUTS = (HEARD, HEARD_TOO, PASSED, HAPPENED)
HEADER = ("city", "channel", "language")
SILENCE = "(silence)"
EMPTY = "(empty)"
UNAVAILABLE = "unavailable"
_MARKS = (HEARD_TOO, HEARD, SAID, LOOKED, DID, PASSED, HAPPENED)
_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_PHOTOS = re.compile(r" ?\[(?:(\d+) photos|photo)\]$")
_ABOUT = re.compile(r" ?\[about (\w+)\]$")
_TIMES = re.compile(r"^\((\d+) times: (.*)\)$", re.DOTALL)
_PAIR = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|\[.*?\]|\{.*\}|\S+)')
_HIDDEN = ("complaint_type", "descriptor", "agency", "language")


class TranscriptError(ValueError):
    """A transcript is malformed; the message names the line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its mark and the text after it."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """A conversation as a file.

    Attributes:
        title: what it is about, one or more lines.
        header: `city`, `channel`, `language` and whatever else the conversation is given.
        lines: in order.
    """

    title: tuple[str, ...]
    header: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()


def parse_transcript(text: str) -> Transcript:
    """Return the transcript a file holds.

    Raises:
        TranscriptError: a line has no known mark, an answer stands before any input, or the
            header is not complete.
    """
    title: list[str] = []
    header: dict[str, str] = {}
    lines: list[Line] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.rstrip()
        if not line:
            continue
        if line.startswith("#"):
            title.append(line[1:].strip())
            continue
        mark = next((item for item in _MARKS if line.startswith(item)), None)
        if mark is not None:
            if not lines and mark not in INPUTS:
                raise TranscriptError(f"line {number}: nothing has been said before {line!r}")
            lines.append(Line(mark, line[len(mark) :].strip()))
        elif not lines:
            header.update(re.findall(r"(\w+): (\S+(?: \S+)*?)(?:\s{2,}|$)", line))
        else:
            raise TranscriptError(f"line {number}: no known mark before {line!r}")
    if missing := [name for name in HEADER if name not in header]:
        example = "city: nyc   channel: sms   language: en"
        raise TranscriptError(f"no {missing[0]} above the first line; write  {example}")
    return Transcript(tuple(title), header, tuple(lines))


def write_transcript(transcript: Transcript) -> str:
    """Return the file of a transcript; `parse_transcript` reads it back."""
    parts = [f"# {line}" for line in transcript.title]
    parts.append("   ".join(f"{key}: {value}" for key, value in transcript.header.items()))
    for line in transcript.lines:
        if line.mark in (HEARD, PASSED, HAPPENED):
            parts.append("")
        parts.append(f"{line.mark} {line.text}".rstrip())
    return "\n".join(parts) + "\n"


def read_heard(text: str) -> Heard:
    r"""Return the message of a `>` line, with its `[photo]` or `[3 photos]`; `\n` is a new line.

    `[about r1]` at its end is the request that a mail's address names.
    """
    photos: tuple[str, ...] = ()
    about = _ABOUT.search(text)
    text = text[: about.start()] if about else text
    found = _PHOTOS.search(text)
    if found:
        photos = tuple(f"photo{number}" for number in range(1, int(found[1] or 1) + 1))
        text = text[: found.start()]
    if times := _TIMES.match(text):
        text = times[2] * int(times[1])
    said = "" if text == EMPTY else text.replace("\\n", "\n")
    return Heard(said, photos, about[1] if about else None)


def heard_line(heard: Heard, mark: str = HEARD) -> Line:
    """Return the line of a message."""
    count = len(heard.photos)
    photos = f" [{count} photos]" if count > 1 else " [photo]" if count else ""
    text = heard.text.replace("\n", "\\n").strip()
    about = f" [about {heard.about}]" if heard.about else ""
    return Line(mark, f"{text}{photos}{about}".strip() or EMPTY)


def said_lines(text: str) -> tuple[Line, ...]:
    """Return the lines of a reply, or the one that says there was none."""
    return tuple(Line(SAID, part) for part in text.split("\n")) if text else (Line(SAID, SILENCE),)


def _quote(value: Any) -> str:
    if isinstance(value, str) and re.fullmatch(r"[\w.+-]+", value):
        return value
    return json.dumps(value, ensure_ascii=False)


def _pairs(values: Mapping[str, Any]) -> str:
    return " ".join(
        f"{key}={_quote(value)}"
        for key, value in values.items()
        if value is not None and value not in ([], {}, "") and key not in _HIDDEN
    )


def done_line(do: Do) -> Line:
    """Return the line of something done; a place is told by its label."""
    shown = {
        key: value["label"] if key == "place" and isinstance(value, Mapping) else value
        for key, value in do.args.items()
    }
    return Line(DID, f"{do.name} {_pairs(shown)}".strip())


def summarise_look(look: Look) -> str:
    """Return what is looked up in a few words."""
    address = look.args.get("address")
    if not isinstance(address, Mapping):
        return " ".join(str(value) for value in look.args.values())
    borough = look.args.get("borough")
    text = str(address.get("text", ""))
    return text if not borough or borough.lower() in text.lower() else f"{text}, {borough}"


def looked_line(look: Look, answer: str) -> Line:
    """Return the line of something looked up.

    Args:
        look: what was looked up.
        answer: a file name, JSON, `unavailable`, or a short form (see `engine.playing`).
    """
    about = summarise_look(look)
    return Line(
        LOOKED, f'{look.name} "{about}" -> {answer}' if about else f"{look.name} -> {answer}"
    )


def read_looked(text: str) -> tuple[str, str]:
    """Return (name of the Look, its answer as written) of a `?` line.

    Raises:
        TranscriptError: there is no arrow.
    """
    before, arrow, answer = text.rpartition(" -> ")
    if not arrow:
        raise TranscriptError(f"? {text}: no answer after ->")
    return before.split()[0], answer.strip()


def happened_line(event: Happened) -> Line:
    """Return the line of something that happened."""
    return Line(HAPPENED, f"{event.kind} {_pairs(event.data)}".strip())


def read_happened(text: str) -> Happened:
    """Return the event of a `*` line."""
    kind, _, rest = text.partition(" ")
    data: dict[str, Any] = {}
    for key, value in _PAIR.findall(rest):
        try:
            data[key] = json.loads(value)
        except json.JSONDecodeError:
            data[key] = value
    return Happened(kind, data)


def read_passed(text: str) -> int:
    """Return the seconds of a `~` line (`30 minutes pass`, `1 day passes`).

    Raises:
        TranscriptError: no number and unit.
    """
    found = re.match(r"(\d+) (second|minute|hour|day|week)s?\b", text)
    if not found:
        raise TranscriptError(f"~ {text}: say how long, for example ~ 30 minutes pass")
    return int(found[1]) * _UNITS[found[2]]


def passed_line(seconds: int) -> Line:
    """Return the line of time that passed, in its largest whole unit."""
    unit = next(
        name
        for name, size in sorted(_UNITS.items(), key=lambda item: -item[1])
        if seconds % size == 0 or name == "second"
    )
    count = seconds // _UNITS[unit]
    return Line(PASSED, f"{count} {unit} passes" if count == 1 else f"{count} {unit}s pass")
