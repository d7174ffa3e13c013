"""The playground's parts without a browser: drawing, telling calls and faults, the thread."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from webhooks.pages.playground.calls import GIST_CHARS, describe, gist
from webhooks.pages.playground.choices import PEOPLE, is_number
from webhooks.pages.playground.diagram import draw
from webhooks.pages.playground.facts import label, plain
from webhooks.pages.playground.faults import OFFERED, FaultError, fault_words, make_order
from webhooks.pages.playground.layout import BOX_HEIGHT, lay_out
from webhooks.pages.playground.thread import thread

NODES = [("start", "start", "start"), ("where", "where", "ask"), ("geo", "look", "look")]
NODES += [("which", "which", "ask"), ("send", "send", "end")]
EDGES = [("start", "where"), ("where", "geo"), ("geo", "which"), ("which", "geo")]
EDGES += [("geo", "send"), ("which", "send"), ("send", "where"), ("where", "where")]


def entry(**changes: Any) -> dict[str, Any]:
    """Return a log entry as the sandbox writes it."""
    made: dict[str, Any] = {
        "id": 7,
        "at": "2026-11-23T20:00:00.000+00:00",
        "provider": "twilio",
        "operation": "send_message",
        "method": "POST",
        "path": "/2010-04-01/Accounts/AC1/Messages.json",
        "query": {},
        "headers": {},
        "request": {"To": "+19175550142", "Body": "Where is\nit?"},
        "status": 201,
        "answer": {"sid": "SM1", "status": "queued"},
        "fault": None,
        "committed": True,
        "ms": 2.0,
    }
    return {**made, **changes}


def test_boxes_do_not_overlap_and_lines_go_down() -> None:
    """No two boxes touch, every forward line ends lower, loops back are known as such."""
    plan = lay_out({name: text for name, text, _ in NODES}, EDGES)
    spots = list(plan.spots.values())
    for index, one in enumerate(spots):
        for other in spots[index + 1 :]:
            apart = abs(one.x - other.x) >= (one.width + other.width) / 2
            assert apart or abs(one.y - other.y) >= BOX_HEIGHT
    for edge, points in plan.ways.items():
        if edge not in plan.backward:
            assert points[0][1] < points[-1][1]
    assert ("send", "where") in plan.backward
    assert ("where", "where") not in plan.ways
    assert all(0 < spot.x < plan.width and 0 < spot.y < plan.height for spot in spots)


def test_layout_takes_any_graph() -> None:
    """An empty graph, one box, two islands and a pure circle are all laid out."""
    assert lay_out({}, []).spots == {}
    assert set(lay_out({"a": "a"}, []).spots) == {"a"}
    assert set(lay_out({"a": "a", "b": "b"}, []).spots) == {"a", "b"}
    assert set(lay_out({"a": "a", "b": "b"}, [("a", "b"), ("b", "a")]).ways) == {
        ("a", "b"),
        ("b", "a"),
    }


def test_diagram_is_plain_svg_with_a_state_per_box() -> None:
    """The picture parses, names each state, escapes text, and has no style and no script."""
    svg = draw("A <flow> & more", NODES, EDGES)
    root = ElementTree.fromstring(svg)
    states = [node.get("data-state") for node in root.iter() if node.get("data-state")]
    assert states == [name for name, _, _ in NODES]
    assert "style=" not in svg
    assert "<script" not in svg
    assert "&lt;flow&gt; &amp; more" in svg


def test_call_is_told_in_plain_words() -> None:
    """A call shows who, what, how it ended and its most telling words in one line."""
    told = describe(entry())
    assert (told["name"], told["operation"], told["outcome"]) == (
        "Twilio",
        "send message",
        "201",
    )
    assert told["gist"] == "Where is it?"
    assert "To: +19175550142" in told["request"]
    assert told["good"] is True


def test_fault_and_missing_answer_show() -> None:
    """A call a fault hit, or that still waits, does not look like a good one that ended."""
    hit = describe(entry(status=None, fault="commit_then_timeout"))
    assert (hit["outcome"], hit["good"]) == ("done, then timeout", False)
    assert describe(entry(status=None, answer=None))["open"] is True
    assert describe(entry(status=500, fault="status"))["outcome"] == "500"
    assert len(gist(entry(request={"Body": "x" * 500}))) == GIST_CHARS


@pytest.mark.parametrize("choice", [value for value, _ in OFFERED])
def test_every_offered_fault_is_one_the_sandbox_knows(choice: str) -> None:
    """What the page offers, the sandbox's own board accepts, and it is told in words."""
    from integrations.kit.sandbox.faults import Fault

    fault = Fault(**make_order("nyc311", choice, 3))
    assert fault_words(fault.to_json()).startswith("NYC 311 ")
    assert fault_words(fault.to_json()).endswith("3 more times")


def test_foreign_faults_are_refused() -> None:
    """A fault that is not on the list, or a silly count, is refused."""
    for choice, times in (("explode", 1), ("timeout", 0), ("timeout", 1000)):
        with pytest.raises(FaultError):
            make_order("twilio", choice, times)


def test_thread_says_who_sent_what_and_what_it_cost() -> None:
    """Own texts, replies with their size, failures and the carrier's own answers look apart."""
    shown = {"with": "+1", "at": "2026-11-23T20:00:00.000+00:00", "error_code": None, "media": []}
    messages = [
        {
            **shown,
            "sid": "SM1",
            "mine": True,
            "body": "STOP",
            "status": "received",
            "carrier": False,
        },
        {
            **shown,
            "sid": "SM2",
            "mine": False,
            "body": "x" * 161,
            "status": "sent",
            "carrier": False,
        },
        {**shown, "sid": "SM3", "mine": False, "body": "Bye", "status": "sent", "carrier": True},
        {**shown, "sid": "SM4", "mine": False, "body": "?", "status": "failed", "carrier": False},
    ]
    messages[0]["media"] = ["f1"]
    messages[3]["error_code"] = 30003
    told = thread(messages, {"SM1": "delivered 6 times"}, "/playground")
    assert [message["note"] for message in told] == [
        "delivered 6 times",
        "2 segments",
        "the carrier's own answer",
        "not delivered (30003)",
    ]
    assert told[0]["photos"] == [{"image": "/playground/files/f1"}]
    assert [message["failed"] for message in told] == [False, False, False, True]


def test_facts_are_told_in_plain_words() -> None:
    """A fact's name and value read like a form, whatever its shape."""
    assert label("contact_name") == "Contact name"
    assert plain({"label": "123 Broadway, Brooklyn", "zip": "1"}) == "123 Broadway, Brooklyn"
    assert plain({"house": "12", "zip": None}) == "house 12"
    assert plain([]) == "none"
    assert plain(None) == "left out"
    assert plain(True) == "yes"


def test_numbers_are_checked() -> None:
    """E.164 and short codes are numbers, anything else is not."""
    assert all(is_number(person["number"]) for person in PEOPLE)
    assert is_number("22395")
    for text in ("", "+1", "911", "+1917555014x", "tel:+19175550142", "+19175550142\n"):
        assert not is_number(text)
