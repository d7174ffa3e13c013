"""The twin behaves as SendGrid does where it hurts; the vendor's own tools read what it sends."""

from __future__ import annotations

import json
from email import policy
from email.parser import BytesParser
from io import BytesIO

import httpx
import pytest
from python_multipart import parse_form

from conversations.vocabulary.mail import OutboundMail
from integrations.kit.mail.outgoing import LOOP_HEADER, check_mailbox

REPLY = "Yes, that is right."


def read_parts(post) -> dict[str, bytes]:
    """Return the fields of an Inbound Parse request, files too, as bytes."""
    fields: dict[str, bytes] = {}

    def on_field(field) -> None:
        fields[field.field_name.decode()] = field.value or b""

    def on_file(file) -> None:
        file.file_object.seek(0)
        fields[file.field_name.decode()] = file.file_object.read()

    headers = {"Content-Type": post.headers["content-type"].encode()}
    parse_form(headers, BytesIO(post.body), on_field, on_file)
    return fields


async def answer(office, **order):
    """Send the resident a mail, answer it, and return the fields that came."""
    sent = await office.adapter.send(office.message())
    await office.events(2)
    done = await office.write(in_reply_to_id=sent.provider_message_id, text=REPLY, **order)
    assert done["deliveries"] == [[200]]
    assert office.mails[-1].is_signed
    return read_parts(office.mails[-1])


@pytest.mark.parametrize("client", ["gmail", "outlook", "apple", "plain"])
@pytest.mark.parametrize("language", ["en", "es"])
async def test_an_answer_quotes_our_mail_as_its_program_does(office, client, language) -> None:
    """A reply goes to our answer address, names our Message-ID and quotes our text below."""
    fields = await answer(office, client=client, language=language)
    mail = BytesParser(policy=policy.default).parsebytes(fields["email"])
    assert mail["To"] == "case+7f3k2q@reply.city.example"
    assert mail["In-Reply-To"] == "<c1.1.abc@city.example>"
    assert mail["References"].split()[-1] == "<c1.1.abc@city.example>"
    assert mail["Subject"] == "Re: Your report: pothole, 123 Broadway"
    text = mail.get_body(("plain",)).get_content()
    assert text.startswith(REPLY)
    assert "Is this right?" in text
    marked = "> Is this right?" in text
    assert marked is (client != "outlook")
    assert ("escribi" in text or "Enviado" in text) is (language == "es")
    page = mail.get_body(("html",))
    quote = {"gmail": "gmail_quote", "outlook": "divRplyFwdMsg", "apple": 'blockquote type="cite"'}
    assert (page is None) is (client == "plain")
    assert page is None or quote[client] in page.get_content()


async def test_the_envelope_tells_whom_and_dkim_who(office) -> None:
    """The envelope and the verdicts are as Inbound Parse has them."""
    fields = await answer(office, dkim="fail", spf="softfail")
    assert json.loads(fields["envelope"]) == {
        "to": ["case+7f3k2q@reply.city.example"],
        "from": "ana@home.example",
    }
    assert fields["dkim"] == b"{@home.example : fail}"
    assert fields["SPF"] == b"softfail"
    await office.write(text="x", dkim="none", envelope_from="")
    bounced = read_parts(office.mails[-1])
    assert bounced["dkim"] == b"none"
    assert json.loads(bounced["envelope"]) == {"to": ["311@city.example"], "from": ""}


async def test_a_mail_taken_apart_keeps_its_own_charset(office) -> None:
    """In parsed mode Outlook's text stays in Latin-1, which `charsets` names; files are files."""
    await office.switch(mode="parsed")
    await office.write(
        text="El señor del bache",
        client="outlook",
        attachments=[{"name": "../../bache.png", "sample": "photo"}],
    )
    fields = read_parts(office.mails[-1])
    assert "email" not in fields
    assert json.loads(fields["charsets"])["text"] == "iso-8859-1"
    assert fields["text"].startswith("El señor".encode("iso-8859-1"))
    assert fields["attachments"] == b"1"
    about = json.loads(fields["attachment-info"])["attachment1"]
    assert (about["filename"], about["type"]) == ("../../bache.png", "image/png")
    assert fields["attachment1"].startswith(b"\x89PNG")
    assert b"Message-ID: <" in fields["headers"]


async def test_a_whole_mime_goes_through_as_it_is(office) -> None:
    """Raw bytes that no program would write reach the door unchanged."""
    head = "From: a@b.example\r\nSubject: =?nonsense?q?x?=\r\n"
    raw = head + "Content-Type: text/plain; charset=odd\r\n\r\nhi"
    await office.write(raw=raw)
    assert read_parts(office.mails[-1])["email"] == raw.encode()


