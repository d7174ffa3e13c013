"""What Slack's payloads become, and taking single fields out of them without trusting any."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson

MAX_TEXT = 12_000
MAX_FIELDS = 60
_ID = re.compile(r"[A-Z][A-Z0-9]{1,39}")
_TS = re.compile(r"\d{1,12}\.\d{1,9}")


class MalformedSlack(Exception):  # noqa: N818  # as its sisters of the other providers
    """The request is genuine, but nothing we understand. Carries no text: it may be personal."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """Slack asks whether the address is ours; the word is to be sent back."""

    word: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing of ours to do. `reason` is one of our own words."""

    reason: str


@dataclass(frozen=True, slots=True)
class StaffEvent:
    """Something a person did in Slack, or Slack tells about our app.

    Attributes:
        kind: `message`, `edited`, `deleted`, `home`, `press`, `submission`, `command`,
        `uninstalled`. team: id of the workspace. user: id of who did it, or empty. key: what makes
        it the same when it comes again. lane: what is served in order: a thread, or a person. data:
        plain JSON, by kind; personal. trigger_id: the right to open one modal within three seconds,
        or empty.
    """

    kind: str
    team: str
    user: str
    key: str
    lane: str
    data: Mapping[str, Any] = field(repr=False)
    trigger_id: str = field(default="", repr=False)


Read = StaffEvent | Challenge | Ignored


def read_json(raw: bytes) -> dict[str, Any]:
    """Return a JSON object. Raises `MalformedSlack`."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        raise MalformedSlack
    return value


def read_form(raw: bytes) -> dict[str, str]:
    """Return the fields of a form, of a repeated one the first. Raises `MalformedSlack`."""
    try:
        pairs = parse_qsl(
            raw.decode("utf-8"), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict"
        )
    except ValueError:
        raise MalformedSlack from None
    fields: dict[str, str] = {}
    for name, value in pairs:
        fields.setdefault(name, value)
    return fields


def take_id(value: Mapping[str, Any], *names: str) -> str:
    """Return the first of these fields that is an id. Raises `MalformedSlack`."""
    for name in names or ("id",):
        found = value.get(name)
        if isinstance(found, str) and _ID.fullmatch(found):
            return found
    raise MalformedSlack


def take_ts(value: Mapping[str, Any], name: str) -> str:
    """Return the name of a message in its channel. Raises `MalformedSlack`."""
    found = value.get(name)
    if not isinstance(found, str) or not _TS.fullmatch(found):
        raise MalformedSlack
    return found


def take_text(value: Mapping[str, Any], name: str, most: int) -> str:
    """Return a text, cut; empty when there is none."""
    found = value.get(name)
    if not isinstance(found, str):
        return ""
    return found[:most]
