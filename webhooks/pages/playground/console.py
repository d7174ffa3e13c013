"""What the page may ask for: texts, mails, time, faults, the conversation, a transcript.

Orders come from a browser, so every field is checked here before anything is done with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard

from bot import inspect
from conversations.vocabulary.handles import Handle, mailto, tel
from webhooks.pages.playground import choices, mailbox
from webhooks.pages.playground.diagram import draw
from webhooks.pages.playground.essence import END, START, essence
from webhooks.pages.playground.facts import flow_label, label, standing_for_page
from webhooks.pages.playground.faults import FaultError, make_order
from webhooks.pages.playground.thread import thread
from webhooks.pages.playground.twins import Twins

KINDS = {START: "start", END: "end"}
MAX_TEXT = 1600
MAX_LATE_S = 3600
MAX_TIMES = 10
MAX_STEP_S = 366 * 86_400
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif"})


class OrderError(ValueError):
    """The page asked for something that cannot be done. The text is for people."""


class Console:
    """The page's side of the shell and of the sandbox.

    Args:
        shell: the wired shell of the embedded form, whose clock can be moved and whose storage
            can be looked into (so more than `wiring.Shell`); its first city is texted to.
        base: path of the playground.
    """

    def __init__(self, shell: Any, base: str = "/playground") -> None:
        self._shell = shell
        self.base = base
        self.city = next(iter(shell.cities.values()))
        self.number = self.city.sms_numbers[0]
        self.mailbox = next(iter(self.city.mailboxes), "")
        self.twins = Twins(shell.settings.sandbox_url)
        self._notes: dict[str, str] = {}

    async def text(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Text the city from a phone: `from`, `text`, `photo`, `late_s`, `times`."""
        phone = _phone(order.get("from"))
        text, photo = order.get("text", ""), order.get("photo", "")
        late, times = order.get("late_s", 0), order.get("times", 1)
        if not isinstance(text, str) or len(text) > MAX_TEXT:
            raise OrderError(f"A text has up to {MAX_TEXT} characters.")
        if photo not in dict(choices.PHOTOS):
            raise OrderError("There is no such photo.")
        if not (_whole(late, 0, MAX_LATE_S) and _whole(times, 1, MAX_TIMES)):
            raise OrderError("It cannot be delivered like that.")
        sid = await self.twins.text(
            {
                "from": phone,
                "to": self.number,
                "body": text,
                "media": [{"sample": name} for name in choices.SAMPLES[photo]],
                "delay": late,
                "times": times,
                "together": times > 1,
            }
        )
        self._notes[sid] = _delivery_note(late, times)
        return {"sent": True}

    async def thread(self, phone: str) -> list[dict[str, Any]]:
        """Return the thread of a phone, as the page shows it."""
        return thread(await self.twins.phone(phone), self._notes, self.base)

    async def mail(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Write to the city: `from`, `subject`, `text`, `client`, `dkim`, `answers` (an id)."""
        sender, subject, text = (order.get(name, "") for name in ("from", "subject", "text"))
        client, dkim, answers = order.get("client"), order.get("dkim"), order.get("answers", "")
        if not (isinstance(subject, str) and isinstance(text, str) and isinstance(answers, str)):
            raise OrderError("A mail has a subject and a text.")
        if len(subject) > mailbox.MAX_SUBJECT or len(text) > mailbox.MAX_TEXT:
            raise OrderError("This mail is too long.")
        if client not in dict(mailbox.CLIENTS) or dkim not in dict(mailbox.SIGNATURES):
            raise OrderError("There is no such mail program.")
        mail = {"from": _mailbox(sender), "text": text, "client": client, "dkim": dkim}
        if answers:
            mail["in_reply_to_id"] = answers
        if subject:
            mail["subject"] = subject
        await self.twins.mail(mail)
        return {"sent": True}

    async def mails(self, address: str) -> list[dict[str, Any]]:
        """Return what a mailbox holds, as the page shows it."""
        return mailbox.letters(await self.twins.mailbox(address), self.base)

    async def frame(self, address: str, mail_id: str) -> str:
        """Return the HTML of a mail for its frame; LookupError when there is none such."""
        for mail in await self.twins.mailbox(_mailbox(address)):
            if mail["id"] == mail_id:
                return mailbox.frame_of(mail)
        raise LookupError(mail_id)

    async def file(self, name: str) -> tuple[str, bytes]:
        """Return an attachment; only pictures are shown, anything else is LookupError."""
        kind, data = await self.twins.file(name)
        if kind not in SHOWN:
            raise LookupError(name)
        return kind, data

    async def move_clock(self, order: Mapping[str, Any]) -> dict[str, str]:
        """Move the sandbox's clock ahead by `seconds`; the service follows it."""
        seconds = order.get("seconds")
        if not _whole(seconds, 1, MAX_STEP_S):
            raise OrderError("The clock moves ahead by up to a year.")
        now = await self.twins.advance(seconds)
        self._shell.clock.refresh()
        return {"now": now}

    async def break_it(self, order: Mapping[str, Any]) -> dict[str, bool]:
        """Switch a fault on: `provider`, `kind`, `times`."""
        provider, times = order.get("provider"), order.get("times", 1)
        if provider not in choices.FOR_THE_PAGE["names"] or not _whole(times, 1, 100):
            raise OrderError("There is no such provider.")
        try:
            fault = make_order(str(provider), str(order.get("kind")), times)
        except FaultError as error:
            raise OrderError(str(error)) from None
        await self.twins.break_it(fault)
        return {"broken": True}

    async def heal(self) -> dict[str, bool]:
        """Switch every fault off."""
        await self.twins.heal()
        return {"healed": True}

    async def close(self) -> None:
        """Close the connections to the sandbox."""
        await self.twins.close()

    async def standing(self, whose: str) -> dict[str, Any]:
        """Return where the conversation of a phone or mailbox stands, as the page shows it."""
        handle, channel = _handle(whose)
        slug = self.city.slug
        return standing_for_page(await inspect.standing(self._shell, slug, handle, channel=channel))

    async def flows(self) -> dict[str, Any]:
        """Return the flows that have a diagram."""
        return {"flows": [{"name": n, "title": flow_label(n)} for n in inspect.flow_names()]}

    async def flow(self, name: str) -> dict[str, str]:
        """Return a flow's diagram as SVG; LookupError when there is no such flow."""
        order, ways = inspect.flow_ways(name)
        names, lines = essence(order, ways)
        boxes = [(each, label(each).lower(), KINDS.get(each, "ask")) for each in names]
        return {"svg": draw(f"The questions of the flow {flow_label(name)}", boxes, lines)}

    async def transcript(self, order: Mapping[str, Any]) -> dict[str, str]:
        """Return the conversation of `whose` as a transcript test, saved where it can be."""
        handle, channel = _handle(order.get("whose"))
        kept = await inspect.transcript(self._shell, self.city.slug, handle, channel=channel)
        if kept is None:
            raise OrderError("Nothing has been said from here yet.")
        return {"text": kept.text, "name": kept.name, "saved": kept.saved}


def _phone(value: Any) -> str:
    """Return a phone number the page sent, checked."""
    if not isinstance(value, str) or not choices.is_number(value):
        raise OrderError("This is not a phone number.")
    return value


def _mailbox(value: Any) -> str:
    """Return a mail address the page sent, checked."""
    if not isinstance(value, str) or not mailbox.is_mailbox(value):
        raise OrderError("This is not a mail address.")
    return value


def _handle(whose: Any) -> tuple[Handle, str]:
    """Return the handle and the channel of a phone number or a mail address."""
    if isinstance(whose, str) and "@" in whose:
        return mailto(_mailbox(whose)), "email"
    return tel(_phone(whose)), "sms"


def _whole(value: Any, least: int, most: int) -> TypeGuard[int]:
    """Return whether `value` is a whole number in the range."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _delivery_note(late: int, times: int) -> str:
    """Return what is unusual about a delivery, for the line under the text."""
    notes = []
    if late:
        notes.append(f"{late} s late")
    if times > 1:
        notes.append(f"delivered {times} times")
    return ", ".join(notes)
