"""Mails as SendGrid delivers them, in both modes."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

from conversations.vocabulary.mail import Bounce, Machine
from integrations.kit.mail import opening
from integrations.kit.mail.errors import MalformedMail
from integrations.kit.mail.opening import UNREADABLE
from integrations.sendgrid.inbound import parse_inbound
from tests.integrations.mails import (
    BOUNDARY,
    CONTENT_TYPE,
    RECIPIENT,
    RESIDENT,
    deliver_parsed,
    deliver_raw,
    watch_loop,
    write_envelope,
    write_form,
    write_mail,
)

VECTORS = json.loads((Path(__file__).parent / "vectors/sendgrid_inbound_parse.json").read_text())
HEAD = f"From: Jane <{RESIDENT}>\nSubject: =?utf-8?q?Bache?=\nMessage-ID: <one@example.org>\n"


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["name"])
async def test_vectors(vector: dict[str, Any]) -> None:
    """Charsets, the raw 8-bit mail and the attachments of the shared vectors come out right."""
    expect = vector["expect"]

    mail = await parse_inbound(base64.b64decode(vector["raw_body_b64"]), vector["content_type"])

    assert mail.text == expect.get("text", "see photos")
    assert mail.recipients == (expect.get("envelope_to", "case+c0ffee.k3y@reply.city.example.org"),)
    assert mail.message_id == expect.get("message_id", "<r1@example.com>")
    assert mail.in_reply_to == "<case_01.1@city.example.org>"
    assert mail.subject == expect.get("subject", "Re: Bache")
    assert (mail.sender, mail.envelope_from) == ("resident@example.com", "resident@example.com")
    assert mail.signed is ("attachments" not in expect)
    assert (mail.machine, mail.cut, mail.unreadable) == (None, False, False)
    if "attachments" in expect:
        photo, plan = mail.files
        assert photo.content.hex() == expect["attachment1_hex"]
        assert plan.name == expect["attachment2_safe_filename"]


async def test_a_raw_mail() -> None:
    """Everything the vocabulary promises is read from a raw mail."""
    raw = write_mail(
        "--b\r\n\r\nhello\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>hello</p>\r\n--b\r\n"
        "Content-Type: image/png; name=a.png\r\n\r\nPNG\r\n--b--\r\n",
        Content_Type="multipart/mixed; boundary=b",
        References="<a@x.org> <b@x.org>\r\n <c@x.org>",
        X_Auto_Response_Suppress="All",
    )

    mail = await parse_inbound(deliver_raw(raw), CONTENT_TYPE)

    assert (mail.text, mail.html) == ("hello", "<p>hello</p>")
    assert [(file.name, file.content) for file in mail.files] == [("a.png", b"PNG")]
    assert mail.references == ("<a@x.org>", "<b@x.org>", "<c@x.org>")
    assert mail.raw == raw
    assert mail.signed
    assert mail.quiet
    assert re.fullmatch("[0-9a-f]{64}", mail.key)


async def test_the_envelope_rules() -> None:
    """Recipients are the envelope's, lower case and once; odd ones are passed over."""
    envelope = write_envelope(
        ["City+K3Y@In.City.Example", "<b@in.city.example>", "b@in.city.example", "no address", 5],
        "Jane@Example.ORG",
    )

    mail = await parse_inbound(deliver_raw(write_mail(), envelope=envelope), CONTENT_TYPE)

    assert mail.recipients == (RECIPIENT, "b@in.city.example")
    assert mail.envelope_from == RESIDENT


async def test_a_null_sender_differs_from_a_strange_one() -> None:
    """An empty envelope sender is a machine's; one that is only unusual, or not told, is not."""
    for sender, machine in (
        ("", Machine.AUTO_REPLY), ("<>", Machine.AUTO_REPLY), ("ñ@example.org", None), (None, None),
    ):  # fmt: skip
        body = deliver_raw(write_mail(), envelope=write_envelope(sender=sender))
        assert (await parse_inbound(body, CONTENT_TYPE)).machine is machine


