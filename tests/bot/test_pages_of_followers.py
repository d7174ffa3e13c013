"""The page of a request as who only follows it sees it."""

from __future__ import annotations

from typing import Any

from bot.following.follow import Follow
from bot.storage import followers, service_requests, tokens
from bot.storage.metadata import to_ms
from conversations.wording.catalogue import Catalogue
from integrations.cities import load_city


async def test_a_follower_is_not_asked_whether_it_is_fixed(house: Any, clock: Any) -> None:
    """Its resident is; the follower sees their own notices, which end with their following."""
    await house.hear("submit here")
    await house.work()
    await house.hear("hello", number="+17185550199")
    await house.work()
    shell = house.shell
    (row,) = await house.rows("SELECT id FROM service_requests")
    await house.change("UPDATE service_requests SET status = 'Closed', updates = false")
    report = await shell.storage.read(lambda c: service_requests.read(c, shell.vault, row.id))
    people = await house.rows("SELECT id, resident_id FROM conversations ORDER BY id")
    words, now = [], to_ms(shell.clock.now())
    for person in people:
        token = tokens.make(
            shell.vault, "page", resident_id=person.resident_id, conversation_id=person.id,
            now=now, request_id=report.id,
        )  # fmt: skip
        await shell.storage.write(lambda c, token=token: tokens.keep(c, shell.vault, [token], now))
        words.append(token.word)
    other = people[1]
    await shell.storage.write(
        lambda c: followers.follow(c, report.id, other.resident_id, other.id, now)
    )
    follow = Follow(
        storage=shell.storage, vault=shell.vault, clock=shell.clock, wakes=shell.wakes,
        catalogue=Catalogue.load(), cities={"nyc": load_city("nyc")},
    )  # fmt: skip
    own, followed = [await follow.read(word) for word in words]
    assert own is not None
    assert followed is not None

    assert (own.asks, own.notices) == (True, False)
    assert (followed.asks, followed.notices) == (False, True)
