"""Shared and recycled phones (RELIABILITY S10): nobody learns of another person's request.

Somebody reports graffiti on Broadway from a phone; later somebody else has it in their hands. Each
household is a script: a text, `~ days` that pass, `*` the city closes every request, `draft` the
first holder leaves a report half done, `!` from here on nothing of the first one's may be said.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.storage.crypto import Vault
from bot.storage.engine import Storage
from tests.bot.homes import PHONE, Home, open_home

NUMBER = "NYC311-2026-0000-0001"
SECRETS = ("graffiti", "grafiti", "broadway", "brooklyn", NUMBER.lower())
MINE = "rats at 200 bedford ave manhattan"

RECYCLED = {
    "status, no": ["status", "no", "status"],
    "status, wrong": ["status", "wrong", "status", "menu"],
    "status, 2, menu": ["status", "2", "menu", "2"],
    "news, no": ["*", "no", "status", NUMBER],
    "news, wrong number": ["*", "wrong number", "*", "status"],
    "news, status instead": ["*", "status", "no", "status"],
    "hello first": ["hello", "status", "2", "my reports"],
    "the old number": [NUMBER, "no", NUMBER],
    "a report of their own": [MINE, "1", "*", "no", "status"],
    "the menu": ["menu", "2", "no", "status"],
    "continue": ["continue", "no", "continue"],
    "hello after news": ["*", "hello", "no", "repeat"],
    "wrong at once": ["wrong number", "status"],
    "back after no": ["*", "back", "2", "back", "status"],
    "news twice": ["*", "~ 30", "*", "no", "*"],
    "start": ["START", "status", "no", "status"],
    "help and a person": ["help", "status", "no", "agent", "status"],
    "in Spanish": ["estado", "no", "estado"],
    "wrong in Spanish": ["*", "numero equivocado", "estado"],
    "no answer, later": ["status", "~ 2", "status", "~ 2", "no", "status"],
    "unclear answers": ["*", "who", "what", "hm", "2", "status"],
    "a draft": ["draft", "hola", "no", "menu"],
    "continue a draft": ["draft", "continue", "2", "continue"],
}  # fmt: skip
SHARED = {
    "wrong number": ["wrong number", "!", "status", "repeat", "*"],
    "wrong": ["wrong", "no", "!", "status"],
    "not me": ["*", "this was not me", "!", "status", "back", "1"],
    "wrong as an answer": ["*", "wrong", "2", "!", "status", "repeat"],
    "in the middle": ["graffiti at 123 broadway", "wrong", "no", "!", "continue", "status", "menu"],
    "and news after it": ["wrong person", "!", "*", "status", NUMBER],
    "news in the night": ["~ 0.5", "*", "wrong number", "!", "~ 0.5", "*", "status"],
    "in Spanish": ["espanol", "persona equivocada", "!", "estado", "*"],
}  # fmt: skip


def _after_silence(steps: list[str]) -> list[str]:
    """Return a script in which the phone changes hands in a hundred days of silence."""
    left = [step for step in steps if step == "draft"]
    return [*left, "~ 100", "!", *(step for step in steps if step != "draft")]


HOUSEHOLDS = {
    **{f"recycled: {name}": _after_silence(steps) for name, steps in RECYCLED.items()},
    **{f"shared: {name}": steps for name, steps in SHARED.items()},
}


@pytest.fixture
async def home(storage: Storage, redis: Redis, vault: Vault, clock: Any, tmp_path: Path) -> Home:
    """A house that really thinks."""
    return open_home(storage, redis, vault, clock, tmp_path)


async def _play(home: Home, step: str) -> None:
    if step == "*":
        await home.close()
    elif step == "draft":
        await home.text("graffiti at 123 broadway brooklyn")
    elif step.startswith("~"):
        home.clock.advance(float(step[1:]) * 86400)
        await home.house.work()
    else:
        await home.text(step)


def _disclosures(texts: list[str], typed: list[str]) -> list[str]:
    """Return the texts that hold a secret; what somebody typed themselves is none."""
    said = " ".join(typed).lower()
    secrets = [secret for secret in SECRETS if secret not in said]
    return [text for text in texts if any(secret in text.lower() for secret in secrets)]


@pytest.mark.parametrize("steps", HOUSEHOLDS.values(), ids=HOUSEHOLDS.keys())
async def test_nobody_learns_of_anothers_request(home: Home, steps: list[str]) -> None:
    """Not one text after the phone changed hands names the other's type, place or number."""
    await home.file()
    since, typed = None, []
    for step in steps:
        if step == "!":
            since = len(home.house.messenger.sent)
            continue
        await _play(home, step)
        if since is not None:
            typed.append(step)
    assert since is not None
    texts = home.house.messenger.texts()[since:]
    assert texts
    assert _disclosures(texts, typed) == []


def test_there_are_enough_households() -> None:
    """Thirty at least."""
    assert len(HOUSEHOLDS) >= 30


async def test_two_texts_at_once_are_two_turns(home: Home) -> None:
    """A "status" that comes with the "no" is answered only when the parting is committed."""
    await home.file()
    await home.wait(100)
    await home.text("status")
    before = len(home.house.messenger.sent)
    await asyncio.gather(home.house.hear("no", PHONE), home.house.hear("status", PHONE))
    await home.house.work()
    assert _disclosures(home.house.messenger.texts()[before:], []) == []


async def test_who_it_still_is_hears_everything(home: Home) -> None:
    """Yes gives the news that waited, and STATUS, as before."""
    await home.file()
    await home.wait(100)
    await home.close()
    assert "Was that you?" in home.house.messenger.texts()[-1]
    assert "Graffiti" in await home.text("yes")
    assert "Graffiti" in await home.text("status")
