"""The caller: what is tried again, what never is, and what an answer or its lack means."""

from __future__ import annotations

import gzip
import socket

import httpx
import pytest

from conversations.vocabulary.requests import SendOutcome
from integrations.kit import errors
from integrations.kit.caller import Answer, Call, Caller, Policy
from integrations.kit.quota import MemoryQuota
from integrations.kit.transport import open_http

GET = Call("look", "GET", "https://x.test/a")
POST = Call("submit", "POST", "https://x.test/a", json={"a": 1}, idempotent=False)


def as_json(answer: Answer) -> object:
    """Parse as JSON."""
    return answer.json()


class Script:
    """Answers with one item after the other; an exception is raised; the last one stays."""

    def __init__(self, *items: object) -> None:
        self.items = list(items)
        self.count = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.count += 1
        item = self.items.pop(0) if len(self.items) > 1 else self.items[0]
        if isinstance(item, Exception):
            raise item
        if isinstance(item, int):
            return httpx.Response(item, json={"status": item})
        assert isinstance(item, httpx.Response)
        return item


async def test_get_is_tried_again(make_caller, fake_time) -> None:
    """A read survives two failures, with pauses that are jittered and bounded."""
    script = Script(503, httpx.ReadTimeout("x"), 200)
    caller = make_caller(script)
    assert await caller.call(GET, as_json) == {"status": 200}
    assert script.count == 3
    assert len(fake_time.slept) == 2
    assert all(0.5 <= pause <= 30 for pause in fake_time.slept)


async def test_at_most_five_attempts(make_caller) -> None:
    """A read that keeps failing is tried five times, then the upstream's error comes out."""
    script = Script(500)
    with pytest.raises(errors.ServerFailed) as caught:
        await make_caller(script).call(GET, as_json)
    assert script.count == 5
    assert caught.value.status == 500
    assert caught.value.code == "upstream_error"


@pytest.mark.parametrize(
    ("item", "error"),
    [
        (500, errors.ServerFailed),
        (502, errors.ServerFailed),
        (503, errors.ServerFailed),
        (504, errors.ServerFailed),
        (408, errors.TimedOut),
        (302, errors.Unreadable),
        (httpx.ReadTimeout("x"), errors.TimedOut),
        (httpx.WriteTimeout("x"), errors.TimedOut),
        (httpx.ReadError("x"), errors.ConnectionLost),
        (httpx.WriteError("x"), errors.ConnectionLost),
        (httpx.RemoteProtocolError("x"), errors.ConnectionLost),
        (httpx.Response(201, content=b"<html>"), errors.Unreadable),
        (httpx.Response(201, content=b""), errors.Unreadable),
        (httpx.Response(200, content=b"\xff" * 10), errors.Unreadable),
    ],
)
async def test_a_post_in_doubt_is_unknown_and_never_repeated(make_caller, item, error) -> None:
    """Whatever may have landed is `UNKNOWN` after exactly one attempt."""
    script = Script(item)
    with pytest.raises(error) as caught:
        await make_caller(script).call(POST, as_json)
    assert caught.value.outcome is SendOutcome.UNKNOWN
    assert script.count == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
async def test_a_post_refused(make_caller, status) -> None:
    """A 4xx is `REFUSED`, `upstream_rejected`, and not repeated."""
    script = Script(status)
    with pytest.raises(errors.Refused) as caught:
        await make_caller(script).call(POST, as_json)
    assert caught.value.outcome is SendOutcome.REFUSED
    assert caught.value.code == "upstream_rejected"
    assert isinstance(caught.value, errors.Unauthorised) is (status in (401, 403))
    assert script.count == 1


async def test_a_post_never_sent_may_be_repeated(make_caller) -> None:
    """A refused connection proves that nothing was sent: the POST is tried again."""
    script = Script(httpx.ConnectError("x"), httpx.ConnectTimeout("x"), 201)
    assert await make_caller(script).call(POST, as_json) == {"status": 201}
    assert script.count == 3


async def test_a_post_refused_for_its_pace_is_repeated(make_caller, fake_time) -> None:
    """A 429 is a refusal, so also a POST is sent again, after the asked pause."""
    script = Script(httpx.Response(429, headers={"Retry-After": "3"}), 201)
    assert await make_caller(script).call(POST, as_json) == {"status": 201}
    assert fake_time.slept[0] >= 3


async def test_a_retry_after_beyond_the_deadline_ends_the_trying(make_caller, fake_time) -> None:
    """A pause that would outlive the deadline is not begun; the error says how long."""
    script = Script(httpx.Response(429, headers={"Retry-After": "57"}))
    with pytest.raises(errors.RateLimited) as caught:
        await make_caller(script).call(POST, as_json)
    assert caught.value.retry_after == 57
    assert caught.value.code == "rate_limited"
    assert script.count == 1
    assert fake_time.slept == []


async def test_after_a_429_everybody_waits(make_caller, fake_time) -> None:
    """The pause one call was asked for holds back the next call, too."""
    caller = make_caller(Script(httpx.Response(429, headers={"Retry-After": "20"}), 200))
    with pytest.raises(errors.RateLimited):
        await caller.call(Call("a", "GET", "https://x.test/", purpose="resident"), _never)
    await caller.call(GET, as_json)
    assert fake_time.now >= 1020


def _never(answer: Answer) -> object:
    raise errors.RateLimited("stub", "a", status=429, retry_after=20_000)


