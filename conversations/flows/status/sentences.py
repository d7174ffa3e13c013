"""How a service request stands, in plain words: never more than what is known of it.

A request that is told alone gets its whole way, with times (received, sent, what the city says);
among others it gets one short line. What the filing came to weighs more than the city's status:
of a report that never arrived the city has nothing to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conversations.engine.given import Scene
from conversations.vocabulary.effects import Say
from conversations.vocabulary.requests import RequestStatus
from conversations.wording.moments import write_moment

_ENDS = ("refused", "handed_off", "not_found", "superseded")
"""Ways a filing can stand of which no times are told."""


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
    """Return the one line that tells how a request stands, for a list of several."""
    filing = request.get("filing")
    if filing in ("filing", "unconfirmed", *_ENDS):
        sentence = scene.text(f"status.filing.{filing}", phone=scene.city.phone)
    else:
        sentence = sentence_for(scene, request.get("status"))
    phrase = "status.line" if request.get("own", True) else "status.line_followed"
    return Say(phrase, {**_values(scene, request), "sentence": sentence})


def way_for(scene: Scene, request: Mapping[str, Any]) -> Say:
    """Return the whole way of one request: when it was received, sent, and what came of it.

    Args:
        scene: city, language and time.
        request: as the Looks `request` and `my_requests` tell it; without times it gets a line.
    """
    filing, received, sent = (request.get(key) for key in ("filing", "received_at", "filed_at"))
    values = _values(scene, request)
    if filing in _ENDS:
        return Say(f"status.way.{filing}", values)
    if not received or filing not in ("filing", "filed", "unconfirmed"):
        return line_for(scene, request)
    values["received"] = _moment(scene, received)
    if filing == "filing":
        return Say("status.way.filing", values)
    if not sent:
        return Say("status.way.doubtful", values)
    values["sent"] = _moment(scene, sent, received)
    if filing == "unconfirmed":
        return Say("status.way.unconfirmed", values)
    if not request.get("number"):
        return Say("status.way.pending", values)
    return Say("status.way.numbered", values)


def _moment(scene: Scene, when: str, beside: str | None = None) -> str:
    zone = scene.city.timezone
    return write_moment(scene.language, when, scene.given.now, zone, beside)


def _values(scene: Scene, request: Mapping[str, Any]) -> dict[str, Any]:
    sentence = sentence_for(scene, request.get("status"))
    return {
        "title": title_of(scene, request),
        "place": str(request.get("place_label") or "-"),
        "sentence": sentence[:1].upper() + sentence[1:],
        "number": str(request.get("number") or ""),
        "agency": str(request.get("agency") or "") or scene.text("status.the_city"),
        "phone": scene.city.phone,
    }
