"""The history of the schema, run forward by `main.py migrate`. Expand first, contract later.

`make run` and `make chat` do it by themselves. Other processes do not start on a schema that is
behind them; one that is ahead of them is what a rolling release looks like, and is fine.
"""

from __future__ import annotations

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.storage.engine import Storage

_LOCK = 311_0001  # any number; the same in every process of ours

logging.getLogger("alembic").setLevel(logging.WARNING)  # its news come without their values


def _configure(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    """Run under a lock: on SQLite BEGIN IMMEDIATE is one, PostgreSQL gets an advisory one."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    command.upgrade(_configure(connection), "head")


async def migrate(storage: Storage) -> None:
    """Bring the schema up to date. Safe when many processes start at once."""
    await storage.write(_upgrade)


def is_behind(connection: Connection) -> bool:
    """Return whether the database has no schema, or one that an earlier release left."""
    script = ScriptDirectory.from_config(_configure(connection))
    present = MigrationContext.configure(connection).get_current_revision()
    earlier = {step.revision for step in script.walk_revisions()} - {script.get_current_head()}
    return present is None or present in earlier


def check(connection: Connection) -> None:
    """Raise an alembic error when the tables in code and the migrations differ."""
    command.check(_configure(connection))