async def test_a_webhook_is_tried_again_on_5xx_only(office, monkeypatch) -> None:
    """A 503 brings the same mail again, a 400 ends it; events come again on both."""
    monkeypatch.setattr("integrations.sendgrid.twin.hooks.PAUSE_S", 0.01)
    office.answers[:] = [503, 500]
    assert (await office.write(text="x"))["deliveries"] == [[503, 500, 200]]
    assert len({post.body for post in office.mails}) == 1
    office.answers[:] = [400]
    assert (await office.write(text="y"))["deliveries"] == [[400]]
    office.answers[:] = [400, 503]
    await office.adapter.send(office.message())
    await office.events(3)


async def test_a_repeated_mail_is_the_same_bytes(office) -> None:
    """A mail delivered three times has the same Message-ID, and each post is signed anew."""
    done = await office.write(text="x", times=3)
    assert done["deliveries"] == [[200]] * 3
    assert len({post.body for post in office.mails}) == 1
    assert all(post.is_signed for post in office.mails)


@pytest.mark.parametrize(
    ("to", "told"),
    [
        ("ana@home.example", ["processed", "delivered"]),
        ("hard-bounce@home.example", ["processed", "bounce"]),
        ("soft-bounce+1@home.example", ["processed", "deferred", "bounce"]),
        ("spam@home.example", ["processed", "delivered", "spamreport"]),
        ("dropped@home.example", ["dropped"]),
        ("unsubscribed@home.example", ["dropped"]),
        ("silent@home.example", ["processed"]),
    ],
)
async def test_events_tell_what_became_of_a_mail(office, to, told) -> None:
    """Each address has its ending; events are signed, end in CRLF and echo our intent."""
    sent = await office.adapter.send(office.message(to=to))
    events = await office.events(len(told))
    assert [event["event"] for event in events] == told
    assert {event["intent"] for event in events} == {"out-1"}
    assert all(event["sg_message_id"].startswith(sent.provider_message_id) for event in events)
    assert len({event["sg_event_id"] for event in events}) == len(told)
    for post in office.batches:
        assert post.is_signed
        assert post.body.endswith(b"]\r\n")


async def test_who_bounced_hard_gets_nothing_more(office) -> None:
    """After a hard bounce the next mail is dropped, with the reason."""
    await office.adapter.send(office.message(to="hard-bounce@home.example"))
    await office.events(2)
    await office.adapter.send(office.message(to="hard-bounce@home.example", intent="out-2"))
    last = (await office.events(3))[-1]
    assert (last["event"], last["reason"], last["intent"]) == (
        "dropped",
        "Bounced Address",
        "out-2",
    )
    assert await office.mailbox("hard-bounce@home.example") == []


async def test_events_can_be_lost_repeated_and_turned_round(office) -> None:
    """The switches: each event twice in one batch, the last first, none."""
    await office.switch(events="duplicate")
    await office.adapter.send(office.message())
    ids = [event["sg_event_id"] for event in await office.events(4)]
    assert len(set(ids)) == 2
    await office.switch(events="reversed")
    await office.adapter.send(office.message())
    assert [e["event"] for e in (await office.events(6))[4:]] == ["delivered", "processed"]
    await office.switch(events="none", step_s=0)
    await office.adapter.send(office.message(intent="out-9"))
    assert "out-9" not in {event["intent"] for event in office.told()}


async def test_a_replaced_message_id_still_threads(office) -> None:
    """With a Message-ID of SendGrid's over ours, the answer names that one and our root."""
    await office.switch(replace_message_id=True)
    sent = await office.adapter.send(office.message())
    await office.events(2)
    await office.write(in_reply_to_id=sent.provider_message_id, text="x")
    mail = BytesParser(policy=policy.default).parsebytes(read_parts(office.mails[-1])["email"])
    assert mail["In-Reply-To"] == f"<{sent.provider_message_id}@geopod-ismtpd-1>"
    assert mail["References"].startswith("<thread.")
    assert LOOP_HEADER not in mail


