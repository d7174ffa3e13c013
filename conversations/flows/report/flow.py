"""The report, from a first text to the submitted service request.

A first message may hold everything; then one read-back is all there is between it and the city.
Everything can be undone until the read-back is answered; then it acts once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conversations.engine.flow import Flow
from conversations.engine.given import Scene
from conversations.engine.script import (
    QUIETLY,
    Answer,
    Done,
    Option,
    Script,
    ask,
    ask_optional,
    known,
)
from conversations.flows.report.addresses import PLACE_FACTS
from conversations.flows.report.details import DETAILS
from conversations.flows.report.gathering import gather, summarise, wants_report
from conversations.flows.report.known_already import SAME_ONE, find_known, follow
from conversations.flows.report.next_one import (
    ANOTHER,
    CARRIED,
    ELSEWHERE,
    FURTHER,
    SECOND,
    report_elsewhere,
    report_second,
)
from conversations.flows.report.place import Outside, find_place
from conversations.flows.report.questions import (
    ALSO,
    CONFIRM,
    DESCRIPTION,
    EXACT_SPOT,
    GUESSES,
    KIND,
    MORE,
    NAME,
    NAME_WANTED,
    NO_ADDRESS,
    PHOTOS,
    QUESTIONS,
    REFUSED,
    WHERE,
    WHICH_PLACE,
    WORDS,
)
from conversations.flows.report.samples import ELSEWHERE_SAMPLES, SAMPLES, SECOND_SAMPLES
from conversations.vocabulary.effects import Do, Say
from conversations.vocabulary.requests import RequestType


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
    alone = ("yes",) if len(titles) == 1 else ()
    options = [Option(title, {"kind": key}, words=alone) for title, key in titles.items()]
    other = Option(
        scene.text("choice.something_else"), {"refused": [*refused, *guesses]}, words=("no", "new")
    )
    phrase = "report.is_it" if alone else "report.which_kind"
    return (yield from ask(KIND, phrase=phrase, options=[*options, other]))


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


def _carry_place() -> Script[dict[str, Any]]:
    """Return what a second report at the same place need not ask again."""
    where = yield from known(WHERE)
    chosen = yield from known(WHICH_PLACE)
    facts = {
        "where": where.to_json() if where else None,
        "which_place": chosen.to_json() if chosen else None,
        "no_address": (yield from known(NO_ADDRESS)),
        "description": (yield from known(DESCRIPTION)),
        "apartment": (yield from known(DETAILS["apartment"])),
        "words": (yield from known(WORDS)),
    }
    return {name: value for name, value in facts.items() if value is not None}


def _leave_city(scene: Scene, kind: RequestType) -> Script[Done]:
    """Say that the place is outside, keeping what was told in case it was a mistake."""
    words = yield from known(WORDS)
    photos = yield from known(PHOTOS)
    told = {"kind": kind.key, "words": words, "photos": photos}
    carried = {name: value for name, value in told.items() if value}
    return Done(then="report.elsewhere", carry={"carried": carried})


def report(scene: Scene) -> Script[Done]:
    """Gather a report, read it back, submit it."""
    kind = yield from _find_kind(scene)
    place = (yield from find_place(scene, kind)) if kind.needs_place else None
    if isinstance(place, Outside):
        return (yield from _leave_city(scene, kind))
    if place and (request := (yield from find_known(scene, kind, place))):
        return (yield from follow(request))
    details = yield from _ask_details(scene, kind)
    if spot := (yield from known(EXACT_SPOT)):
        details["exact_spot"] = spot[:1].upper() + spot[1:]
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
        Option(scene.text("report.choice_send_quietly"), {"confirm": "quiet"}, words=(QUIETLY,)),
        Option(scene.text("report.choice_what"), {"refused": [kind.key]}, ("kind", "also")),
        Option(scene.text("report.choice_where"), {}, PLACE_FACTS),
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
    does = (Do("submit", args), Do("record_consent", {"updates": updates}))
    second = yield from known(ALSO)
    if second is None or second.key == kind.key:
        return Done((Say("report.submitting", hold_s=5),), does)
    carried = {"second": second.key, "carried": (yield from _carry_place())}
    carried["further"] = (yield from known(MORE)) or []
    # A question follows, so this is not held back: it must be true of a report known already too.
    return Done((Say("report.taken"),), does, then="report.second", carry=carried)


FLOWS = (
    Flow(
        "report",
        report,
        (*QUESTIONS, SAME_ONE),
        wants=wants_report,
        gathers=gather,
        changes={
            "what": Answer({}, ("kind", "guesses", "refused", "also", *DETAILS)),
            "where": Answer({}, PLACE_FACTS),
            "name": Answer({"name_wanted": True}, ("name",)),
            "details": Answer({}, tuple(DETAILS)),
            "photo": Answer({}, ("photos",), lead="report.send_photo"),
        },
        swaps=("where", "description", "name", "apartment", "plate", "business_name"),
        patient=True,
        summarise=summarise,
        samples=SAMPLES,
    ),
    Flow(
        "report.second",
        report_second,
        (SECOND, CARRIED, FURTHER, ANOTHER),
        yields=True,
        rests=True,
        samples=SECOND_SAMPLES,
    ),
    Flow(
        "report.elsewhere",
        report_elsewhere,
        (CARRIED, ELSEWHERE),
        yields=True,
        rests=True,
        samples=ELSEWHERE_SAMPLES,
    ),
)
