"""Which channel a case's card belongs in: by request type, by agency, by city, in this order."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

_ENTRY = re.compile(
    r"(?P<city>[a-z0-9_-]+)(?:/(?P<what>[^:/,]{1,60}))?:(?:(?P<team>T[A-Z0-9]+)/)?(?P<channel>C[A-Z0-9]+)"
)


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel of a workspace."""

    team: str
    id: str


@dataclass(frozen=True, slots=True)
class Routes:
    """The routing of cards.

    Attributes:
        channels: (city, type or agency in lower case or empty) to channel.
        ops: where alerts go, or None.
    """

    channels: dict[tuple[str, str], Channel] = field(default_factory=dict)
    ops: Channel | None = None

    def of(self, city: str, type_key: str, agency: str) -> Channel | None:
        """Return where the card of a case belongs, or None: it has no place in Slack."""
        for what in (type_key.lower(), agency.lower(), ""):
            if (found := self.channels.get((city, what))) is not None:
                return found
        return None


def read_routes(entries: Sequence[str], ops: str, teams: Collection[str]) -> Routes:
    """Return the routes of the settings.

    Args:
        entries: `city:C1`, `city/agency:C1` or `city/type:T1/C1` each.
        ops: `C1` or `T1/C1`, or empty.
        teams: ids of our workspaces; an entry may leave its workspace out when there is one.

    Raises:
        ValueError: an entry has another form, or names a workspace that is not ours.
    """
    channels: dict[tuple[str, str], Channel] = {}
    for entry in entries:
        found = _ENTRY.fullmatch(entry)
        if found is None:
            raise ValueError("SLACK_CHANNELS: each must be city:channel or city/agency:channel")
        what = (found["what"] or "").lower()
        channels[found["city"], what] = _channel(found["team"], found["channel"], teams)
    if not ops:
        return Routes(channels)
    team, _, channel = ops.rpartition("/")
    return Routes(channels, _channel(team, channel, teams))


def _channel(team: str | None, channel: str, teams: Collection[str]) -> Channel:
    if not team and len(teams) == 1:
        team = next(iter(teams))
    if not team or team not in teams:
        raise ValueError("SLACK_CHANNELS: name the workspace (T.../C...), one of SLACK_BOT_TOKENS")
    return Channel(team, channel)
