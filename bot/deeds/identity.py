"""Deeds inside about who somebody is: handles proven, linked and parted; where news are wanted.

A handle is linked only when a code that was sent there came back in the conversation that asked for
it. Why a code is not sent says nothing of whether we know the handle.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot import lanes
from bot.deeds.asked import Turn
from bot.origin import is_foreign
from bot.storage import codes, conversations, inbox, partings, persons, residents
from bot.storage.engine import Connection
from bot.storage.metadata import to_ms
from bot.storage.outbox import NewJob
from conversations.vocabulary.effects import Say
from conversations.vocabulary.handles import Handle, address, mailto, scheme, tel

CODE_TEXT, CODE_TITLE = "link.code_text", "link.code_title"


def unlink(connection: Connection, turn: Turn, args: Mapping[str, Any]) -> list[NewJob]:
    """Part the handle from all that came before `since` (ISO 8601): its holder is somebody else."""
    since = min(to_ms(datetime.fromisoformat(str(args["since"]))), turn.now)
    partings.part(connection, turn.resident_id, since, turn.now, but=turn.conversation_id)
    return []


def link(connection: Connection, turn: Turn, _args: Mapping[str, Any]) -> list[NewJob]:
    """Take this handle and the one that the code proved together as one person.

    A phone that was silent for long is somebody's new one, for all we know: it brings nothing along
    from before.
    """
    target = codes.use(connection, turn.resident_id, turn.now)
    handle = residents.read_handle(connection, turn.vault, target) if target else None
    if target is None or handle is None:
        return []
    known = residents.find(connection, turn.vault, handle)
    sure_at = known.sure_at if known else None
    if residents.away_since(_channel_of(handle), sure_at, turn.now) is not None:
        partings.part(connection, target, turn.now, turn.now)
    persons.link(connection, [turn.resident_id, target])
    return []


def prefer(connection: Connection, turn: Turn, args: Mapping[str, Any]) -> list[NewJob]:
    """Let news go to the channel that `channel` names, at this handle or one linked with it."""
    channel = str(args["channel"])
    where = persons.channels_of(connection, turn.resident_id, turn.city)
    chosen = turn.resident_id if channel == turn.channel else where.get(channel)
    if chosen is not None:
        persons.prefer(connection, chosen, turn.now)
    return []


def send_code(connection: Connection, turn: Turn, args: Mapping[str, Any]) -> list[NewJob]:
    """Send a code to `handle`, and tell the conversation; `prefer` says where news go then."""
    handle = Handle(str(args["handle"]))
    why = _why_not(connection, turn, handle)
    if why is not None:
        _tell(connection, turn, "code_refused", {"why": why})
        return []
    target = residents.find_or_open(connection, turn.vault, [handle], turn.now)[handle]
    code = codes.draw(connection, turn.vault, turn.resident_id, target.id, turn.now)
    _tell(connection, turn, "code_sent", args)
    return [_code_job(connection, turn, handle, target.id, code)]


def _why_not(connection: Connection, turn: Turn, handle: Handle) -> str | None:
    """Return why no code is sent: `enough`, or `cannot` whatever it is about the handle."""
    if codes.asked_today(connection, turn.resident_id, turn.now) >= codes.A_DAY:
        return "enough"
    pack = turn.pack
    if pack is None or _office(turn, handle) is None or is_foreign(handle, pack):
        return "cannot"
    if address(handle) in (*pack.mailboxes, *pack.sms_numbers):
        return "cannot"
    target = residents.find(connection, turn.vault, handle)
    if target is None:
        return None
    if residents.is_silent(connection, target.id):
        return "cannot"
    many = codes.sent_today(connection, target.id, turn.now) >= codes.A_DAY
    return "cannot" if many else None


def _channel_of(handle: Handle) -> str:
    return "email" if scheme(handle) == "mailto" else "sms"


def _office(turn: Turn, handle: Handle) -> tuple[str, Handle] | None:
    """Return the provider and our own handle for writing to a handle, or None without either."""
    channel = _channel_of(handle)
    provider, pack = turn.senders.get(channel), turn.pack
    if provider is None or pack is None:
        return None
    ours = [mailto(box) for box in pack.mailboxes]
    if channel == "sms":
        ours = [tel(number) for number in pack.sms_numbers]
    return (provider, ours[0]) if ours else None


def _tell(connection: Connection, turn: Turn, kind: str, data: Mapping[str, Any]) -> None:
    """Tell the conversation that asked what became of its code."""
    event = inbox.NewEvent(
        conversation_id=turn.conversation_id,
        kind="happened",
        dedupe=f"happened:{kind}:{turn.key}",
        event={"kind": kind, "data": dict(data)},
        trace_id=turn.trace_id,
    )
    inbox.add(connection, turn.vault, [event], turn.now)


def _code_job(
    connection: Connection, turn: Turn, handle: Handle, target_id: str, code: str
) -> NewJob:
    """Return the row that sends a code, in the conversation of the handle it goes to."""
    office, channel = _office(turn, handle), _channel_of(handle)
    assert office is not None
    assert turn.pack is not None
    provider, ours = office
    key = (turn.city, channel, target_id)
    conversation = conversations.find_or_open(connection, {key: (provider, ours)}, turn.now)[key]
    city = turn.pack.called(turn.language)
    title = turn.write(turn.language, Say(CODE_TITLE, {"city": city}))
    mail = {"mail": {"language": turn.language, "notice": False, "title": title}}
    return NewJob(
        conversation_id=conversation,
        resident_id=target_id,
        kind="send",
        name=CODE_TEXT,
        provider=provider,
        lane=lanes.LIVE_REPLIES,
        dedupe=f"{turn.key}:code",
        job={
            "channel": channel,
            "sender": ours,
            "recipient": handle,
            "text": turn.write(turn.language, Say(CODE_TEXT, {"code": code, "city": city})),
            **(mail if channel == "email" else {}),
        },
        next_attempt_at=turn.now,
        expires_at=turn.now + codes.KEEP_MS,
        trace_id=turn.trace_id,
    )
