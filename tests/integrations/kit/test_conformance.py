"""Every provider that is found: its fixtures parse, and no upstream misbehaviour gets through."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import random
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import orjson
import pytest
from pydantic import BaseModel

from integrations.kit.caller import Answer, Call, Caller, Policy
from integrations.kit.discovery import Fixture, ProviderFolder, find_providers
from integrations.kit.errors import AdapterError
from integrations.kit.quota import MemoryQuota
from integrations.kit.sandbox.app import create_sandbox
from integrations.kit.sandbox.faults import Fault
from integrations.kit.sandbox.serving import serve
from integrations.kit.sandbox.world import World
from integrations.kit.transport import open_http

PROVIDERS = find_providers()
FIXTURES = [fixture for folder in PROVIDERS for fixture in folder.fixtures()]
FOLDERS = {folder.name: folder for folder in PROVIDERS}
FAULTS = [
    Fault("*", "status", status=429, retry_after=1, times=0),
    Fault("*", "status", status=429, times=0),
    Fault("*", "status", status=500, times=0),
    Fault("*", "status", status=503, times=0),
    Fault("*", "status", status=401, times=0),
    Fault("*", "status", status=302, times=0),
    Fault("*", "timeout", seconds=0.4, times=0),
    Fault("*", "reset", times=0),
    Fault("*", "garbage", times=0),
    Fault("*", "cut", times=0),
    Fault("*", "slow", seconds=0.8, times=0),
]


def plain(value: object) -> Any:
    """Return a parsed value as JSON."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    return orjson.loads(orjson.dumps(value, default=str))


def covers(value: Any, expected: Any) -> bool:
    """Tell whether every field that is expected is there and so."""
    if isinstance(expected, dict):
        return isinstance(value, dict) and all(
            name in value and covers(value[name], inner) for name, inner in expected.items()
        )
    if isinstance(expected, list):
        return (
            isinstance(value, list)
            and len(value) == len(expected)
            and all(covers(a, b) for a, b in zip(value, expected, strict=True))
        )
    return bool(value == expected)


async def understand(fixture: Fixture, body: bytes) -> object:
    """Return what the provider's parser makes of an answer, through a real caller."""
    wire = FOLDERS[fixture.provider].load("wire")
    explain = getattr(wire, "EXPLAINERS", {}).get(fixture.operation)
    accepts = getattr(wire, "ACCEPTS", {}).get(fixture.operation, frozenset())

    def handler(request: httpx.Request) -> httpx.Response:
        return httpx.Response(fixture.status, headers=fixture.headers, content=body)

    async with open_http(transport=httpx.MockTransport(handler)) as http:
        policy = Policy(attempts=1)
        caller = Caller(fixture.provider, policy, http=http, quota=MemoryQuota())
        call = Call(fixture.operation, "GET", "https://x.test/", accepts=accepts)
        return await caller.call(call, wire.PARSERS[fixture.operation], explain)


def test_every_provider_is_found() -> None:
    """The folders are discovered, and each has fixtures for every operation it parses."""
    assert {"twilio", "geoclient", "geosearch", "mapbox", "nyc311"} <= set(FOLDERS)
    for folder in PROVIDERS:
        shown = {fixture.operation for fixture in folder.fixtures()}
        bare = sorted(set(folder.load("wire").PARSERS) - shown)
        assert not bare, f"integrations/{folder.name}/fixtures has no exchange of {bare}"
        for fixture in folder.fixtures():
            assert fixture.operation in folder.load("wire").PARSERS, fixture.name


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda f: f"{f.provider}/{f.name}")
async def test_fixture(fixture: Fixture) -> None:
    """A recorded answer gives what the fixture says: fields, or an error."""
    wanted = fixture.expect.get("error")
    if wanted is None:
        value = await understand(fixture, fixture.body)
        for name, expected in fixture.expect.items():
            assert covers(plain(getattr(value, name)), expected), name
        return
    with pytest.raises(AdapterError) as caught:
        await understand(fixture, fixture.body)
    assert type(caught.value).__name__ == wanted


