"""Which geocoders a process has, and that one left out is told."""

from __future__ import annotations

import base64
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import ValidationError
from structlog.testing import capture_logs

from bot.providers import _build_geocoders, policies
from bot.settings import Settings
from integrations.geocoding import SpareKey

KEY = base64.b64encode(bytes(32)).decode()


def settings(**more: Any) -> Settings:
    """Return good settings without a token for Mapbox."""
    return Settings.model_validate(
        {
            "secret_keys": f"1:{KEY}",
            "index_keys": KEY,
            "twilio_account_sid": "AC" + "0" * 32,
            "twilio_auth_tokens": "a" * 32,
            "nyc311_key": "k" * 32,
            "geoclient_app_key": "g" * 32,
            **more,
        }
    )


@pytest.mark.parametrize(
    ("more", "providers", "told"),
    [
        ({}, ["geoclient", "geosearch"], ["geocoder_left_out"]),
        ({"mapbox_access_token": "pk.x"}, ["geoclient", "geosearch", "mapbox"], []),
        ({"geocoder_chain": "geosearch"}, ["geosearch"], []),
    ],
)
def test_the_default_chain_goes_without_mapbox_and_says_so(
    monkeypatch: pytest.MonkeyPatch, more: dict[str, Any], providers: list[str], told: list[str]
) -> None:
    """Without a token the default chain is one shorter, and a line in the log names it."""
    for name in ("GEOCODER_CHAIN", "MAPBOX_ACCESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    callers: Any = dict.fromkeys(("geoclient", "geosearch", "mapbox"), SimpleNamespace())
    with capture_logs() as lines:
        chain = _build_geocoders(settings(**more), callers)
    assert [geocoder.provider for geocoder in chain] == providers
    assert [line["event"] for line in lines] == told
    assert all(line["integration.provider"] == "mapbox" for line in lines)


def test_a_second_key_of_geoclient_has_a_quota_of_its_own() -> None:
    """With a second key the geocoder has a spare, counted under its own name; without, none."""
    assert "geoclient_2" not in policies(settings())
    keyed = settings(geoclient_app_key_2="h" * 32, geoclient_quota_daily=7)
    assert policies(keyed)["geoclient_2"].quota_daily == 7
    callers: Any = dict.fromkeys(policies(keyed), SimpleNamespace())
    [first, *_] = _build_geocoders(keyed, callers)
    assert isinstance(first, SpareKey)
    with pytest.raises(ValidationError, match="GEOCLIENT_APP_KEY_2 is shorter"):
        settings(geoclient_app_key_2="short")
