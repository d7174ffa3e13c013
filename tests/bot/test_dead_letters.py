"""Dead letters: replayed where that is right, once; the commands of `main.py dlq`."""

from __future__ import annotations

import asyncio
import base64
import json
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import bot.records
import main
from bot.chores import replay_dead
from bot.dlq.commands import MEANINGS
from bot.dlq.export import write_export
from bot.dlq.replay import replay
from bot.records import Records
from bot.storage import dead_letters
from bot.storage.metadata import to_ms
from integrations.kit.errors import Rejected, ServerFailed, Unauthorised

HOUR = 3600


async def bury(house: Any, text: str = "hello", error: Exception | None = None, **more: Any) -> str:
    """Let a reply be refused; return the id of its row."""
    house.messenger.before = [error or Unauthorised("twilio", "send", status=401)]
    await house.hear(text, **more)
    await house.work()
    rows = await house.rows("SELECT id FROM outbox WHERE state='dead' ORDER BY id DESC")
    return str(rows[0][0])


async def try_again(house: Any, row: str, **more: Any) -> str:
    """Replay one letter and do what follows; return the word."""
    shell = house.shell
    now = to_ms(shell.clock.now())
    done = await shell.storage.write(lambda c: replay(c, shell.vault, row, now, **more))
    await house.work()
    return str(done.word)


async def test_a_replay_sends_once_however_often_it_is_made(house: Any) -> None:
    """The same row with a new attempt; what was replayed is no longer dead."""
    row = await bury(house)
    assert await try_again(house, row) == "replayed"
    assert await try_again(house, row) == "not_dead"
    assert house.messenger.texts() == ["hello"]
    assert await house.rows("SELECT count(*) FROM outbox") == [(1,)]
    assert await house.rows("SELECT count(*) FROM deliveries") == [(2,)]
    assert await house.rows("SELECT id FROM dead_letters WHERE replayed_at IS NULL") == []


async def test_two_replays_at_the_same_moment_are_one(house: Any) -> None:
    """Both have read the letter as dead; the second changes nothing."""
    row = await bury(house)
    shell = house.shell

    def both(connection: Any) -> list[Any]:
        letter = dead_letters.find(connection, row)
        return [dead_letters.revive(connection, letter, 1) for _ in range(2)]

    first, second = await shell.storage.write(both)
    assert (first is not None, second) == (True, None)


async def test_a_letter_that_is_refused_again_has_its_new_error(house: Any, clock: Any) -> None:
    """It is one letter still, with the last error, and no chore touches it any more."""
    row = await bury(house)
    house.messenger.before = [Rejected("twilio", "send", status=400)]
    clock.advance(600)
    assert await try_again(house, row) == "replayed"
    [letter] = await house.rows("SELECT buried_at, replayed_at FROM dead_letters")
    assert letter == (to_ms(clock.now()), to_ms(clock.now()))
    clock.advance(2 * HOUR)
    await replay_dead.run(house.shell)
    await house.work()
    assert house.messenger.texts() == []


async def test_what_must_not_go_out_is_not_replayed(house: Any, clock: Any) -> None:
    """Not to who said stop, not after a later message, not too late, not what was discarded."""
    stopped = await bury(house, number="+17185550101")
    await house.hear("STOP", number="+17185550101")
    overtaken = await bury(house, number="+17185550102")
    await house.hear("again", number="+17185550102")
    await house.work()
    late = await bury(house, number="+17185550103")
    settled = await bury(house, number="+17185550104")
    now = to_ms(clock.now())
    assert await house.shell.storage.write(lambda c: dead_letters.discard(c, settled, now))
    assert not await house.shell.storage.write(lambda c: dead_letters.discard(c, settled, now))
    sent = house.messenger.texts()
    assert await try_again(house, stopped) == "opted_out"
    assert await try_again(house, overtaken) == "overtaken"
    assert await try_again(house, settled) == "discarded"
    assert await try_again(house, "nothing") == "unknown"
    clock.advance(5 * HOUR)
    assert await try_again(house, late) == "expired"
    assert house.messenger.texts() == sent


async def test_a_doubt_is_replayed_only_by_who_has_looked(house: Any, clock: Any) -> None:
    """A send that may have arrived is a person's to decide, never the chore's."""
    from bot.chores import reconcile

    house.messenger.can_find = False
    house.messenger.before = [ServerFailed("sendgrid", "send", status=500)]
    await house.hear("hello")
    await house.work()
    clock.advance(2 * HOUR)
    await reconcile.run(house.shell)
    [(row,)] = await house.rows("SELECT id FROM outbox WHERE state='dead'")
    clock.advance(HOUR + 1)
    await replay_dead.run(house.shell)
    await house.work()
    assert house.messenger.texts() == []
    assert await try_again(house, row) == "in_doubt"
    assert await try_again(house, row, not_sent=True) == "replayed"
    assert house.messenger.texts() == ["hello"]


