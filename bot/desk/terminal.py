"""The desk in a terminal: cases, replies and decisions, for a city without Slack.

One line is one command; `main.py desk` is the door to it. Whoever sits there is the user of the
machine, `term:<name>`, registered with `main.py staff add`.
"""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from typing import Any

from bot.bootstrap import open_shell
from bot.desk.actions.reveal import Contact
from bot.desk.board import Board
from bot.desk.cards import CardView
from bot.desk.desk import Desk
from bot.desk.outcome import Done, Lost, Outcome
from bot.storage.engine import StorageAwayError
from conversations.vocabulary.handles import Handle, address
from conversations.wording.cleaning import clean

HELP = """\
  list                waiting, the longest first      mine, late, doubts   other lists
  find WORDS          a number, or words of the street
  show N              the whole case                  claim N, release N
  reply N WORDS       to the resident                 ask N WORDS          a question
  note N WORDS        for colleagues                  back N               the bot talks again
  resolve N REASON    the resident reads the reason   reopen N
  filed N NUMBER      a filing in doubt was filed     again N              send it again
  reveal N REASON     how to reach the resident; this goes on record
  quit"""

NOTES = {
    "told_later": "It goes out after the quiet hours.",
    "city_not_told": "The city's 311 was not told: it takes no changes.",
    "resident_not_told": "The resident was not told: they want no news, or cannot be reached.",
}
_INPUT = {"reply": "text", "ask": "text", "note": "text", "resolve": "reason", "reveal": "reason"}
_PLAIN = {"claim": "claim", "release": "release", "reopen": "reopen", "back": "hand_back"}

ReadLine = Callable[[], Awaitable[str | None]]


class DeskTerminal:
    """A member of staff at a terminal.

    Args:
        desk, board: the shell's.
        me: the actor's handle.
        read: returns the next line, or None at the end.
        show: prints one line.
    """

    def __init__(
        self, desk: Desk, board: Board, me: Handle, read: ReadLine, show: Callable[[str], None]
    ) -> None:
        self._desk = desk
        self._board = board
        self._me = me
        self._read = read
        self._show = show
        self._listed: list[tuple[str, int]] = []
        self._lists: dict[str, Callable[[Handle], Awaitable[list[CardView]]]] = {
            "list": board.waiting, "mine": board.mine,
            "late": board.overdue, "doubts": board.in_doubt,
        }  # fmt: skip

    async def run(self) -> bool:
        """Take commands until the end; False when the actor is not staff."""
        who = await self._board.who(self._me)
        if who is None:
            name = address(self._me)
            self._show(f"You are not registered. An admin runs: main.py staff add term:{name}")
            return False
        self._show(f"Hello {who.first_name}. help lists the commands.")
        await self._take("list")
        while (line := await self._read()) is not None and line.strip() != "quit":
            try:
                await self._take(line.strip())
            except StorageAwayError:
                self._show("The database does not answer. Nothing happened; try again.")
        return True

    async def _take(self, line: str) -> None:
        """Do what one line says."""
        command, _, rest = line.partition(" ")
        if command in self._lists:
            self._print(await self._lists[command](self._me))
            if dead := await self._board.dead_letters(self._me):
                self._show(f"{dead} texts or filings were given up; see the dead letters.")
        elif command == "find" and rest.strip():
            self._print(await self._find(rest.strip()))
        elif command in ("", "help"):
            self._show(HELP)
        else:
            await self._act(command, rest)

    async def _find(self, words: str) -> list[CardView]:
        """Return what is found by a number, else by words of the street."""
        return await self._board.find(self._me, number=words) or await self._board.find(
            self._me, street=words
        )

    async def _act(self, command: str, rest: str) -> None:
        """Do something with one of the cases listed last."""
        number, _, words = rest.strip().partition(" ")
        place = int(number) - 1 if number.isascii() and number.isdigit() else -1
        if not 0 <= place < len(self._listed):
            self._show("Say which case by its number in the list; help lists the commands.")
            return
        case_id, version = self._listed[place]
        if command == "show":
            await self._show_case(place, case_id)
            return
        asked = _press_of(command, words.strip())
        if asked is None:
            self._show("There is no such command; help lists them.")
            return
        action, given = asked
        outcome = await self._desk.press(action, self._me, case_id, version, given)
        self._say(outcome)
        self._listed[place] = (case_id, _version_after(outcome, version))

    async def _show_case(self, place: int, case_id: str) -> None:
        card = await self._board.card(self._me, case_id)
        if card is None:
            self._show("There is no such case any more.")
            return
        self._listed[place] = (case_id, card.version)
        self._show(_head(place + 1, card))
        facts = [card.status, card.filing, card.reason, card.channel, card.contact, card.language]
        self._show("    " + clean(" | ".join(filter(None, facts))))
        if card.words:
            self._show("    " + clean(f'"{card.words}"'))
        for line in card.history:
            state = f" ({line.state})" if line.state else ""
            mark = "note by " if line.note else ""
            self._show("    " + clean(f"{line.when}  {mark}{line.who}: {line.text}{state}"))

    def _print(self, cards: list[CardView]) -> None:
        self._listed = [(card.id, card.version) for card in cards]
        for number, card in enumerate(cards, 1):
            self._show(_head(number, card))
        if not cards:
            self._show("Nothing.")

    def _say(self, outcome: Outcome) -> None:
        """Say how a press ended."""
        if isinstance(outcome, Lost):
            first = "You" if outcome.own else outcome.to or "The resident, or the city,"
            self._show(f"Nothing happened: {first} changed this case first. Show it again.")
            return
        if not isinstance(outcome, Done):
            self._show(outcome.sentence)
            return
        self._show(" ".join(["Done.", *(NOTES[note] for note in outcome.notes)]))
        if isinstance(outcome.value, Contact):
            self._show("    " + clean(f"{outcome.value.handle} {outcome.value.name}".strip()))


def _version_after(outcome: Outcome, version: int) -> int:
    """Return the version to press on next: after a lost press still the one that was seen."""
    return outcome.version if isinstance(outcome, Done) else version


def _press_of(command: str, words: str) -> tuple[str, dict[str, Any]] | None:
    """Return the action and input that a command stands for, or None."""
    if command in _PLAIN:
        return _PLAIN[command], {}
    if command in _INPUT:
        return command, {_INPUT[command]: words}
    if command in ("filed", "again"):
        return "decide", {"choice": command, "number": words}
    return None


def _head(number: int, card: CardView) -> str:
    """Return one line for a case."""
    hours = card.age_s // 3600
    age = f"{hours // 24} d" if hours >= 48 else f"{hours} h"
    holder = "mine" if card.mine else card.claimed_by
    parts = [card.title, card.place, card.number or card.reference, card.state, holder, age]
    late = " LATE" if card.overdue else ""
    return clean(f"{number:3} {' | '.join(filter(None, parts))}{late}")


def whoami() -> Handle:
    """Return the handle of whoever uses this machine."""
    return Handle(f"term:{getpass.getuser()}")


async def read_line() -> str | None:
    """Return the next line typed, or None at the end of the input."""

    def read() -> str | None:
        try:
            return input("desk> ")
        except EOFError:
            return None

    return await asyncio.to_thread(read)


async def sit_down() -> bool:
    """Work at the desk in this terminal; False when this user is not staff.

    Raises:
        StartError: see `open_shell`.
    """
    async with open_shell() as shell:
        return await DeskTerminal(shell.desk, shell.board, whoami(), read_line, print).run()
