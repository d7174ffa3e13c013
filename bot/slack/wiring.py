"""Putting Slack's parts together, when a city has a channel there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.breakers import read_states
from bot.desk.room import Parts
from bot.served import StartError
from bot.settings import Settings
from bot.slack.cards import Cards
from bot.slack.clerk import Clerk
from bot.slack.front import Front
from bot.slack.homes import Homes
from bot.slack.letters import Letters
from bot.slack.messages import Messages
from bot.slack.people import People, read_entitlements
from bot.slack.presses import Presses
from bot.slack.room import Room
from bot.slack.routes import Routes, read_routes
from bot.slack.slash import Commands
from bot.slack.submissions import Submissions
from bot.slack.workspaces import Workspaces
from bot.wakes import Wakes
from conversations.vocabulary.city import City
from conversations.vocabulary.places import GeocodeStatus
from integrations.kit.caller import Caller
from integrations.kit.errors import AdapterError
from integrations.kit.shared_pacing import ScriptRunner, SharedPacer
from integrations.slack.adapter import CHANNEL_PER_SECOND

if TYPE_CHECKING:
    from bot.shell import Shell


@dataclass(frozen=True, slots=True)
class SlackSide:
    """Slack's parts of one process. `secrets` sign what Slack posts to us."""

    front: Front
    cards: Cards
    people: People
    workspaces: Workspaces
    routes: Routes
    secrets: tuple[str, ...]


def read_tokens(settings: Settings) -> dict[str, str]:
    """Return workspace to its bot's token. Raises `StartError`."""
    tokens = {}
    for entry in settings.slack_bot_tokens:
        team, _, token = entry.get_secret_value().partition(":")
        if not team.startswith("T") or not token.startswith("xoxb-"):
            raise StartError("SLACK_BOT_TOKENS: each must be T...:xoxb-...")
        tokens[team] = token
    return tokens


def name_twin(settings: Settings) -> dict[str, str]:
    """Return what Slack's twin must know to be this installation's workspace."""
    if not settings.slack_on:
        return {}
    team, _, token = settings.slack_bot_tokens[0].get_secret_value().partition(":")
    return {
        "slack_team": team,
        "slack_bot_token": token,
        **_signing(settings),
        "slack_hooks_url": settings.slack_hooks_url,
    }


def _signing(settings: Settings) -> dict[str, str]:
    """Return what the twin signs with; its own when nothing is signed here (Socket Mode)."""
    secrets = settings.slack_signing_secrets
    return {"slack_signing_secret": secrets[0].get_secret_value()} if secrets else {}


def open_slack(
    settings: Settings,
    kept: Mapping[str, Any],
    parts: Parts,
    wakes: Wakes,
    caller: Caller | None,
    redis: ScriptRunner,
) -> SlackSide | None:
    """Return Slack's parts, or None when no city has a channel there.

    Args:
        settings: the process's.
        kept: `storage`, `vault`, `clock` and `cities` of the shell.
        parts: what cards are drawn with.
        wakes: announces.
        caller: of the provider.
        redis: keeps each channel's pace over all processes.

    Raises:
        StartError: a setting of Slack is malformed; the text names it.
    """
    if not settings.slack_on or caller is None:
        return None
    workspaces = Workspaces(
        caller=caller,
        tokens=read_tokens(settings),
        base_url=settings.slack_base_url,
        hooks_url=settings.slack_hooks_url,
        make_pacer=lambda name: SharedPacer(name, CHANNEL_PER_SECOND, redis),
    )
    try:
        channels, ops = settings.slack_channels, settings.slack_ops_channel
        routes = read_routes(channels, ops, workspaces.teams)
        entitled = read_entitlements(settings.slack_staff)
    except ValueError as error:
        raise StartError(str(error)) from None
    shared = {key: kept[key] for key in ("storage", "vault", "clock")}
    drawing = {"storage": kept["storage"], "clock": kept["clock"]}
    return SlackSide(
        front=Front(**shared, wakes=wakes, workspaces=workspaces),
        cards=Cards(**drawing, wakes=wakes, parts=parts, workspaces=workspaces, routes=routes),
        people=People(**shared, workspaces=workspaces, entitlements=entitled),
        workspaces=workspaces,
        routes=routes,
        secrets=tuple(secret.get_secret_value() for secret in settings.slack_signing_secrets),
    )


def open_clerk(shell: Shell) -> Clerk | None:
    """Return who takes up what staff did in Slack, or None without Slack."""
    side = shell.slack
    if side is None:
        return None
    room = Room(
        storage=shell.storage,
        vault=shell.vault,
        clock=shell.clock,
        cities=shell.cities,
        desk=shell.desk,
        board=shell.board,
        workspaces=side.workspaces,
        people=side.people,
        find_place=_finder(shell),
        breakers=lambda: read_states(shell.redis, shell.breakers()),
        quotas=lambda: read_quotas(shell),
        redraw=side.cards.redraw,
    )
    messages, letters = Messages(room), Letters(room, shell.wakes)
    handlers = {
        "press": Presses(room, letters).handle,
        "submission": Submissions(room).handle,
        "message": messages.write,
        "edited": messages.change,
        "deleted": messages.change,
        "home": Homes(room).show,
        "command": Commands(room, letters).handle,
    }
    return Clerk(storage=shell.storage, vault=shell.vault, clock=shell.clock, handlers=handlers)


async def read_quotas(shell: Shell) -> dict[str, tuple[int, int]]:
    """Return provider to (calls left today, calls a day), of those that have a limit."""
    found = {}
    for name, caller in shell.callers.items():
        daily = caller.policy.quota_daily
        left = None if daily is None else await caller.quota.remaining(caller.provider)
        if daily is not None and left is not None:
            found[name] = (left, daily)
    return found


def _finder(shell: Shell) -> Callable[[str, str], Awaitable[Mapping[str, Any] | None]]:
    """Return what looks words up on a city's map: one exact place, or nothing."""

    async def find(slug: str, words: str) -> Mapping[str, Any] | None:
        city: City = shell.cities[slug]
        address = shell.readers[slug].read(words).address
        if address is None:
            return None
        try:
            found = await shell.geocoders[slug].geocode(address, None, city)
        except AdapterError:
            return None
        if found.status is not GeocodeStatus.EXACT or len(found.places) != 1:
            return None
        return found.places[0].to_json()

    return find
