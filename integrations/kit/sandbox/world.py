"""The world all twins share: one movable clock, scheduled deeds, the log, faults, effects."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from integrations.kit.sandbox.ahead import AHEAD_FILE, read_ahead, write_ahead
from integrations.kit.sandbox.faults import FaultBoard
from integrations.kit.sandbox.journal import Journal

DEFAULTS: Mapping[str, str] = {
    "public_base_url": "http://127.0.0.1:8311",
    "twilio_account_sid": "AC00000000000000000000000000000001",
    "twilio_auth_token": "0123456789abcdef0123456789abcdef",
    "twilio_number": "+19295550311",
    "geoclient_app_id": "sandbox",
    "geoclient_app_key": "sandbox-geoclient-key",
    "mapbox_token": "sandbox-mapbox-token",
    "nyc311_key": "sandbox-311-key",
    "slack_team": "T0CITY",
    "slack_bot_token": "xoxb-sandbox-slack-token",
    "slack_signing_secret": "0123456789abcdef0123456789abcdef",
    "slack_hooks_url": "http://127.0.0.1:8312/slack/hooks/",
    "mail_address": "311@city.example",
    "sendgrid_api_key": "SG.sandbox-sendgrid-key",
    # Signs the webhooks of SendGrid's twin: a throw-away key, known to everybody.
    "sendgrid_signing_key": (
        "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJCr"
        "ze+hRANCAARHHD51jEkEKFu6flMRjtD1JK3rB1fSW9L457DXbfpxTN1SD3rKiouResw39R3o8Mm7462Fg4LnAtwl"
        "oS0J96hY"
    ),
}
"""What a twin needs to know; `World(settings=...)` replaces single values. No real secrets."""


class World:
    """What the twins have in common.

    Attributes:
        settings: names and values as in `DEFAULTS`, and whatever else a twin looks for.
        journal: every call received. faults: what shall go wrong next.
        effects: (provider, our own reference) to how often it took effect there; how a test
            proves "nothing lost, nothing twice". A twin calls `count_effect` where the real
            one would have changed the world.
        operations: provider to (operation, method, path pattern), from the twins.
    """

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        self.settings: dict[str, str] = {**DEFAULTS, **(settings or {})}
        self.journal = Journal(self.now)
        self.faults = FaultBoard()
        self.effects: Counter[tuple[str, str]] = Counter()
        self.operations: dict[str, tuple[tuple[str, str, str], ...]] = {}
        folder = self.settings.get("state_dir")
        self._ahead_path = Path(folder) / AHEAD_FILE if folder else None
        self._offset = read_ahead(self._ahead_path) if self._ahead_path else 0.0
        self._moved = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closers: list[Callable[[], Awaitable[None]]] = []

    def now(self) -> datetime:
        """Return the time in this world, UTC. It runs with the real one, plus all advances."""
        return datetime.fromtimestamp(time.time() + self._offset, UTC)

    def advance(self, seconds: float) -> datetime:
        """Move the clock forward and wake what falls due; returns the new time."""
        self._offset += max(0.0, seconds)
        if self._ahead_path:
            write_ahead(self._ahead_path, self._offset)
        self._moved.set()
        self._moved = asyncio.Event()
        return self.now()

    def move_to(self, when: datetime) -> datetime:
        """Move the clock forward to `when` (with zone); never back."""
        return self.advance((when - self.now()).total_seconds())

    def count_effect(self, provider: str, reference: str) -> int:
        """Count one effect of our own `reference` at `provider`; returns how many it has now."""
        self.effects[provider, reference] += 1
        return self.effects[provider, reference]

    def schedule(self, delay_s: float, deed: Callable[[], Awaitable[None]]) -> None:
        """Do `deed` when the world's clock has gone on by `delay_s` seconds. Must not raise."""
        due = self.now() + timedelta(seconds=delay_s)

        async def wait_and_do() -> None:
            while (left := (due - self.now()).total_seconds()) > 0:
                moved = self._moved
                try:
                    await asyncio.wait_for(moved.wait(), min(left, 3600.0))
                except TimeoutError:
                    continue
            await deed()

        task = asyncio.get_running_loop().create_task(wait_and_do())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def on_close(self, closer: Callable[[], Awaitable[None]]) -> None:
        """Call `closer` when the sandbox stops."""
        self._closers.append(closer)

    async def close(self) -> None:
        """Drop what is still scheduled and close what the twins opened."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for closer in self._closers:
            await closer()
