"""Deeds inside that concern a case: what its resident says to a person, that they turned away, that
it is not settled.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.deeds.asked import Turn
from bot.storage import case_messages, cases, timeline
from bot.storage.cases import Case, State
from bot.storage.engine import Connection
from bot.storage.outbox import NewJob
from bot.storage.timeline import Kind


def tell_person(connection: Connection, turn: Turn, args: Mapping[str, Any]) -> list[NewJob]:
    """Put what the resident says into the case. `args`: `case_id`, `text`, `photos`."""
    case = _case(connection, turn, args)
    if case is not None:
        photos = len(args.get("photos") or ())
        said = str(args.get("text") or "").strip()
        text = f"{said} [photo x {photos}]".strip() if photos else said
        case_messages.add(connection, turn.vault, case.id, case_messages.IN, text, turn.now)
        waiting = case.waiting_since or turn.now
        cases.touch(connection, case.id, turn.now, waiting_since=waiting)
    return []


def leave_person(connection: Connection, turn: Turn, args: Mapping[str, Any]) -> list[NewJob]:
    """Note that the resident went back to the bot. `args`: `case_id`."""
    case = _case(connection, turn, args)
    if case is not None:
        text = "(back with the bot)"
        case_messages.add(connection, turn.vault, case.id, case_messages.IN, text, turn.now)
        cases.touch(connection, case.id, turn.now, waiting_since=None)
    return []


def reopen_case(connection: Connection, turn: Turn, args: Mapping[str, Any]) -> list[NewJob]:
    """Open a case again whose resident says that it is not settled. `args`: `case_id`."""
    case = _case(connection, turn, args)
    if case is None or case.state is not State.RESOLVED:
        return []
    text = "(says it is not fixed)"
    case_messages.add(connection, turn.vault, case.id, case_messages.IN, text, turn.now)
    open_again = {"state": State.OPEN, "claimed_by": None, "waiting_since": turn.now}
    cases.change(connection, case, None, turn.now, **open_again)
    if case.request_id is not None:
        timeline.add(connection, turn.vault, case.request_id, Kind.REOPENED, turn.now)
    return []


def _case(connection: Connection, turn: Turn, args: Mapping[str, Any]) -> Case | None:
    """Return the case that a deed names, of the city of the turn."""
    case = cases.read(connection, str(args.get("case_id") or ""), lock=True)
    return case if case is not None and case.city == turn.city else None
