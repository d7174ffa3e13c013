"""The report, from a first text to the submitted service request.

A first message may hold everything; then one read-back is all there is between it and the city.
Everything can be undone until the read-back is answered; then it acts once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from conversations.engine.flow import Flow
from conversations.engine.given import Scene
from conversations.engine.script import (
    Answer,
    Done,
    Hearing,
    Option,
    Script,
    ask,
    ask_optional,
    known,
)
from conversations.flows.report.addresses import is_area, write
from conversations.flows.report.place import Outside, find_place
from conversations.flows.report.questions import (
    CONFIRM,
    DETAILS,
    GUESSES,
    KIND,
    NAME,
    NAME_WANTED,
    PHOTOS,
    QUESTIONS,
    REFUSED,
    WORDS,
    possible_kinds,
    sure_kind,
)
from conversations.flows.report.samples import SAMPLES
from conversations.reading.result import Intent
from conversations.reading.text import fold, tokens
from conversations.vocabulary.effects import Do, Say
from conversations.vocabulary.places import AddressText, Place
from conversations.vocabulary.requests import RequestType

MAX_PHOTOS = 10
_MAX_NAME_WORDS = 3
_MAX_WORDS = 500
_PLACE_FACTS = (
    "where", "area", "spot", "which_place", "not_found", "map_down", "no_address", "description",
)  # fmt: skip


def _find_kind(scene: Scene) -> Script[RequestType]:
    """Return what is reported; guesses that are not sure are offered as numbered choices."""
    guesses = (yield from known(GUESSES)) or []
    refused = (yield from known(REFUSED)) or []
    titles: dict[str, str] = {}
    for key in guesses:
        if key not in refused and key in scene.city.request_types:
            titles.setdefault(scene.title(key), key)
    if not titles:
        return (yield from ask(KIND))
    options = [Option(title, {"kind": key}) for title, key in titles.items()]
    other = Option(
        scene.text("choice.something_else"), {"refused": [*refused, *guesses]}, words=("no", "new")
    )
    return (yield from ask(KIND, phrase="report.which_kind", options=[*options, other]))


def _ask_details(scene: Scene, kind: RequestType) -> Script[dict[str, str]]:
    """Return the details this type needs; each may be skipped."""
    details = {}
    for name in kind.asks:
        question = DETAILS.get(name)
        if question is None:
            continue
        options = (
            [
                Option(scene.text(f"choice.{word}"), {name: word}, words=(word,))
                for word in ("yes", "no")
            ]
            if name == "ongoing"
            else []
        )
        answer = yield from ask_optional(question, about=kind.key, options=options)
        if answer:
            details[name] = answer
    return details


def _extras(scene: Scene, photos: list[str], name: str | None, details: Mapping[str, str]) -> str:
    """Return what the read-back tells beside type and place, as short sentences."""
    said = [scene.text("report.extra_photos", n=len(photos))] if photos else []
    said += [
        scene.text(f"report.extra_{key}", words=value)
        for key, value in details.items()
        if key != "ongoing"
    ]
    if name:
        said.append(scene.text("report.extra_name", name=name))
    return " ".join(said)


def report(scene: Scene) -> Script[Done]:
    """Gather a report, read it back, submit it."""
    kind = yield from _find_kind(scene)
    place: Place | Outside | None = None
    if kind.needs_place:
        place = yield from find_place(scene)
    if isinstance(place, Outside):
        return Done((Say("report.outside", {"city": scene.city.called(scene.language)}),))
    details = yield from _ask_details(scene, kind)
    name = yield from known(NAME)
    if (yield from known(NAME_WANTED)):
        name = yield from ask_optional(NAME)
    photos = (yield from known(PHOTOS)) or []
    where = place.to_json() if place else None
    label = place.label if place else scene.text("report.no_place")
    title = kind.title(scene.language)
    values = {
        "title": title[:1].upper() + title[1:],
        "place": label,
        "extras": _extras(scene, photos, name, details),
    }
    options = (
        Option(scene.text("report.choice_send"), {"confirm": "updates"}, words=("yes",)),
        Option(scene.text("report.choice_send_quietly"), {"confirm": "quiet"}),
        Option(scene.text("report.choice_what"), {"refused": [kind.key]}, ("kind",)),
        Option(scene.text("report.choice_where"), {}, _PLACE_FACTS),
    )
    about = [kind.key, where, details, name, photos]
    answer = yield from ask(CONFIRM, about=about, values=values, options=options)
    words = yield from known(WORDS)
    updates = answer == "updates"
    args = {
        "type_key": kind.key,
        "complaint_type": kind.complaint_type,
        "descriptor": kind.descriptor,
        "agency": kind.agency,
        "place": where,
        "details": {**details, **({"words": words} if words else {})},
        "photos": photos,
        "name": name,
        "updates": updates,
        "language": scene.language,
        "follows": None,
    }
    return Done(
        (Say("report.submitting", hold_s=5),),
        (Do("submit", args), Do("record_consent", {"updates": updates})),
    )


def wants_report(hearing: Hearing) -> int:
    """Return how strongly a text at rest begins a report."""
    reading = hearing.reading
    if sure_kind(hearing):
        return 90
    if possible_kinds(hearing):
        return 70
    if reading.address is not None or hearing.photos:
        return 60
    if reading.intent is not Intent.REPORT:
        return 0
    return 20 if reading.request_types else 55  # a faint guess is not yet a wish to report


def _read_name(hearing: Hearing) -> str | None:
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


def _read_apartment(hearing: Hearing) -> str | None:
    """Return an apartment the resident volunteers ("apt 3F"), as they wrote it."""
    names = "|".join(map(re.escape, hearing.scene.words("report.apartment_words")))
    found = re.search(
        rf"\b(?:{names})\.? ?#?((?=\w*\d)\w{{1,5}}|[a-z])\b", hearing.reading.text, re.I
    )
    return found[1] if found and names else None


def gather(hearing: Hearing) -> Answer:
    """Return every fact a text holds that the report does not know yet."""
    reading, known_facts = hearing.reading, hearing.known
    facts: dict[str, Any] = {}
    kinds = possible_kinds(hearing)
    if "kind" not in known_facts and kinds:
        kind = sure_kind(hearing)
        guesses = [key for key in kinds if key != kind]
        if guesses != known_facts.get("guesses"):
            facts["guesses"] = guesses
        if kind:
            facts["kind"] = kind
        if "words" not in known_facts and len(tokens(fold(reading.text))) > 2:
            facts["words"] = reading.text[:_MAX_WORDS]
    address = reading.address
    if address is not None and "where" not in known_facts and "no_address" not in known_facts:
        facts["area" if is_area(address) else "where"] = address.to_json()
    if "apartment" not in known_facts and (apartment := _read_apartment(hearing)):
        facts["apartment"] = apartment
    if "name" not in known_facts and (name := _read_name(hearing)):
        facts["name"] = name
    if not hearing.photos:
        return Answer(facts)
    had = list(known_facts.get("photos") or [])
    facts["photos"] = [*had, *(photo for photo in hearing.photos if photo not in had)][:MAX_PHOTOS]
    return Answer(facts, lead="report.photo_kept" if not reading.text.strip() else "")


def summarise(facts: Mapping[str, Any], scene: Scene) -> str:
    """Return type and place of a report in a few words."""
    parts = []
    if kind := facts.get("kind"):
        parts.append(scene.title(str(kind)))
    if where := facts.get("where"):
        parts.append(write(AddressText.from_json(where)))
    elif facts.get("description"):
        parts.append(str(facts["description"]))
    return ", ".join(parts)


FLOWS = (
    Flow(
        "report",
        report,
        QUESTIONS,
        wants=wants_report,
        gathers=gather,
        changes={
            "what": Answer({}, ("kind", "guesses", "refused", *DETAILS)),
            "where": Answer({}, _PLACE_FACTS),
            "name": Answer({"name_wanted": True}, ("name",)),
            "details": Answer({}, tuple(DETAILS)),
            "photo": Answer({}, ("photos",), lead="report.send_photo"),
        },
        swaps=("where", "description", "name", "apartment", "plate", "business_name"),
        patient=True,
        summarise=summarise,
        samples=SAMPLES,
    ),
)
