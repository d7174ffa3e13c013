"""A service request in one plain line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conversations.engine.given import Scene
from conversations.vocabulary.effects import Say
from conversations.vocabulary.requests import RequestStatus


def sentence_for(scene: Scene, status: object) -> str:
    """Return a status as a plain sentence; a word nobody knows reads as no news."""
    try:
        known = RequestStatus(str(status))
    except ValueError:
        known = RequestStatus.UNKNOWN
    return scene.text(f"status.sentence.{known.name.lower()}")


def title_of(scene: Scene, request: Mapping[str, Any]) -> str:
    """Return the plain name of what was reported, with a capital."""
    title = scene.title(str(request.get("title_key") or ""))
    return title[:1].upper() + title[1:]


def line_for(scene: Scene, request: Mapping[str, Any]) -> Say:
    """Return the line that tells how a request stands."""
    values = {
        "title": title_of(scene, request),
        "place": str(request.get("place_label") or "-"),
        "sentence": sentence_for(scene, request.get("status")),
        "number": str(request.get("number") or ""),
    }
    return Say("status.line", values)
