"""What the twin posts is what our readers read: mails of four programs in both modes; events."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest

from conversations.vocabulary.mail import Machine
from integrations.kit.sandbox.world import DEFAULTS
from integrations.sendgrid.events import Kind, parse_events
from integrations.sendgrid.inbound import parse_inbound
from integrations.sendgrid.signature import (
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    measure_skew,
    verify,
)
from integrations.sendgrid.twin.hooks import public_key_of

KEYS = [public_key_of(DEFAULTS["sendgrid_signing_key"])]
WORDS = "Sí, el bache sigue ahí. 🕳️"


def _verify(post) -> bool:
    headers = post.headers
    signature, stamp = headers[SIGNATURE_HEADER.lower()], headers[TIMESTAMP_HEADER.lower()]
    skew = measure_skew(stamp, datetime.now(UTC))
    return skew is not None and verify(post.body, signature, stamp, KEYS)


async def _read(post):
    assert _verify(post)
    return await parse_inbound(post.body, post.headers["content-type"])


@pytest.mark.parametrize("mode", ["raw", "parsed"])
@pytest.mark.parametrize("client", ["gmail", "outlook", "apple", "plain"])
@pytest.mark.parametrize("language", ["en", "es"])
async def test_an_answer_comes_in_whole(office, mode, client, language) -> None:
    """Who, where, the thread, the words and the photo of an answer are read in either mode."""
    await office.switch(mode=mode)
    sent = await office.adapter.send(office.message())
    await office.events(2)
    words = WORDS if client != "outlook" else "Sí, el bache sigue ahí."
    await office.write(
        in_reply_to_id=sent.provider_message_id,
        text=words,
        client=client,
        language=language,
        attachments=[{"name": "../bache ñ.png", "sample": "photo"}],
    )

    mail = await _read(office.mails[-1])

    assert mail.recipients == ("case+7f3k2q@reply.city.example",)
    assert mail.sender == mail.envelope_from == "ana@home.example"
    assert mail.in_reply_to == mail.references[-1] == "<c1.1.abc@city.example>"
    assert mail.text.startswith(words)
    assert bool(mail.html) is (client != "plain")
    assert [file.name for file in mail.files] == ["bache ñ.png"]
    assert mail.signed
    assert (mail.machine, mail.cut, mail.unreadable) == (None, False, False)


@pytest.mark.parametrize("mode", ["raw", "parsed"])
async def test_a_repeat_has_one_key(office, mode) -> None:
    """The same mail posted three times has one key; the next mail another."""
    await office.switch(mode=mode)
    await office.write(text="a", times=3)
    await office.write(text="a")

    keys = [(await _read(post)).key for post in office.mails]

    assert keys[0] == keys[1] == keys[2] != keys[3]


@pytest.mark.parametrize(
    ("order", "machine"),
    [
        ({"headers": {"Auto-Submitted": "auto-replied"}}, Machine.AUTO_REPLY),
        ({"headers": {"X-CityHelper-Loop": "1"}}, Machine.OWN_LOOP),
        ({"headers": {"List-Id": "<x.example>"}}, Machine.BULK),
        ({"envelope_from": ""}, Machine.AUTO_REPLY),
        ({"from": "no-reply@home.example"}, Machine.NO_REPLY),
    ],
)
async def test_machines_are_told(office, order, machine) -> None:
    """An out-of-office, our own mail, a list, a null sender and a no-reply are no persons."""
    await office.write(text="x", **order)

    assert (await _read(office.mails[-1])).machine is machine


@pytest.mark.parametrize("dkim", ["fail", "none"])
async def test_spf_alone_signs_nothing(office, dkim) -> None:
    """Without a passing DKIM a mail is not signed, though SPF passed."""
    await office.write(text="x", dkim=dkim, spf="pass")

    assert not (await _read(office.mails[-1])).signed


async def test_events_come_back_with_our_intent(office) -> None:
    """Every event of a bounce is read, with our id, SendGrid's id and the reason."""
    sent = await office.adapter.send(office.message("hard-bounce@home.example", "turn-7"))
    await office.events(2)

    events = [event for post in office.batches for event in parse_events(post.body).events]

    assert all(_verify(post) for post in office.batches)
    assert [event.kind for event in events] == [Kind.PROCESSED, Kind.BOUNCED]
    assert {event.intent for event in events} == {"turn-7"}
    assert {event.message_id for event in events} == {sent.provider_message_id}
    assert (events[1].ends_mail, events[1].status) == (True, "5.1.1")
    assert events[1].recipient == "hard-bounce@home.example"
    assert orjson.loads(office.batches[0].body)[0]["intent"] == "turn-7"
