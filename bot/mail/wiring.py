"""Putting the parts of mail together, when a city has a mail address."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.intake import Intake
from bot.mail.blobs import MailBlobs
from bot.mail.book import MailBook
from bot.mail.desk import MailDesk
from bot.photos import FolderBlobs
from bot.settings import Settings
from bot.spool.spool import Spool
from bot.storage.crypto import Vault


def open_blobs(vault: Vault, data_dir: str) -> MailBlobs:
    """Return where mails are kept whole, beside the photos."""
    return MailBlobs(vault, FolderBlobs(Path(data_dir) / "mails"))


def open_desk(
    settings: Settings,
    kept: Mapping[str, Any],
    intake: Intake,
    blobs: MailBlobs,
    spool: Spool | None = None,
) -> MailDesk | None:
    """Return the mail desk, or None when no city has a mail address.

    Args:
        settings: who sends mail.
        kept: `storage`, `vault`, `clock` and `cities` of the shell.
        intake: where messages go.
        blobs: where mails are kept.
        spool: takes what the database does not.
    """
    if not settings.mail_on:
        return None
    return MailDesk(
        storage=kept["storage"],
        vault=kept["vault"],
        clock=kept["clock"],
        intake=intake,
        book=MailBook(kept["cities"]),
        blobs=blobs,
        provider=settings.mail_provider,
        spool=spool,
    )
