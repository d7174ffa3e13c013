"""What Slack posts: read into events with a key that is the same when it comes again."""

from __future__ import annotations

import random
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest

from integrations.slack.inbound import parse_command, parse_event, parse_interaction
from integrations.slack.payload import Challenge, Ignored, MalformedSlack, StaffEvent

MESSAGE = {
    "type": "message", "user": "U0CHEN", "text": "&gt; it is fixed &amp; <@U0BAKER>",
    "ts": "1795372200.000100", "channel": "C0DESK", "thread_ts": "1795372100.000100",
}  # fmt: skip


def wrap(event: dict[str, Any], event_id: str = "Ev01") -> bytes:
    """Return an event as Slack wraps it."""
    return orjson.dumps(
        {"type": "event_callback", "team_id": "T0CITY", "event_id": event_id, "event": event}
    )


def press(**changes: Any) -> bytes:
    """Return a press."""
    payload = {
        "type": "block_actions", "team": {"id": "T0CITY"}, "user": {"id": "U0CHEN"},
        "trigger_id": "1.2.3", "response_url": "https://hooks.slack.com/x",
        "container": {"type": "message", "channel_id": "C0DESK", "message_ts": "1.1"},
        "actions": [{"action_id": "case:claim", "value": "claim|01|3", "action_ts": "5.5"}],
        **changes,
    }  # fmt: skip
    return urlencode({"payload": orjson.dumps(payload).decode()}).encode()


def test_a_message_and_its_mention_are_one() -> None:
    """Same channel and ts, same key; what was typed is read as typed."""
    one, two = (
        parse_event(wrap(MESSAGE)),
        parse_event(wrap({**MESSAGE, "type": "app_mention"}, "E2")),
    )
    assert isinstance(one, StaffEvent)
    assert isinstance(two, StaffEvent)

    assert one.key == two.key
    assert one.data["text"] == "> it is fixed & @U0BAKER"
    assert one.lane == "c:T0CITY:C0DESK:1795372100.000100"


@pytest.mark.parametrize(
    "event",
    [
        pytest.param({**MESSAGE, "bot_id": "B1"}, id="a bot"),
        pytest.param({**MESSAGE, "subtype": "channel_join"}, id="joined"),
        pytest.param({**MESSAGE, "subtype": "bot_message"}, id="bot message"),
        pytest.param({"type": "reaction_added"}, id="another event"),
    ],
)
def test_not_for_us(event: dict[str, Any]) -> None:
    """Bots, joinings and other events are passed over, not refused."""
    assert isinstance(parse_event(wrap(event)), Ignored)


def test_an_edit_and_a_deletion_name_the_message() -> None:
    """Both tell which message, of whom; an unfurled link is no edit."""
    changed = {"type": "message", "subtype": "message_changed", "channel": "C0DESK",
               "message": {**MESSAGE, "text": "no"}, "previous_message": MESSAGE}  # fmt: skip
    gone = {"type": "message", "subtype": "message_deleted", "channel": "C0DESK",
            "previous_message": MESSAGE}  # fmt: skip
    edited, deleted = parse_event(wrap(changed)), parse_event(wrap(gone, "Ev02"))
    assert isinstance(edited, StaffEvent)
    assert isinstance(deleted, StaffEvent)

    assert (edited.kind, deleted.kind) == ("edited", "deleted")
    assert edited.data["ts"] == deleted.data["ts"] == MESSAGE["ts"]
    assert isinstance(parse_event(wrap({**changed, "message": MESSAGE})), Ignored)


def test_the_challenge_comes_back() -> None:
    """A question whether the address is ours."""
    asked = orjson.dumps({"type": "url_verification", "challenge": "3eZbrw1aBm2r"})
    assert parse_event(asked) == Challenge("3eZbrw1aBm2r")


def test_ssl_check_is_nothing() -> None:
    """Slack's test of the certificate asks for nothing."""
    assert parse_command(b"ssl_check=1&token=x") == Ignored("ssl_check")


def test_a_press_names_action_and_case() -> None:
    """The same press again has the same key, another one has not."""
    one, again, other = (
        parse_interaction(press()),
        parse_interaction(press()),
        parse_interaction(press(trigger_id="1.2.4")),
    )
    assert isinstance(one, StaffEvent)
    assert isinstance(again, StaffEvent)
    assert isinstance(other, StaffEvent)

    assert one.data["action"] == "case:claim"
    assert one.key == again.key != other.key


def test_a_modal_is_sent_once() -> None:
    """Two submissions of one modal have one key; what was entered is read by name."""
    view = {"id": "V01", "callback_id": "case", "private_metadata": "{}", "state": {"values": {
        "text": {"text": {"type": "plain_text_input", "value": "Hello"}},
        "hours": {"hours": {"type": "static_select", "selected_option": {"value": "24"}}},
        "empty": {"empty": {"type": "plain_text_input", "value": None}},
    }}}  # fmt: skip
    body = press(type="view_submission", view=view)
    one, two = parse_interaction(body), parse_interaction(body)
    assert isinstance(one, StaffEvent)
    assert isinstance(two, StaffEvent)

    assert one.key == two.key == "v:T0CITY:V01"
    assert one.data["values"] == {"text": "Hello", "hours": "24"}


def test_an_organisations_app() -> None:
    """With `team` null the person's own workspace is meant."""
    who = {"id": "U0CHEN", "team_id": "T0OTHER"}
    found = parse_interaction(press(team=None, user=who))
    assert isinstance(found, StaffEvent)

    assert found.team == "T0OTHER"


def test_nonsense_is_malformed_and_nothing_else() -> None:
    """Whatever stands in a genuine body, it is read, passed over or malformed: no other error."""
    chance = random.Random(7)
    bodies = [wrap(MESSAGE), press(), b"payload=%5B%5D", b"payload=1", b"[]", b"\xff", b""]
    for _ in range(3000):
        body = bytearray(chance.choice(bodies))
        for _ in range(chance.randrange(4)):
            at = chance.randrange(len(body) + 1)
            body[at : at + chance.randrange(3)] = bytes(chance.randrange(256) for _ in range(2))
        for parse in (parse_event, parse_command, parse_interaction):
            try:
                parse(bytes(body))
            except MalformedSlack:
                continue
