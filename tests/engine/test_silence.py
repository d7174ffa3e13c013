"""The silent cases, all of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from conversations.engine import silence
from conversations.engine.sampling import NOW, sample_given
from conversations.engine.silence import MAX_REPEATS, Silence, for_sender, listen
from conversations.engine.talk import Fact, Frame, Talk
from conversations.vocabulary.effects import Say
from conversations.vocabulary.events import Heard
from conversations.vocabulary.handles import Handle, tel


def _hear(talk: Talk, text: str, times: int) -> tuple[Talk, list[Silence | None]]:
    results = []
    for _ in range(times):
        talk, silent = listen(talk, Heard(text), NOW)
        results.append(silent)
    return talk, results


def test_the_fifth_same_text_in_a_row_is_not_answered() -> None:
    """Four answers to a machine, then silence; another text is answered again."""
    talk, results = _hear(Talk.new("en"), "I am away. Ticket 12345678", MAX_REPEATS)
    assert results == [None] * MAX_REPEATS
    talk, silent = listen(talk, Heard("I am away. Ticket 99999999"), NOW)
    assert silent is Silence.LOOP
    assert listen(talk, Heard("pothole"), NOW)[1] is None


def test_the_same_text_an_hour_later_counts_anew() -> None:
    """A person may say hello every day."""
    talk, _ = _hear(Talk.new("en"), "hello", MAX_REPEATS)
    assert listen(talk, Heard("hello"), NOW + timedelta(hours=2))[1] is None


def test_the_same_answer_to_another_question_counts_anew() -> None:
    """The answer 2 to one question and 2 to the next is a person who gets on."""
    talk, _ = _hear(Talk.new("en"), "2", MAX_REPEATS)
    talk = replace(talk, frames=(Frame("report", {"kind": Fact("pothole")}),))
    assert listen(talk, Heard("2"), NOW)[1] is None


def _answer_quickly(talk: Talk, texts: list[str], gap_s: float = 3) -> list[Silence | None]:
    results = []
    for number, text in enumerate(texts):
        talk, silent = listen(talk, Heard(text), NOW + timedelta(seconds=gap_s * number))
        results.append(silent)
    return results


def test_a_machine_whose_words_vary_is_cut_after_five_replies() -> None:
    """The first text and five quick answers that led nowhere: five replies, then silence."""
    texts = [f"We are closed, reason {word}" for word in "abcdefgh"]
    assert _answer_quickly(Talk.new("en"), texts) == [None] * 5 + [Silence.MACHINE] * 3
    slow = _answer_quickly(Talk.new("en"), texts, gap_s=25)
    assert slow == [None] * 8


def test_a_machine_gets_an_answer_after_a_human_pause() -> None:
    """While it goes on the silence goes on, even slower; after a minute's pause it is over."""
    talk = Talk.new("en")
    now = NOW
    for word in "abcdefgh":
        now += timedelta(seconds=5)
        talk, silent = listen(talk, Heard(word), now)
    talk, silent = listen(talk, Heard("another word"), now + timedelta(seconds=50))
    assert silent is Silence.MACHINE
    assert listen(talk, Heard("hello"), now + timedelta(seconds=111))[1] is None


def test_a_fast_typist_who_gets_on_is_not_cut() -> None:
    """Every answer that fills a fact begins the count anew; going round in circles does not."""
    talk, now = Talk.new("en"), NOW
    for number in range(20):
        now += timedelta(seconds=2)
        talk, silent = listen(talk, Heard(f"answer {number}"), now)
        assert silent is None
        talk = replace(talk, frames=(Frame("report", {f"fact{number}": Fact("x")}),))
    silences = []
    for number in range(9):
        now += timedelta(seconds=2)
        talk, silent = listen(talk, Heard(f"back and forth {number}"), now)
        silences.append(silent)
        talk = replace(talk, frames=(Frame("report", {"kind": Fact(number % 2)}),))
    assert silences[-1] is Silence.MACHINE


def test_texts_of_one_turn_are_one_answer() -> None:
    """Many short texts that were taken in together get one reply and count once."""
    talk = Talk.new("en")
    for word in "abcdefghij":
        talk, silent = listen(talk, Heard(word), NOW)
        assert silent is None


def test_our_own_text_is_an_echo() -> None:
    """A text of ours that comes back is a machine's."""
    given = sample_given({})
    talk = silence.remember_said(Talk.new("en"), [Say("report.ask_where")], given)
    said = given.catalogue.phrase("en", "report.ask_where", {})
    assert listen(talk, Heard(said.upper()), NOW)[1] is Silence.ECHO


@pytest.mark.parametrize(
    "text", ['Liked "Where is it?"', "Loved “Thank you.”", 'Reacted 👍 to "x"']
)
def test_a_reaction_is_not_answered(text: str) -> None:
    """A heart on our message is not an answer."""
    assert listen(Talk.new("en"), Heard(text), NOW)[1] is Silence.REACTION


def test_photos_and_empty_texts_are_never_a_loop() -> None:
    """Five photos in five messages are five photos."""
    talk = Talk.new("en")
    for _ in range(6):
        talk, silent = listen(talk, Heard("", ("p",)), NOW)
        assert silent is None


def test_short_codes_are_machines() -> None:
    """Senders of five or six digits are not answered; people are."""
    assert for_sender(tel("72975")) is Silence.SHORT_CODE
    assert for_sender(tel("+19175550142")) is None
    assert for_sender(Handle("mailto:a@example.org")) is None
