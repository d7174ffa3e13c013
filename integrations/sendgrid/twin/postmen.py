"""Bringing mails: what becomes of each, and the events that tell of it.

The beginning of an address says how its mail ends (`hard-bounce@...`, `soft-bounce@...`,
`spam@...`, `dropped@...`, `unsubscribed@...`, `silent@...`), as other vendors have it for numbers.
As the real one does, the twin sends nothing more to who bounced hard or complained: `dropped`.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from integrations.kit.sandbox.world import World
from integrations.sendgrid.twin.hooks import Webhooks
from integrations.sendgrid.twin.store import TwinMail, TwinStore

Event = dict[str, Any]

PROCESSED: Event = {"event": "processed"}
DELIVERED: Event = {"event": "delivered", "response": "250 2.0.0 OK", "tls": 1, "ip": "192.0.2.7"}
ENDINGS: dict[str, tuple[Event, ...]] = {
    "hard-bounce": (
        PROCESSED,
        {
            "event": "bounce",
            "type": "bounce",
            "status": "5.1.1",
            "bounce_classification": "Invalid Address",
            "reason": "550 5.1.1 The email account that you tried to reach does not exist.",
        },
    ),
    "soft-bounce": (
        PROCESSED,
        {"event": "deferred", "attempt": "1", "response": "451 4.7.1 Greylisted, try again later"},
        {
            "event": "bounce",
            "type": "blocked",
            "status": "4.7.1",
            "bounce_classification": "Reputation",
            "reason": "451 4.7.1 Greylisted, try again later",
        },
    ),
    "spam": (PROCESSED, DELIVERED, {"event": "spamreport"}),
    "dropped": ({"event": "dropped", "reason": "Bounced Address", "status": "5.0.0"},),
    "unsubscribed": ({"event": "dropped", "reason": "Unsubscribed Address", "status": "5.0.0"},),
    "silent": (PROCESSED,),
}
SUPPRESSING = {"bounce": "Bounced Address", "spamreport": "Spam Reporting Address"}


class Postmen:
    """Bring mails, by the world's clock."""

    def __init__(self, world: World, store: TwinStore, hooks: Webhooks) -> None:
        self._world = world
        self._store = store
        self._hooks = hooks

    def carry(self, mail: TwinMail) -> None:
        """Bring a mail on its way: its status changes and events go out."""
        path = self._path_of(mail)
        step, mode = self._store.switches.step_s, self._store.switches.events
        for index, event in enumerate(path):
            self._world.schedule(step * (index + 1), self._moving(mail, event))
        if mode == "none":
            return
        told = [self._write(mail, event) for event in path]
        for index, event in enumerate(reversed(told) if mode == "reversed" else told):
            batch = [event, event] if mode == "duplicate" else [event]
            self._world.schedule(step * (index + 1), partial(self._hooks.tell, batch))

    def _path_of(self, mail: TwinMail) -> tuple[Event, ...]:
        reason = self._store.suppressed.get(mail.recipient.lower())
        if reason is not None:
            return ({"event": "dropped", "reason": reason, "status": "5.0.0"},)
        word = mail.recipient.partition("@")[0].partition("+")[0].lower()
        return ENDINGS.get(word, (PROCESSED, DELIVERED))

    def _moving(self, mail: TwinMail, event: Event) -> Callable[[], Awaitable[None]]:
        async def move() -> None:
            mail.status = event["event"]
            hard = event.get("type") != "blocked"
            if mail.status in SUPPRESSING and hard:
                self._store.suppressed[mail.recipient.lower()] = SUPPRESSING[mail.status]

        return move

    def _write(self, mail: TwinMail, event: Event) -> Event:
        """Return an event as SendGrid writes it: custom args lie flat beside its own fields."""
        return {
            "email": mail.recipient,
            "timestamp": int(self._world.now().timestamp()),
            "smtp-id": mail.message_id,
            "sg_event_id": secrets.token_urlsafe(24),
            "sg_message_id": f"{mail.id}.recvd-5f8b9d7c4-x7k2p-1-6744F0E0-1.0",
            **event,
            **mail.custom_args,
        }
