"""A pump: reads ids from streams and has them worked on, a bounded number at once.

Upper streams are read first. An id is acknowledged after its work is committed; ids of a dead
worker are claimed after a while. When Redis is away, or forgets its groups, the pump waits and goes
on with what the sweeper feeds it directly.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from bot.storage.engine import StorageAwayError
from bot.wakes import GROUP

BLOCK_MS = 1000  # well below redis-py's socket_timeout of 5 s, which would cut a longer wait
CLAIM_EVERY_S, CLAIM_IDLE_MS = 15.0, 90_000
PAUSE_S = 0.5
_ACK_AT_ONCE = 64
log = structlog.get_logger("bot.pump")


class Pump:
    """Keeps a bounded number of ids in work.

    Args:
        redis: client with short timeouts.
        streams: the upper first.
        work: what to do with an id; raising `StorageAwayError` leaves it for later.
        slots: ids in work at once.
        consumer: unique name of this process.
    """

    def __init__(
        self,
        redis: Redis,
        streams: Sequence[str],
        work: Callable[[str], Awaitable[None]],
        *,
        slots: int,
        consumer: str,
    ) -> None:
        self._redis = redis
        self._streams = tuple(streams)
        self._work = work
        self._slots = slots
        self._consumer = consumer
        self._running: set[asyncio.Task[None]] = set()
        self._done: list[tuple[str, bytes]] = []
        self._fed: deque[str] = deque()
        self._news = asyncio.Event()
        self._claim_at = 0.0

    def feed(self, ids: Iterable[str]) -> None:
        """Take ids directly, when the stream cannot carry them."""
        self._fed.extend(row for row in ids if row not in self._fed)
        self._news.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then finish what is in hand."""
        while not stop.is_set():
            self._start_fed()
            free = self._slots - len(self._running)
            if free <= 0:
                await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
                continue
            try:
                await self._acknowledge()
                entries = await self._read(free)
            except ResponseError as error:
                await self._mend(error)
            except (RedisError, OSError, TimeoutError):
                await self._wait_for_news()
            else:
                self._start(entries)
        await self._finish()

    def _start(self, entries: Iterable[tuple[str, bytes, str]]) -> None:
        """Begin work on ids of the stream."""
        for stream, entry, row in entries:
            self._spawn(row, (stream, entry))

    def _start_fed(self) -> None:
        """Begin work on ids that were fed directly."""
        while self._fed and len(self._running) < self._slots:
            self._spawn(self._fed.popleft(), None)

    def _spawn(self, row: str, entry: tuple[str, bytes] | None) -> None:
        task = asyncio.create_task(self._do(row, entry))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _do(self, row: str, entry: tuple[str, bytes] | None) -> None:
        """Work on one id and note that it may be acknowledged."""
        try:
            await self._work(row)
        except StorageAwayError:
            await asyncio.sleep(PAUSE_S)
            return
        except Exception as error:
            log.error("work_failed", error_code=type(error).__name__)
        if entry is not None:
            self._done.append(entry)
            if len(self._done) >= _ACK_AT_ONCE:
                with contextlib.suppress(RedisError, OSError, TimeoutError):
                    await self._acknowledge()

    async def _read(self, free: int) -> list[tuple[str, bytes, str]]:
        """Return new ids: upper streams first without waiting, then whichever comes."""
        loop_time = asyncio.get_running_loop().time()
        if loop_time >= self._claim_at:
            self._claim_at = loop_time + CLAIM_EVERY_S
            if stale := await self._claim(free):
                return stale
        found: list[tuple[str, bytes, str]] = []
        if len(self._streams) > 1:
            for stream in self._streams:
                found += await self._ask((stream,), free - len(found), None)
                if len(found) >= free:
                    return found
        if found or self._fed:
            return found
        block = BLOCK_MS if not self._running else BLOCK_MS // 10  # acknowledgements wait for us
        return await self._ask(self._streams, 1 if len(self._streams) > 1 else free, block)

    async def _ask(
        self, streams: Sequence[str], count: int, block: int | None
    ) -> list[tuple[str, bytes, str]]:
        answer: Any = await self._redis.xreadgroup(
            GROUP, self._consumer, dict.fromkeys(streams, ">"), count=count, block=block
        )
        return _entries(answer)

    async def _claim(self, free: int) -> list[tuple[str, bytes, str]]:
        """Return ids that a worker took and did not acknowledge for long."""
        found: list[tuple[str, bytes, str]] = []
        for stream in self._streams:
            if len(found) < free:
                answer: Any = await self._redis.xautoclaim(
                    stream, GROUP, self._consumer, CLAIM_IDLE_MS, "0-0", count=free - len(found)
                )
                found += _entries([[stream, answer[1]]])
        return found

    async def _acknowledge(self) -> None:
        """Acknowledge and delete what is done, in one round trip."""
        done, self._done = self._done, []
        if not done:
            return
        try:
            pipe = self._redis.pipeline(transaction=False)
            for stream in {stream for stream, _ in done}:
                entries = [entry for of, entry in done if of == stream]
                pipe.xack(stream, GROUP, *entries)
                pipe.xdel(stream, *entries)
            await pipe.execute(raise_on_error=False)
        except (RedisError, OSError, TimeoutError):
            self._done += done
            raise

    async def _mend(self, error: ResponseError) -> None:
        """Make the groups again after Redis lost them; wait when it is something else."""
        if not str(error).startswith(("NOGROUP", "UNBLOCKED")):
            log.warning("stream_refused", error_code=str(error).partition(" ")[0])
            await self._wait_for_news()
        for stream in self._streams:
            try:
                await self._redis.xgroup_create(stream, GROUP, id="0", mkstream=True)
            except ResponseError as again:
                if not str(again).startswith("BUSYGROUP"):
                    await self._wait_for_news()
            except (RedisError, OSError, TimeoutError):
                await self._wait_for_news()

    async def _wait_for_news(self) -> None:
        """Wait a little, or until something is fed directly."""
        self._news.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), PAUSE_S)

    async def _finish(self) -> None:
        """Finish what is in hand and say so."""
        if self._running:
            await asyncio.wait(self._running)
        with contextlib.suppress(RedisError, OSError, TimeoutError):
            await self._acknowledge()
            for stream in self._streams:
                await self._redis.xgroup_delconsumer(stream, GROUP, self._consumer)


def _entries(answer: Any) -> list[tuple[str, bytes, str]]:
    """Return (stream, entry id, row id) of an XREADGROUP answer, whichever shape it has."""
    pairs = answer.items() if isinstance(answer, dict) else answer or ()
    found = []
    for stream, entries in pairs:
        name = stream.decode() if isinstance(stream, bytes) else str(stream)
        batch = entries[0] if entries and isinstance(entries[0], list) else entries
        for entry, fields in batch:
            row = (fields or {}).get(b"id") or (fields or {}).get("id")
            if row is not None:
                found.append((name, entry, row.decode() if isinstance(row, bytes) else str(row)))
    return found
