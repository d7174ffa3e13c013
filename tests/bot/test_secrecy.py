"""A canary resident: what she says is at rest sealed, and nowhere in logs, metrics or Redis.

She is driven through a whole report over the real processes, with providers that fail in the
middle, and with hostile requests that carry her words. Then everything that was kept is searched
for her in several encodings. What the twins keep for themselves is not ours and is left out.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from redis.asyncio import Redis

from tests.journeys.house import House, open_house

pytestmark = pytest.mark.slow

PHONE = "+19175550187"
OTHER_PHONE = "+19175550189"
WORDS = "Kumquatsson"
MAIL = "kumquat@canary.example"
CANARIES = (PHONE[2:], OTHER_PHONE[2:], WORDS, "200 Bedford", "200 bedford", "Bedford", MAIL)
NUMBER = re.compile(r"NYC311-\d{4}-\d{4}-\d{4}")
TWINS_OWN = "sandbox-"


def png(words: str) -> bytes:
    """Return a picture that holds words where its pixels would be, and words in its metadata."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + kind + content + check

    parts = [(b"IDAT", words.encode()), (b"tEXt", words.encode()), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def spellings(word: str) -> Iterator[bytes]:
    """Yield a word as it might lie somewhere: plain, escaped, encoded, hashed without a key."""
    plain = word.encode()
    yield from (plain, word.encode("utf-16-le"), plain.hex().encode())
    yield from (quote(word, safe="").encode(), plain.replace(b" ", b"+"))
    yield from (quote(word.lower(), safe="").encode(), word.upper().encode())
    for shift in range(3):  # inside a longer text, base64 falls one of three ways
        whole = base64.b64encode(b"\0" * shift + plain)
        yield whole[4 if shift else 0 : -4]
    if word.isdigit():
        for form in (word, "1" + word, "+1" + word, "tel:+1" + word):
            for name in ("md5", "sha1", "sha256"):
                digest = hashlib.new(name, form.encode())
                yield from (digest.hexdigest().encode(), base64.b64encode(digest.digest())[:16])


def leaks(content: bytes, words: tuple[str, ...]) -> list[str]:
    """Return which words are found in a content in some spelling."""
    folded = content.lower()
    found = []
    for word in words:
        for form in spellings(word):
            if form in content or (len(form) > 7 and form.lower() in folded):
                found.append(f"{word} as {form[:24]!r}")
    return found


def test_the_search_finds_what_it_should() -> None:
    """The search itself is not blind: each spelling is found, also inside something longer."""
    for word in CANARIES:
        for form in spellings(word):
            assert leaks(b"x" + form + b"y", CANARIES), (word, form)
    assert leaks(base64.b64encode(b"her name is " + WORDS.encode()), CANARIES)
    assert not leaks(b"nothing of hers", CANARIES)


async def test_a_whole_report_leaves_nothing_readable(tmp_path: Path) -> None:
    """Report with photo and name, failures, hostile requests, a stop: no canary anywhere."""
    async with open_house(tmp_path, TWILIO_OPT_OUT="ours") as house:
        await _report(house)
        await _fail(house)
        await _be_hostile(house)
        await house.text(PHONE, f"please stop texting me, {WORDS}")
        await house.wait_for_text(PHONE, lambda text: "START" in text)
        port = int((house.data_dir / "valkey.port").read_text())
        served = (await house.http.get(house.web + "/metrics")).content
        served += (await house.http.get(house.web + "/readyz")).content
        kept = {"served": served, "redis": await _dump(port)}
        own = _secrets(house.data_dir)
    kept |= {str(path): path.read_bytes() for path in _files(tmp_path)}  # after the last flush
    names = " ".join(kept)
    assert all(
        part in names for part in ("cityhelper.db", "work.log", "serve.log", ".aof", "/photos/")
    )
    found = {name: hits for name, content in kept.items() if (hits := leaks(content, CANARIES))}
    assert not found
    spilt = [name for name, content in kept.items() if any(one in content for one in own)]
    assert not spilt


async def _report(house: House) -> None:
    """File one report with everything personal in it, and see it closed."""
    words = f"huge pothole in front of 200 bedford ave brooklyn. My name is {WORDS}, mail {MAIL}"
    picture = {"content_type": "image/png", "data_base64": base64.b64encode(png(WORDS)).decode()}
    sent = await house.http.post(
        f"{house.sandbox}/twilio/_control/text",
        json={"from": PHONE, "body": words, "media": [picture]},
    )
    assert sent.status_code == 200, sent.text
    await house.wait_for_text(PHONE, lambda text: "1 " in text and "Bedford" in text)
    await house.text(PHONE, "1")
    filed = NUMBER.search(await house.wait_for_text(PHONE, lambda t: bool(NUMBER.search(t))))
    assert filed is not None
    closed = {"status": "Closed", "resolution": f"Told {WORDS} at 200 Bedford."}
    await house.http.post(f"{house.sandbox}/nyc311/_control/requests/{filed[0]}", json=closed)
    await house.pass_time(2 * 3600)  # to noon: the house begins at ten, whenever it is opened
    await house.wait_for_text(PHONE, lambda text: "1 yes" in text.lower(), 90)
    await house.text(PHONE, "status")


async def _fail(house: House) -> None:
    """Let every provider fail while somebody reports, so that failures are logged."""
    faults: list[dict[str, Any]] = [
        {"provider": "geoclient", "kind": "garbage", "times": 2},
        {"provider": "geosearch", "kind": "status", "status": 400, "times": 2},
        {"provider": "twilio", "kind": "status", "status": 400, "times": 1},
        {"provider": "nyc311", "kind": "commit_then_status", "status": 500, "times": 2},
    ]
    for fault in faults:
        made = await house.http.post(f"{house.sandbox}/_sandbox/faults", json=fault)
        assert made.status_code == 201, made.text
    await house.text(OTHER_PHONE, f"rats at 200 bedford ave brooklyn says {WORDS}")
    await house.text(OTHER_PHONE, f"pothole at 200 bedford ave brooklyn {MAIL}")
    await house.wait_for_text(OTHER_PHONE, bool, 60)
    await house.text(OTHER_PHONE, "1")
    await house.text(OTHER_PHONE, "1")
    await house.http.delete(f"{house.sandbox}/_sandbox/faults")


async def _be_hostile(house: House) -> None:
    """Send what a stranger would, with her words in every part of it."""
    tainted = quote(f"{WORDS} {PHONE}")
    form = house.form(PHONE, f"forged {WORDS}")
    forged = {"X-Twilio-Signature": "A" * 28, "X-Note": WORDS, "User-Agent": MAIL}
    for path in ("/in/twilio", f"/in/twilio?x={tainted}", f"/in/{tainted}", f"/photos/{tainted}"):
        answer = await house.http.post(house.web + path, data=form, headers=forged)
        assert answer.status_code in (403, 404, 405)
    for wrong in (
        {"From": f"whatsapp:{PHONE}"}, {"NumMedia": WORDS}, {"To": "+15005550006"},
        {"MediaUrl0": f"https://{MAIL}/x", "NumMedia": "1"}, {"MessageSid": f"SM{WORDS}"},
    ):  # fmt: skip
        answer = await house.post_signed(house.form(PHONE, WORDS) | wrong)
        assert answer.status_code in (200, 400)
    receipt = {
        "MessageSid": "SM" + secrets.token_hex(16),
        "MessageStatus": "delivered",
        "To": PHONE,
    }
    answer = await house.post_signed(receipt, "/in/twilio/status?intent=" + WORDS)
    assert answer.status_code == 204
    for text in (f"{WORDS}\x00\u202e", "\U0001f600" * 400, f"status NYC311-{WORDS}"):
        await house.text(PHONE, text)


async def _dump(port: int) -> bytes:
    """Return everything a Redis-compatible server holds: names and values of every kind."""
    reads = {b"string": "get", b"stream": "xrange", b"list": "lrange", b"hash": "hgetall",
             b"set": "smembers", b"zset": "zrange"}  # fmt: skip
    parts = []
    async with Redis(host="127.0.0.1", port=port) as client:
        async for name in client.scan_iter(count=1000):
            read = reads[await client.type(name)]
            more = (0, -1) if read in ("lrange", "zrange") else ()
            value = await getattr(client, read)(name, *more)
            parts += [name, value if isinstance(value, bytes) else repr(value).encode()]
    assert parts
    return b"\n".join(parts)


def _secrets(data_dir: Path) -> list[bytes]:
    """Return this installation's secrets; the file that holds them is its owner's alone."""
    path = data_dir / "secrets.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((data_dir / "cityhelper.db").stat().st_mode) == 0o600
    kept: dict[str, str] = json.loads(path.read_text())
    return [value.partition(":")[2].encode() or value.encode() for value in kept.values()
            if len(value) > 12 and not value.startswith("AC")]  # fmt: skip


def _files(folder: Path) -> Iterator[Path]:
    """Yield every file the house left, but its secrets and what the twins keep."""
    for path in sorted(folder.rglob("*")):
        own = path.name == "secrets.json" or path.name.startswith(TWINS_OWN)
        if path.is_file() and not own:
            yield path
