"""Registering staff, from the command line of the machine the service runs on."""

from __future__ import annotations

from bot.bootstrap import open_shell
from bot.storage import audit, staff
from bot.storage.audit import AuditLine
from bot.storage.engine import Connection
from bot.storage.metadata import to_ms
from conversations.vocabulary.handles import Handle, scheme

SCHEMES = ("slack", "mailto", "term")


class HiringError(Exception):
    """Somebody cannot be registered this way; the text says why and names nobody."""


async def hire(handle: str, name: str, role: str, city: str, *, active: bool) -> None:
    """Register a member of staff, change what is known of them, or let them go; on record.

    Args:
        handle: `slack:T1/U1`, `mailto:...` or `term:<user>`.
        name: as colleagues know them.
        role: `staff` or `admin`.
        city: a slug, or `*` for all.
        active: False lets them go.

    Raises:
        HiringError: no such kind of handle, role or city, or no name.
        StartError: see `open_shell`.
    """
    if scheme(Handle(handle)) not in SCHEMES or not handle.partition(":")[2]:
        raise HiringError(f"a handle begins with {', '.join(SCHEMES)} and a colon")
    async with open_shell() as shell:
        if city != staff.EVERY_CITY and city not in shell.cities:
            raise HiringError(f"there is no city {city}; * is all of them")
        now = to_ms(shell.clock.now())

        def put(connection: Connection) -> None:
            who = staff.put(
                connection, shell.vault, Handle(handle),
                name=name, role=role, city=city, now=now, active=active,
            )  # fmt: skip
            detail = {"staff": who.id, "role": role, "active": active}
            line = AuditLine(now, "", "staff", "done", None, city, None, detail)
            audit.add(connection, shell.vault, line)

        try:
            await shell.storage.write(put)
        except ValueError as error:
            raise HiringError(str(error)) from None
