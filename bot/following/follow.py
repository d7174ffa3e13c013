"""What the holder of a link may see and do: follow a request, say it is (not) fixed, stop notices.

Behind each link is a token; who has it acts for the person it was sent to, and sees nothing that
names them. Everything that is answered here goes on in the conversation as something that happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.clock import Clock
from bot.deeds.telling import filed
from bot.following.pages import FollowPage, PressPage, make_page
from bot.storage import (
    consents,
    conversations,
    followers,
    inbox,
    persons,
    service_requests,
    timeline,
    tokens,
)
from bot.storage.crypto import Vault
from bot.storage.engine import Connection, Storage
from bot.storage.metadata import to_ms
from bot.storage.service_requests import Report
from bot.storage.tokens import Token
from bot.wakes import Wakes
from conversations.vocabulary.city import City
from conversations.wording.catalogue import ROOMY, Catalogue
from integrations.kit.errors import AdapterError
from integrations.kit.ports import MapMaker

MOST_SHOWN = 600
"""Characters of a held mail on its page."""


class Follow:
    """Answers what links ask for.

    Args:
        storage, vault, clock, wakes, catalogue: the shell's parts.
        cities: slug to city.
        maps: draws the picture of a block; None without maps.
    """

    def __init__(
        self,
        *,
        storage: Storage,
        vault: Vault,
        clock: Clock,
        wakes: Wakes,
        catalogue: Catalogue,
        cities: Mapping[str, City],
        maps: MapMaker | None = None,
    ) -> None:
        self._storage = storage
        self._vault = vault
        self._clock = clock
        self._wakes = wakes
        self._catalogue = catalogue
        self._cities = cities
        self._maps = maps

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages we have."""
        return self._catalogue.languages

    def say(self, language: str, key: str, values: Mapping[str, Any]) -> str:
        """Return a phrase in a language."""
        return self._catalogue.phrase(language, key, values, ROOMY)

    async def read(self, word: str) -> FollowPage | None:
        """Return the page of a request, or None for a link that is unknown or has ended."""
        return await self._storage.read(lambda c: self._read(c, word))

    async def answer(self, word: str, fixed: bool) -> bool:
        """Take in whether the thing is fixed; False for a link that does not work."""
        return await self._happen(word, "page_answered", {"fixed": fixed})

    async def mute(self, word: str) -> bool:
        """Stop news of this one request; False for a link that does not work."""
        return await self._happen(word, "page_muted", {})

    async def unsubscribe(self, word: str) -> bool:
        """Stop all notices to the mailbox that was sent this link, with proof, at once."""
        now = to_ms(self._clock.now())

        def stop(connection: Connection) -> bool:
            token = tokens.find(connection, self._vault, "unsubscribe", word, now)
            if token is None:
                return False
            consents.stop_notices(connection, self._vault, token.resident_id, "one_click", now)
            return True

        return await self._storage.write(stop)

    async def release(self, word: str) -> bool:
        """Let go a mail that its sender proves with this link; False when it does not work."""
        now = to_ms(self._clock.now())

        def let_go(connection: Connection) -> tuple[bool, str | None]:
            token = tokens.find(connection, self._vault, "release", word, now)
            if token is None or token.inbox_id is None:
                return False, None
            tokens.use(connection, self._vault, token, now)
            return True, inbox.release(connection, self._vault, token.inbox_id, now)

        works, conversation = await self._storage.write(let_go)
        if conversation is not None:
            await self._wakes.publish([conversation])
        return works

    async def about(self, purpose: tokens.Purpose, word: str) -> PressPage | None:
        """Return what a page for one press shows. Opening it uses nothing up."""
        now = to_ms(self._clock.now())

        def look(connection: Connection) -> PressPage | None:
            token = tokens.find(connection, self._vault, purpose, word, now)
            if token is None:
                return None
            slug = conversations.city_of(connection, token.conversation_id)
            city = self._cities[slug]
            language = self._language(connection, token.conversation_id, city)
            said = self._said(connection, token)
            return PressPage(language, city.named(language), city.phone, said=said)

        return await self._storage.read(look)

    async def picture(self, word: str, *, dark: bool = False) -> bytes | None:
        """Return a picture of the block, or None without a map or a place."""
        page = await self.read(word)
        if page is None or self._maps is None or page.latitude is None or page.longitude is None:
            return None
        try:
            return await self._maps.draw(page.latitude, page.longitude, dark=dark)
        except (AdapterError, ValueError):
            return None

    def _said(self, connection: Connection, token: Token) -> str:
        """Return what a link would let go, so that nobody vouches for words of somebody else."""
        if token.inbox_id is None:
            return ""
        said = inbox.read_held(connection, self._vault, token.inbox_id)
        return said if len(said) <= MOST_SHOWN else said[:MOST_SHOWN].rstrip() + "..."

    def _language(self, connection: Connection, conversation_id: str, city: City) -> str:
        talk = conversations.read_talk(connection, self._vault, conversation_id) or {}
        return str(talk.get("language") or city.languages[0])

    async def _happen(self, word: str, kind: str, data: Mapping[str, Any]) -> bool:
        """Tell the conversation what the holder of a page's link pressed, once per closing."""
        now = to_ms(self._clock.now())

        def change(connection: Connection) -> str | None:
            found = self._find(connection, word, now)
            if found is None:
                return None
            token, report = found
            own = report.resident_id in persons.handles_of(connection, token.resident_id)
            key = f"{kind}:{report.id}:{report.updated_at}:{sorted(data.items())}"
            event = inbox.NewEvent(
                conversation_id=token.conversation_id,
                kind="happened",
                dedupe=key,
                event={"kind": kind, "data": {**filed(report), **data, "own": own}},
                trace_id=report.id,
            )
            inbox.add(connection, self._vault, [event], now)
            return token.conversation_id

        conversation = await self._storage.write(change)
        if conversation is None:
            return False
        await self._wakes.publish([conversation])
        return True

    def _find(self, connection: Connection, word: str, now: int) -> tuple[Token, Report] | None:
        token = tokens.find(connection, self._vault, "page", word, now)
        if token is None or token.request_id is None:
            return None
        report = service_requests.read(connection, self._vault, token.request_id)
        return None if report is None else (token, report)

    def _read(self, connection: Connection, word: str) -> FollowPage | None:
        now = self._clock.now()
        found = self._find(connection, word, to_ms(now))
        if found is None:
            return None
        token, report = found
        city = self._cities[report.city]
        language = self._language(connection, token.conversation_id, city)
        entries = timeline.read(connection, self._vault, report.id)
        ids = persons.handles_of(connection, token.resident_id)
        own = report.resident_id in ids
        page = make_page(
            self._catalogue,
            language,
            city,
            report,
            entries,
            now,
            maps=self._maps is not None,
            own=own,
        )
        if own:
            return page
        following = followers.of_request(connection, report.id)
        return replace(page, notices=any(item.resident_id in ids for item in following))
