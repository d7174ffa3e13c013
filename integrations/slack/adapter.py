"""Calling Slack's Web API: messages, modals, homes, people.

One adapter speaks for one workspace, with its bot's token. Slack has no idempotency key: a message
carries our id of the sending in its metadata, and one in doubt is looked up in the channel's own
history (`find`), never posted again. Its pace is one message a second and channel (messaging.md
5.6), kept here; a 429 holds everybody, through the caller.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from integrations.kit.caller import Answer, Call, Caller
from integrations.kit.errors import Rejected
from integrations.kit.pacing import Pacer
from integrations.slack.errors_table import PROVIDER
from integrations.slack.wire import (
    INTENT_EVENT,
    PARSERS,
    DoneDTO,
    HistoryDTO,
    MembersDTO,
    NotedDTO,
    PostedDTO,
    TeamDTO,
    UserDTO,
    ViewDTO,
)

SLACK = "https://slack.com/api"
HOOKS = "https://hooks.slack.com/"
CHANNEL_PER_SECOND = 1.0
PATIENCE_S = 20.0
"""Seconds a message waits for its channel's pace; later it is for the outbox to come again."""

MAX_PACERS = 500
MAX_PAGES = 5
PAGE_SIZE = 100

T = TypeVar("T")
Blocks = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Message:
    """What stands in a channel.

    Attributes:
        text: what notifications and screen readers say; also where blocks cannot be shown.
        blocks: Block Kit, within its limits (`bot/channels/slack/limits.py`).
    """

    text: str
    blocks: Blocks = ()

    def to_json(self) -> dict[str, Any]:
        """Return the fields of a call; nothing is unfurled and no name made a mention."""
        return {
            "text": self.text,
            "blocks": [dict(block) for block in self.blocks],
            "unfurl_links": False,
            "unfurl_media": False,
            "link_names": False,
        }


