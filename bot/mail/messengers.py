"""Who sends mail: SendGrid, or a mail server of the city's own."""

from __future__ import annotations

from collections.abc import Mapping

from bot.settings import Settings
from integrations.kit.caller import Caller
from integrations.kit.ports import Messenger
from integrations.sendgrid.adapter import SendgridAdapter
from integrations.smtp.adapter import SmtpAdapter


def build_messengers(settings: Settings, callers: Mapping[str, Caller]) -> dict[str, Messenger]:
    """Return what sends mail, by its name; nothing when no city has a mail address."""
    if not settings.mail_on:
        return {}
    if settings.mail_provider == "smtp":
        return {
            "smtp": SmtpAdapter(
                callers["smtp"],
                host=settings.smtp_host,
                port=settings.smtp_port,
                security=settings.smtp_security,
                user=settings.smtp_user,
                password=settings.smtp_password.get_secret_value(),
            )
        }
    return {
        "sendgrid": SendgridAdapter(
            callers["sendgrid"],
            api_key=settings.sendgrid_api_key.get_secret_value(),
            base_url=settings.sendgrid_base_url,
            sandbox_mode=settings.sendgrid_sandbox_mode,
        )
    }
