"""Starting with Slack: what is missing or malformed refuses the start and is named, never shown."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr

from bot.served import StartError
from bot.slack.wiring import open_slack, read_tokens
from integrations.kit.sandbox.world import DEFAULTS
from tests.bot.slack.conftest import slack_settings

TOKEN = f"T0CITY:{DEFAULTS['slack_bot_token']}"


def checked(**changes: Any) -> list[str]:
    """Return what is said about Slack's secrets."""
    from bot import secret_checks

    settings: Any = SimpleNamespace(**{
        "slack_channels": ("nyc:C0DESK",), "slack_app_token": SecretStr(""),
        "slack_signing_secrets": (SecretStr("s" * 32),), "slack_bot_tokens": (SecretStr(TOKEN),),
        **changes,
    })  # fmt: skip
    return secret_checks._weak_slack_secrets(settings)


def test_secrets_are_needed_with_a_channel() -> None:
    """None is asked for without one; over Socket Mode nothing is signed."""
    assert checked() == []
    assert checked(slack_channels=(), slack_signing_secrets=(), slack_bot_tokens=()) == []
    assert "SLACK_SIGNING_SECRETS" in checked(slack_signing_secrets=())[0]
    assert "SLACK_SIGNING_SECRETS" in checked(slack_signing_secrets=(SecretStr("short"),))[0]
    assert checked(slack_signing_secrets=(), slack_app_token=SecretStr("xapp-1")) == []
    assert "SLACK_BOT_TOKENS" in checked(slack_bot_tokens=())[0]


@pytest.mark.parametrize("token", ["xoxb-0123456789abcdef", "T0CITY:xoxp-0123456789", "C1:xoxb-1"])
def test_a_malformed_token_is_named_not_shown(token: str) -> None:
    """By its setting."""
    settings = slack_settings("http://x", slack_bot_tokens=(SecretStr(token),))
    with pytest.raises(StartError) as caught:
        read_tokens(settings)
    assert "SLACK_BOT_TOKENS" in str(caught.value)
    assert token not in str(caught.value)


@pytest.mark.parametrize(
    "changes", [{"slack_channels": ("nyc:general",)}, {"slack_staff": ("everybody",)}], ids=str
)
def test_a_malformed_setting_refuses_the_start(changes: dict[str, Any]) -> None:
    """In one line that names it."""
    nobody: Any = None
    caller: Any = object()
    kept = dict.fromkeys(("storage", "vault", "clock", "cities"))
    with pytest.raises(StartError, match="SLACK_"):
        open_slack(slack_settings("http://x", **changes), kept, nobody, nobody, caller, nobody)


def test_without_a_channel_there_is_no_slack() -> None:
    """Nothing is built at all."""
    nobody: Any = None
    settings = slack_settings("http://x", slack_on=False)
    assert open_slack(settings, {}, nobody, nobody, nobody, nobody) is None