class SlackAdapter:
    """One workspace's Web API."""

    provider = PROVIDER

    def __init__(
        self,
        caller: Caller,
        *,
        token: str,
        base_url: str = SLACK,
        hooks_url: str = HOOKS,
        make_pacer: Callable[[str], Pacer] | None = None,
    ) -> None:
        """Make the adapter.

        Args:
            caller: the provider's caller.
            token: `xoxb-...` of the bot in this workspace.
            base_url: Slack, or its twin.
            hooks_url: the only place a `response_url` may point to.
            make_pacer: name to what keeps its pace, for one that several processes share.
        """
        self._caller = caller
        self._authorisation = {"Authorization": f"Bearer {token}"}
        self._base = base_url.rstrip("/")
        self._hooks = urlsplit(hooks_url)
        self._make_pacer = make_pacer or (lambda name: Pacer(PROVIDER, CHANNEL_PER_SECOND))
        self._pacers: OrderedDict[str, Pacer] = OrderedDict()

    async def post(
        self, channel: str, message: Message, *, intent: str, thread: str = ""
    ) -> PostedDTO:
        """Post a message, once.

        Args:
            channel: id of a channel, or of a person's conversation with the bot.
            message: what it says.
            intent: our own id of the sending, by which `find` knows it again.
            thread: `ts` of the message it stands below, or empty.

        Raises:
            AdapterError: its `outcome` tells whether it stands there; `UNKNOWN` asks for `find`.
        """
        body = {"channel": channel, **message.to_json(), **_metadata(intent)}
        if thread:
            body["thread_ts"] = thread
        await self._pace(channel, "post")
        posted: PostedDTO = await self._write("post", "chat.postMessage", body)
        return posted

    async def update(self, channel: str, ts: str, message: Message, *, intent: str) -> PostedDTO:
        """Put other words in the place of a message of ours. Doing it twice changes nothing."""
        body = {"channel": channel, "ts": ts, **message.to_json(), **_metadata(intent)}
        await self._pace(channel, "update")
        posted: PostedDTO = await self._write("update", "chat.update", body, again=True)
        return posted

    async def delete(self, channel: str, ts: str) -> None:
        """Take a message of ours away."""
        await self._write("delete", "chat.delete", {"channel": channel, "ts": ts}, again=True)

    async def whisper(
        self, channel: str, user: str, message: Message, *, thread: str = ""
    ) -> NotedDTO:
        """Show a message to one person only; it is gone when they load Slack anew."""
        body = {"channel": channel, "user": user, **message.to_json()}
        if thread:
            body["thread_ts"] = thread
        await self._pace(channel, "whisper")
        noted: NotedDTO = await self._write("whisper", "chat.postEphemeral", body)
        return noted

    async def find(
        self, channel: str, intent: str, since: datetime, *, thread: str = ""
    ) -> PostedDTO | None:
        """Return the message of this sending if it stands there; None is "surely not".

        Raises:
            AdapterError: it could not be asked, or there is more than is read: still unknown.
        """
        params = {
            "channel": channel,
            "oldest": f"{since.timestamp() - 60:.6f}",  # clocks differ
            "limit": str(PAGE_SIZE),
            "include_all_metadata": "true",
        }
        method = "conversations.history"
        if thread:
            method, params = "conversations.replies", {**params, "ts": thread}
        for _ in range(MAX_PAGES):
            page: HistoryDTO = await self._read("history", method, params)
            for kept in page.messages:
                if intent and kept.intent == intent:
                    return PostedDTO(channel=channel, ts=kept.ts)
            if not page.next_cursor:
                return None
            params = {**params, "cursor": page.next_cursor}
        raise Rejected(PROVIDER, "history", detail="too_many")

    async def open_view(self, trigger_id: str, view: Mapping[str, Any]) -> ViewDTO:
        """Open a modal; a trigger lives three seconds and works once."""
        body = {"trigger_id": trigger_id, "view": dict(view)}
        opened: ViewDTO = await self._write("open_view", "views.open", body)
        return opened

    async def update_view(
        self, view_id: str, view: Mapping[str, Any], *, view_hash: str = ""
    ) -> ViewDTO:
        """Show something else in an open modal; with `view_hash` only if nobody did meanwhile."""
        body = {"view_id": view_id, "view": dict(view)}
        if view_hash:
            body["hash"] = view_hash
        shown: ViewDTO = await self._write("update_view", "views.update", body, again=True)
        return shown

    async def publish_home(self, user: str, view: Mapping[str, Any]) -> ViewDTO:
        """Show a person's home tab."""
        body = {"user_id": user, "view": dict(view)}
        shown: ViewDTO = await self._write("publish_home", "views.publish", body, again=True)
        return shown

    async def open_chat(self, user: str) -> str:
        """Return the id of the conversation between the bot and a person."""
        opened: PostedDTO = await self._write(
            "open_chat", "conversations.open", {"users": user}, again=True
        )
        return opened.channel

    async def user(self, user: str) -> UserDTO:
        """Return who somebody is. Raises `UserUnknown`."""
        found: UserDTO = await self._read("user", "users.info", {"user": user})
        return found

    async def members(self, group: str) -> tuple[str, ...]:
        """Return the ids of the members of a user group."""
        found: MembersDTO = await self._read(
            "members", "usergroups.users.list", {"usergroup": group}
        )
        return found.users

    async def who_am_i(self) -> TeamDTO:
        """Return the workspace and the bot this token is for."""
        found: TeamDTO = await self._write("who_am_i", "auth.test", {}, again=True)
        return found

    async def respond(self, response_url: str, message: Message, *, replace: bool = False) -> None:
        """Answer a command or press through the address that came with it, to its sender only.

        Raises:
            Rejected: the address is not Slack's; nothing is sent.
        """
        if not self._is_hook(response_url):
            raise Rejected(PROVIDER, "respond", detail="foreign_address")
        body = {**message.to_json(), "response_type": "ephemeral", "replace_original": replace}
        call = Call("respond", "POST", response_url, json=body, idempotent=False)
        parsed: DoneDTO = await self._caller.call(call, PARSERS["respond"])
        del parsed

    def _is_hook(self, url: str) -> bool:
        """Return whether a `response_url` is Slack's: it came in a request."""
        if not url.isascii() or any(sign in url for sign in "\\ \t\r\n@#"):
            return False
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        mine = self._hooks
        return (
            (parts.scheme, parts.netloc) == (mine.scheme, mine.netloc)
            and parts.path.startswith(mine.path)
            and ".." not in parts.path
        )

    async def _write(
        self, operation: str, method: str, body: Mapping[str, Any], *, again: bool = False
    ) -> Any:
        """Call a method that changes something; `again`: doing it twice is doing it once."""
        call = Call(
            operation,
            "POST",
            f"{self._base}/{method}",
            json=dict(body),
            headers=self._authorisation,
            idempotent=again,
            excerpt=("channel",),
        )
        return await self._call(call)

    async def _read(self, operation: str, method: str, params: Mapping[str, str]) -> Any:
        call = Call(
            operation,
            "GET",
            f"{self._base}/{method}",
            params=params,
            headers=self._authorisation,
            purpose="lookup",
        )
        return await self._call(call)

    async def _call(self, call: Call) -> Any:
        parse: Callable[[Answer], Any] = PARSERS[call.operation]
        return await self._caller.call(call, parse)

    async def _pace(self, channel: str, operation: str) -> None:
        """Wait for the channel's own pace. Raises `Congested`."""
        pacer = self._pacers.pop(channel, None) or self._make_pacer(f"slack:{channel}")
        self._pacers[channel] = pacer
        while len(self._pacers) > MAX_PACERS:
            self._pacers.popitem(last=False)
        await pacer.wait(operation, "resident", PATIENCE_S)


def _metadata(intent: str) -> dict[str, Any]:
    return {"metadata": {"event_type": INTENT_EVENT, "event_payload": {"intent": intent}}}
