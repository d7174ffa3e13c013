"""Opening the spool of a process whose doors take what comes in."""

from __future__ import annotations

from bot.served import StartError
from bot.settings import Settings
from bot.spool.spool import Spool, probe
from bot.storage.crypto import Vault


def open_spool(settings: Settings, vault: Vault) -> Spool:
    """Return the spool; a process that could not keep what comes in must not open its doors.

    Raises:
        StartError: it cannot be written.
    """
    folder = settings.spool_folder
    try:
        probe(folder)
    except OSError as error:
        why = error.strerror or "no permission"
        raise StartError(f"SPOOL_DIR: cannot write to {folder}: {why}") from None
    return Spool(folder, vault, settings.spool_max_mb * 1024 * 1024)