@pytest.mark.parametrize(
    "changes",
    [
        {"envelope": None},
        {"envelope": b""},
        {"envelope": b"[]"},
        {"envelope": b'{"to":"city@in.city.example"}'},
        {"envelope": b'{"to":[]}'},
        {"envelope": b'{"to":["nobody"]}'},
        {"envelope": b"[" * 100_000},
        {"email": None},
    ],
)  # fmt: skip
async def test_what_cannot_be_routed_is_refused(changes: dict[str, bytes | None]) -> None:
    """Without a recipient or a mail there is the one error, without personal data."""
    with pytest.raises(MalformedMail) as caught:
        await parse_inbound(deliver_raw(write_mail(), **changes), CONTENT_TYPE)

    assert caught.value.reason in ("no_recipient", "no_mail")


async def test_a_repeat_has_the_same_key() -> None:
    """The key is the mail's and its recipients', whatever else a retry carries."""
    raw = write_mail()
    first = await parse_inbound(deliver_raw(raw), CONTENT_TYPE)
    again = await parse_inbound(deliver_raw(raw, SPF=b"none", spam_score=b"3"), CONTENT_TYPE)
    parsed = await parse_inbound(deliver_parsed(HEAD), CONTENT_TYPE)
    others = [
        deliver_raw(write_mail(Message_ID="<two@example.org>")),
        deliver_raw(raw, envelope=write_envelope(["other@in.city.example"])),
        deliver_raw(write_mail(Message_ID="")),
        deliver_raw(write_mail("other", Message_ID="")),
    ]
    keys = {(await parse_inbound(body, CONTENT_TYPE)).key for body in others}

    assert first.key == again.key == parsed.key
    assert len(keys | {first.key}) == 5


async def test_the_key_does_not_hang_on_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail whose child died has the key it has when the child lives, and its head is known."""
    body = deliver_raw(write_mail(Auto_Submitted="auto-replied"))
    well = await parse_inbound(body, CONTENT_TYPE)

    async def die(raw: bytes, wall_s: float) -> bytes:
        return b""

    monkeypatch.setattr(opening, "_ask_child", die)
    ill = await parse_inbound(body, CONTENT_TYPE)

    assert ill.unreadable
    assert ill.cut
    assert (ill.text, ill.html, ill.files) == (UNREADABLE.text, "", ())
    assert (ill.key, ill.raw, ill.sender, ill.subject) == (well.key, well.raw, RESIDENT, "Pothole")
    assert ill.machine is Machine.AUTO_REPLY


async def test_nothing_is_signed_without_alignment() -> None:
    """Another domain's signature, SPF, a doubtful From: none of them makes a mail signed."""
    bodies = [
        deliver_raw(write_mail(), dkim=b"{@evil.test : pass}"),
        deliver_raw(write_mail(), dkim=b"none"),
        deliver_raw(write_mail(), dkim=None, SPF=b"pass"),
        deliver_raw(write_mail(From="victim@nyc.gov <jane@example.org>")),
        deliver_raw(b"From: victim@example.org\r\n" + write_mail()),
        deliver_raw(write_mail(From="")),
    ]

    assert [(await parse_inbound(body, CONTENT_TYPE)).signed for body in bodies] == [False] * 6


async def test_a_mail_cannot_bring_its_own_proof() -> None:
    """Fields that a mail smuggles in by the form's boundary are refused or not believed."""
    field = 'Content-Disposition: form-data; name="dkim"\r\n\r\n{@example.org : pass}'
    forged = f"x\r\n--{BOUNDARY}\r\n{field}"
    twice = deliver_raw(write_mail(forged))
    alone = deliver_raw(write_mail(forged), dkim=None)
    after = write_form([
        ("email", write_mail()), ("dkim", b"{@example.org : pass}"), ("envelope", write_envelope()),
    ])  # fmt: skip

    with pytest.raises(MalformedMail):
        await parse_inbound(twice, CONTENT_TYPE)
    assert not (await parse_inbound(alone, CONTENT_TYPE)).signed
    assert not (await parse_inbound(after, CONTENT_TYPE)).signed


async def test_our_own_mail_is_told_by_its_domain() -> None:
    """A mail from the domain that it was sent to can only be our own."""
    body = deliver_raw(write_mail(From="city+other@in.city.example"))

    assert (await parse_inbound(body, CONTENT_TYPE)).machine is Machine.OWN_LOOP


