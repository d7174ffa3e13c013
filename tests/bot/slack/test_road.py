"""The road: a report becomes a card, staff press and write, the resident answers, all see it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.slack import messages
from tests.bot.slack.conftest import MEI, ROSA, SAM, VIC, SlackHouse, words_of


async def test_a_report_becomes_a_card_and_claim_says_who(slack: SlackHouse) -> None:
    """One card; after the press the same card says whose it is; no second one appears."""
    await slack.text("submit 123 Broadway")
    (card,) = await slack.cards()
    assert "123 Broadway" in card["text"]
    assert "17185550100" not in str(card)

    await slack.press(ROSA, "claim")
    (card,) = await slack.cards()
    assert "Rosa Alvarez" in words_of(card["blocks"])
    assert await slack.whispers(ROSA) == []


async def test_two_at_once_and_one_is_told_who_won(slack: SlackHouse) -> None:
    """The second press finds another version: nothing is done, and the first one's name is told."""
    await slack.text("submit here")
    (card,) = await slack.cards()
    where = {"channel": card["channel"], "ts": card["ts"], "action_id": "case:claim"}
    await slack.only("press", user=ROSA, **where)
    await slack.only("press", user=SAM, **where)
    await slack.work()

    names, told = {ROSA: "Rosa Alvarez", SAM: "Sam Baker"}, {}
    for user in names:
        told[user] = await slack.whispers(user)
    (winner,) = [user for user in names if not told[user]]  # two workers take them at once
    (loser,) = [user for user in names if told[user]]
    assert names[winner] in words_of((await slack.cards())[0]["blocks"])
    assert told[loser][0].startswith(f"{names[winner]} was faster.")


async def test_a_reply_by_modal_reaches_the_resident_once(slack: SlackHouse) -> None:
    """The modal opens at once, is filled, and is sent once however often the button is hit."""
    await slack.text("submit here")
    await slack.press(ROSA, "reply")
    view = await slack.modal(ROSA)
    assert view["title"]["text"] == "Reply"
    before = len(slack.residents())
    await slack.do("submit", view=view["id"], values={"text": "We come tomorrow."}, times=5)

    texts = slack.residents()[before:]
    assert [text for text in texts if "We come tomorrow." in text] == texts
    assert len(texts) == 1
    assert "Rosa Alvarez to the resident: We come tomorrow." in await slack.thread()
    assert await slack.whispers(ROSA) == ["Sent to the resident."]


async def test_a_marked_line_of_the_thread_goes_to_the_resident(slack: SlackHouse) -> None:
    """With `>` it goes out, once although Slack tells it four times; without, it stays inside."""
    await slack.text("submit here")
    (card,) = await slack.cards()
    before = len(slack.residents())
    await slack.only("switches", repeats=3)
    thread = {"user": ROSA, "channel": "C0DESK", "thread": card["ts"]}
    await slack.do("write", text="> @cityhelper see you at <b> & co", **thread)
    await slack.do("write", text="what a day", **thread)

    sent = slack.residents()[before:]
    assert len(sent) == 1
    assert sent[0].endswith("see you at <b> & co")
    assert not [line for line in await slack.thread() if "see you" in line]