async def test_the_chore_replays_once_after_an_hour(house: Any, clock: Any, redis: Any) -> None:
    """Not sooner, not twice; a replayed letter leaves the list in Redis."""
    await bury(house)
    assert await redis.llen("dlq:twilio") == 1
    clock.advance(HOUR - 60)
    await replay_dead.run(house.shell)
    await house.work()
    assert house.messenger.texts() == []
    clock.advance(61)
    for _ in range(2):
        await replay_dead.run(house.shell)
        await house.work()
    assert house.messenger.texts() == ["hello"]
    assert await redis.llen("dlq:twilio") == 0


async def test_the_chore_spares_a_quota_that_is_nearly_spent(house: Any, clock: Any) -> None:
    """With a tenth of the day's calls left, letters wait for tomorrow."""

    class Low:
        """A caller whose quota is low."""

        low = True

        async def is_low(self) -> bool:
            """Say so."""
            return self.low

    house.shell.callers["twilio"] = caller = Low()
    await bury(house)
    clock.advance(HOUR + 1)
    await replay_dead.run(house.shell)
    await house.work()
    assert house.messenger.texts() == []
    caller.low = False
    await replay_dead.run(house.shell)
    await house.work()
    assert house.messenger.texts() == ["hello"]


async def test_a_refused_report_is_filed_by_hand_alone(house: Any, clock: Any) -> None:
    """The chore leaves filings alone; a person's replay files it once and its resident is told."""
    house.requests.before = [Rejected("nyc311", "submit", status=422)]
    await house.hear("submit")
    await house.work()
    clock.advance(HOUR + 1)
    await replay_dead.run(house.shell)
    await house.work()
    assert house.requests.filed == []
    [(row,)] = await house.rows("SELECT id FROM outbox WHERE state='dead'")
    assert await try_again(house, row) == "replayed"
    assert await try_again(house, row) == "not_dead"
    assert len(house.requests.filed) == 1
    assert house.messenger.texts()[-1] == "filed NYC311-0001"
    assert await house.rows("SELECT filing FROM service_requests") == [("filed",)]


async def test_an_export_opens_only_with_our_keys(house: Any, tmp_path: Path) -> None:
    """Metadata in the clear, the payload sealed under its own row; nothing personal."""
    row = await bury(house, "my secret pothole")
    letters = await house.shell.storage.read(dead_letters.list_open)
    path = write_export(tmp_path / "out", letters, house.shell.clock.now())
    [line] = path.read_text().splitlines()
    assert "pothole" not in line
    assert "7185550100" not in line
    value = json.loads(line)
    assert (value["outbox_id"], value["provider"]) == (row, "twilio")
    job = house.shell.vault.open("outbox.job", row, base64.b64decode(value["job_sealed"]))
    assert job["text"] == "my secret pothole"
    with pytest.raises(FileExistsError):
        write_export(tmp_path / "out", letters, house.shell.clock.now())


@pytest.fixture
def command(house: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`main.py dlq ...` over the fake house: in a thread, its work in the house's own loop."""
    shell = house.shell

    @asynccontextmanager
    async def open_records() -> Any:
        yield Records(shell.storage, shell.vault, shell.wakes, shell.clock)

    monkeypatch.setattr(bot.records, "open_records", open_records)

    async def call(*words: str) -> Any:
        loop = asyncio.get_running_loop()
        monkeypatch.setattr(
            "bot.dlq.commands._run_here",
            lambda body: asyncio.run_coroutine_threadsafe(body, loop).result(),
        )
        return await asyncio.to_thread(CliRunner().invoke, main.app, ["dlq", *words])

    return call


async def test_the_commands_as_a_person_types_them(
    house: Any, command: Any, tmp_path: Path
) -> None:
    """list, show, export, replay twice, discard: plain lines, and who did it in the audit log."""
    row = await bury(house, "my secret pothole")
    listed = await command("list")
    assert f"{row}  twilio  upstream_rejected  send echo" in listed.output
    assert listed.output.endswith("1 dead letters\n")
    shown = await command("show", row)
    assert "state        dead" in shown.output
    assert "pothole" not in listed.output + shown.output
    assert "1 dead letters in" in (await command("export", str(tmp_path / "out"))).output
    first = await command("replay", row)
    second = await command("replay", row)
    assert (first.output, first.exit_code) == (f"{row}: {MEANINGS['replayed']}\n", 0)
    assert (second.output, second.exit_code) == (f"{row}: {MEANINGS['not_dead']}\n", 1)
    await house.work()
    assert house.messenger.texts() == ["my secret pothole"]
    other = await bury(house, "two", number="+17185550101")
    assert (await command("discard", other, "nothing")).exit_code == 1
    assert (await command("list")).output == "0 dead letters\n"
    assert (await command("show", "nothing")).exit_code == 1
    audit = await house.rows("SELECT actor, action, outcome FROM audit ORDER BY id")
    assert [(a.action, a.outcome) for a in audit] == [
        ("dlq_export", "done"), ("dlq_replay", "replayed"), ("dlq_replay", "not_dead"),
        ("dlq_discard", "discarded"), ("dlq_discard", "unknown"),
    ]  # fmt: skip
    assert all(a.actor.startswith("os:") for a in audit)
