"""The step as a whole: pure, never an exception, never more than one reply, whatever comes in."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.engine.given import Given
from conversations.engine.sampling import NOW
from conversations.engine.settle import settle
from conversations.engine.step import step
from conversations.engine.talk import Talk
from conversations.reading.reader import Reader
from conversations.reading.segments import count_segments
from conversations.vocabulary.effects import Do, Effect, Look, Remind, Say
from conversations.vocabulary.events import Elapsed, Event, Happened, Heard, Learned
from conversations.wording.fitting import compose
from integrations.cities import load_city

EXACT = {
    "status": "exact",
    "places": [{"label": "123 Broadway, Brooklyn", "kind": "address", "borough": "Brooklyn"}],
    "suggestions": [],
    "boroughs": ["Brooklyn"],
}
ANSWERS: dict[str, list[Any]] = {
    "geocode": [
        None,
        EXACT,
        {"status": "rejected", "places": [], "suggestions": ["BROADWAY"], "boroughs": []},
        {"status": "exact"},
        {"status": "ambiguous", "places": [1, {}, None]},
        {"places": "x"},
        {},
        {"status": 7},
    ],
    "my_requests": [None, {"requests": []}, {"requests": [{"number": None}]}, {}],
    "my_channels": [None, {"channels": ["sms"], "mine": False, "open": ["email"]}, {}],
    "check_code": [None, {"result": "right"}, {"result": "wrong"}, {}],
    "request": [None, {"request": None}, {"request": {"title_key": "gone"}}, {}],
}
WORDS = [
    "1", "2", "3", "4", "5", "99", "yes", "no", "si", "pothole",
    "123 broadway brooklyn", "broadway",
    "help", "back", "menu", "restart", "skip", "repeat", "agent", "status", "espanol", "english",
    "stop", "start", "cancel", "change address", "no, 125 not 123", "the second one", "continue",
    "new", "no heat in my apartment", "hola", "hay un bache", "thanks", "i don't know", "in queens",
    "", "👍", "NYC311-2025-0423-1234", "my name is Ana", "enough already", "fire in my kitchen",
]  # fmt: skip


@lru_cache
def _given() -> Given:
    city = load_city("nyc")
    return Given(city, Reader(city), NOW)


def _turn(talk: Talk, event: Event, surroundings: Given, pick: int) -> tuple[Talk, list[Effect]]:
    """Play one event to its end, answering look-ups from the list above."""
    effects: list[Effect] = []
    queue = [event]
    for _ in range(30):
        if not queue:
            break
        talk, more = step(talk, queue.pop(0), surroundings)
        talk = Talk.from_json(json.loads(json.dumps(talk.to_json())))
        for effect in more:
            if isinstance(effect, Look):
                answers = ANSWERS[effect.name]
                queue.append(Learned(effect.key, answers[pick % len(answers)]))
            else:
                effects.append(effect)
    assert not queue, "a flow keeps looking"
    return talk, effects


_heard = st.builds(
    Heard,
    st.one_of(st.sampled_from(WORDS), st.text(max_size=40)),
    st.sampled_from([(), (), (), ("p1",), ("p1", "p2")]),
)
_happened = st.builds(
    Happened,
    st.sampled_from(["filed", "status_changed", "handoff_ready", "media_failed", "unheard_of"]),
    st.dictionaries(
        st.sampled_from(["number", "title_key", "status", "resolution", "count", "link"]),
        st.sampled_from(["Closed", "pothole", None, 3, "x" * 500]),
    ),
)
_elapsed = st.builds(Elapsed, st.sampled_from(["nudge", "park", "other"]))
_events = st.tuples(st.one_of(_heard, _heard, _heard, _happened, _elapsed), st.integers(0, 7))


@settings(max_examples=150)
@given(st.lists(_events, max_size=12))
def test_any_conversation_holds(events: list[tuple[Event, int]]) -> None:
    """No exception, one question at most, two segments at most, effects that are plain JSON."""
    talk = Talk.new("en")
    surroundings = _given()
    for event, pick in events:
        surroundings = replace(surroundings, now=surroundings.now + timedelta(hours=7 * (pick > 5)))
        talk, effects = _turn(talk, event, surroundings, pick)
        says = settle([effect for effect in effects if isinstance(effect, Say)])
        assert sum(say.asks for say in says) <= 1
        text = compose(surroundings.catalogue, talk.language, says)
        assert count_segments(text).segments <= 2
        for effect in effects:
            if isinstance(effect, Do):
                json.dumps(dict(effect.args))
            assert isinstance(effect, Say | Do | Remind)


def test_step_is_pure() -> None:
    """The same talk and event give the same talk and effects, and the old talk is untouched."""
    talk, _ = _turn(Talk.new("en"), Heard("pothole"), _given(), 1)
    before = talk.to_json()
    results = [step(talk, Heard("123 broadway brooklyn"), _given()) for _ in range(2)]
    assert results[0] == results[1]
    assert talk.to_json() == before


def test_settle_tells_all_and_asks_once() -> None:
    """Told things are kept once each; of two questions the last one stands."""
    told, first, last = Say("a.told"), Say("a.first", asks=True), Say("a.last", asks=True)
    assert settle([told, first, told, last]) == (told, last)
    assert settle([]) == ()
    assert settle([first, told]) == (told, first)


def test_an_outdated_reminder_waits_for_the_present_question() -> None:
    """A park set for an old question is put off, not obeyed, when a new question came since."""
    surroundings = _given()
    talk, _ = _turn(Talk.new("en"), Heard("pothole"), surroundings, 1)
    soon = replace(surroundings, now=NOW + timedelta(hours=1))
    after, effects = step(talk, Elapsed("park"), soon)
    assert after.top is not None
    assert effects == (Remind("park", surroundings.city.park_after_s - 3600),)


def test_one_turn_makes_few_looks() -> None:
    """A flow that would look for ever gets Unavailable after a handful."""
    talk = replace(Talk.new("en"), looks=99, replying=True)
    talk, effects = step(talk, Heard("pothole at 123 broadway brooklyn"), _given())
    looks = [effect for effect in effects if isinstance(effect, Look)]
    assert len(looks) == 1  # a new message counts from nothing
    spent = replace(talk, looks=99)
    _, effects = step(spent, Learned(looks[0].key, {"status": "ambiguous"}), _given())
    assert not [effect for effect in effects if isinstance(effect, Look)]
