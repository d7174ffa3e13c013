"""Change type or place: puts a report right in our tables, and says so in its story.

New York's 311 takes no changes of what was filed; a report still on its way leaves put right.
"""

from __future__ import annotations

from typing import Any

from bot.desk.outcome import Done, Refused
from bot.desk.room import Press
from bot.storage import amending, case_messages, timeline
from bot.storage.service_requests import Report
from bot.storage.street_tokens import index_place, label_of
from bot.storage.timeline import Kind
from conversations.vocabulary.places import Place

STILL_HERE = "filing"


def act(press: Press) -> Done | Refused:
    """Set `type_key`, or `place` (a `Place` as JSON, looked up by the channel), or both."""
    report = press.report()
    changed: dict[str, Any] = {}
    key = press.given.get("type_key")
    if key and key != report.type_key:
        found = press.city.request_types.get(str(key))
        if found is None:
            return Refused("unknown_type")
        changed |= {
            "type_key": found.key,
            "complaint_type": found.complaint_type,
            "descriptor": found.descriptor,
            "agency": found.agency,
        }
    if press.given.get("place"):
        place = _read_place(press.given["place"])
        if place is None:
            return Refused("unknown_place")
        if place.to_json() != report.report.get("place"):
            changed["place"] = place.to_json()
    if not changed:
        return Refused("nothing_to_change")
    return _write(press, report, changed)


def _read_place(value: Any) -> Place | None:
    try:
        place = Place.from_json(dict(value))
    except (TypeError, ValueError, KeyError):
        return None
    return place if place.label.strip() else None


def _write(press: Press, report: Report, changed: dict[str, Any]) -> Done:
    """Write what changes, in the tables, the index of streets, the story and the case."""
    connection, vault = press.connection, press.parts.vault
    amending.amend(connection, vault, report, changed, press.now)
    what = [name for name in ("type_key", "place") if name in changed]
    timeline.add(connection, vault, report.id, Kind.AMENDED, press.now, {"what": what})
    if "place" in changed:
        index_place(connection, vault, press.case.id, press.case.city, label_of(changed["place"]))
    before = [report.type_key, str((report.report.get("place") or {}).get("label") or "")]
    press.write_down(case_messages.NOTE, "Changed. Before: " + ", ".join(filter(None, before)))
    version = press.take()
    return Done(version, () if report.filing == STILL_HERE else ("city_not_told",))
