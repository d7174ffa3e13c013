"""Accepting messages: once each, cleaned, and consent executed at once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.consent import Wish, judge
from bot.storage import inbox
from bot.storage.engine import StatementRefusedError
from conversations.vocabulary.messages import Media


async def test_the_same_message_six_times_at_once_is_one(house: Any) -> None:
    """Six deliveries of one MessageSid at the same moment give one message and one reply."""
    accepted = await asyncio.gather(*(house.hear("hello", sid="SMsame") for _ in range(6)))
    assert [item.new for item in accepted].count(True) == 1
    await house.work()
    assert house.messenger.texts() == ["hello"]
    again = await house.hear("hello", sid="SMsame")
    assert not again.new


async def test_what_a_database_refuses_is_cleaned(house: Any) -> None:
    """NUL and lone surrogates do not stop a message, and long ones are cut."""
    await house.hear("a\x00b\ud800c" + "x" * 3000)
    await house.work()
    assert house.messenger.texts()[0].startswith("ab?c")
    assert len(house.messenger.texts()[0]) == 1600


async def test_one_bad_row_does_not_fail_its_neighbours(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch that the database refuses is bisected; only the bad message is refused."""
    real = inbox.add

    def refuse(connection: Any, vault: Any, events: Any, now: int) -> Any:
        if any(event.event["text"] == "bad" for event in events):
            raise ValueError("cannot be stored")
        return real(connection, vault, events, now)

    monkeypatch.setattr(inbox, "add", refuse)
    texts = [f"t{i}" for i in range(9)] + ["bad"]
    results = await asyncio.gather(
        *(house.hear(text, number=f"+1718555{i:04}") for i, text in enumerate(texts)),
        return_exceptions=True,
    )
    assert [isinstance(result, StatementRefusedError) for result in results] == [False] * 9 + [True]


async def test_a_stop_takes_effect_at_once_and_holds_until_start(house: Any) -> None:
    """After STOP nothing is sent, texts are kept unanswered, and START opens again."""
    await house.hear("hello")  # its turn has not come yet
    await house.hear("STOP")
    await house.work()
    assert house.messenger.texts() == []
    await house.hear("huge pothole")
    await house.work()
    assert house.messenger.texts() == []
    silent = await house.rows("SELECT reason FROM inbox WHERE state='silent' ORDER BY id")
    assert silent == [("carrier_word",), ("opted_out",)]
    await house.hear("START")
    await house.hear("hello again")
    await house.work()
    assert house.messenger.texts() == ["hello again"]
    ledger = await house.rows("SELECT topic, state, method FROM consents ORDER BY id")
    assert ledger == [("all", "out", "carrier_word"), ("all", "in", "carrier_word")]


async def test_a_reply_already_written_is_not_sent_after_a_stop(house: Any) -> None:
    """A row of the outbox that waits when STOP comes is suppressed."""
    await house.hear("hello")
    rows = await house.rows("SELECT id FROM conversations")
    await house.turns.take(rows[0][0])
    await house.hear("STOP")
    await house.work()
    assert house.messenger.texts() == []
    assert await house.rows("SELECT state FROM outbox") == [("suppressed",)]


async def test_a_free_text_stop_gets_the_one_confirmation(house: Any) -> None:
    """Clear words mean stop; one confirmation leaves although the resident is opted out."""
    await house.hear("Please stop texting me")
    await house.hear("please stop texting me!")
    await house.work()
    assert house.messenger.texts() == ["[consent.stopped]"]


async def test_a_stop_is_confirmed_in_its_own_language(house: Any) -> None:
    """The first text of a stranger may be a stop in Spanish, and so is the confirmation."""
    await house.hear("por favor dejen de mandarme mensajes")
    await house.work()
    assert house.messenger.texts() == ["[consent.stopped es]"]


async def test_yes_opts_in_only_while_opted_out(house: Any) -> None:
    """YES is an answer, unless the resident is opted out."""
    await house.hear("yes")
    await house.hear("STOP")
    await house.hear("YES")
    await house.hear("and now?")
    await house.work()
    assert house.messenger.texts() == ["yes / and now?"]


async def test_a_repeated_start_does_not_undo_a_later_stop(house: Any) -> None:
    """A START delivered again a month later is the same message and changes nothing."""
    await house.hear("STOP", sid="SM1")
    await house.hear("START", sid="SM2")
    await house.hear("STOP", sid="SM3")
    await house.hear("START", sid="SM2")
    await house.hear("hello")
    await house.work()
    assert house.messenger.texts() == []


async def test_machines_and_answered_words_are_kept_in_silence(house: Any) -> None:
    """Short codes and HELP that the carrier answered get no reply and are kept with the reason."""
    await house.hear("your code is 1234", number="72345")
    await house.hear("HELP")
    await house.work()
    assert house.messenger.texts() == []
    reasons = await house.rows("SELECT reason FROM inbox ORDER BY reason")
    assert reasons == [("carrier_word",), ("short_code",)]


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("STOP", Wish.STOP),
        ("“Stop”", Wish.STOP),
        ("stop!!!", Wish.STOP),
        ("unstop", Wish.START),
        ("stop sign missing at 5th and Main", Wish.NONE),
        ("please stop texting me", Wish.STOP),
        ("PARAR", Wish.STOP),
        ("Yes.", Wish.YES),
        ("help", Wish.HELP),
        ("", Wish.NONE),
    ],
)
def test_words_of_consent(text: str, wish: Wish) -> None:
    """Only whole messages are words of consent, however they are written."""
    assert judge(text, None).wish is wish


async def test_handles_and_words_are_sealed(house: Any) -> None:
    """Neither the number nor the words stand readable in any table."""
    await house.hear("secret words at my door", number="+17185550199")
    await house.work()
    for table in ("residents", "conversations", "inbox", "outbox", "transcript", "deliveries"):
        for row in await house.rows(f"SELECT * FROM {table}"):
            line = repr([bytes(v) if isinstance(v, memoryview) else v for v in row])
            assert "7185550199" not in line
            assert "secret" not in line


@pytest.mark.parametrize("word", ["START", "YES"])
async def test_who_stopped_in_own_words_is_answered_by_us(house: Any, word: str) -> None:
    """The carrier knows nothing of a free-text stop and is silent at START; so we confirm."""
    await house.hear("please stop texting me")
    await house.hear(word)
    await house.hear("hello")
    await house.work()
    assert house.messenger.texts() == ["[consent.stopped]", "[consent.started]", "hello"]


async def test_who_stopped_both_ways_is_answered_by_the_carrier(house: Any) -> None:
    """After a free-text stop and a STOP the carrier holds one too, and answers START itself."""
    await house.hear("please stop texting me")
    await house.hear("STOP")
    await house.hear("START")
    await house.work()
    assert house.messenger.texts() == ["[consent.stopped]"]
    await house.hear("please stop texting me now")
    await house.hear("START")
    await house.work()
    assert house.messenger.texts()[1:] == ["[consent.stopped]", "[consent.started]"]


async def test_a_video_is_not_taken_for_a_photo(house: Any) -> None:
    """What is announced as a video is fetched and told of, but never counted among the photos."""
    house.media.content = {"https://m/1": b"video", "https://m/2": b"\xff\xd8\xff\xd9"}
    video, photo = Media("https://m/1", "video/mp4"), Media("https://m/2", "image/jpeg")
    await house.hear("pothole", media=(video, photo))
    await house.work()
    assert house.messenger.texts()[0] == "pothole photo"
