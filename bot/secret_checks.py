"""Checking the secrets of the settings: a weak or missing one refuses the start, by its name."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from integrations.sendgrid.signature import load_key

if TYPE_CHECKING:
    from bot.settings import Settings

MIN_SECRET_BYTES = 16


def parse_key(text: str) -> tuple[int, bytes]:
    """Return (key id, key) of `3:base64`; ValueError when it has another form or length."""
    number, _, encoded = text.partition(":")
    try:
        key = base64.b64decode(encoded, validate=True)
        key_id = int(number)
    except (binascii.Error, ValueError):
        raise ValueError("not of the form id:base64") from None
    if len(key) != 32 or not 0 <= key_id <= 255:
        raise ValueError("needs an id of 0 to 255 and 32 bytes")
    return key_id, key


def find_weak_secrets(settings: Settings) -> list[str]:
    """Return what is missing or short, one line each; values are never shown."""
    return [
        *_weak_keys(settings),
        *_weak_provider_secrets(settings),
        *_weak_mail_secrets(settings),
        *_weak_slack_secrets(settings),
        *_unusable_geocoders(settings),
    ]


def _weak_keys(settings: Settings) -> list[str]:
    """Return what is wrong with our own keys."""
    problems = []
    if not settings.secret_keys:
        problems.append("SECRET_KEYS is missing (id:base64 of 32 bytes, the current one first)")
    for key in settings.secret_keys:
        try:
            parse_key(key.get_secret_value())
        except ValueError as error:
            problems.append(f"SECRET_KEYS: {error}")
    if not settings.index_keys:
        problems.append("INDEX_KEYS is missing (base64 of at least 32 bytes)")
    for key in settings.index_keys:
        try:
            size = len(base64.b64decode(key.get_secret_value(), validate=True))
        except binascii.Error:
            size = 0
        if size < 32:
            problems.append("INDEX_KEYS: not base64 of at least 32 bytes")
    return problems


def _weak_provider_secrets(settings: Settings) -> list[str]:
    """Return what is missing or short among the providers' secrets.

    An empty token would verify a signature made with an empty key, so it is never accepted.
    """
    problems = []
    if not settings.twilio_account_sid:
        problems.append("TWILIO_ACCOUNT_SID is missing")
    if not settings.twilio_auth_tokens:
        problems.append("TWILIO_AUTH_TOKENS is missing")
    for token in settings.twilio_auth_tokens:
        if len(token.get_secret_value().encode()) < MIN_SECRET_BYTES:
            problems.append(f"TWILIO_AUTH_TOKENS: shorter than {MIN_SECRET_BYTES} bytes")
    if len(settings.nyc311_key.get_secret_value()) < MIN_SECRET_BYTES:
        problems.append(f"NYC311_KEY is missing or shorter than {MIN_SECRET_BYTES} bytes")
    if "geoclient" in settings.geocoder_chain:
        query = settings.geoclient_auth == "query_app_id_key"
        key = settings.geoclient_app_key if query else settings.geoclient_subscription_key
        name = "GEOCLIENT_APP_KEY" if query else "GEOCLIENT_SUBSCRIPTION_KEY"
        if len(key.get_secret_value()) < MIN_SECRET_BYTES:
            problems.append(f"{name} is missing or shorter than {MIN_SECRET_BYTES} bytes")
        spare = settings.geoclient_app_key_2 if query else settings.geoclient_subscription_key_2
        if 0 < len(spare.get_secret_value()) < MIN_SECRET_BYTES:
            problems.append(f"{name}_2 is shorter than {MIN_SECRET_BYTES} bytes")
    return problems


def _weak_mail_secrets(settings: Settings) -> list[str]:
    """Return what is missing for mail, when there is an address for it."""
    if not settings.mail_addresses:
        return []
    problems = []
    key = settings.sendgrid_api_key.get_secret_value()
    if settings.mail_provider == "sendgrid" and len(key) < MIN_SECRET_BYTES:
        problems.append(f"SENDGRID_API_KEY is missing or shorter than {MIN_SECRET_BYTES} bytes")
    if settings.smtp_security == "none" and settings.smtp_password.get_secret_value():
        problems.append("SMTP_PASSWORD needs SMTP_SECURITY=starttls or tls")
    for name in ("sendgrid_inbound_keys", "sendgrid_event_keys"):
        problems += [f"{name.upper()}: not a key" for key in getattr(settings, name) if _bad(key)]
    login = settings.sendgrid_inbound_login.get_secret_value()
    if not settings.sendgrid_inbound_keys and len(login) < MIN_SECRET_BYTES:
        problems.append(
            "SENDGRID_INBOUND_KEYS is missing (or SENDGRID_INBOUND_LOGIN, user:password of at "
            f"least {MIN_SECRET_BYTES} bytes)"
        )
    return problems


def _weak_slack_secrets(settings: Settings) -> list[str]:
    """Return what is missing for Slack, when there is a channel for it."""
    if not settings.slack_channels:
        return []
    problems = []
    for name in ("slack_signing_secrets", "slack_bot_tokens"):
        if name == "slack_signing_secrets" and settings.slack_app_token.get_secret_value():
            continue  # over Socket Mode nothing is signed
        given = [secret.get_secret_value() for secret in getattr(settings, name)]
        if not given or any(len(secret.encode()) < MIN_SECRET_BYTES for secret in given):
            text = f"is missing or shorter than {MIN_SECRET_BYTES} bytes"
            problems.append(f"{name.upper()} {text}")
    return problems


def _bad(key: str) -> bool:
    """Return whether a public key of mail is none."""
    try:
        load_key(key)
    except ValueError:
        return True
    return False


def _unusable_geocoders(settings: Settings) -> list[str]:
    """Return what keeps a geocoder that was asked for by name from working.

    The default chain goes without Mapbox when there is no token; `bot/providers.py` logs it.
    """
    named = "geocoder_chain" in settings.model_fields_set and "mapbox" in settings.geocoder_chain
    if named and not settings.mapbox_access_token.get_secret_value():
        return ["GEOCODER_CHAIN names mapbox, but MAPBOX_ACCESS_TOKEN is missing"]
    return []
