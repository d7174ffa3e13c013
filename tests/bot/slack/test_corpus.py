"""Whatever a resident writes is words in Slack: no mention, link, command or markup."""

from __future__ import annotations

import dataclasses
import itertools
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.channels.slack.actions import ACTIONS
from bot.channels.slack.answers import say
from bot.channels.slack.blocks import tame
from bot.channels.slack.cards import draw_card
from bot.channels.slack.cards.alert import Alert, draw
from bot.channels.slack.home import HomeView, draw_home
from bot.channels.slack.limits import cut, fit
from bot.channels.slack.modals import closed, form, loading
from bot.desk.cards import CardLine, CardView
from integrations.slack.twin.limits import (
    MAX_TOTAL,
    count_characters,
    find_block_faults,
    find_view_faults,
)

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
SEEDS = [
    "<!channel>", "<!here>", "<!everyone>", "<@U0BAKER>", "<#C0OPS|ops>",
    "<!subteam^S0STAFF>", "@here @channel @everyone", "<https://evil.example|311.nyc.gov>",
    "https://evil.example/x", "<javascript:alert(1)|x>", "<mailto:a@b.example|me>",
    "<tel:+12125550100|call>", "&lt;!here&gt;", "&amp;lt;!here&amp;gt;",
    "/cityhelper outage on", "/remind @here", "*bold* _it_ ~x~ `code`", "```\nblock\n```",
    "> quote\n>>> all", "# head\n- list\n1. one", "[a](https://evil.example)",
    "![i](https://evil.example/i.png)", ":fire: :skull:", "<!date^0^{date}|now>",
    "\u202ereverse", "\u2066iso\u2069", "a\u200bb\u200cc\u200dd\ufeff",
    "مرحبا \u200f<!here>", "שלום", "👩‍👩‍👧‍👦" * 30, "e\u0301" * 50, "\x00\x07\x1b[31m",
    "\u2028line\u2029sep", "<" * 400, ">" * 400, "&" * 400, "{\"text\": \"x\"}",
    "<script>alert(1)</script>", "'; DROP TABLE cases; --", "%s %(x)s {0}", "\ud83d",
    "\U000e0041tag\U000e007f", "a" * 5000, "w " * 3000, "\n" * 300, "   ", "", "-", "<>",
    "<|>",
]  # fmt: skip
_UNSEEN = re.compile("[\u0000-\u0009\u000b-\u001f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def corpus() -> list[str]:
    """Return five hundred things a resident could write."""
    chance = random.Random(311)
    made = list(SEEDS)
    for one, two in itertools.islice(itertools.product(SEEDS, SEEDS), 0, None, 11):
        made.append(f"{one} there is a pothole {two}")
    while len(made) < 500:
        made.append("".join(chance.sample(SEEDS, 3)))
    return made[:500]


def card(words: str, **changes: Any) -> CardView:
    """Return a card that holds the words wherever a resident's words can stand."""
    lines = tuple(CardLine("10:00", n, "resident", words) for n in range(4))
    made = CardView(
        id="01M8DKNWG0JS73NSQ665XRH7AZ", version=3, kind="request", city="nyc", state="open",
        muted=False, title="Pothole", type_key="pothole", place=words, number="", status="Open",
        reference="CH-7F3K-2Q", filing="filed", reason=words, words=words, age_s=90,
        channel="sms", contact="tel:***00", language="en", silent=None, claimed_by="", mine=False,
        duplicates=2, photos=1, waiting_since=None, due_at=None, overdue=False, snoozed_until=None,
        merged_into=None, history=lines,
    )  # fmt: skip
    return dataclasses.replace(made, **changes)


def texts(part: Any) -> Iterator[dict[str, Any]]:
    """Yield every text object of blocks."""
    if isinstance(part, dict):
        if part.get("type") in ("plain_text", "mrkdwn"):
            yield part
        for inner in part.values():
            yield from texts(inner)
    elif isinstance(part, list | tuple):
        for inner in part:
            yield from texts(inner)


def check(text: str, blocks: Any) -> None:
    """Assert that nothing in here can act, and that it fits."""
    assert find_block_faults(list(blocks)) == []
    assert count_characters(list(blocks)) <= MAX_TOTAL
    for found in (text, *(one["text"] for one in texts(blocks))):
        assert "<" not in found
        assert ">" not in found
        assert "&" not in re.sub("&(?:amp|lt|gt);", "", found)
        assert not _UNSEEN.search(found)
    for one in texts(blocks):
        assert one["type"] == "plain_text"
        assert one["emoji"] is False


KINDS: list[dict[str, Any]] = [
    {}, {"filing": "unconfirmed"}, {"kind": "conversation"}, {"state": "resolved"},
    {"state": "snoozed", "snoozed_until": 1772636400000, "claimed_by": "Rosa <!here>"},
    {"waiting_since": 1, "overdue": True, "silent": "opted_out", "muted": True},
]  # fmt: skip


@pytest.mark.parametrize("changes", KINDS, ids=str)
def test_nothing_a_resident_writes_acts(changes: dict[str, Any]) -> None:
    """Five hundred payloads on every card, in modals, in homes, in threads."""
    for words in corpus():
        view = card(words, **changes)
        shown = draw_card(view, NOW)
        check(shown.text, shown.blocks)
        line = say(f"Resident: {words}")
        check(line.text, line.blocks)
    for words in corpus()[::7]:
        view = card(words, **changes)
        home = draw_home(HomeView([view] * 12, [view], [view]))
        assert find_view_faults(home) == []
        check("", home["blocks"])
        for action in ACTIONS.values():
            made = form(action, view, {"channel": "C0DESK", "ts": "1.1"}, [("Pothole", "pothole")])
            assert find_view_faults(made) == []
            check("", made["blocks"])
        alert = draw(Alert("k", words, words, "10:00"))
        check(alert.text, alert.blocks)


def test_modals_without_a_form() -> None:
    """What opens at once and what only tells fit too."""
    for action in ACTIONS.values():
        assert find_view_faults(loading(action.label)) == []
        assert find_view_faults(closed(action.label, "No.")) == []


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("short", 10, "short"),
        ("one two three four", 16, "one two three…"),
        ("abcdefghij&amp;", 12, "abcdefghij…"),
        ("abcdefghij&amp;kl", 16, "abcdefghij&amp;…"),
        ("ab👩\u200d👩\u200d👧", 5, "ab👩…"),
    ],
)
def test_cutting(text: str, most: int, expected: str) -> None:
    """At a word's end where one is near; neither an escaped sign nor a joined pictogram in two."""
    assert cut(text, most) == expected


def test_buttons_are_never_cut_off() -> None:
    """Of a card that is too long the last words go, never what can be pressed."""
    many = [{"type": "header"}, *({"type": "section", "text": {"text": "x" * 3000}},) * 60,
            {"type": "actions", "elements": [{"type": "button"}]}]  # fmt: skip
    kept = fit(many)

    assert kept[0]["type"] == "header"
    assert kept[-1]["type"] == "actions"
    assert len(kept) <= 50


def test_taming_keeps_the_words() -> None:
    """Letters, accents and other scripts stay; only what is unseen goes."""
    assert tame("¿Dónde está? مرحبا שלום 日本") == "¿Dónde está? مرحبا שלום 日本"
    assert tame("a\n\n\n\nb\u202e c") == "a\n\nb c"