GOOD = {
    "personalizations": [{"to": [{"email": "a@home.example"}]}],
    "from": {"email": "311@city.example"},
    "subject": "s",
    "content": [{"type": "text/plain", "value": "x"}],
}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"personalizations": []}, "personalizations"),
        ({"personalizations": [{"to": []}]}, "personalizations.0.to"),
        ({"personalizations": [{"to": [{"email": "x"}]}]}, "personalizations.0.to.0.email"),
        ({"from": {}}, "from.email"),
        ({"subject": ""}, "subject"),
        ({"content": [{"type": "text/plain", "value": ""}]}, "content.0.value"),
        (
            {
                "content": [
                    {"type": "text/html", "value": "x"},
                    {"type": "text/plain", "value": "x"},
                ]
            },
            "content",
        ),
        ({"headers": {"Reply-To": "a@b.example"}}, "headers.Reply-To"),
        ({"custom_args": {"intent": 1}}, "custom_args"),
        ({"custom_args": {"intent": "x" * 10_000}}, "custom_args"),
    ],
)
async def test_what_the_real_one_refuses_is_refused(office, change, field) -> None:
    """Each mistake is answered 400 with the field it is about."""
    headers = {"Authorization": f"Bearer {office.world.settings['sendgrid_api_key']}"}
    url = f"{office.base}/v3/mail/send"
    refused = await office.http.post(url, json={**GOOD, **change}, headers=headers)
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == field
    assert (await office.http.post(url, json=GOOD, headers=headers)).status_code == 202


async def test_the_public_key_is_what_the_door_needs(office) -> None:
    """The twin shows the public key as SendGrid's page does: base64, no PEM lines."""
    shown = (await office.http.get(f"{office.base}/_control/public_key")).json()["public_key"]
    assert shown.startswith("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE")


def test_a_mail_of_ours_says_that_no_person_wrote_it() -> None:
    """Answers and notices carry the headers that keep machines from answering machines."""
    from integrations.kit.mail.outgoing import make_headers

    mail = OutboundMail("s", "h", "n", "case+x@city.example", "<a@city.example>")
    made = make_headers(mail)
    assert made["Auto-Submitted"] == "auto-replied"
    assert made["X-Auto-Response-Suppress"] == "All"
    assert made[LOOP_HEADER]
    assert "List-Unsubscribe" not in made
    notice = OutboundMail(
        "s", "h", "n", "case+x@city.example", "<a@city.example>",
        in_reply_to="<last@home.example>",
        references=tuple(f"<{n}@home.example>" for n in range(30)),
        unsubscribe_url="https://city.example/u/TOKEN", answers=False,
    )  # fmt: skip
    made = make_headers(notice)
    assert made["Auto-Submitted"] == "auto-generated"
    assert made["List-Unsubscribe"] == "<https://city.example/u/TOKEN>"
    assert made["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    chain = made["References"].split()
    assert len(chain) == 10
    assert chain[0].startswith("<thread.")
    assert (chain[1], chain[-1]) == ("<0@home.example>", "<last@home.example>")


@pytest.mark.parametrize(
    ("text", "checked"),
    [
        (" Ana.Diaz+311@Home.Example ", "Ana.Diaz+311@home.example"),
        ("case+7f3k@reply.city.example", "case+7f3k@reply.city.example"),
        ("ana@bücher.example", "ana@xn--bcher-kva.example"),
        ("o'neil_x@sub.home.co.uk", "o'neil_x@sub.home.co.uk"),
    ],
)
def test_usual_addresses_are_taken(text: str, checked: str) -> None:
    """Plus addresses, apostrophes and names of domains in any script are addresses."""
    assert check_mailbox(text) == checked


@pytest.mark.parametrize(
    "text",
    ["", "@", "a@b", "a..b@c.example", ".a@c.example", '"a b"@c.example', "a@-c.example",
     "a@c..example", "a@[192.0.2.1]", "a@c.example\r\nBcc: x@y.example", "é@c.example",
     "a" * 65 + "@c.example", "a@" + "ü" * 100_000 + ".example"],
    ids=lambda text: text[:12] or "nothing",
)  # fmt: skip
def test_what_is_no_address_is_refused_at_once(text: str) -> None:
    """Nothing that is no plain address passes, however long, and the error does not quote it."""
    with pytest.raises(ValueError, match=r"^not a mail address$"):
        check_mailbox(text)


def test_the_thread_root_is_one_per_answer_address() -> None:
    """The root is the same for the same answer address, and does not hold its token."""
    from integrations.kit.mail.outgoing import make_root

    assert make_root("case+Tok3n@Reply.example") == make_root("case+tok3n@reply.example")
    assert make_root("case+a@reply.example") != make_root("case+b@reply.example")
    assert "tok3n" not in make_root("case+tok3n@reply.example")


async def test_a_call_without_key_is_refused(office) -> None:
    """No key, no mail."""
    answer = await office.http.post(f"{office.base}/v3/mail/send", json=GOOD)
    assert answer.status_code == httpx.codes.UNAUTHORIZED
