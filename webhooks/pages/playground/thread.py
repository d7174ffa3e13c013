"""A resident's thread as the phone shows it: what was texted from here, what the twin delivered.

A reply is shown when the Twilio twin received it, and not before: that is the moment the real
phone would get it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

KEPT = 400
"""Texts remembered per number; enough for an afternoon."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One text sent from the page."""

    number: int
    at: str
    text: str
    photo: str
    note: str


class Threads:
    """Remembers what was texted from the page, by number, until the web process ends."""

    def __init__(self) -> None:
        self._sent: dict[str, list[Sent]] = defaultdict(list)
        self._count = 0

    def add(self, phone: str, at: str, text: str, photo: str, note: str) -> None:
        """Remember one text sent from `phone` at `at` (ISO 8601)."""
        self._count += 1
        kept = self._sent[phone]
        kept.append(Sent(self._count, at, text, photo, note))
        del kept[:-KEPT]

    def of(self, phone: str) -> tuple[Sent, ...]:
        """Return what was texted from `phone`, oldest first."""
        return tuple(self._sent.get(phone, ()))


def thread(
    sent: Iterable[Sent], entries: Iterable[Mapping[str, Any]], phone: str, base: str
) -> list[dict[str, Any]]:
    """Return the thread of one phone, oldest first.

    Args:
        sent: what was texted from it.
        entries: log entries of the Twilio twin.
        phone: its number.
        base: path of the playground, for pictures.
    """
    mine = [_mine(item, base) for item in sent]
    theirs = [_theirs(entry) for entry in entries if _is_delivery_to(entry, phone)]
    return sorted([*mine, *theirs], key=lambda message: str(message["at"]))


def _is_delivery_to(entry: Mapping[str, Any], phone: str) -> bool:
    """Return whether a log entry is a message to `phone` that the twin took."""
    request = entry.get("request")
    return (
        entry.get("provider") == "twilio"
        and entry.get("method") == "POST"
        and bool(entry.get("committed"))
        and isinstance(request, Mapping)
        and request.get("To") == phone
        and isinstance(entry.get("answer"), Mapping)
        and "sid" in entry["answer"]
    )


def _mine(item: Sent, base: str) -> dict[str, Any]:
    """Return a text of the resident for the page."""
    photos = []
    if item.photo:
        image = f"{base}/static/{item.photo}.svg" if item.photo == "pothole" else None
        photos.append({"image": image, "label": item.photo.replace("_", " ")})
    return {
        "id": f"m{item.number}",
        "mine": True,
        "at": item.at,
        "text": item.text,
        "photos": photos,
        "note": item.note,
        "failed": False,
    }


def _theirs(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a reply for the page."""
    answer = entry["answer"]
    return {
        "id": f"t{entry['id']}",
        "mine": False,
        "at": entry["at"],
        "text": str(entry["request"].get("Body", "")),
        "photos": [],
        "note": "",
        "failed": answer.get("status") in {"failed", "undelivered"},
    }
