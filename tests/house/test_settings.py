"""Settings: what is missing or weak refuses the start and is named, never shown."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.settings import Settings, SettingsError, read_settings

KEY = base64.b64encode(bytes(range(32))).decode()
GOOD = {
    "SECRET_KEYS": f"1:{KEY}",
    "INDEX_KEYS": KEY,
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKENS": "current-token-of-a-fair-size,next-token-of-a-fair-size",
    "NYC311_KEY": "k" * 32,
    "GEOCLIENT_APP_ID": "app",
    "GEOCLIENT_APP_KEY": "g" * 32,
}

EXAMPLE = Path(__file__).resolve().parents[2] / ".env.example"
# Shown as a deployment has them.
OWN = {"PUBLIC_BASE_URL", "DATABASE_URL", "REDIS_URL", "DATA_DIR", "SPOOL_DIR", "GEOCODER_CHAIN"}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """An environment that holds only good settings."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    yield monkeypatch


def test_good_settings_are_read(environment: pytest.MonkeyPatch) -> None:
    """A complete environment gives settings with the guide's defaults."""
    settings = read_settings()

    assert settings.nyc311_base_url == "https://api.nyc.gov/311/v1"
    assert ((1, bytes(range(32))),) == settings.field_keys()
    assert len(settings.twilio_auth_tokens) == 2


@pytest.mark.parametrize("name", [n for n in GOOD if n != "GEOCLIENT_APP_ID"])
def test_missing_secret_refuses_the_start(environment: pytest.MonkeyPatch, name: str) -> None:
    """Each missing secret is named in the refusal."""
    environment.delenv(name)

    with pytest.raises(SettingsError, match=name):
        read_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TWILIO_AUTH_TOKENS", "short-canary"),
        ("SECRET_KEYS", "1:c2hvcnQtY2FuYXJ5"),
        ("SECRET_KEYS", "short-canary"),
        ("INDEX_KEYS", "c2hvcnQtY2FuYXJ5"),
        ("NYC311_KEY", "short-canary"),
        ("DATABASE_URL", "mysql://root:short-canary@db/x"),
        ("GEOCODER_CHAIN", "geoclient,canary"),
        ("GEOCODER_CHAIN", ","),
    ],
)
def test_weak_value_is_named_but_never_shown(
    environment: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """A short or malformed value refuses the start; the text names the setting, not the value."""
    environment.setenv(name, value)

    with pytest.raises(SettingsError) as caught:
        read_settings()

    assert name in str(caught.value)
    assert "canary" not in str(caught.value)
    assert "c2hvcnQ" not in str(caught.value)


def test_mapbox_by_name_wants_its_token(environment: pytest.MonkeyPatch) -> None:
    """A chain that names Mapbox without a token refuses the start; the default chain does not."""
    assert "mapbox" in read_settings().geocoder_chain

    environment.setenv("GEOCODER_CHAIN", "geoclient,mapbox")
    with pytest.raises(SettingsError, match="GEOCODER_CHAIN names mapbox, but MAPBOX_ACCESS_TOKEN"):
        read_settings()

    environment.setenv("MAPBOX_ACCESS_TOKEN", "pk." + "m" * 32)
    assert read_settings().geocoder_chain == ("geoclient", "mapbox")


def test_every_problem_is_said_at_once(environment: pytest.MonkeyPatch) -> None:
    """Two problems give two lines."""
    environment.delenv("NYC311_KEY")
    environment.delenv("TWILIO_ACCOUNT_SID")

    with pytest.raises(SettingsError) as caught:
        read_settings()

    assert len(str(caught.value).splitlines()) == 2


def test_secrets_do_not_print(environment: pytest.MonkeyPatch) -> None:
    """The representation of the settings shows no secret."""
    shown = repr(read_settings())

    assert "current-token" not in shown
    assert KEY not in shown


def test_the_example_holds_every_setting_with_its_default() -> None:
    """`.env.example` and the settings name the same things, and agree on the defaults."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    pairs = [line.partition("=") for line in lines if re.match(r"[A-Z0-9_]+=", line)]
    shown = {name: value for name, _, value in pairs}
    fields = {name.upper(): field.default for name, field in Settings.model_fields.items()}

    assert set(shown) == set(fields)
    for name in set(fields) - OWN:
        assert shown[name] == _as_text(fields[name]), name


def _as_text(value: object) -> str:
    """Return a default as one would write it in the environment."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ",".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)