async def test_the_deadline_holds(make_caller, fake_time) -> None:
    """All attempts and pauses together stay within the deadline."""
    policy = Policy(deadline_s=4, attempts=50, backoff_s=(1, 2))
    with pytest.raises(errors.ServerFailed):
        await make_caller(Script(500), policy).call(GET, as_json)
    assert fake_time.now - 1000 <= 4


async def test_accepted_statuses_reach_the_parser(make_caller) -> None:
    """A 404 that the adapter wants to see is an answer, not an error."""
    call = Call("look", "GET", "https://x.test/", accepts=frozenset({404}))
    assert await make_caller(Script(404)).call(call, lambda answer: answer.status) == 404


async def test_the_provider_explains_its_refusals(make_caller) -> None:
    """`explain` turns a refusal into the provider's own error; a broken one falls back."""
    caller = make_caller(Script(400))

    def own(answer: Answer) -> errors.AdapterError:
        return errors.Rejected("stub", "submit", detail="21610")

    with pytest.raises(errors.Rejected) as caught:
        await caller.call(POST, as_json, own)
    assert (caught.value.detail, caught.value.status) == ("21610", 400)
    with pytest.raises(errors.Rejected) as caught:
        await caller.call(POST, as_json, lambda answer: answer.json()["nothing"])
    assert caught.value.detail is None


async def test_an_endless_answer_is_cut(make_caller) -> None:
    """An answer above the cap is unreadable, and not read to its end."""
    read = 0

    async def endless():
        nonlocal read
        while True:
            read += 1
            yield b"x" * 65536

    caller = make_caller(lambda request: httpx.Response(200, content=endless()))
    with pytest.raises(errors.Unreadable):
        await caller.call(GET, as_json)
    assert read <= 20


async def test_packed_answers(make_caller) -> None:
    """A gzip answer is unpacked; a bomb, or a coding nobody asked for, is unreadable."""
    headers = {"Content-Encoding": "gzip"}
    good = httpx.Response(200, headers=headers, stream=_Raw(gzip.compress(b'{"a":1}')))
    assert await make_caller(Script(good)).call(GET, as_json) == {"a": 1}
    bomb = httpx.Response(200, headers=headers, stream=_Raw(gzip.compress(bytes(50 << 20))))
    with pytest.raises(errors.Unreadable):
        await make_caller(Script(bomb)).call(GET, as_json)
    odd = httpx.Response(200, headers={"Content-Encoding": "br"}, stream=_Raw(b"{}"))
    with pytest.raises(errors.Unreadable):
        await make_caller(Script(odd)).call(GET, as_json)


class _Raw(httpx.AsyncByteStream):
    """A body as it is on the wire."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    async def __aiter__(self):
        yield self.data


async def test_redirects_are_not_followed(make_caller) -> None:
    """A redirect is no answer, and its target is never asked."""
    asked = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(307, headers={"Location": "https://evil.test/"})

    with pytest.raises(errors.Unreadable):
        await make_caller(handler).call(GET, as_json)
    assert asked == ["https://x.test/a"]


async def test_nothing_is_kept_between_calls(make_caller) -> None:
    """A cookie the provider sets is not sent back."""
    seen = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("cookie"))
        return httpx.Response(200, json={}, headers={"Set-Cookie": "a=b"})

    caller = make_caller(handler)
    await caller.call(GET, as_json)
    await caller.call(GET, as_json)
    assert seen == [None, None]


async def test_bodies_and_auth_are_sent(make_caller) -> None:
    """Form, JSON, query, headers and Basic auth arrive as HTTP wants them."""
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={})

    caller = make_caller(handler)
    pairs = (("To", "+1"), ("MediaUrl", "a"), ("MediaUrl", "b"))
    await caller.call(Call("s", "POST", "https://x.test/", form=pairs, auth=("u", "p")), as_json)
    await caller.call(Call("s", "POST", "https://x.test/", json={"é": 1}), as_json)
    await caller.call(Call("s", "GET", "https://x.test/", params={"q": "a b&c"}), as_json)
    assert seen[0].content == b"To=%2B1&MediaUrl=a&MediaUrl=b"
    assert seen[0].headers["authorization"] == "Basic dTpw"
    assert seen[1].content == '{"é":1}'.encode()
    assert seen[2].url.params["q"] == "a b&c"


async def test_a_bad_url_is_not_sent(make_caller) -> None:
    """A URL that cannot be called means that nothing was sent."""
    with pytest.raises(errors.NotSent):
        await make_caller(Script(200)).call(Call("s", "GET", "https://x.test/\x00"), as_json)


async def test_really_refused_connection() -> None:
    """Against a real closed port: not sent."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with open_http() as http:
        caller = Caller("x", Policy(attempts=1), http=http, quota=MemoryQuota())
        call = Call("s", "POST", f"http://127.0.0.1:{port}/", idempotent=False)
        with pytest.raises(errors.Unreachable) as caught:
            await caller.call(call, as_json)
        assert caught.value.outcome is SendOutcome.NOT_SENT


async def test_a_peer_that_never_answers() -> None:
    """Against a real socket that accepts and is silent: the POST is unknown, in time."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)
        async with open_http() as http:
            caller = Caller("x", Policy(timeout_s=0.2), http=http, quota=MemoryQuota())
            url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
            with pytest.raises(errors.TimedOut) as caught:
                await caller.call(Call("s", "POST", url, idempotent=False), as_json)
            assert caught.value.outcome is SendOutcome.UNKNOWN