async def test_a_written_line_is_not_lost_to_a_press(
    slack: SlackHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A colleague presses while somebody writes: what was written goes out all the same."""
    await slack.text("submit here")
    (card,) = await slack.cards()
    known = messages.Messages._case

    async def stale(self: Any, event: Any) -> Any:
        case = await known(self, event)
        return None if case is None else replace(case, version=case.version - 1)

    monkeypatch.setattr(messages.Messages, "_case", stale)
    await slack.do("write", text="> on Friday", user=ROSA, channel="C0DESK", thread=card["ts"])

    assert slack.residents()[-1].endswith("on Friday")


async def test_an_edit_and_a_deletion_are_answered_honestly(slack: SlackHouse) -> None:
    """What was sent cannot be unsent, an edit sends nothing: both are said, nothing goes out."""
    await slack.text("submit here")
    (card,) = await slack.cards()
    thread = {"user": ROSA, "channel": "C0DESK", "thread": card["ts"]}
    sent = await slack.do("write", text="> wrong", **thread)
    talk = await slack.do("write", text="just us", **thread)
    before = slack.residents()
    at = {"user": ROSA, "channel": "C0DESK"}
    await slack.do("edit", ts=sent["ts"], text="> right", **at)
    await slack.do("edit", ts=talk["ts"], text="> hello", **at)
    await slack.do("delete", ts=sent["ts"], **at)
    await slack.do("delete", ts=talk["ts"], **at)

    assert slack.residents() == before
    told = await slack.whispers(ROSA)
    assert [text.split(".")[0] for text in told[1:]] == [
        "What was sent to the resident cannot be unsent or changed",
        "An edit sends nothing",
        "What was sent to the resident cannot be unsent or changed",
    ]


async def test_who_is_no_staff_can_do_nothing(slack: SlackHouse) -> None:
    """Neither press nor thread nor command nor home gives a stranger anything."""
    await slack.text("submit here")
    (card,) = await slack.cards()
    before = slack.residents()
    await slack.press(VIC, "claim")
    await slack.press(VIC, "reveal")
    thread = {"channel": "C0DESK", "thread": card["ts"]}
    await slack.do("write", user=VIC, text="> hello", **thread)
    await slack.do("command", user=VIC, channel="C0DESK", text="find here")
    await slack.do("home", user=VIC)

    assert slack.residents() == before
    assert set(await slack.whispers(VIC)) == {"You are not registered as staff here."}
    assert "no such case for you" in str(await slack.modal(VIC))
    assert "not registered" in str((await slack.state())["homes"][VIC])
    assert (await slack.cards())[0] == card


async def test_a_contact_is_shown_to_the_one_who_asks(slack: SlackHouse) -> None:
    """For a reason, on record, and to nobody else; neither card nor thread nor log has it."""
    await slack.text("submit here")
    (case,) = await slack.desk.cases()
    await slack.press(SAM, "reveal")
    await slack.fill(SAM, reason="The crew must call")

    (told,) = await slack.whispers(SAM)
    assert "+17185550100" in told
    shown = [m for m in await slack.messages() if not m["to"]]
    assert "17185550100" not in str(shown)
    assert ("reveal", "done") in await slack.desk.record(case)


async def test_every_action_of_the_menu(slack: SlackHouse) -> None:
    """Note, snooze, mute, unmute, release, reopen and resolve, each seen on the card."""
    await slack.text("submit here")

    async def shown() -> str:
        return words_of((await slack.cards())[0]["blocks"])

    await slack.press(MEI, "note")
    await slack.fill(MEI, text="Ask the depot")
    assert "Mei Chen (note): Ask the depot" in await slack.thread()
    await slack.press(MEI, "claim")
    await slack.press(MEI, "snooze")
    await slack.fill(MEI, hours="4")
    assert "Snoozed until" in await shown()
    slack.shell.clock.advance(5 * 3600)
    await slack.work()
    assert "In hand, with Mei Chen" in await shown()
    await slack.press(MEI, "mute")
    assert "Muted" in await shown()
    await slack.press(MEI, "unmute")
    assert "Muted" not in await shown()
    await slack.press(MEI, "release")
    assert "Case: Open" in await shown()
    await slack.press(MEI, "resolve")
    await slack.fill(MEI, reason="Filled with asphalt")
    assert "Resolved, resolved by Mei Chen" in await shown() or "Resolved" in await shown()
    await slack.press(MEI, "reopen")
    assert "In hand, with Mei Chen" in await shown()


async def test_a_duplicate_is_merged_by_its_number(slack: SlackHouse) -> None:
    """The number leads to the other case; an unknown one is said to be unknown."""
    await slack.text("submit one", number="+17185550101")
    await slack.text("submit two", number="+17185550102")
    await slack.press(ROSA, "merge")
    await slack.fill(ROSA, number="NYC311-9999")
    assert (await slack.whispers(ROSA))[-1].startswith("There is no report with this number.")
    await slack.press(ROSA, "merge")
    await slack.fill(ROSA, number="nyc311-0001")

    assert (await slack.desk.cases())[1].merged_into == (await slack.desk.cases())[0].id


async def test_commands(slack: SlackHouse) -> None:
    """Each answers the one who asks, and only them."""
    await slack.text("submit 123 Broadway")
    for text in ("help", "status NYC311-0001", "find broadway today", "city", "queue", "breakers",
                 "quotas", "nonsense", "", "find", "status"):  # fmt: skip
        await slack.do("command", user=ROSA, channel="C0DESK", text=text)

    told = await slack.whispers(ROSA)
    assert len(told) == 11
    assert "/cityhelper status NUMBER" in told[0]
    assert "123 Broadway" in told[1]
    assert told[2].startswith("Found: 1")
    assert "There is no such command" in told[7]
    assert not [m for m in await slack.messages() if "command" in m["text"] and not m["to"]]


async def test_the_home_shows_what_is_mine(slack: SlackHouse) -> None:
    """My cases, who waits, what is overdue, how the providers do."""
    await slack.text("submit 123 Broadway")
    await slack.press(ROSA, "claim")
    await slack.do("home", user=ROSA)

    home = str((await slack.state())["homes"][ROSA])
    assert "In my hands (1)" in home
    assert "123 Broadway" in home
    assert "Nobody is waiting." in home


async def test_a_deleted_card_comes_back(slack: SlackHouse) -> None:
    """Somebody deleted it: the next news post it anew, and its thread begins again."""
    await slack.text("submit here")
    (card,) = await slack.cards()
    token = {"Authorization": "Bearer xoxb-sandbox-slack-token"}
    gone = {"channel": "C0DESK", "ts": card["ts"]}
    await slack.http.post(f"{slack.base}/slack/api/chat.delete", json=gone, headers=token)
    (case,) = await slack.desk.cases()
    await slack.desk.press("claim", await slack.shell.slack.people.know("T0CITY", ROSA), case)
    await slack.work()

    (again,) = await slack.cards()
    assert again["ts"] != card["ts"]
    assert "Rosa Alvarez" in words_of(again["blocks"])


async def test_from_report_to_not_fixed(slack_real: SlackHouse) -> None:
    """Report, claim, question, answer, resolve with a reason, told, not fixed: open again."""
    slack = slack_real
    await slack.text("huge pothole in front of 123 Broadway Brooklyn")
    await slack.text("1")
    await slack.press(ROSA, "claim")
    await slack.press(ROSA, "ask")
    await slack.fill(ROSA, text="How deep is it?")
    assert slack.residents()[-1].endswith("How deep is it?")
    await slack.text("deep as my arm, call me at 718-555-0199")
    assert "Resident: deep as my arm, call me at ***" in await slack.thread()

    await slack.press(ROSA, "resolve")
    await slack.fill(ROSA, reason="We filled it this morning.")
    assert any("We filled it this morning." in text for text in slack.residents())
    assert "In hand" not in words_of((await slack.cards())[0]["blocks"])
    await slack.text("no")

    (card,) = await slack.cards()
    assert card["text"] == "Pothole · 123 Broadway, Brooklyn · NYC311-0001 · Open"
    assert "They look at it again" in slack.residents()[-1]
    assert await slack.thread() == [
        "It was sent to the city.",
        "The city has the report. Tracking number NYC311-0001.",
        "Rosa Alvarez to the resident: How deep is it?",
        "Resident: deep as my arm, call me at ***",
        "Rosa Alvarez to the resident: We filled it this morning.",
        "We were told that it is not fixed.",
        "Opened again. The city's staff look at it.",
        "Resident: (says it is not fixed)",
    ]
