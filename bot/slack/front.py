"""At the doors: what staff did is kept once, then acknowledged; a worker does it.

A trigger lives three seconds, so a modal is opened from here, at once and empty, and filled by the
worker. Should this process die before, nothing was done: the person saw nothing, and presses again.
"""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

import structlog

from bot.channels.slack.actions import ACTIONS, PREFIX, Action
from bot.channels.slack.modals import loading
from bot.clock import Clock
from bot.slack.workspaces import Workspaces
from bot.storage import staff_inbox
from bot.storage.crypto import Vault
from bot.storage.engine import Storage
from bot.storage.ids import new_id
from bot.storage.metadata import to_ms
from bot.storage.staff_inbox import NewStaffEvent
from bot.wakes import Wakes
from integrations.kit.errors import AdapterError
from integrations.slack.payload import StaffEvent

log = structlog.get_logger("bot.slack")


class TakesStaffEvents(Protocol):
    """Where doors bring what staff did."""

    async def accept(self, event: StaffEvent, /) -> str:
        """Keep it once; any exception means it was not kept."""
        ...


class Front:
    """Keeps what came.

    Args:
        storage, vault, wakes, clock: the shell's.
        workspaces: ours; what comes from another one is not kept.
    """

    def __init__(
        self,
        *,
        storage: Storage,
        vault: Vault,
        wakes: Wakes,
        clock: Clock,
        workspaces: Workspaces,
    ) -> None:
        self._storage = storage
        self._vault = vault
        self._wakes = wakes
        self._clock = clock
        self._workspaces = workspaces
        self._opening: set[asyncio.Task[None]] = set()

    async def accept(self, event: StaffEvent, /) -> str:
        """Keep an event and return `accepted`, `repeat`, or `foreign` (another workspace's)."""
        if self._workspaces.of(event.team) is None:
            return "foreign"
        action = modal_of(event)
        fields = {"team": event.team, "user": event.user, **event.data}
        new = NewStaffEvent(
            kind=event.kind,
            key=event.key,
            lane=event.lane,
            event=fields,
            trace_id=new_id(),
            state="opening" if action else "waiting",
        )
        now = to_ms(self._clock.now())
        row = await self._storage.write(lambda c: staff_inbox.add(c, self._vault, new, now))
        if row is None:
            return "repeat"
        if action is None:
            await self._wakes.publish(staff=[row])
        else:
            task = asyncio.create_task(self._open(row, event, action, fields))
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)
        return "accepted"

    async def finish(self) -> None:
        """Wait for the modals that are being opened."""
        await asyncio.gather(*self._opening, return_exceptions=True)

    async def _open(
        self, row: str, event: StaffEvent, action: Action, fields: dict[str, Any]
    ) -> None:
        """Open the empty modal and let a worker fill it."""
        slack = self._workspaces.of(event.team)
        assert slack is not None
        filled: dict[str, Any] | None = None
        try:
            view = await slack.open_view(event.trigger_id, loading(action.label))
            filled = {**fields, "modal": view.id}
        except AdapterError as error:  # too late, or Slack is ill: the person presses again
            log.warning("modal_not_opened", error_code=error.code, label=error.label)
        await self._storage.write(lambda c: staff_inbox.let_go(c, self._vault, row, filled))
        if filled is not None:
            await self._wakes.publish(staff=[row])


def modal_of(event: StaffEvent) -> Action | None:
    """Return the action whose modal a press opens, or None."""
    if event.kind != "press" or not str(event.data.get("action")).startswith(PREFIX):
        return None
    name = str(event.data.get("value")).partition("|")[0]
    action = ACTIONS.get(name)
    return action if action is not None and action.form is not None else None
