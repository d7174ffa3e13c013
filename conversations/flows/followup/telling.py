"""What most follow-ups share: the values of their phrases, and scripts that only tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conversations.engine.given import Scene
from conversations.engine.script import Done, Script
from conversations.flows.status.sentences import sentence_for, title_of
from conversations.vocabulary.effects import Say


def values_of(scene: Scene, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return what these phrases name, of a happening's data or of a looked-up request."""
    words = scene.upstream(str(request.get("resolution") or ""))
    return {
        "title": title_of(scene, request),
        "place": str(request.get("place_label") or "-"),
        "number": str(request.get("number") or ""),
        "phone": str(request.get("phone") or scene.city.phone),
        "sentence": sentence_for(scene, request.get("status")),
        "resolution": scene.text("status.resolution", resolution=words) if words else "",
    }


def telling(phrase: str) -> Callable[[Scene], Script[Done]]:
    """Return a script that says one phrase and ends."""

    def script(scene: Scene) -> Script[Done]:
        yield from ()
        return Done((Say(phrase, values_of(scene, scene.data)),))

    return script
