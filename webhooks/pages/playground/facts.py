"""Facts and standing in plain words, for people who look on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.inspect import Standing

NOTHING: Mapping[str, Any] = {
    "flow": "",
    "question": "",
    "been": [],
    "words": [{"text": "Nothing said yet."}],
    "facts": [],
    "note": "",
}
_KEY = re.compile(r"[a-z]+(?:_[a-z0-9]+)+")
LANGUAGES: Mapping[str, str] = {"en": "English", "es": "Spanish"}


def standing_for_page(standing: Standing | None) -> dict[str, Any]:
    """Return where a conversation stands as the page shows it."""
    if standing is None:
        return dict(NOTHING)
    return {
        "flow": standing.flow,
        "question": standing.question,
        "been": list(standing.been),
        "words": _words(standing),
        "facts": [*_facts(standing), *_requests(standing)],
        "note": " · ".join(_notes(standing)),
    }


def _facts(standing: Standing) -> list[dict[str, str]]:
    """Return what is known of the matter in hand; lists that are empty say nothing."""
    return [
        {"name": name, "label": label(name), "value": plain(value)}
        for name, value in standing.facts
        if value not in ([], {}, "")
    ]


def _requests(standing: Standing) -> list[dict[str, str]]:
    """Return the resident's requests with the city, each by its number or as one without."""
    return [
        {
            "name": f"request.{index}",
            "label": number or "No number yet",
            "value": f"{title[:1].upper()}{title[1:]}, {place}: {status}",
        }
        for index, (number, title, place, status) in enumerate(reversed(standing.requests))
    ]


def label(name: str) -> str:
    """Return a fact's name as people write it: `contact_name` as `Contact name`."""
    return name.rpartition(":")[2].replace("_", " ").replace(".", " ").capitalize()


def flow_label(name: str) -> str:
    """Return a flow's name as people say it: `followup.status_changed` as `Status changed`."""
    return label(name.rpartition(".")[2])


def plain(value: Any) -> str:
    """Return a fact's value in one line."""
    if value is None:
        return "left out"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return _plain_object(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(plain(item) for item in value) or "none"
    return str(value).replace("_", " ") if _KEY.fullmatch(str(value)) else str(value)


def _plain_object(value: Mapping[str, Any]) -> str:
    """Return the telling part of an object: its label, its text, or all of it."""
    for name in ("label", "text", "title"):
        if isinstance(value.get(name), str) and value[name]:
            return str(value[name])
    told = [f"{key} {plain(inner)}" for key, inner in value.items() if inner not in (None, "", [])]
    return ", ".join(told) or "none"


def _words(standing: Standing) -> list[dict[str, Any]]:
    """Return one sentence in parts; the strong ones stand out."""
    if not standing.flow:
        return [{"text": "At rest: nothing is open."}]
    parts: list[dict[str, Any]] = [
        {"text": "In the flow "},
        {"text": flow_label(standing.flow).lower(), "strong": True},
    ]
    if standing.question:
        parts += [
            {"text": ", waiting for an answer about "},
            {"text": label(standing.question).lower(), "strong": True},
        ]
    return [*parts, {"text": "."}]


def _notes(standing: Standing) -> list[str]:
    """Return what else is worth a word."""
    notes = [LANGUAGES.get(standing.language, standing.language)]
    if standing.opted_out:
        notes.append("opted out")
    if standing.draft:
        notes.append(f"a draft of {flow_label(standing.draft).lower()} is parked")
    return notes
