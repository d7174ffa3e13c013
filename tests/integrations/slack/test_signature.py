"""Slack's signature: the documented vectors, the SDK as oracle, and everything hostile is False."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.signature import Clock, SignatureVerifier

from integrations.slack.signature import sign, verify

KNOWN = json.loads((Path(__file__).parent / "vectors" / "slack_signature.json").read_text())
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
NOW = 1_531_420_618
BODY = b'{"type":"event_callback"}'
GOOD = sign(BODY, str(NOW), SECRET)


class Stopped(Clock):
    """A clock that stands still for the SDK."""

    def now(self) -> float:
        """Return when the documented request was made."""
        return NOW


@pytest.mark.parametrize("vector", KNOWN["vectors"], ids=lambda vector: vector["name"])
def test_vectors(vector: dict[str, Any]) -> None:
    """The documented request passes, its negatives do not."""
    headers = vector["headers"]
    given = (headers["X-Slack-Signature"], headers["X-Slack-Request-Timestamp"])
    at = vector["verify_at_unix"]
    secrets = (vector["signing_secret"],)

    assert verify(vector["body"].encode(), *given, secrets, at) is vector["expect_valid"]


def test_we_agree_with_the_sdk() -> None:
    """Over random bodies our signature is the SDK's, and each accepts the other's."""
    chance = random.Random(311)
    oracle = SignatureVerifier(SECRET, Stopped())
    for _ in range(200):
        body = "".join(chr(chance.randrange(1, 0xD7FF)) for _ in range(chance.randrange(60)))
        made = sign(body.encode(), str(NOW), SECRET)

        assert oracle.generate_signature(timestamp=str(NOW), body=body) == made
        assert oracle.is_valid(body, str(NOW), made)
        assert verify(body.encode(), made, str(NOW), (SECRET,), NOW)


@pytest.mark.parametrize(
    ("signature", "stamp", "body", "secrets"),
    [
        pytest.param(None, str(NOW), BODY, (SECRET,), id="no signature"),
        pytest.param("", str(NOW), BODY, (SECRET,), id="empty signature"),
        pytest.param("v0=é" + "0" * 63, str(NOW), BODY, (SECRET,), id="not ascii"),
        pytest.param(GOOD[:-1], str(NOW), BODY, (SECRET,), id="short"),
        pytest.param(GOOD + "0", str(NOW), BODY, (SECRET,), id="long"),
        pytest.param("v0=" + "0" * 64, str(NOW), BODY, (SECRET,), id="another"),
        pytest.param("v0=" + "0" * 10**6, str(NOW), BODY, (SECRET,), id="endless"),
        pytest.param(GOOD, None, BODY, (SECRET,), id="no time"),
        pytest.param(GOOD, "", BODY, (SECRET,), id="empty time"),
        pytest.param(GOOD, "abc", BODY, (SECRET,), id="time in words"),
        pytest.param(GOOD, f" {NOW}", BODY, (SECRET,), id="blank in the time"),
        pytest.param(GOOD, f"-{NOW}", BODY, (SECRET,), id="negative time"),
        pytest.param(GOOD, f"{NOW}.0", BODY, (SECRET,), id="broken time"),
        pytest.param(GOOD, "١٥٣١٤٢٠٦١٨", BODY, (SECRET,), id="digits of another script"),
        pytest.param(GOOD, "9" * 5000, BODY, (SECRET,), id="endless time"),
        pytest.param(GOOD, str(NOW), b"\xff\xfe", (SECRET,), id="no text"),
        pytest.param(GOOD, str(NOW), BODY + b" ", (SECRET,), id="one byte more"),
        pytest.param(GOOD, str(NOW), BODY, (), id="no secret"),
        pytest.param(sign(BODY, str(NOW), ""), str(NOW), BODY, ("",), id="empty secret"),
        pytest.param(7, str(NOW), BODY, (SECRET,), id="no string"),
    ],
)
def test_hostile(signature: Any, stamp: Any, body: bytes, secrets: tuple[str, ...]) -> None:
    """Whatever a stranger sends is False, never an exception."""
    assert verify(body, signature, stamp, secrets, NOW) is False


def test_the_next_secret_counts_too() -> None:
    """While rotating, what either secret signed is genuine."""
    assert verify(BODY, GOOD, str(NOW), ("another secret altogether", SECRET), NOW)


@pytest.mark.parametrize(("away", "good"), [(300, True), (301, False), (-300, True), (-301, False)])
def test_five_minutes(away: int, good: bool) -> None:
    """Five minutes either way, to the second."""
    assert verify(BODY, GOOD, str(NOW), (SECRET,), NOW + away) is good
