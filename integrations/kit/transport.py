"""The wire: one httpx client per provider for life, and one attempt over it.

An attempt streams its answer under a byte cap and a total time, follows no redirect, and
turns everything httpx can raise into our error tree. What matters most is told exactly:
whether anything had been sent when it failed.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import httpx
import orjson
from opentelemetry import trace

from integrations.kit.calls import Answer, Call, Policy
from integrations.kit.errors import (
    AdapterError,
    ConnectionLost,
    NotSent,
    TimedOut,
    Unreachable,
    Unreadable,
)


def open_http(
    *, transport: httpx.AsyncBaseTransport | None = None, connections: int = 20
) -> httpx.AsyncClient:
    """Return a client for one provider, to be kept for life (a new one costs 40 ms of CPU).

    It keeps no cookies, reads no proxy or netrc from the environment, follows no redirect.
    """
    client = httpx.AsyncClient(
        transport=transport,
        follow_redirects=False,
        trust_env=False,
        headers={"User-Agent": "CityHelper", "Accept-Encoding": "gzip"},
        limits=httpx.Limits(max_connections=connections, keepalive_expiry=30.0),
    )
    client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return client


class Attempt:
    """One attempt of one call."""

    def __init__(
        self, provider: str, call: Call, policy: Policy, http: httpx.AsyncClient, limit_s: float
    ) -> None:
        """`limit_s`: seconds until the call's deadline; the attempt ends by then."""
        self._provider = provider
        self._call = call
        self._policy = policy
        self._http = http
        self._limit_s = min(policy.timeout_s, limit_s)
        self._touched = False
        self._sent = False

    async def run(self) -> Answer:
        """Return the answer, whatever its status.

        Raises:
            AdapterError: there was none; raised outside any `except`, so that the library's
                error, which quotes the URL, is not even its context.
        """
        failure: type[AdapterError]
        try:
            async with asyncio.timeout(self._limit_s):
                return await self._exchange()
        except (httpx.TimeoutException, TimeoutError) as caught:
            failure = self._class_of_timeout(caught)
        except (httpx.ConnectError, httpx.UnsupportedProtocol, httpx.LocalProtocolError):
            failure = Unreachable
        except httpx.InvalidURL:
            failure = NotSent
        except (httpx.DecodingError, _UnfitError):
            failure = Unreadable
        except (httpx.HTTPError, OSError, AttributeError):
            # An AttributeError is anyio's, for a peer that went as soon as it was reached.
            failure = ConnectionLost
        raise failure(self._provider, self._call.operation)

    def _class_of_timeout(self, caught: Exception) -> type[AdapterError]:
        never_sent = isinstance(caught, httpx.ConnectTimeout | httpx.PoolTimeout)
        # Our own clock ran out: only a connection seen being made, and no request on it,
        # proves that nothing was sent.
        if never_sent or (isinstance(caught, TimeoutError) and self._touched and not self._sent):
            return Unreachable
        return TimedOut

    async def _exchange(self) -> Answer:
        response = await self._http.send(self._request(), stream=True, follow_redirects=False)
        try:
            _note_peer(response)
            cap = self._call.max_bytes or self._policy.max_bytes
            body = await _read_capped(response, cap)
        finally:
            await response.aclose()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, body)

    def _request(self) -> httpx.Request:
        call = self._call
        headers = dict(call.headers or {})
        content: bytes | None = None
        if call.json is not None:
            content = orjson.dumps(call.json)
            headers["Content-Type"] = "application/json"
        elif call.form is not None:
            pairs = call.form.items() if isinstance(call.form, Mapping) else call.form
            content = str(httpx.QueryParams(list(pairs))).encode("ascii")
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if call.auth is not None:
            headers["Authorization"] = httpx.BasicAuth(*call.auth)._auth_header
        timeout = httpx.Timeout(self._limit_s, connect=min(self._policy.connect_s, self._limit_s))
        return self._http.build_request(
            call.method,
            call.url,
            params=call.params,
            headers=headers,
            content=content,
            timeout=timeout,
            extensions={"trace": self._trace},
        )

    async def _trace(self, name: str, _info: Any) -> None:
        self._touched = True
        if name.endswith("send_request_headers.started"):
            self._sent = True


class _UnfitError(Exception):
    """The answer is too long or not decodable."""


async def _read_capped(response: httpx.Response, cap: int) -> bytes:
    """Read the body, at most `cap` bytes, before and after unpacking."""
    parts: list[bytes] = []
    size = 0
    stream = response.stream
    assert isinstance(stream, httpx.AsyncByteStream)
    async for chunk in stream:
        size += len(chunk)
        if size > cap:
            raise _UnfitError
        parts.append(chunk)
    raw = b"".join(parts)
    coding = response.headers.get("content-encoding", "identity").lower()
    if coding in ("identity", ""):
        return raw
    if coding not in ("gzip", "deflate"):
        raise _UnfitError
    return _unpack(raw, cap)


def _unpack(raw: bytes, cap: int) -> bytes:
    """Unpack gzip or zlib without ever holding more than `cap` bytes (a bomb stops there)."""
    unpacker = zlib.decompressobj(wbits=47)
    try:
        data = unpacker.decompress(raw, cap + 1)
    except zlib.error:
        data = b""
    if len(data) > cap or not unpacker.eof:
        raise _UnfitError
    return data


def _note_peer(response: httpx.Response) -> None:
    """Write the peer's address into the span (the guide's `peer.ip`); only when recorded."""
    span = trace.get_current_span()
    if not span.is_recording():
        return
    stream = response.extensions.get("network_stream")
    address = stream.get_extra_info("server_addr") if stream is not None else None
    if address:
        span.set_attribute("peer.ip", str(address[0]))
