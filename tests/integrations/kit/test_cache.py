"""The cache: nothing personal in it, and never in the way."""

from __future__ import annotations

import asyncio

import pytest

from integrations.kit.cache import MemoryCache, RedisCache

ADDRESS = "123 Broadway, Brooklyn"
SECRET = b"0123456789abcdef0123456789abcdef"


class FakeRedis:
    """Two commands over a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.ttl = 0

    async def get(self, name: str) -> bytes | None:
        return self.kept.get(name)

    async def set(self, name: str, value: bytes, *, ex: int) -> None:
        self.kept[name] = value
        self.ttl = ex


async def test_what_is_kept_comes_back() -> None:
    """A value comes back for the same kind and question only."""
    cache = RedisCache(FakeRedis(), SECRET)
    await cache.put("geocode", ADDRESS, {"lat": 40.7}, 86400)
    assert await cache.get("geocode", ADDRESS) == {"lat": 40.7}
    assert await cache.get("other", ADDRESS) is None
    assert await cache.get("geocode", ADDRESS + " ") is None


async def test_a_dump_tells_nothing() -> None:
    """Neither names nor values in the store hold the question or the answer."""
    redis = FakeRedis()
    await RedisCache(redis, SECRET).put("geocode", ADDRESS, {"label": ADDRESS}, 10)
    dump = repr(redis.kept)
    assert "Broadway" not in dump
    assert "123" not in redis.kept[next(iter(redis.kept))].decode("latin-1")
    assert redis.ttl == 10
    assert await RedisCache(redis, b"another secret of 16").get("geocode", ADDRESS) is None


async def test_a_changed_or_moved_value_is_nothing() -> None:
    """A value that was tampered with, or moved to another name, is not believed."""
    redis = FakeRedis()
    cache = RedisCache(redis, SECRET)
    await cache.put("geocode", "a", 1, 10)
    name = cache.name("geocode", "a")
    good = redis.kept[name]
    redis.kept[cache.name("geocode", "b")] = good
    assert await cache.get("geocode", "b") is None
    redis.kept[name] = good[:-1] + bytes([good[-1] ^ 1])
    assert await cache.get("geocode", "a") is None
    redis.kept[name] = b"x"
    assert await cache.get("geocode", "a") is None


async def test_a_cache_that_is_away_is_empty() -> None:
    """An error or a hanging server costs a quarter of a second at most, and no exception."""

    class Broken:
        async def get(self, name: str) -> bytes:
            raise ConnectionError

        async def set(self, name: str, value: bytes, *, ex: int) -> None:
            await asyncio.sleep(60)

    cache = RedisCache(Broken(), SECRET)
    async with asyncio.timeout(1):
        assert await cache.get("geocode", "a") is None
        await cache.put("geocode", "a", 1, 10)


def test_a_short_secret_is_refused() -> None:
    """A secret of less than 16 bytes is no secret."""
    with pytest.raises(ValueError, match="16 bytes"):
        RedisCache(FakeRedis(), b"short")


async def test_memory_cache_forgets_in_time() -> None:
    """The cache in memory keeps a value for its time, and a copy of it."""
    now = [0.0]
    cache = MemoryCache(clock=lambda: now[0])
    value = {"a": [1]}
    await cache.put("k", "q", value, 10)
    value["a"].append(2)
    assert await cache.get("k", "q") == {"a": [1]}
    now[0] = 10.0
    assert await cache.get("k", "q") is None