def mutants(body: bytes) -> Iterator[bytes]:
    """Return a recorded answer with each value in turn replaced by something wrong, and cut."""
    for at in range(0, len(body), max(1, len(body) // 12)):
        yield body[:at]
    yield b"[]"
    yield b"null"
    yield b'"text"'
    yield b"[[[[]]]]" * 3
    yield b"\xff\xfe" + body
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return
    for path in list(paths(value))[:150]:
        for wrong in (None, 7, -1.5, "", "x" * 5000, [], {}, True, [None], {"a": []}):
            yield orjson.dumps(replaced(value, path, wrong))


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Return the way to every value inside a JSON value."""
    if path:
        yield path
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from paths(inner, (*path, name))
    if isinstance(value, list):
        for index, inner in enumerate(value[:2]):
            yield from paths(inner, (*path, index))


def replaced(value: Any, path: tuple[Any, ...], wrong: object) -> Any:
    """Return a copy of a JSON value with one value inside replaced."""
    copy = orjson.loads(orjson.dumps(value))
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = wrong
    return copy


@pytest.mark.parametrize("folder", PROVIDERS, ids=lambda folder: folder.name)
def test_hostile_answers(folder: ProviderFolder) -> None:
    """Whatever stands where in an answer, a parser gives a value or an ordinary exception, fast."""
    wire = folder.load("wire")
    seen: set[str] = set()
    for fixture in folder.fixtures():
        parse: Callable[[Answer], object] = wire.PARSERS[fixture.operation]
        explain = getattr(wire, "EXPLAINERS", {}).get(fixture.operation)
        for body in mutants(fixture.body):
            answer = Answer(fixture.status, fixture.headers, body)
            for reader in filter(None, (parse, explain)):
                began = time.process_time()
                try:
                    reader(answer)
                except Exception as error:
                    seen.add(type(error).__name__)
                assert time.process_time() - began < 1  # S7: no request costs a second
    assert not seen & {"RecursionError", "MemoryError", "SystemError"}


@pytest.mark.parametrize("folder", PROVIDERS, ids=lambda folder: folder.name)
async def test_hostile_answers_through_the_adapter(folder: ProviderFolder) -> None:
    """Whatever stands in an answer, the adapter gives a value or an `AdapterError`."""
    fixtures = [fixture for fixture in folder.fixtures() if fixture.status < 300]
    answers = [body for fixture in fixtures for body in mutants(fixture.body)]
    random.Random(7).shuffle(answers)
    served = iter(answers[:600])

    def handler(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=next(served, b"[]"))

    async with open_http(transport=httpx.MockTransport(handler)) as http:
        for _ in range(100):
            # A caller of its own: a breaker would spare the adapter most of it.
            caller = Caller(folder.name, Policy(attempts=1), http=http, quota=MemoryQuota())
            operations = folder.load("sandbox").exercise(f"https://x.test/{folder.name}", caller)
            for operation in operations.values():
                with contextlib.suppress(AdapterError):
                    await operation()


@pytest.fixture
async def sandbox() -> AsyncIterator[tuple[str, World]]:
    """Serve all twins."""
    app = create_sandbox()
    async with serve(app) as base:
        yield base, app.state.world


def _operations(folder: ProviderFolder, base: str, caller: Caller) -> dict[str, Any]:
    made: dict[str, Any] = folder.load("sandbox").exercise(f"{base}/{folder.name}", caller)
    return made


@pytest.mark.parametrize("folder", PROVIDERS, ids=lambda folder: folder.name)
async def test_the_twin_answers(folder: ProviderFolder, sandbox) -> None:
    """Without faults each operation of the adapter gets an answer from its twin, over real HTTP."""
    base, world = sandbox
    async with open_http() as http:
        caller = Caller(folder.name, Policy(), http=http, quota=MemoryQuota())
        operations = _operations(folder, base, caller)
        assert operations
        for operation in operations.values():
            await operation()
    named = {entry.operation for entry in world.journal.entries(folder.name)}
    known = {name for name, _, _ in world.operations[folder.name]}
    assert named <= known, "the twin gives every path a name"


@pytest.mark.parametrize("folder", PROVIDERS, ids=lambda folder: folder.name)
async def test_the_adapter_survives(folder: ProviderFolder, sandbox) -> None:
    """Under every fault each operation ends in time, with an `AdapterError` or an honest answer."""
    base, world = sandbox
    policy = Policy(timeout_s=0.2, deadline_s=0.9, attempts=2, backoff_s=(0.01, 0.05))
    async with open_http() as http:
        for fault in FAULTS:
            world.faults.clear()
            world.journal.clear()
            world.faults.add(dataclasses.replace(fault, provider=folder.name))
            caller = Caller(folder.name, policy, http=http, quota=MemoryQuota())
            for name, operation in _operations(folder, base, caller).items():
                try:
                    async with asyncio.timeout(2):
                        await operation()
                except AdapterError as error:
                    assert error.provider == folder.name, (fault, name)
            hit = [entry for entry in world.journal.entries(folder.name) if entry.fault]
            assert hit, f"{fault.kind} was met"
