"""Playing a transcript: its inputs through the engine, its effects back into lines.

The talk is written down as JSON and read back between any two steps, so that every transcript
that too. Look-ups are answered from the transcript's own `?` lines; a line that is missing is
answered in the plainest way, so an author writes `>` lines only and lets the rest be filled in.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from conversations.engine import transcript as form
from conversations.engine.given import Given
from conversations.engine.settle import settle
from conversations.engine.step import step
from conversations.engine.talk import Talk
from conversations.engine.transcript import Line, Transcript
from conversations.vocabulary.effects import Do, Look, Remind, Say
from conversations.vocabulary.events import Elapsed, Event, Heard, Learned
from conversations.vocabulary.handles import AWAY_DAYS
from conversations.vocabulary.places import Place, PlaceKind
from conversations.wording.catalogue import Catalogue
from conversations.wording.fitting import compose

_WITHOUT_FILES: Mapping[str, Any] = {}
Render = Callable[[Catalogue, str, Sequence[Say]], str]
_STATUSES = ("exact", "ambiguous", "possible", "rejected", "outside", "area")


def _place(label: str, kind: PlaceKind) -> dict[str, Any]:
    """Return a found place; the borough is what stands after the last comma of the label."""
    borough = label.rpartition(",")[2].strip() if "," in label else None
    place = Place(label, kind, 40.7, -73.9, borough=borough, source="transcript")
    return place.to_json()


def read_answer(text: str, files: Mapping[str, Any] = _WITHOUT_FILES) -> Any:
    """Return the answer to a Look as a transcript writes it.

    Args:
        text: `unavailable`, a name in `files`, JSON, or in short how a geocode ended and what it
            found: `exact "123 Broadway, Brooklyn"`, `rejected "BROADWAY TERRACE"`.
        files: name to answer.

    Raises:
        TranscriptError: none of these.
    """
    if text == form.UNAVAILABLE:
        return None
    if text in files:
        return files[text]
    if text.startswith("{"):
        return json.loads(text)
    status, *labels = shlex.split(text)
    if status not in _STATUSES:
        raise form.TranscriptError(f"-> {text}: no such answer")
    if status == "rejected":
        return {"status": status, "places": [], "suggestions": labels, "boroughs": []}
    kind = PlaceKind.AREA if status == "area" else PlaceKind.ADDRESS
    places = [_place(label, kind) for label in labels]
    return {
        "status": "exact" if status == "area" else status,
        "places": places,
        "suggestions": [],
        "boroughs": [place["borough"] for place in places],
    }


def plain_answer(look: Look) -> str:
    """Return the plainest answer to a Look, as a transcript writes it."""
    if look.name == "geocode":
        return f'exact "{form.summarise_look(look)}"'
    plain = {
        "my_requests": '{"requests": []}',
        "nearby": '{"found": []}',
        "my_channels": '{"channels": [], "mine": false, "open": ["sms", "email"]}',
        "check_code": '{"result": "right"}',
    }
    return plain.get(look.name, '{"request": null}')


def is_worth_a_line(look: Look, written: str) -> bool:
    """Return whether a transcript tells of a Look; not of others' reports when there are none."""
    return look.name != "nearby" or written != plain_answer(look)


class Player:
    """Plays one transcript.

    Args:
        given_at: returns the surroundings at a time.
        start: when the conversation begins.
        language: the language before anything is heard.
        files: answers to Looks by name.
        talk: where to begin, a new talk if None.
        render: how the channel writes a reply; as a text message unless told otherwise.
    """

    def __init__(
        self,
        given_at: Callable[[datetime], Given],
        start: datetime,
        language: str,
        files: Mapping[str, Any] = _WITHOUT_FILES,
        talk: Talk | None = None,
        render: Render = compose,
    ) -> None:
        self._given_at = given_at
        self._now = start
        self._files = files
        self._timers: dict[str, datetime] = {}
        self._render = render
        self._heard_at = start
        self.talk = talk or Talk.new(language)

    def play(self, script: Transcript) -> Transcript:
        """Return the transcript as it comes out today.

        Raises:
            TranscriptError: a line cannot be read.
        """
        lines: list[Line] = []
        for block in _blocks(script.lines):
            lines.extend(self._play_block(block))
        return replace(script, lines=tuple(lines))

    def _play_block(self, block: list[Line]) -> Iterator[Line]:
        """Yield the lines of one turn: its inputs, what was looked up and done, the reply."""
        answers = [form.read_looked(line.text) for line in block if line.mark == form.LOOKED]
        inputs = [line for line in block if line.mark in form.INPUTS]
        yield from inputs
        first = inputs[0]
        if first.mark == form.PASSED:
            yield from self._pass_time(form.read_passed(first.text), answers)
        elif first.mark == form.HAPPENED:
            yield from self._turn([form.read_happened(first.text)], answers, aloud=False)
        else:
            heard: list[Event] = [form.read_heard(line.text) for line in inputs]
            yield from self._turn(heard, answers, aloud=True)

    def _away_since(self) -> datetime | None:
        """Return when the resident was heard last, if that is so long ago that we must ask."""
        away = self._now - self._heard_at > timedelta(days=AWAY_DAYS)
        return self._heard_at if away else None

    def _pass_time(self, seconds: int, answers: list[tuple[str, str]]) -> Iterator[Line]:
        until = self._now + timedelta(seconds=seconds)
        while due := [(at, kind) for kind, at in self._timers.items() if at <= until]:
            at, kind = min(due)
            self._now = max(self._now, at)
            del self._timers[kind]
            yield from self._turn([Elapsed(kind)], answers, aloud=False)
        self._now = until

    def _turn(
        self, events: list[Event], answers: list[tuple[str, str]], aloud: bool
    ) -> Iterator[Line]:
        """Step through the events of one turn; yield `?`, `!` and `<` lines."""
        given, away = self._given_at(self._now), self._away_since()
        if away is not None and given.channel == "sms":  # the phone may be somebody else's by now
            given = replace(given, away_since=away)
            events = [
                replace(event, away_since=away) if isinstance(event, Heard) else event
                for event in events
            ]
        if aloud:
            self._heard_at = self._now
        says: list[Say] = []
        queue = list(events)
        while queue:
            self.talk, effects = step(self.talk, queue.pop(0), given)
            self.talk = Talk.from_json(json.loads(json.dumps(self.talk.to_json())))
            looks = [effect for effect in effects if isinstance(effect, Look)]
            for look in looks:
                written = _take(answers, look)
                if is_worth_a_line(look, written):
                    yield form.looked_line(look, written)
            queue[:0] = [Learned(look.key, read_answer(written, self._files)) for look in looks]
            says += [effect for effect in effects if isinstance(effect, Say)]
            yield from (form.done_line(item) for item in effects if isinstance(item, Do))
            for effect in effects:
                if isinstance(effect, Remind):
                    self._timers[effect.kind] = self._now + timedelta(seconds=effect.after_s)
        text = self._render(given.catalogue, self.talk.language, settle(says))
        if text or aloud:
            yield from form.said_lines(text)


def _take(answers: list[tuple[str, str]], look: Look) -> str:
    """Return the next written answer for a Look of this name, or the plainest one."""
    for index, (name, written) in enumerate(answers):
        if name == look.name:
            del answers[index]
            return written
    return plain_answer(look)


def _blocks(lines: tuple[Line, ...]) -> Iterator[list[Line]]:
    """Yield the lines turn by turn: each begins with an input."""
    block: list[Line] = []
    for line in lines:
        if line.mark in (form.HEARD, form.PASSED, form.HAPPENED) and block:
            yield block
            block = []
        block.append(line)
    if block:
        yield block
