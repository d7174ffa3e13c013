"""The desk beside texts: residents who write mails, places looked up, and how staff are hired."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import text as sql

from bot.desk import hiring
from bot.desk.hiring import HiringError, hire
from bot.desk.outcome import Done, Refused
from bot.desk.places import look_up
from bot.storage import staff
from bot.storage.engine import Storage, open_storage
from bot.storage.migrations import _configure, migrate
from conversations.vocabulary.handles import Handle
from tests.bot.desk.conftest import MARIA, DeskHouse
from tests.bot.mailing import open_mail_house


async def test_a_mail_is_answered_by_mail(desk: DeskHouse, tmp_path: Path) -> None:
    """A reply to who wrote a mail is a mail, longer than two texts, and its answer finds home."""
    mails = open_mail_house(desk.house, tmp_path)
    await mails.write("hello")
    await mails.write("submit here", recipients=(await mails.reply_address(),))
    case = (await desk.cases())[-1]
    words = "We come on Monday and look at every hole in your street. " * 20
    outcome = await desk.press("reply", MARIA, case, text=words)
    await desk.house.work()
    reply_to = await mails.reply_address()

    assert isinstance(outcome, Done)
    assert mails.last.recipient == "mailto:jane@home.example"
    assert mails.last.text == f"City staff write: {words.strip()}"
    assert "+" in reply_to
    too_long = await desk.press("reply", MARIA, await desk.again(case), text="x" * 5000)
    assert isinstance(too_long, Refused)


async def test_a_place_is_looked_up(real: DeskHouse) -> None:
    """What staff type is found on the map, ready for a change."""
    (place,) = await look_up(real.shell, "nyc", "123 broadway brooklyn")
    await real.house.hear("agent")
    await real.house.work()
    case = (await real.cases())[-1]

    assert place.label == "123 Broadway, Brooklyn"
    outcome = await real.press("change", MARIA, case, place=place.to_json())
    assert outcome == Refused("needs_request")


@pytest.fixture
def opened(desk: DeskHouse, monkeypatch: pytest.MonkeyPatch) -> DeskHouse:
    """The fake house behind `open_shell`."""

    @asynccontextmanager
    async def open_shell() -> AsyncIterator[Any]:
        yield desk.shell

    monkeypatch.setattr(hiring, "open_shell", open_shell)
    return desk


async def test_hiring_and_letting_go(opened: DeskHouse) -> None:
    """Registered once per handle, changed by the same command, let go, each time on record."""
    who = Handle("term:sam")
    shell = opened.shell
    await hire(who, "Sam Lee", "staff", "nyc", active=True)
    await hire(who, "Sam B. Lee", "admin", "*", active=True)
    known = await shell.board.who(who)
    await hire(who, "Sam B. Lee", "admin", "*", active=False)
    rows = await opened.house.rows("SELECT action FROM audit WHERE action = 'staff'")
    everyone = await shell.storage.read(lambda c: staff.everyone(c, shell.vault))

    assert known is not None
    assert (known.name, known.role, known.city) == ("Sam B. Lee", "admin", "*")
    assert await shell.board.who(who) is None
    assert len(rows) == 3
    assert [one.active for one in everyone if one.id == known.id] == [False]


@pytest.mark.parametrize(
    "given",
    [
        ("sam", "Sam", "staff", "nyc"),
        ("term:", "Sam", "staff", "nyc"),
        ("term:sam", "Sam", "mayor", "nyc"),
        ("term:sam", " ", "staff", "nyc"),
        ("term:sam", "Sam", "staff", "atlantis"),
    ],
)
async def test_who_cannot_be_hired(opened: DeskHouse, given: tuple[str, str, str, str]) -> None:
    """A handle, role, city or name that is none is refused."""
    with pytest.raises(HiringError):
        await hire(*given, active=True)


async def test_what_was_there_before_cases_gets_one(desk: DeskHouse, tmp_path: Path) -> None:
    """Reports and open hand-overs of the release before get their cases with the migration."""
    await desk.house.hear("submit here")
    await desk.house.work()
    tables = ("residents", "conversations", "service_requests")
    kept = {table: await desk.house.rows(f"SELECT * FROM {table}") for table in tables}
    old: Storage = open_storage(f"sqlite:///{tmp_path}/old.db")

    def fill(connection: Any) -> None:
        command.upgrade(_configure(connection), "0008")
        for table, rows in kept.items():
            for row in rows:
                names = list(row._mapping)
                places = ", ".join(f":{name}" for name in names)
                insert = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})"
                connection.execute(sql(insert), dict(row._mapping))
        conversation = kept["conversations"][0].id
        for row, about in (("h1", None), ("h2", kept["service_requests"][0].id)):
            connection.execute(
                sql(
                    "INSERT INTO hand_overs (id, conversation_id, request_id, city, reason,"
                    " summary_box, state, asked_at)"
                    " VALUES (:row, :conversation, :about, 'nyc', 'asked', x'00', 'open', 7)"
                ),
                {"row": row, "conversation": conversation, "about": about},
            )

    await old.write(fill)
    await migrate(old)
    columns = "kind, hand_over_id, waiting_since, state"
    query = sql(f"SELECT {columns} FROM cases ORDER BY kind")
    rows = await old.read(lambda c: list(c.execute(query).all()))
    await old.close()

    assert [tuple(row) for row in rows] == [
        ("conversation", "h1", 7, "open"),
        ("request", "h2", 7, "open"),
    ]
