"""The carrier behind the twin: opt-out words, numbers that fail, receipts on their way.

Words and answers: messaging.md section 2. The failing numbers follow Twilio's own magic
numbers (+1 500 555 00xx) and GOV.UK Notify's idea of a number for each kind of ending.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from integrations.kit.sandbox.world import World
from integrations.twilio.twin.hooks import Webhooks
from integrations.twilio.twin.store import TwinMessage, TwinStore, new_sid

OPT_OUT = frozenset(["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"])
OPT_IN = frozenset({"START", "YES", "UNSTOP"})
HELP = frozenset({"HELP", "INFO"})
ANSWERS = {
    "STOP": "You have successfully been unsubscribed. You will not receive any more messages from "
    "this number. Reply START to resubscribe.",
    "START": "You have successfully been re-subscribed to messages from this number. Reply HELP "
    "for help. Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
    "HELP": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}
REFUSED_NUMBERS = {
    "+15005550001": (21211, "Invalid 'To' Phone Number"),
    "+15005550002": (21612, "The 'To' number cannot be reached from this 'From' number"),
    "+15005550003": (21408, "Permission to send an SMS has not been enabled for the region"),
    "+15005550004": (21610, "Attempt to send to unsubscribed recipient"),
    "+15005550009": (21614, "'To' number is not a valid mobile number"),
    "+15005550010": (
        21611,
        "This 'From' number has exceeded the maximum number of queued messages",
    ),
}
FAILING_NUMBERS = {
    "+15005550013": 30003,
    "+15005550014": 30004,
    "+15005550015": 30005,
    "+15005550016": 30006,
    "+15005550017": 30007,
    "+15005550018": 30008,
}
SILENT_NUMBER = "+15005550019"
"""No receipt ever comes after `sent`, as with many real carriers."""


def keyword_of(text: str, *, blocked: bool) -> str | None:
    """Return `STOP`, `START` or `HELP` when the whole message is one of the carrier's words.

    YES opts in only who had opted out. "STOP please" is no keyword to a carrier.
    """
    word = text.strip().upper()
    if word in OPT_OUT:
        return "STOP"
    if word in OPT_IN and (blocked or word != "YES"):
        return "START"
    return "HELP" if word in HELP else None


class Carrier:
    """Takes texts from phones and to phones."""

    def __init__(self, world: World, store: TwinStore, hooks: Webhooks) -> None:
        self._world = world
        self._store = store
        self._hooks = hooks

    def hear(self, resident: str, city: str, text: str) -> str | None:
        """Act on a resident's keyword and answer it; returns the keyword.

        The message still goes to our webhook: a carrier informs, it does not swallow.
        """
        pair = (resident, city)
        keyword = keyword_of(text, blocked=pair in self._store.blocked)
        if keyword is None:
            return None
        # Nothing to stop or to start: a carrier then says nothing.
        already = keyword != "HELP" and (keyword == "STOP") == (pair in self._store.blocked)
        if keyword in ("STOP", "START"):
            self._store.block(resident, city, blocked=keyword == "STOP")
        if not already:
            answer = TwinMessage(
                sid=new_sid(),
                sender=city,
                recipient=resident,
                body=ANSWERS[keyword],
                direction="outbound-reply",
                status="delivered",
                created=self._world.now(),
                by_carrier=True,
            )
            self._store.add(answer)
        return keyword

    def refusal_of(self, sender: str, recipient: str) -> tuple[int, str] | None:
        """Return the error number and words for a number that cannot be sent to, or None."""
        if (recipient, sender) in self._store.blocked:
            return 21610, "Attempt to send to unsubscribed recipient"
        return REFUSED_NUMBERS.get(recipient)

    def carry(self, message: TwinMessage) -> None:
        """Bring a message on its way: its statuses change and receipts go out, by the clock."""
        path = self._path_of(message)
        step = self._store.switches.step_s
        for index, (status, code) in enumerate(path):
            self._world.schedule(step * (index + 1), self._moving(message, status, code))
        mode = self._store.switches.callbacks
        if not message.callback or mode == "none":
            return
        told = list(reversed(path)) if mode == "reversed" else path
        times = 2 if mode == "duplicate" else 1
        for index, (status, code) in enumerate(told):
            for _ in range(times):
                tell = partial(self._hooks.tell, message, status, code)
                self._world.schedule(step * (index + 1), tell)

    def _path_of(self, message: TwinMessage) -> list[tuple[str, int | None]]:
        if message.recipient in FAILING_NUMBERS:
            return [("sent", None), ("undelivered", FAILING_NUMBERS[message.recipient])]
        if message.recipient == SILENT_NUMBER:
            return [("sent", None)]
        return [("sent", None), ("delivered", None)]

    def _moving(
        self, message: TwinMessage, status: str, code: int | None
    ) -> Callable[[], Awaitable[None]]:
        async def move() -> None:
            message.status = status
            message.history.append(status)
            message.error_code = code
            if message.sent is None:
                message.sent = self._world.now()
            self._store.note_change(message)

        return move
