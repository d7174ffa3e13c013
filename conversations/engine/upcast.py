"""Lifting talks written by earlier releases to today's form, one version at a time.

Each lift is a small pure function named after the version it starts from, with a line on why.
Frames of every release are kept in `tests/museum/` and played through today's flows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

VERSION = 5


def _lift_0(value: dict[str, Any]) -> dict[str, Any]:
    """Before the first release a talk had no version and no memory of repeats and hand-overs."""
    blank = {
        "language_chosen": False, "frames": [], "draft": None, "offer": None, "waiting": [],
        "lead": None, "brief": False, "replying": False, "looks": 0, "repeats": ["", 0, ""],
        "said": [], "person_at": None, "asked_at": None, "handed_off": False,
    }  # fmt: skip
    return {**blank, **value, "v": 1}


def _lift_1(value: dict[str, Any]) -> dict[str, Any]:
    """A talk of the first release did not remember that somebody was in danger."""
    return {**value, "alarm": None, "v": 2}


def _lift_2(value: dict[str, Any]) -> dict[str, Any]:
    """A talk did not remember how fast it was answered; now a machine whose words vary is seen."""
    return {**value, "pace": [0, "", []], "v": 3}


def _lift_3(value: dict[str, Any]) -> dict[str, Any]:
    """A talk took everybody who wrote from a phone for the same person."""
    return {**value, "doubt": None, "v": 4}


def _lift_4(value: dict[str, Any]) -> dict[str, Any]:
    """A talk did not know that a person of the city has taken over."""
    return {**value, "with_person": None, "v": 5}


_LIFTS: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {
    0: _lift_0,
    1: _lift_1,
    2: _lift_2,
    3: _lift_3,
    4: _lift_4,
}


def lift(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a talk's JSON in today's form.

    Raises:
        ValueError: the version is unknown, for example written by a later release.
    """
    plain = dict(value)
    while plain.get("v", 0) != VERSION:
        version = plain.get("v", 0)
        if version not in _LIFTS:
            raise ValueError(f"a talk of version {version} cannot be read by version {VERSION}")
        plain = _LIFTS[version](plain)
    return plain
