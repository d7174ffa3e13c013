"""Posting a card or a line once: claimed before it leaves, looked up when it may have landed."""

from __future__ import annotations

from bot.clock import Clock
from bot.storage import slack_cards
from bot.storage.engine import Storage
from bot.storage.metadata import from_ms, to_ms
from conversations.vocabulary.requests import SendOutcome
from integrations.kit.errors import AdapterError, Congested
from integrations.slack.adapter import Message, SlackAdapter
from integrations.slack.errors_table import PROVIDER


class Poster:
    """Posts for cases.

    Args:
        storage, clock: the shell's.
    """

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def post(
        self,
        slack: SlackAdapter,
        case_id: str,
        name: str,
        channel: str,
        message: Message,
        *,
        thread: str = "",
        is_card: bool = False,
        since: int = 0,
    ) -> str:
        """Return the `ts` of a post, made now or found where an earlier try left it.

        Args:
            slack: of the workspace.
            case_id: what it is for.
            name: of the post; our intent, too.
            channel: where.
            message: what it says.
            thread: `ts` of the card it stands below, or empty.
            is_card: True when it is the card of the case.
            since: milliseconds: it cannot have been posted before.

        Raises:
            AdapterError: it does not stand there as far as we know. The next try looks it up.
        """
        now = to_ms(self._clock.now())
        first = await self._storage.write(lambda c: slack_cards.claim_post(c, case_id, name, now))
        ts = None
        if not first:
            found = await slack.find(channel, name, from_ms(since), thread=thread)
            ts = found.ts if found else None
            if ts is None and not await self._storage.write(
                lambda c: slack_cards.claim_again(c, name, now)
            ):
                raise Congested(PROVIDER, "post", retry_after=slack_cards.TRY_MS / 1000)
        if ts is None:
            ts = await self._send(slack, name, channel, message, thread)
        stands = ts
        card_of = case_id if is_card else None
        await self._storage.write(lambda c: slack_cards.note_posted(c, name, stands, card_of))
        return ts

    async def _send(
        self, slack: SlackAdapter, name: str, channel: str, message: Message, thread: str
    ) -> str:
        try:
            return (await slack.post(channel, message, intent=name, thread=thread)).ts
        except AdapterError as error:
            if error.outcome is not SendOutcome.UNKNOWN:
                await self._storage.write(lambda c: slack_cards.free_post(c, name))
            raise
