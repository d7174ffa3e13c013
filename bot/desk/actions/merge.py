"""Merge: this report is about the same thing as another; its resident follows that one from now."""

from __future__ import annotations

from bot.deeds.telling import filed
from bot.desk import policy
from bot.desk.outcome import Done, Refused
from bot.desk.room import Press
from bot.storage import case_messages, cases, followers, service_requests, timeline
from bot.storage.cases import Kind, State
from bot.storage.timeline import Kind as Entry


def act(press: Press) -> Done | Refused:
    """Merge the case into the case `into`, a case id. The other one stays as it is."""
    into = str(press.given.get("into") or "")
    if into == press.case.id:
        return Refused("same_case")
    other = cases.read(press.connection, into)  # locked by the desk, with the case itself
    if other is None or other.kind is not Kind.REQUEST or other.city != press.case.city:
        return Refused("other_unknown")
    if not policy.sees(press.actor, other.city):
        return Refused("other_unknown")
    if other.merged_into is not None:
        return Refused("other_merged")
    report = press.report()
    kept = service_requests.read(press.connection, press.parts.vault, other.request_id or "")
    if kept is None:
        return Refused("other_unknown")
    moved = press.addressee().silent == "moved"  # the handle is somebody else's by now
    if not moved:
        followers.follow(
            press.connection, kept.id, report.resident_id, report.conversation_id, press.now
        )
    timeline.add(
        press.connection, press.parts.vault, report.id, Entry.MERGED, press.now, {"into": kept.id}
    )
    version = press.change(
        state=State.RESOLVED,
        claimed_by=press.case.claimed_by or press.actor.id,
        snoozed_until=None,
        waiting_since=None,
        merged_into=other.id,
    )
    press.close_hand_overs()
    press.write_down(case_messages.NOTE, f"Duplicate of {kept.number or kept.reference}.")
    cases.touch(press.connection, other.id, press.now)
    press.tell("person_left", {"silent": True})
    if moved:
        return Done(version, ("resident_not_told",))
    press.tell("case_merged", filed(kept))
    return Done(version)
