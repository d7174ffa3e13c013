"""Opens one provider's twin in process, with its world, for adapter tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from integrations.kit.caller import Caller, Policy
from integrations.kit.quota import MemoryQuota
from integrations.kit.sandbox.app import create_sandbox
from integrations.kit.sandbox.world import World
from integrations.kit.transport import open_http


@dataclass
class Stage:
    """A world with one twin, the client that reaches it and a caller for an adapter."""

    provider: str
    world: World
    http: httpx.AsyncClient
    caller: Caller

    def url(self, path: str) -> str:
        """Return a URL at the twin."""
        return f"http://twin/{self.provider}/{path}"

    def count_calls(self) -> int:
        """Return how many calls the twin received."""
        return len(self.world.journal.entries())


@asynccontextmanager
async def open_stage(provider: str) -> AsyncIterator[Stage]:
    """Open the twin of one provider; one attempt a call, so that faults show at once."""
    world = World()
    app = create_sandbox(world=world, only=(provider,))
    async with open_http(transport=httpx.ASGITransport(app=app)) as http:
        caller = Caller(provider, Policy(attempts=1), http=http, quota=MemoryQuota())
        yield Stage(provider, world, http, caller)
    await world.close()
