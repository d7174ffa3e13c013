"""The twins' harness over real HTTP: clock, log, faults, discovery."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI, Request

from conversations.vocabulary.requests import SendOutcome
from integrations.kit import errors
from integrations.kit.caller import Call, Caller, Policy
from integrations.kit.discovery import ProviderFolder, ProviderFolderError, find_providers
from integrations.kit.quota import MemoryQuota
from integrations.kit.sandbox.app import create_sandbox
from integrations.kit.sandbox.faults import KINDS, Fault
from integrations.kit.sandbox.gate import Gate
from integrations.kit.sandbox.serving import serve
from integrations.kit.sandbox.world import World
from integrations.kit.transport import open_http


@dataclass
class Toy:
    """A sandbox with one small twin that counts what it did."""

    base: str
    world: World
    http: httpx.AsyncClient

    def caller(self, **policy) -> Caller:
        return Caller("toy", Policy(**policy), http=self.http, quota=MemoryQuota())

    def call(self, **changes) -> Call:
        settings = {"json": {"reference": "r1"}, "idempotent": False, **changes}
        return Call("do", "POST", f"{self.base}/toy/do/it", **settings)


@pytest.fixture
async def toy() -> AsyncIterator[Toy]:
    """Serve a sandbox with one twin."""
    app = create_sandbox(only=("nobody",))
    world: World = app.state.world
    twin = FastAPI()

    @twin.post("/do/it")
    async def do_it(request: Request) -> dict[str, int]:
        return {"count": world.count_effect("toy", (await request.json())["reference"])}

    app.gates["toy"] = Gate(world, "toy", twin)
    world.operations["toy"] = (("do", "POST", "/do/*"),)
    async with serve(app) as base, open_http() as http:
        yield Toy(base, world, http)


def parse(answer):
    """Parse as JSON."""
    return answer.json()["count"]


EXPECTED = {
    "status": errors.ServerFailed,
    "timeout": errors.TimedOut,
    "reset": errors.ConnectionLost,
    "garbage": errors.Unreadable,
    "cut": errors.ConnectionLost,
    "slow": errors.TimedOut,
}


@pytest.mark.parametrize("kind", KINDS)
async def test_every_fault_over_real_http(toy, kind) -> None:
    """Each fault is met as what it is; a POST is unknown; commit-then-fail really did the work."""
    toy.world.faults.add(Fault(provider="toy", kind=kind, seconds=1.5))
    patience = 0.5 if EXPECTED[kind.removeprefix("commit_then_")] is errors.TimedOut else 10
    with pytest.raises(EXPECTED[kind.removeprefix("commit_then_")]) as caught:
        await toy.caller(timeout_s=patience).call(toy.call(), parse)
    assert caught.value.outcome is SendOutcome.UNKNOWN
    did = kind.startswith("commit_then_") or kind == "slow"
    assert toy.world.effects["toy", "r1"] == int(did)
    entry = toy.world.journal.entries()[-1]
    assert (entry.fault, entry.operation, entry.committed) == (kind, "do", did)
    assert await toy.caller().call(toy.call(), parse) == int(did) + 1


async def test_faults_by_times_after_and_operation(toy) -> None:
    """A fault hits only its operation, after so many calls, so often."""
    order = {"provider": "toy", "operation": "do", "kind": "status", "status": 503, "times": 2}
    answer = await toy.http.post(f"{toy.base}/_sandbox/faults", json={**order, "after": 1})
    assert answer.status_code == 201
    await toy.http.post(
        f"{toy.base}/_sandbox/faults", json={**order, "operation": "other", "times": 0}
    )
    seen = []
    for _ in range(4):
        answer = await toy.http.post(f"{toy.base}/toy/do/it", json={"reference": "r"})
        seen.append(answer.status_code)
    assert seen == [200, 503, 503, 200]
    listed = (await toy.http.get(f"{toy.base}/_sandbox/faults")).json()
    assert [fault["operation"] for fault in listed] == ["other"]
    await toy.http.delete(f"{toy.base}/_sandbox/faults")
    assert (await toy.http.get(f"{toy.base}/_sandbox/faults")).json() == []


async def test_wrong_orders_are_refused(toy) -> None:
    """A fault of no known kind, or a misspelt field, is refused with a reason."""
    for order in ({"provider": "toy", "kind": "explode"}, {"provider": "toy", "knd": "status"}):
        answer = await toy.http.post(f"{toy.base}/_sandbox/faults", json=order)
        assert answer.status_code == 422
    assert (await toy.http.get(f"{toy.base}/nobody/x")).status_code == 404


async def test_the_log_masks_secrets(toy) -> None:
    """Keys in headers, query and body are masked; the rest can be read."""
    call = toy.call(
        params={"app_key": "CANARY", "q": "123 Broadway"},
        headers={"X-Api-Key": "CANARY"},
        auth=("CANARY", "CANARY"),
        json={"reference": "r1", "client_secret": "CANARY"},
    )
    await toy.caller().call(call, parse)
    text = (await toy.http.get(f"{toy.base}/_sandbox/log", params={"provider": "toy"})).text
    assert "CANARY" not in text
    assert "Q0FOQVJZ" not in text  # the same in base64
    assert "123 Broadway" in text
    entry = toy.world.journal.entries()[-1]
    assert entry.answer == {"count": 1}
    later = await toy.http.get(f"{toy.base}/_sandbox/log", params={"since": entry.id})
    assert later.json() == []


async def test_the_log_is_bounded(toy) -> None:
    """The log keeps the last five thousand calls."""
    for _ in range(5100):
        toy.world.journal.open("toy", "do", "GET", "/", b"", {}, b"")
    assert len(toy.world.journal.entries()) == 5000


async def test_the_clock_moves_and_wakes(toy) -> None:
    """Moving the clock does at once what was due in a day; it never goes back."""
    done = asyncio.Event()

    async def deed() -> None:
        done.set()

    toy.world.schedule(86_400, deed)
    before = toy.world.now()
    await asyncio.sleep(0.02)
    assert not done.is_set()
    answer = await toy.http.post(f"{toy.base}/_sandbox/clock", json={"advance_s": 86_400})
    assert answer.status_code == 200
    async with asyncio.timeout(1):
        await done.wait()
    assert toy.world.now() - before >= timedelta(days=1)
    past = (before - timedelta(days=9)).isoformat()
    await toy.http.post(f"{toy.base}/_sandbox/clock", json={"to": past})
    assert toy.world.now() - before >= timedelta(days=1)
    no_zone = await toy.http.post(f"{toy.base}/_sandbox/clock", json={"to": "2027-01-01T00:00:00"})
    assert no_zone.status_code == 422


async def test_in_process_without_a_socket() -> None:
    """Through httpx's in-process transport a broken line looks as it does over a socket."""
    app = create_sandbox(only=("nobody",))
    app.gates["toy"] = Gate(app.state.world, "toy", FastAPI())
    app.state.world.faults.add(Fault(provider="toy", kind="reset"))
    async with open_http(transport=httpx.ASGITransport(app=app)) as http:
        caller = Caller("toy", Policy(), http=http, quota=MemoryQuota())
        with pytest.raises(errors.ConnectionLost):
            await caller.call(Call("do", "POST", "http://t/toy/x", idempotent=False), parse)


def test_an_incomplete_folder_is_named(tmp_path) -> None:
    """A provider's folder that lacks something stops the start and is named."""
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "adapter.py").write_text("")
    (tmp_path / "not_a_provider").mkdir()
    with pytest.raises(ProviderFolderError, match=r"integrations/acme lacks .*wire\.py"):
        find_providers(tmp_path)
    (tmp_path / "acme" / "fixtures").mkdir()
    (tmp_path / "acme" / "fixtures" / "a.json").write_text('{"operation": "x"}')
    with pytest.raises(ProviderFolderError, match=r"acme/fixtures/a\.json: KeyError"):
        list(ProviderFolder("acme", tmp_path / "acme").fixtures())
