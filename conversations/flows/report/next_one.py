"""What may come after a report: the second problem of the same text, or another place.

Both are menus at rest: any other wish simply takes their place.
"""

from __future__ import annotations

from typing import Any

from conversations.engine.given import Scene
from conversations.engine.script import (
    Answer,
    Done,
    Hearing,
    Option,
    Question,
    Script,
    Understood,
    ask,
    known,
)
from conversations.flows.report.addresses import names_area, restore_address
from conversations.flows.report.correcting import sure_kind
from conversations.flows.report.kinds import restore_kind
from conversations.vocabulary.effects import Say
from conversations.vocabulary.places import AddressText
from conversations.vocabulary.requests import RequestType

_SAME, _OTHER, _NONE = "same", "other", "none"


def _read_elsewhere(hearing: Hearing) -> Understood:
    """Understand the right place; a place told with another problem is a report of its own."""
    address, kind = hearing.reading.address, sure_kind(hearing)
    told = (hearing.known.get("carried") or {}).get("kind")
    if address is None or (kind is not None and kind != told):
        return None
    return Answer({"elsewhere": address.to_json()})


SECOND: Question[RequestType] = Question("second", "report.also", restore=restore_kind)
CARRIED: Question[dict[str, Any]] = Question("carried", "report.also")
ANOTHER: Question[str] = Question("another", "report.also", brief="report.also")
FURTHER: Question[list[str]] = Question("further", "report.also")
ELSEWHERE: Question[AddressText] = Question(
    "elsewhere", "report.outside", _read_elsewhere, restore_address,
    again="report.outside_again", brief="report.outside_again",
)  # fmt: skip


def report_second(scene: Scene) -> Script[Done]:
    """Offer to report the next problem of a text, at the same place or elsewhere."""
    second = yield from known(SECOND)
    if second is None:
        return Done((Say("welcome.thanks"),))  # the city has dropped the type meanwhile
    carried = (yield from known(CARRIED)) or {}
    options = (
        Option(scene.text("report.choice_same_place"), {"another": _SAME}, words=("yes",)),
        Option(scene.text("report.choice_other_place"), {"another": _OTHER}),
        Option(scene.text("report.choice_not_too"), {"another": _NONE}, words=("no",)),
    )
    values = {"title": second.title(scene.language)}
    answer = yield from ask(ANOTHER, values=values, options=options)
    more = (yield from known(FURTHER)) or []
    if answer == _NONE:
        if not more:
            return Done((Say("welcome.thanks"),))
        following = {"second": more[0], "carried": carried, "further": more[1:]}
        return Done(then="report.second", carry=following)
    place = carried if answer == _SAME else {}
    rest = {"also": more[0], "more": more[1:]} if more else {}
    return Done(then="report", carry={**place, "kind": second.key, **rest})


def report_elsewhere(scene: Scene) -> Script[Done]:
    """Say that a place is outside the city, and take the report up when it was a mistake."""
    carried = (yield from known(CARRIED)) or {}
    values = {"city": scene.city.called(scene.language)}
    where = yield from ask(ELSEWHERE, values=values)
    name = "area" if names_area(where, scene) else "where"
    return Done(then="report", carry={**carried, name: where.to_json()})
