"""Who is staff in Slack: by user group or mail address, as the settings say, kept as the desk knows
it.

With `SLACK_STAFF` the settings are the authority for everybody who comes by Slack: whoever is no
longer in a group is staff no longer, five minutes later at most. Without it only those count who
were registered with `main.py staff add`. While Slack cannot be asked, what was known last holds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from bot.clock import Clock
from bot.slack.workspaces import Workspaces
from bot.storage import staff
from bot.storage.crypto import Vault
from bot.storage.engine import Connection, Storage
from bot.storage.metadata import to_ms
from bot.storage.staff import Staff
from conversations.vocabulary.handles import Handle
from integrations.kit.errors import AdapterError
from integrations.slack.adapter import SlackAdapter

KEPT_MS = 5 * 60_000
"""How long an answer of Slack's about somebody is believed."""

MOST_KEPT = 2000
_ENTRY = re.compile(
    r"(?P<city>\*|[a-z0-9_-]+):(?P<who>S[A-Z0-9]+|[^@\s,=]+@[^@\s,=]+)=(?P<role>staff|admin)"
)
log = structlog.get_logger("bot.slack")


@dataclass(frozen=True, slots=True)
class Entitlement:
    """Who may be staff: members of a group `S...`, or the owner of a mail address."""

    city: str
    who: str
    role: str


def read_entitlements(entries: Sequence[str]) -> tuple[Entitlement, ...]:
    """Return what `SLACK_STAFF` says, admins first. Raises `ValueError`."""
    found = []
    for entry in entries:
        match = _ENTRY.fullmatch(entry)
        if match is None:
            raise ValueError("SLACK_STAFF: each must be city:S0GROUP=role or city:mail=role")
        who = match["who"] if "@" not in match["who"] else match["who"].lower()
        found.append(Entitlement(match["city"], who, match["role"]))
    return tuple(sorted(found, key=lambda one: one.role != "admin"))


def handle_of(team: str, user: str) -> Handle:
    """Return the handle of somebody in Slack."""
    return Handle(f"slack:{team}/{user}")


class People:
    """Knows staff by their Slack ids.

    Args:
        storage, vault, clock: the shell's.
        workspaces: whom to ask.
        entitlements: from the settings; empty: only who is registered.
    """

    def __init__(
        self,
        *,
        storage: Storage,
        vault: Vault,
        clock: Clock,
        workspaces: Workspaces,
        entitlements: Sequence[Entitlement],
    ) -> None:
        self._storage = storage
        self._vault = vault
        self._clock = clock
        self._workspaces = workspaces
        self._entitlements = tuple(entitlements)
        self._asked: dict[tuple[str, str], int] = {}

    async def know(self, team: str, user: str) -> Handle:
        """Return the handle of somebody, having looked whether they are staff."""
        handle = handle_of(team, user)
        now = to_ms(self._clock.now())
        slack = self._workspaces.of(team)
        asked = self._asked.get((team, user))
        if not self._entitlements or slack is None or (asked or 0) > now - KEPT_MS:
            return handle
        try:
            name, entitled = await self._ask(slack, user)
        except AdapterError as error:
            log.warning("staff_not_asked", error_code=error.code)
            return handle
        await self._storage.write(lambda c: self._keep(c, handle, name, entitled, now))
        if len(self._asked) > MOST_KEPT:
            self._asked.clear()
        self._asked[team, user] = now
        return handle

    async def _ask(self, slack: SlackAdapter, user: str) -> tuple[str, Entitlement | None]:
        """Return somebody's name, and what the settings entitle them to."""
        known = await slack.user(user)
        if known.deleted or known.is_bot:
            return known.name, None
        for one in self._entitlements:
            if "@" in one.who:
                entitled = known.email.lower() == one.who
            else:
                entitled = user in await slack.members(one.who)
            if entitled:
                return known.name, one
        return known.name, None

    def _keep(
        self,
        connection: Connection,
        handle: Handle,
        name: str,
        entitled: Entitlement | None,
        now: int,
    ) -> Staff | None:
        known = staff.find(connection, self._vault, handle)
        if known is None and entitled is None:
            return None
        role = entitled.role if entitled else known.role if known else "staff"
        city = entitled.city if entitled else known.city if known else ""
        return staff.put(
            connection,
            self._vault,
            handle,
            name=name or "A colleague",
            role=role,
            city=city,
            now=now,
            active=entitled is not None,
        )
