"""A cache for answers that may be kept a while (geocodes: 24 hours by the guide).

What is asked for is personal (an address), and so is the answer. The key in the store is a
keyed hash of the question, the value is sealed with a key made from the same secret: a dump
of the cache tells nothing. A cache that is away is a cache that holds nothing: it never
raises and never makes a caller wait long.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TIMEOUT_S = 0.25
MEMORY_ENTRIES = 10_000


class Cache(Protocol):
    """Keeps JSON values for a while. `kind` names the sort of question (`geocode.geoclient`)."""

    async def get(self, kind: str, question: str) -> Any | None:
        """Return the kept value, or None."""
        ...

    async def put(self, kind: str, question: str, value: Any, ttl_s: int) -> None:
        """Keep a JSON value for `ttl_s` seconds."""
        ...


class ByteStore(Protocol):
    """The two commands of a Redis client that are used here."""

    def get(self, name: str) -> Awaitable[Any]:
        """Return the bytes, or None."""
        ...

    def set(self, name: str, value: bytes, *, ex: int) -> Awaitable[Any]:
        """Keep bytes for `ex` seconds."""
        ...


class RedisCache:
    """A cache in Redis with hashed keys and sealed values."""

    def __init__(self, redis: ByteStore, secret: bytes, prefix: str = "cache") -> None:
        """`secret`: at least 16 bytes, the same on every process; changing it empties the cache."""
        if len(secret) < 16:
            raise ValueError("cache secret is shorter than 16 bytes")
        self._redis = redis
        self._prefix = prefix
        self._name_key = hmac.digest(secret, b"cityhelper cache names", hashlib.sha256)
        self._seal = AESGCM(hmac.digest(secret, b"cityhelper cache values", hashlib.sha256))

    def name(self, kind: str, question: str) -> str:
        """Return the key in Redis: kind and keyed hash, nothing of the question itself."""
        mark = hmac.digest(self._name_key, f"{kind}\0{question}".encode(), hashlib.sha256)
        return f"{self._prefix}:{kind}:{mark.hex()[:40]}"

    async def get(self, kind: str, question: str) -> Any | None:
        """Return the kept value; None also when Redis is away or the value was tampered with."""
        name = self.name(kind, question)
        try:
            async with asyncio.timeout(TIMEOUT_S):
                sealed = await self._redis.get(name)
            if not isinstance(sealed, bytes) or len(sealed) < 28:
                return None
            plain = self._seal.decrypt(sealed[:12], sealed[12:], name.encode())
            return orjson.loads(plain)
        except (InvalidTag, ValueError):
            return None
        except Exception:
            return None

    async def put(self, kind: str, question: str, value: Any, ttl_s: int) -> None:
        """Keep a value if Redis is there."""
        name = self.name(kind, question)
        nonce = os.urandom(12)
        sealed = nonce + self._seal.encrypt(nonce, orjson.dumps(value), name.encode())
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await self._redis.set(name, sealed, ex=ttl_s)
        except Exception:
            return


class MemoryCache:
    """A cache in this process, for tests and the terminal; the oldest entries make room."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[tuple[str, str], tuple[float, bytes]] = OrderedDict()

    async def get(self, kind: str, question: str) -> Any | None:
        """Return the kept value, or None when there is none or it is too old."""
        entry = self._kept.get((kind, question))
        if entry is None or entry[0] <= self._clock():
            self._kept.pop((kind, question), None)
            return None
        return orjson.loads(entry[1])

    async def put(self, kind: str, question: str, value: Any, ttl_s: int) -> None:
        """Keep a value for `ttl_s` seconds."""
        self._kept[kind, question] = (self._clock() + ttl_s, orjson.dumps(value))
        self._kept.move_to_end((kind, question))
        while len(self._kept) > MEMORY_ENTRIES:
            self._kept.popitem(last=False)
