"""Slack's settings: channels by city, agency and type; who is staff; what is malformed is named."""

from __future__ import annotations

import pytest

from bot.slack.people import read_entitlements
from bot.slack.routes import Channel, read_routes


def test_the_narrowest_route_counts() -> None:
    """Type before agency before city; another city has none."""
    entries = ("nyc:C0DESK", "nyc/DOT:C0STREETS", "nyc/pothole:T1/C0HOLES")
    routes = read_routes(entries, "C0OPS", ("T1",))

    assert routes.of("nyc", "pothole", "DOT") == Channel("T1", "C0HOLES")
    assert routes.of("nyc", "street light", "DOT") == Channel("T1", "C0STREETS")
    assert routes.of("nyc", "rat", "DOHMH") == Channel("T1", "C0DESK")
    assert routes.of("springfield", "rat", "") is None
    assert routes.ops == Channel("T1", "C0OPS")


@pytest.mark.parametrize("entry", ["nyc", "nyc:", "nyc:#desk", "nyc:T9/C0DESK", "NYC:C0", "nyc:D0"])
def test_a_malformed_route_is_named(entry: str) -> None:
    """By the name of the setting."""
    with pytest.raises(ValueError, match="SLACK_CHANNELS"):
        read_routes((entry,), "", ("T1",))


def test_with_two_workspaces_each_channel_names_its_own() -> None:
    """A bare channel could be either's."""
    with pytest.raises(ValueError, match="name the workspace"):
        read_routes(("nyc:C0DESK",), "", ("T1", "T2"))


def test_entitlements() -> None:
    """Groups and mail addresses; an admin's entry is looked at first."""
    found = read_entitlements(("nyc:S0STAFF=staff", "*:Jane@City.gov=admin"))

    assert [(one.city, one.who, one.role) for one in found] == [
        ("*", "jane@city.gov", "admin"),
        ("nyc", "S0STAFF", "staff"),
    ]


@pytest.mark.parametrize(
    "entry", ["S0STAFF=staff", "nyc:S0STAFF", "nyc:S0STAFF=boss", "nyc:=staff"]
)
def test_a_malformed_entitlement_is_named(entry: str) -> None:
    """By the name of the setting."""
    with pytest.raises(ValueError, match="SLACK_STAFF"):
        read_entitlements((entry,))
