"""Linking a mailbox and a phone: a code goes out, comes back, and two handles are one person."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.deeds import identity
from bot.deeds.asked import Turn
from bot.storage import codes, consents, persons, residents, service_requests
from bot.storage.crypto import Vault
from bot.storage.engine import Storage
from conversations.vocabulary.handles import mailto, tel
from tests.bot.homes import PHONE, Home, open_home
from tests.bot.mailing import JANE

ASK = f"link my email {JANE}"
CODE = re.compile(r"\b\d{6}\b")


@pytest.fixture
async def home(storage: Storage, redis: Redis, vault: Vault, clock: Any, tmp_path: Path) -> Home:
    """A house that really thinks."""
    return open_home(storage, redis, vault, clock, tmp_path)


def _mails(home: Home) -> list[str]:
    return [m.text for m in home.house.messenger.sent if str(m.recipient) == f"mailto:{JANE}"]


async def _ask_code(home: Home, number: str = PHONE, words: str = ASK) -> str:
    """Ask for a code and return the one that was mailed, or an empty text."""
    before = len(_mails(home))
    await home.text(words, number)
    fresh = _mails(home)[before:]
    found = CODE.search(fresh[-1]) if fresh else None
    return found[0] if found else ""


async def _person(home: Home, number: str = PHONE) -> tuple[str, set[str]]:
    """Return a phone's resident, and all of its person."""

    def read(connection: Any) -> tuple[str, set[str]]:
        found = residents.find(connection, home.house.shell.vault, tel(number))
        assert found is not None
        return found.id, persons.handles_of(connection, found.id)

    return await home.house.shell.storage.read(read)


async def test_the_code_that_comes_back_links(home: Home) -> None:
    """The mail has the code and says what it is; typed in the text chat it links, and news move."""
    code = await _ask_code(home)
    assert "ignore this and nothing happens" in _mails(home)[-1]
    assert "I sent a 6-digit code" in home.house.messenger.texts()[-1]
    assert len((await _person(home))[1]) == 1
    assert "Where should I send news" in await home.text(code)
    assert len((await _person(home))[1]) == 2
    assert "by email" in await home.text("2")
    await home.file()
    await home.close()
    assert str(home.house.messenger.sent[-1].recipient) == f"mailto:{JANE}"


async def test_no_code_is_kept_readable(home: Home) -> None:
    """The digits stand nowhere in the tables in the clear."""
    code = await _ask_code(home)
    for table in ("codes", "outbox", "inbox", "conversations"):
        for row in await home.house.rows(f"SELECT * FROM {table}"):
            assert all(code not in str(value) for value in row if not isinstance(value, int))


async def test_a_wrong_code_links_nothing(home: Home) -> None:
    """Three wrong codes end it, and the right one is worth nothing after."""
    code = await _ask_code(home)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(3):
        await home.text(wrong)
    await home.text(code)
    assert len((await _person(home))[1]) == 1


async def test_a_stolen_look_at_the_question_links_nothing(home: Home) -> None:
    """A code that somebody else asked for proves nothing in this chat."""
    code = await _ask_code(home)
    await _ask_code(home, "+17185550111")
    await home.text(code, "+17185550111")
    assert len((await _person(home, "+17185550111"))[1]) == 1


async def test_three_codes_a_day(home: Home) -> None:
    """A fourth code is not sent: not by who asks, and not to whom it goes."""
    for _ in range(3):
        assert await _ask_code(home)
        await home.text("skip")
    assert await _ask_code(home) == ""
    assert "enough codes for today" in home.house.messenger.texts()[-1]
    assert await _ask_code(home, "+17185550111") == ""
    assert "cannot send a code there" in home.house.messenger.texts()[-1]


@pytest.mark.parametrize("why", ["stop", "unreachable"])
async def test_no_code_to_whom_nothing_is_sent(home: Home, why: str) -> None:
    """Who said stop, or cannot be reached, gets no code; the answer does not tell which."""
    vault = home.house.shell.vault

    def silence(connection: Any) -> None:
        found = residents.find_or_open(connection, vault, [mailto(JANE)], 1)[mailto(JANE)]
        if why == "unreachable":
            residents.note_unreachable(connection, found.id, "bounce", 1)
            return
        consents.record(
            connection, vault, resident_id=found.id, channel="email", topic="all", state="out",
            method="keyword", evidence={}, actor="resident", now=1,
        )  # fmt: skip

    await home.house.shell.storage.write(silence)
    assert await _ask_code(home) == ""
    assert "cannot send a code there" in home.house.messenger.texts()[-1]


async def test_wrong_leaves_the_case_to_the_mailbox(home: Home) -> None:
    """After WRONG on the phone its requests, and their news, belong to the person's mailbox."""
    await home.file()
    await home.text(await _ask_code(home))
    await home.text("1")
    await home.text("wrong number")
    assert "no requests" in await home.text("status")
    before = len(home.house.messenger.sent)
    await home.close()
    told = home.house.messenger.sent[before:]
    assert [str(message.recipient) for message in told] == [f"mailto:{JANE}"]


async def test_a_phone_silent_for_long_brings_nothing_along(home: Home) -> None:
    """Who links a number that was silent for months does not get its earlier holder's requests."""
    await home.file()
    await home.wait(100)
    vault, clock = home.house.shell.vault, home.house.shell.clock
    phone, _ = await _person(home)

    def link(connection: Any) -> list[Any]:
        now = round(clock.now().timestamp() * 1000)
        mail = residents.find_or_open(connection, vault, [mailto(JANE)], now)[mailto(JANE)].id
        code = codes.draw(connection, vault, mail, phone, now)
        assert codes.check(connection, vault, mail, code, now) == "right"
        turn = Turn(vault, "nyc", "email", "", mail, "k", "t", "nyc311", now)
        identity.link(connection, turn, {})
        ids = persons.handles_of(connection, mail)
        assert ids == {mail, phone}
        return service_requests.latest(connection, vault, ids, "nyc", 5)

    assert await home.house.shell.storage.write(link) == []
