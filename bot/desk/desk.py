"""The desk: takes a press from any channel, checks it, does it once, and puts it on record.

Everything of one press is one transaction: the check, the change, the text to the resident, the
line in the audit log. Two presses at once are told apart by the version of the case: the first one
is done, the other is told who was first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from prometheus_client import Counter

from bot.clock import Clock
from bot.desk import policy
from bot.desk.actions import ACTIONS
from bot.desk.outcome import Done, Lost, Outcome, Refused
from bot.desk.room import Parts, Press
from bot.storage import audit, cases, staff
from bot.storage.audit import AuditLine
from bot.storage.cases import Case
from bot.storage.engine import Connection, Storage
from bot.storage.metadata import to_ms
from bot.storage.outbox import Ready
from bot.storage.staff import Staff
from bot.wakes import Wakes
from conversations.vocabulary.handles import Handle

PRESSES = Counter("desk_presses_total", "Presses of staff, by how they ended", ["action", "result"])
_KEPT = frozenset(("type_key", "number", "choice", "until", "on", "into", "changed"))
"""What of the input goes on record besides the reason: no words, no places."""


@dataclass(frozen=True, slots=True)
class _Pressed:
    """What a transaction leaves: how it ended, and what to announce."""

    outcome: Outcome
    woken: tuple[str, ...] = ()
    ready: tuple[Ready, ...] = ()


class Desk:
    """What staff can do, free of any channel.

    Args:
        storage, wakes, clock: the shell's.
        parts: what actions need of it.
    """

    def __init__(self, *, storage: Storage, wakes: Wakes, clock: Clock, parts: Parts) -> None:
        self._storage = storage
        self._wakes = wakes
        self._clock = clock
        self._parts = parts

    async def press(
        self,
        action: str,
        handle: Handle,
        case_id: str,
        version: int,
        given: Mapping[str, Any] | None = None,
    ) -> Outcome:
        """Do an action, once.

        Args:
            action: a name in `policy.RULES`.
            handle: of the actor, as registered with `main.py staff add`.
            case_id: which case.
            version: of the case on the card that was pressed.
            given: what the actor entered: `reason`, `text`, `channel_ref`, ... (see the action).

        Raises:
            StorageAwayError: nothing happened; it may be pressed again.
        """
        now = to_ms(self._clock.now())
        work = self._work(action, handle, case_id, version, dict(given or {}), now)
        pressed = await self._storage.write(work)
        PRESSES.labels(action if action in ACTIONS else "?", _word(pressed.outcome)).inc()
        await self._wakes.publish(pressed.woken, pressed.ready)
        return pressed.outcome

    def _work(
        self,
        action: str,
        handle: Handle,
        case_id: str,
        version: int,
        given: dict[str, Any],
        now: int,
    ) -> Callable[[Connection], _Pressed]:
        """Return the unit of work of a press."""

        def work(connection: Connection) -> _Pressed:
            vault = self._parts.vault
            actor = staff.find(connection, vault, handle)
            others = [str(given["into"])] if given.get("into") else []
            locked = cases.lock(connection, [case_id, *others])
            case = locked.get(case_id)
            early = self._refuse(connection, actor, case, action, version, given, now)
            if early is not None:
                self._record(connection, actor, case, action, early, given, now)
                return _Pressed(early)
            assert actor is not None
            assert case is not None
            press = Press(connection, self._parts, actor, case, given, now)
            outcome = ACTIONS[action](press)
            self._record(connection, actor, case, action, outcome, given, now)
            return _Pressed(outcome, tuple(press.woken), tuple(press.ready))

        return work

    def _refuse(
        self,
        connection: Connection,
        actor: Staff | None,
        case: Case | None,
        action: str,
        version: int,
        given: Mapping[str, Any],
        now: int,
    ) -> Outcome | None:
        """Return why a press does not get as far as its action, or None.

        Whether somebody was first is looked at before where the case stands: who loses a race is
        told who won it, not that the case is resolved.
        """
        if action not in ACTIONS:
            return Refused("unknown_action")
        reason = str(given.get("reason") or "")
        code = policy.why_not(actor, case, action, reason, now)
        if actor is None or case is None or code in ("not_staff", "unknown_case", "role"):
            return Refused(code or "unknown_case")
        held = policy.is_held_by_another(actor, case, action)
        late = policy.RULES[action].versioned and version != case.version
        if held or late:
            first = case.claimed_by if held else case.changed_by
            return self._lost(connection, actor, case, first)
        return None if code is None else Refused(code)

    def _lost(self, connection: Connection, actor: Staff, case: Case, first: str | None) -> Lost:
        names = staff.read(connection, self._parts.vault, [first] if first else [])
        name = names[first].name if first in names else ""
        return Lost(name, first == actor.id, case.version)

    def _record(
        self,
        connection: Connection,
        actor: Staff | None,
        case: Case | None,
        action: str,
        outcome: Outcome,
        given: Mapping[str, Any],
        now: int,
    ) -> None:
        """Put a press on record, whatever became of it."""
        line = AuditLine(
            at=now,
            actor=actor.id if actor else "",
            action=action,
            outcome=_word(outcome),
            case_id=case.id if case else None,
            city=case.city if case else None,
            reason=str(given["reason"])[:500] if given.get("reason") else None,
            detail={key: given[key] for key in sorted(_KEPT & given.keys())},
        )
        audit.add(connection, self._parts.vault, line)


def _word(outcome: Outcome) -> str:
    """Return an outcome in one word, for the record and the counter."""
    if isinstance(outcome, Done):
        return "done"
    return "lost" if isinstance(outcome, Lost) else outcome.code
