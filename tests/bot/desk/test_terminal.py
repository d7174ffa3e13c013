"""The desk in a terminal: a shift of a colleague, line by line."""

from __future__ import annotations

from typing import Any

from typer.testing import CliRunner

import main
from bot.desk.terminal import DeskTerminal
from conversations.vocabulary.handles import Handle
from integrations.kit.errors import ServerFailed
from tests.bot.desk.conftest import MARIA, DeskHouse


async def sit(desk: DeskHouse, *lines: str, who: Handle = MARIA) -> list[str]:
    """Type some lines; return what was shown."""
    shown: list[str] = []
    typed = iter(lines)

    async def read() -> str | None:
        await desk.house.work()
        return next(typed, None)

    await DeskTerminal(desk.shell.desk, desk.shell.board, who, read, shown.append).run()
    await desk.house.work()
    return shown


async def test_a_shift(real: DeskHouse) -> None:
    """Listed, claimed, answered, noted and resolved without any other channel."""
    await real.house.hear("agent")
    await real.house.work()
    shown = await sit(
        real, "claim 1", "reply 1 Hello, what is it?", "note 1 looked it up",
        "show 1", "resolve 1 Please call the library.", "list", "quit",
    )  # fmt: skip
    (case,) = await real.cases()

    assert shown[0] == "Hello Maria. help lists the commands."
    assert "Conversation | open" in shown[1]
    assert shown.count("Done.") == 4
    assert any("note by Maria Rossi: looked it up" in line for line in shown)
    assert shown[-1] == "Nothing."
    assert "Maria of the city writes: Hello, what is it?" in real.texts()
    assert case.state == "resolved"


async def test_a_doubt_is_decided_here_too(desk: DeskHouse) -> None:
    """A filing in doubt is listed and settled with its number."""
    desk.house.requests.after = [ServerFailed("nyc311", "submit", status=500)]
    case = await desk.report()
    shown = await sit(desk, "doubts", "filed 1 nyc311-77", "find NYC311-77", "find nowhere st")

    assert (await desk.request(case)).number == "NYC311-77"
    assert "NYC311-77" in shown[-2]
    assert shown[-1] == "Nothing."


async def test_slips_end_nothing(desk: DeskHouse) -> None:
    """A wrong word, a wrong number and a missing reason are said in a sentence."""
    await desk.report()
    shown = await sit(desk, "find NYC311-0001", "dance 1", "claim 9", "claim", "resolve 1", "help")

    assert "There is no such command; help lists them." in shown
    assert shown.count("Say which case by its number in the list; help lists the commands.") == 2
    assert "A reason is needed." in shown


async def test_strangers_are_sent_to_an_admin(desk: DeskHouse) -> None:
    """Who is not registered sees nothing but how to be."""
    shown = await sit(desk, "list", who=Handle("term:mallory"))

    assert shown == ["You are not registered. An admin runs: main.py staff add term:mallory"]


async def test_words_cannot_move_the_cursor(real: DeskHouse) -> None:
    """Control characters in what a resident wrote do not reach the terminal."""
    await real.house.hear("agent")
    await real.house.work()
    shown = await sit(real, "claim 1")
    await real.house.hear("hello \x1b[2J\x07 there")
    await real.house.work()
    shown = await sit(real, "mine", "show 1")

    assert any("hello" in line and "there" in line for line in shown)
    assert all(char not in line for line in shown for char in "\x1b\x07")


def test_staff_are_added_by_command(monkeypatch: Any) -> None:
    """`main.py staff add` passes on what was typed, and says in a line what is wrong."""
    asked: list[Any] = []

    async def hire(*given: Any, **more: Any) -> None:
        asked.append((given, more))

    monkeypatch.setattr("bot.desk.hiring.hire", hire)
    done = CliRunner().invoke(main.app, ["staff", "add", "term:maria", "--name", "Maria Rossi"])

    assert done.exit_code == 0
    assert asked == [(("term:maria", "Maria Rossi", "staff", "nyc"), {"active": True})]
