"""Deeds that change our own tables: part of the turn's transaction, so they happen exactly once.

Those about reports are in `filing.py`, `following.py` and `verdicts.py`, those about cases in
`cases.py`; consent and hand-overs are here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.deeds.asked import Deed, Inside, Turn
from bot.deeds.cases import leave_person, reopen_case, tell_person
from bot.deeds.filing import file_again, submit, track
from bot.deeds.following import follow, mute, note
from bot.deeds.identity import link, prefer, send_code, unlink
from bot.deeds.verdicts import judge, rate
from bot.storage import consents, hand_overs, outbox
from bot.storage.engine import Connection
from bot.storage.outbox import NewJob
from conversations.vocabulary.effects import Do

__all__ = ["Inside", "Turn", "inside"]


def inside(do: Do, turn: Turn) -> Inside:
    """Return the change of our tables that `do` asks for; an unknown deed is a defect.

    Raises:
        KeyError: the shell knows no such deed.
    """
    work = _DEEDS[do.name]
    return lambda connection: work(connection, turn, do.args)


def _hand_over(connection: Connection, turn: Turn, args: Mapping[str, Any]) -> list[NewJob]:
    hand_overs.add(
        connection,
        turn.vault,
        conversation_id=turn.conversation_id,
        city=turn.city,
        reason=str(args.get("reason") or "asked"),
        summary=str(args.get("summary") or ""),
        now=turn.now,
    )
    return []


def _record_consent(connection: Connection, turn: Turn, args: Mapping[str, Any]) -> list[NewJob]:
    wanted = bool(args.get("updates"))
    _consent(connection, turn, "updates", "in" if wanted else "out", {"method": "read_back"})
    return []


def _opt_out(connection: Connection, turn: Turn, args: Mapping[str, Any]) -> list[NewJob]:
    for row in _consent(connection, turn, "all", "out", args):
        outbox.suppress(connection, row, turn.now)
    return []


def _opt_in(connection: Connection, turn: Turn, args: Mapping[str, Any]) -> list[NewJob]:
    _consent(connection, turn, "all", "in", args)
    return []


def _consent(
    connection: Connection, turn: Turn, topic: str, state: str, args: Mapping[str, Any]
) -> list[str]:
    return consents.record(
        connection,
        turn.vault,
        resident_id=turn.resident_id,
        channel=turn.channel,
        topic=topic,
        state=state,
        method=str(args.get("method") or "asked")[:30],
        evidence={**args, "turn": turn.key},
        actor="resident",
        now=turn.now,
    )


_DEEDS: Mapping[str, Deed] = {
    "submit": submit,
    "file_again": file_again,
    "track": track,
    "judge": judge,
    "rate": rate,
    "follow": follow,
    "mute": mute,
    "note": note,
    "tell_person": tell_person,
    "leave_person": leave_person,
    "reopen_case": reopen_case,
    "hand_over": _hand_over,
    "record_consent": _record_consent,
    "opt_out": _opt_out,
    "opt_in": _opt_in,
    "unlink": unlink,
    "send_code": send_code,
    "link": link,
    "prefer": prefer,
}