BOUNCE = Bounce("gone@example.org", True, "5.1.1", "<c1@city.example>")
STATUS = "Final-Recipient: rfc822; gone@example.org\nAction: failed\nStatus: 5.1.1\n"


async def test_a_bounce_in_both_modes() -> None:
    """A delivery report is read from a raw mail, and from the files of parsed mode."""
    kind = "multipart/report; report-type=delivery-status; boundary=b"
    raw = write_mail(
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\n{STATUS}\r\n--b\r\n"
        "Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <c1@city.example>\r\n--b--",
        Content_Type=kind,
    )
    files = [
        ("attachment1", "a", "message/delivery-status", STATUS.encode()),
        ("attachment2", "b", "message/rfc822", b"Message-ID: <c1@city.example>\r\n\r\nx"),
    ]

    for body in (deliver_raw(raw), deliver_parsed(f"{HEAD}Content-Type: {kind}\n", files)):
        mail = await parse_inbound(body, CONTENT_TYPE)
        assert (mail.machine, mail.bounce, mail.files) == (Machine.BOUNCE, BOUNCE, ())


async def test_a_persons_mail_is_no_bounce() -> None:
    """Words about failed delivery in a resident's text make no bounce."""
    body = deliver_raw(write_mail("550 5.1.1 user unknown <jane@example.org>"))

    assert (await parse_inbound(body, CONTENT_TYPE)).bounce is None


async def test_subject_is_one_line() -> None:
    """Nothing in a subject can become a header of an answer."""
    body = deliver_raw(write_mail(Subject="=?utf-8?q?a=0D=0ABcc:_evil@x.test?="))

    assert (await parse_inbound(body, CONTENT_TYPE)).subject == "a Bcc: evil@x.test"


async def test_parsed_mode_is_bounded() -> None:
    """Too large files and texts of parsed mode are left out, and the mail says so."""
    files = [("attachment1", "large.jpg", "image/jpeg", b"x" * (10 * 2**20 + 1)),
             ("attachment2", "/a/small.jpg", "Image/JPEG; x=y", b"x")]  # fmt: skip

    mail = await parse_inbound(deliver_parsed(HEAD, files, html=b"y" * 2 * 2**20), CONTENT_TYPE)

    assert [(file.name, file.content_type) for file in mail.files] == [("small.jpg", "image/jpeg")]
    assert len(mail.html) == 2**20
    assert mail.cut
    assert mail.subject == "Bache"


@pytest.mark.parametrize(
    "charsets", [b"", b"[]", b"{}", b'{"text":5}', b'{"text":"zlib"}', b"\xff"]
)
async def test_odd_charsets_of_parsed_mode(charsets: bytes) -> None:
    """A missing or strange list of charsets costs no text."""
    body = deliver_parsed(HEAD, text="Sí".encode(), charsets=charsets)

    assert (await parse_inbound(body, CONTENT_TYPE)).text == "Sí"


async def test_a_long_thread_keeps_its_ends() -> None:
    """Of 200 references the first and the last ones are kept."""
    references = " ".join(f"<{at}@x.org>" for at in range(200))

    found = (
        await parse_inbound(deliver_raw(write_mail(References=references)), CONTENT_TYPE)
    ).references

    assert len(found) == 50
    assert (found[0], found[1], found[-1]) == ("<0@x.org>", "<151@x.org>", "<199@x.org>")


@pytest.mark.parametrize(
    ("raw", "cut"),
    [
        (write_mail(b"a" * 30 * 2**20, Message_ID=""), True),
        (b"X: y\r\n" * 1_000_000 + write_mail(), True),
        (write_mail(f"\r\n--{BOUNDARY}x\r\n" * 10_000), False),
    ],
    ids=["30 MB without an id", "a million headers", "near boundaries of the form"],
)
async def test_a_heavy_request_leaves_the_loop_free(raw: bytes, cut: bool) -> None:
    """Reading the form, hashing and taking apart a heavy mail never hold the event loop."""
    body = deliver_raw(raw)

    async with watch_loop():
        mail = await parse_inbound(body, CONTENT_TYPE)

    assert mail.raw == raw
    assert (mail.cut, mail.unreadable) == (cut, False)
