"""One effect each: double presses, retries, turned order, dead workers, a Slack that is ill."""

from __future__ import annotations

import random

import pytest

from bot.storage import slack_cards, staff_inbox
from integrations.kit.sandbox.faults import Fault
from tests.bot.slack.conftest import MEI, ROSA, SAM, SlackHouse, words_of

NOTE = '{"action":"note","case":"ID","version":1}'


async def test_two_hundred_presses_and_one_effect_each(slack: SlackHouse) -> None:
    """Doubled, repeated, turned round, by three people at once: each case is claimed once."""
    chance = random.Random(200)
    await slack.only("switches", repeats=2, reversed_events=True)
    for number in range(8):
        await slack.text("submit here", number=f"+1718555010{number}")
    cards = await slack.cards()
    assert len(cards) == 8
    for _ in range(25):
        for card in chance.sample(cards, 8):
            await slack.only(
                "press", user=chance.choice((ROSA, SAM, MEI)), channel="C0DESK", ts=card["ts"],
                action_id="case:claim", times=chance.choice((1, 2, 5)),
            )  # fmt: skip
    await slack.work()

    for case in await slack.desk.cases():
        record = await slack.desk.record(case)
        assert record.count(("claim", "done")) == 1
        assert case.version == 2
    assert len(await slack.cards()) == 8


async def test_fifty_marked_lines_in_turned_order_go_out_once_each(slack: SlackHouse) -> None:
    """Message and mention in either order, each brought three times: one text each, in order."""
    await slack.text("submit here")
    (card,) = await slack.cards()
    await slack.only("switches", repeats=2, reversed_events=True)
    before = len(slack.residents())
    for number in range(50):
        text = f"> line {number} @cityhelper"
        await slack.only("write", user=ROSA, channel="C0DESK", text=text, thread=card["ts"])
    await slack.work()

    sent = [text.partition("line ")[2].split()[0] for text in slack.residents()[before:]]
    assert sent == [str(number) for number in range(50)]


async def test_a_worker_that_dies_leaves_it_to_the_next(slack: SlackHouse) -> None:
    """Done, but not yet ended: the next worker does it again, and nothing happens twice."""
    await slack.text("submit here")
    (card,) = await slack.cards()
    before = len(slack.residents())
    line = {"user": ROSA, "channel": "C0DESK", "text": "> see you", "thread": card["ts"]}
    await slack.do("write", **line)
    await slack.press(SAM, "note")
    await slack.fill(SAM, text="once")
    notes = len(await slack.desk.lines((await slack.desk.cases())[0]))
    for kind in ("message", "submission"):
        vault = slack.shell.vault
        rows = await slack.desk.house.rows(
            f"SELECT id, attempts FROM staff_inbox WHERE kind='{kind}'"
        )
        row = rows[-1]
        event = {"team": "T0CITY", "user": ROSA, "channel": "C0DESK", "text": "> see you",
                 "thread": card["ts"]}  # fmt: skip
        if kind == "message":
            ref = [ln.channel_ref for ln in await slack.desk.lines((await slack.desk.cases())[0])]
            event["ts"] = str(ref[0]).rpartition("/")[2]
        else:
            (case,) = await slack.desk.cases()
            event |= {"callback": "case", "values": {"text": "once"},
                      "metadata": NOTE.replace("ID", case.id)}  # fmt: skip
        box = vault.seal("staff_inbox.event", row.id, event)

        def revive(connection, box=box, row=row):
            from bot.storage.tables import staff_inbox as table

            connection.execute(
                table.update()
                .where(table.c.id == row.id)
                .values(state="taken", event_box=box, lease_until=1)
            )

        await slack.shell.storage.write(revive)
    await slack.work()

    rows = await slack.desk.house.rows("SELECT state FROM staff_inbox")
    assert {row.state for row in rows} == {"done"}
    assert len(slack.residents()) == before + 1
    assert len(await slack.desk.lines((await slack.desk.cases())[0])) == notes


async def test_an_event_that_ends_its_workers_is_set_apart(slack: SlackHouse) -> None:
    """After five tries it fails, and what stands behind it in its lane goes on."""
    await slack.text("submit here")
    await slack.only("command", user=ROSA, channel="C0DESK", text="help")
    await slack.only("command", user=ROSA, channel="C0DESK", text="queue")
    await slack.desk.house.change(
        "UPDATE staff_inbox SET attempts=5 WHERE id=(SELECT min(id) FROM staff_inbox)"
    )
    await slack.work()

    rows = await slack.desk.house.rows("SELECT state FROM staff_inbox ORDER BY id")
    assert [row.state for row in rows] == ["failed", "done"]
    assert len(await slack.whispers(ROSA)) == 1


