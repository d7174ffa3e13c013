"""The signed door, judged by a made-up provider: order of checks, answers, counts, hostility."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from knocking import Desk, counted, knock, make_endpoint

from webhooks import body as body_module
from webhooks.inbound import door as door_module
from webhooks.limits import ForgeryCap


async def test_genuine_is_handed_over_and_answered_empty() -> None:
    """A signed request is stored and gets the provider's own empty answer."""
    desk = Desk()
    heard = await knock(make_endpoint(desk), b"Body=hi", signed=True)
    assert (heard.status, heard.body) == (200, b"<Response/>")
    assert heard.headers[b"content-type"] == b"text/xml"
    assert desk.taken == [b"Body=hi"]


async def test_repeat_is_answered_like_the_first_and_counted_apart() -> None:
    """A replayed request is answered 200 and counted as a repeat."""
    endpoint, before = make_endpoint(Desk()), counted("fake", "repeat")
    for _ in range(2):
        heard = await knock(endpoint, b"Body=again", signed=True)
        assert heard.status == 200
    assert counted("fake", "repeat") == before + 1


@pytest.mark.parametrize(
    ("knocking", "status", "result"),
    [
        ({"method": "GET"}, 405, "wrong_method"),
        ({"method": "PUT", "signed": True}, 405, "wrong_method"),
        ({"body": b"x", "headers": [(b"content-type", b"application/json")]}, 415, "wrong_type"),
        ({"body": b"x", "headers": []}, 415, "wrong_type"),
        ({"body": b"x"}, 403, "forged"),
        ({"body": b"garbage", "signed": True}, 400, "malformed"),
        ({"body": b"x" * 65_537, "signed": True}, 413, "oversized"),
        ({"body": [b"x" * 40_000, b"x" * 40_000], "signed": True}, 413, "oversized"),
    ],
)
async def test_refusals_have_their_status_and_their_count(
    knocking: dict[str, object], status: int, result: str
) -> None:
    """Every way to be refused has its own status and its own word in the metric."""
    before = counted("fake", result)
    desk = Desk()
    heard = await knock(make_endpoint(desk), **knocking)  # type: ignore[arg-type]
    assert heard.status == status
    assert counted("fake", result) == before + 1
    assert desk.taken == []


async def test_announced_size_is_refused_before_a_byte_is_read() -> None:
    """A Content-Length over the cap, negative or absurd is refused without reading."""
    form = (b"content-type", b"application/x-www-form-urlencoded")
    for length in (b"65537", b"-1", b"9" * 40, b"abc", b""):
        heard = await knock(make_endpoint(Desk()), [], [form, (b"content-length", length)])
        assert heard.status == 413


async def test_exactly_the_cap_is_accepted() -> None:
    """A body of exactly 64 KiB passes, in one piece and in many."""
    body = b"x" * 65_536
    assert (await knock(make_endpoint(Desk()), body, signed=True)).status == 200
    pieces = [body[n : n + 4096] for n in range(0, len(body), 4096)]
    assert (await knock(make_endpoint(Desk()), pieces, signed=True)).status == 200


async def test_storage_away_asks_the_provider_to_come_again() -> None:
    """When storing fails the provider gets 503 and a Retry-After, and it is counted."""
    before = counted("fake", "unavailable")
    heard = await knock(make_endpoint(Desk(fails=OSError("disk"))), b"Body=hi", signed=True)
    assert heard.status == 503
    assert heard.headers[b"retry-after"] == b"5"
    assert counted("fake", "unavailable") == before + 1


async def test_storage_that_hangs_asks_the_provider_to_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Storing that takes too long is answered 503 in time for the provider to see it."""
    monkeypatch.setattr(door_module, "HAND_OVER_SECONDS", 0.02)

    class Stuck(Desk):
        async def take(self, body: bytes, _query: bytes) -> str:
            await asyncio.sleep(5)
            return "accepted"

    assert (await knock(make_endpoint(Stuck()), b"Body=hi", signed=True)).status == 503


async def test_slow_body_is_cut_off() -> None:
    """A client that drips its body is refused when its time is over."""

    async def drip() -> dict[str, object]:
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b"x", "more_body": True}

    with pytest.raises(body_module.TooSlowError):
        await body_module.read_body(drip, seconds=0.05)


async def test_client_that_leaves_is_not_answered() -> None:
    """A connection lost in the middle of the body ends silently, with nothing handed over."""
    desk = Desk()
    heard = await knock(
        make_endpoint(desk),
        [],
        [
            (b"content-type", b"application/x-www-form-urlencoded"),
            (b"x-fake-signature", b"0" * 64),
        ],
    )
    assert (heard.status, desk.taken) == (0, [])


async def test_signature_covers_the_raw_path_and_query() -> None:
    """The URL is rebuilt from our setting and the raw bytes, so an encoded path verifies."""
    endpoint = make_endpoint(Desk())
    heard = await knock(endpoint, b"a=1", path=b"/in/%66ake", query=b"intent=a%2Fb&x", signed=True)
    assert heard.status == 200


async def test_host_header_is_not_believed() -> None:
    """A forged Host or X-Forwarded-Host changes nothing about the signed URL."""
    form = (b"content-type", b"application/x-www-form-urlencoded")
    spoofed = [form, (b"host", b"evil.example"), (b"x-forwarded-host", b"evil.example")]
    assert (await knock(make_endpoint(Desk()), b"a=1", spoofed, signed=True)).status == 200


async def test_flood_of_forgeries_is_slowed_but_the_genuine_one_passes() -> None:
    """Over the cap a forgery gets 429; a genuine request from the same address still passes."""
    endpoint = make_endpoint(Desk(), ForgeryCap(per_window=3))
    statuses = [(await knock(endpoint, b"x")).status for _ in range(6)]
    assert statuses == [403, 403, 403, 429, 429, 429]
    assert (await knock(endpoint, b"Body=real", signed=True)).status == 200
    assert (await knock(endpoint, b"x", client=("198.51.100.7", 1))).status == 403


async def test_verifier_that_raises_means_forged(monkeypatch: pytest.MonkeyPatch) -> None:
    """A signature check that blows up on hostile input has not said yes."""
    desk = Desk()
    endpoint = make_endpoint(desk)

    def explode(url: str, body: bytes, signature: str) -> bool:
        raise ValueError("boom")

    object.__setattr__(endpoint._door, "verify", explode)
    assert (await knock(endpoint, b"x", signed=True)).status == 403
    assert desk.taken == []


HEADER = st.tuples(
    st.sampled_from([b"content-type", b"content-length", b"x-fake-signature", b"host", b"x"]),
    st.binary(max_size=80) | st.just(b"application/x-www-form-urlencoded"),
)


@settings(max_examples=200, deadline=None)
@given(
    chunks=st.lists(st.binary(max_size=300), min_size=1, max_size=4),
    headers=st.lists(HEADER, max_size=6),
    method=st.sampled_from(["POST", "GET", "HEAD", "BREW"]),
    path=st.binary(max_size=40),
    query=st.binary(max_size=40),
)
def test_hostile_input_never_gets_in_and_never_raises(
    chunks: list[bytes],
    headers: list[tuple[bytes, bytes]],
    method: str,
    path: bytes,
    query: bytes,
) -> None:
    """Whatever bytes a stranger sends, the answer is a refusal and never an exception."""
    desk = Desk()
    heard = asyncio.run(knock(make_endpoint(desk), chunks, headers, method, b"/" + path, query))
    assert heard.status in {400, 403, 405, 408, 413, 415}
    assert desk.taken == []
