"""Turning a conversation that took place into a transcript test.

What the resident texted is played once more from the beginning, with every look-up asked again of
the same adapters (a Look is safe to repeat); the answers of the engine then make the file, so it
plays as it is written. A text that came by itself is told by what caused it: the happening or the
time that passed, whose answer is exactly the text that was sent.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from bot.registry import discover_channels
from bot.storage.transcript import Line as Spoken
from conversations.engine import transcript as form
from conversations.engine.given import Given
from conversations.engine.playing import Player, is_worth_a_line, read_answer
from conversations.engine.step import step
from conversations.engine.transcript import Line, Transcript
from conversations.vocabulary.effects import Look
from conversations.vocabulary.events import Event, Happened, Heard, Learned
from conversations.vocabulary.requests import RequestStatus

START = datetime(2025, 4, 23, 15, 0, tzinfo=UTC)
"""When every transcript begins: a Wednesday morning, the office is open."""
NOTICED_S = 120
"""A shorter pause is not told."""
GEOCODED = ("exact", "ambiguous", "possible", "rejected", "outside")

Ask = Callable[[Look], Awaitable[Mapping[str, Any] | None]]


@dataclass(frozen=True, slots=True)
class _Turn:
    """One turn as it was kept: what was texted, the reply, when (milliseconds)."""

    heard: tuple[str, ...]
    said: str
    at: int


async def record(
    spoken: Sequence[Spoken],
    given_at: Callable[[datetime], Given],
    ask: Ask,
    header: Mapping[str, str],
    requests: Sequence[Mapping[str, Any]] = (),
) -> Transcript:
    """Return the transcript of a conversation.

    Args:
        spoken: its lines, oldest first.
        given_at: the surroundings at a time.
        ask: answers a Look, None for unavailable.
        header: `city`, `channel`, `language`.
        requests: the resident's requests as the Look `my_requests` tells them.
    """
    render = discover_channels()[header["channel"]]
    player = Player(given_at, START, header["language"], render=render)
    lines: list[Line] = []
    untold, before = 0, 0
    for turn in _turns(spoken):
        pause = (turn.at - before) // 1000 if before else 0
        passed = [form.passed_line(_round(pause))] if pause >= NOTICED_S else []
        before = turn.at
        if turn.heard:
            lines += _play(player, passed)
            block = await _heard_block(player, turn, given_at, ask)
            lines += _play(player, block)
            continue
        cause = _cause_of(player, turn.said, passed, requests)
        untold += cause is None
        lines += _play(player, cause or [])
    title = [_title(lines)]
    if untold:
        title.append(f"{untold} texts that came by themselves are left out.")
    return Transcript(tuple(title), header, tuple(lines))


def _turns(spoken: Iterable[Spoken]) -> Iterator[_Turn]:
    """Yield the turns of a conversation."""
    for _, group in groupby(spoken, key=lambda line: line.turn):
        lines = list(group)
        heard = tuple(line.text for line in lines if line.speaker == "resident")
        said = "\n".join(line.text for line in lines if line.speaker != "resident")
        yield _Turn(heard, said, lines[0].said_at)


def _play(player: Player, block: Sequence[Line]) -> list[Line]:
    """Play some lines on and return them as they come out."""
    return list(player.play(Transcript((), {}, tuple(block))).lines) if block else []


async def _heard_block(
    player: Player, turn: _Turn, given_at: Callable[[datetime], Given], ask: Ask
) -> list[Line]:
    """Return the lines of a turn that was texted: the texts, and how each look-up ended."""
    marks = [form.HEARD] + [form.HEARD_TOO] * (len(turn.heard) - 1)
    block: list[Line] = []
    events: list[Event] = []
    for mark, text in zip(marks, turn.heard, strict=True):
        heard = Heard(text, () if text else ("photo1",))  # only a photo comes without words
        block.append(form.heard_line(heard, mark))
        events.append(heard)
    talk, given = player.talk, given_at(START)
    while events:
        talk, effects = step(talk, events.pop(0), given)
        for look in [effect for effect in effects if isinstance(effect, Look)]:
            written = shorten(await ask(look))
            if is_worth_a_line(look, written):
                block.append(form.looked_line(look, written))
            events.insert(0, Learned(look.key, read_answer(written)))
    return block


def shorten(answer: Mapping[str, Any] | None) -> str:
    """Return the answer to a Look as a transcript writes it, as short as it can be read back."""
    if answer is None:
        return form.UNAVAILABLE
    status = answer.get("status")
    if status in GEOCODED and set(answer) >= {"places", "suggestions"}:
        places = answer["places"]
        if status == "rejected" and not places:
            return " ".join([status, *(json.dumps(name) for name in answer["suggestions"])])
        if places and not answer["suggestions"]:
            area = status == "exact" and places[0]["kind"] == "area"
            labels = [json.dumps(place["label"], ensure_ascii=False) for place in places]
            return " ".join(["area" if area else str(status), *labels])
    return json.dumps(answer, ensure_ascii=False)


def _cause_of(
    player: Player, said: str, passed: list[Line], requests: Sequence[Mapping[str, Any]]
) -> list[Line] | None:
    """Return the lines whose answer is the text that was sent, or None."""
    candidates = [[*passed, form.happened_line(event)] for event in _happenings(requests)]
    for block in ([passed] if passed else []) + candidates:
        trial = copy.copy(player)
        trial._timers = dict(player._timers)
        answer = [line.text for line in _play(trial, block) if line.mark == form.SAID]
        if "\n".join(answer) == said:
            return block
    return None


def _happenings(requests: Sequence[Mapping[str, Any]]) -> Iterator[Happened]:
    """Yield what may have happened to the resident's requests."""
    for request in requests:
        kept = {name: request.get(name) for name in ("number", "title_key", "place_label")}
        yield Happened("filed", kept)
        for status in RequestStatus:
            for resolution in dict.fromkeys((request.get("resolution"), None)):
                facts = {"number": kept["number"], "title_key": kept["title_key"]}
                change = {**facts, "status": status.value, "resolution": resolution}
                yield Happened("status_changed", change)
        yield Happened("filing_unconfirmed", {"title_key": kept["title_key"]})
    yield Happened("media_failed", {"count": 1})
    for kind in ("kind", "size"):
        yield Happened("media_refused", {"kind": kind})


def _round(seconds: int) -> int:
    """Return a pause rounded to its largest unit."""
    unit = next((size for size in (86400, 3600, 60) if seconds >= size), 1)
    return round(seconds / unit) * unit


def _title(lines: Sequence[Line]) -> str:
    """Return what the transcript is about: the first text, in short."""
    first = next((line.text for line in lines if line.mark == form.HEARD), "Nothing was said")
    return first if len(first) <= 70 else first[:69].rstrip() + "…"
