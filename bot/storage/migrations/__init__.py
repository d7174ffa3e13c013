"""The history of the schema, run forward when a process starts. Expand first, contract later."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from bot.storage.engine import Storage

_LOCK = 311_0001  # any number; the same in every process of ours


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


def check(connection: Connection) -> None:
    """Raise an alembic error when the tables in code and the migrations differ."""
    command.check(_configure(connection))
