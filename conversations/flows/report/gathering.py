"""What a text tells of a report besides the answer to what was asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from conversations.engine.given import Scene
from conversations.engine.script import Answer, Hearing
from conversations.flows.report.addresses import add_area, names_area, polish, write
from conversations.flows.report.correcting import is_thanks, sure_kind
from conversations.flows.report.kinds import find_several, possible_kinds, tell_several
from conversations.flows.report.locating import find_apartment, says_same_place
from conversations.flows.report.spots import find_spot
from conversations.reading.result import Intent
from conversations.reading.text import fold, tokens
from conversations.vocabulary.places import AddressText

MAX_PHOTOS = 10
_MAX_NAME_WORDS = 3
_MAX_WORDS = 500


def wants_report(hearing: Hearing) -> int:
    """Return how strongly a text at rest begins a report."""
    reading = hearing.reading
    if sure_kind(hearing) or find_several(hearing):
        return 90
    if is_thanks(hearing) and reading.address is None:
        return 0
    if possible_kinds(hearing):
        return 70
    if reading.address is not None or hearing.photos:
        return 60
    if reading.intent is not Intent.REPORT:
        return 0
    return 20 if reading.request_types else 55  # a faint guess is not yet a wish to report


def find_name(hearing: Hearing) -> str | None:
    """Return a name the resident volunteers ("my name is Ana Diaz"), as they wrote it."""
    text = hearing.reading.text
    for phrase in hearing.scene.words("report.name_is"):
        found = re.search(rf"(?:^|\W){re.escape(phrase)}\W+([^\d.,;:()!?\n]+)", text, re.IGNORECASE)
        if found:
            words = []
            for word in found[1].split()[:_MAX_NAME_WORDS]:
                if fold(word) in hearing.scene.words("report.name_ends"):
                    break
                words.append(word)
            return " ".join(words)[:40] or None
    return None


def _gather_kind(hearing: Hearing) -> dict[str, Any]:
    """Return what the text says about what the problem is."""
    facts: dict[str, Any] = {}
    kinds, several = possible_kinds(hearing), find_several(hearing)
    if "kind" in hearing.known or not (kinds or several):
        return facts
    kind = sure_kind(hearing)
    guesses = [key for key in kinds if key != kind]
    if several:
        facts.update(tell_several(several))
    elif guesses != hearing.known.get("guesses"):
        facts["guesses"] = guesses
    if kind and not several:
        facts["kind"] = kind
    if "words" not in hearing.known and len(tokens(fold(hearing.reading.text))) > 2:
        facts["words"] = hearing.reading.text[:_MAX_WORDS]
    return facts


def _gather_place(hearing: Hearing) -> dict[str, Any]:
    """Return what the text says about where it is: all of it, or more than was known."""
    address, known = hearing.reading.address, hearing.known
    if "no_address" in known:
        return {}
    if address is None:
        same = "where" not in known and says_same_place(hearing)
        return {"same_place": True} if same else {}
    old = AddressText.from_json(known["where"]) if "where" in known else None
    if old is None:
        area = names_area(address, hearing.scene)
        spot = None if area else find_spot(hearing, address)
        told = {"exact_spot": spot} if spot else {}
        return {"area" if area else "where": address.to_json(), **told}
    vague = not (old.street or old.house or old.cross_streets)
    if vague and old.borough and address.street:  # first the neighbourhood, then the corner
        return {"where": add_area(address, old).to_json()}
    return {}


def gather(hearing: Hearing) -> Answer:
    """Return every fact a text holds that the report does not know yet."""
    known = hearing.known
    facts = {**_gather_kind(hearing), **_gather_place(hearing)}
    if "apartment" not in known and (apartment := find_apartment(hearing)):
        facts["apartment"] = apartment
    if "name" not in known and (name := find_name(hearing)):
        facts["name"] = name
    if not hearing.photos:
        return Answer(facts)
    told = "kind" in facts or "kind" in known
    had = list(known.get("photos") or [])
    facts["photos"] = [*had, *(photo for photo in hearing.photos if photo not in had)][:MAX_PHOTOS]
    alone = not hearing.reading.text.strip()
    return Answer(facts, lead="report.photo_kept" if alone or not told else "")


def summarise(facts: Mapping[str, Any], scene: Scene) -> str:
    """Return type and place of a report in a few words."""
    parts = []
    if kind := facts.get("kind"):
        parts.append(scene.title(str(kind)))
    if where := facts.get("where"):
        parts.append(polish(write(AddressText.from_json(where))))
    elif facts.get("description"):
        parts.append(str(facts["description"]))
    return ", ".join(parts)