@pytest.mark.parametrize("kind", ["commit_then_reset", "commit_then_status", "commit_then_garbage"])
async def test_a_card_whose_answer_is_lost_stands_there_once(slack: SlackHouse, kind: str) -> None:
    """Slack took it and nobody was told: it is found by our intent, not posted again."""
    slack.world.faults.add(Fault("slack", kind, operation="post", times=1))
    await slack.text("submit here")
    for _ in range(4):
        slack.shell.clock.advance(120)
        await slack.work()

    assert len(await slack.cards()) == 1
    assert all(count == 1 for count in slack.world.effects.values())
    await slack.press(ROSA, "claim")
    assert "Rosa Alvarez" in words_of((await slack.cards())[0]["blocks"])


async def test_an_ill_slack_loses_nothing(slack: SlackHouse) -> None:
    """Half an hour of errors: afterwards card and thread are there, once each."""
    slack.world.faults.add(Fault("slack", "status", status=503, times=0))
    await slack.text("submit here")
    for _ in range(3):
        slack.shell.clock.advance(600)
        await slack.work()
    assert await slack.cards() == []
    slack.world.faults.clear()
    for _ in range(6):
        slack.shell.clock.advance(900)
        for breaker in slack.shell.slack.workspaces.of("T0CITY")._caller.breakers.values():
            breaker.__init__("slack", "write", reset_s=0.0)
        await slack.work()

    assert len(await slack.cards()) == 1
    assert all(count == 1 for count in slack.world.effects.values())


async def test_two_workers_draw_one_card(slack: SlackHouse) -> None:
    """A claim on the post decides which of two that found nothing there may post."""
    await slack.text("submit here")
    (case,) = await slack.desk.cases()
    storage = slack.shell.storage
    name = "card:another:0"
    first = await storage.write(lambda c: slack_cards.claim_post(c, case.id, name, 1000))
    second = await storage.write(lambda c: slack_cards.claim_post(c, case.id, name, 1000))
    soon = await storage.write(lambda c: slack_cards.claim_again(c, name, 2000))
    late = await storage.write(lambda c: slack_cards.claim_again(c, name, 200_000))
    twice = await storage.write(lambda c: slack_cards.claim_again(c, name, 200_001))

    assert (first, second, soon, late, twice) == (True, False, False, True, False)


async def test_a_modal_that_cannot_be_opened_leaves_nothing(slack: SlackHouse) -> None:
    """The trigger was too old: the press is over, and can be made again."""
    await slack.text("submit here")
    slack.world.faults.add(Fault("slack", "status", operation="open_view", times=1))
    await slack.press(ROSA, "reply")
    rows = await slack.desk.house.rows("SELECT state FROM staff_inbox")
    assert [row.state for row in rows] == ["done"]
    await slack.press(ROSA, "reply")
    assert (await slack.modal(ROSA))["title"]["text"] == "Reply"


async def test_a_door_that_dies_while_opening_leaves_nothing(slack: SlackHouse) -> None:
    """A press whose modal was never opened is over after ten seconds."""
    await slack.text("submit here")
    await slack.press(ROSA, "reply")
    await slack.desk.house.change("UPDATE staff_inbox SET state='opening'")
    now = round(slack.shell.clock.now().timestamp() * 1000)
    ended = await slack.shell.storage.write(lambda c: staff_inbox.end_never_opened(c, now + 60_000))
    assert ended == 1


async def test_a_foreign_workspace_is_not_kept(slack: SlackHouse) -> None:
    """Signed with our secret, but of a workspace that is not ours."""
    slack.world.settings["slack_team"] = "T0OTHER"
    gate = slack.shell.slack.front
    from integrations.slack.payload import StaffEvent

    event = StaffEvent("message", "T0OTHER", ROSA, "m:1", "c:1", {"channel": "C0DESK"})
    assert await gate.accept(event) == "foreign"
    assert await slack.desk.house.rows("SELECT id FROM staff_inbox") == []


async def test_who_leaves_the_group_is_staff_no_longer(slack: SlackHouse) -> None:
    """Five minutes later at most; while Slack cannot be asked, what was known holds."""
    await slack.text("submit here")
    await slack.press(ROSA, "claim")
    people = slack.shell.slack.people
    handle = await people.know("T0CITY", ROSA)
    assert (await slack.shell.board.who(handle)) is not None
    store = slack.world  # the twin's groups are changed where it keeps them
    assert store is not None
    slack.world.faults.add(Fault("slack", "status", operation="members", status=404, times=0))
    slack.shell.clock.advance(301)
    await people.know("T0CITY", ROSA)
    assert (await slack.shell.board.who(handle)) is not None
    slack.world.faults.clear()
    people._entitlements = tuple(one for one in people._entitlements if one.role == "admin")
    await people.know("T0CITY", ROSA)
    assert (await slack.shell.board.who(handle)) is None
