"""Sending over SMTP, against an independent server: what arrives, and which of four ends it has."""

from __future__ import annotations

import logging
import re
from email import policy
from email.parser import BytesParser

import pytest
from prometheus_client import generate_latest

from conversations.vocabulary.requests import SendOutcome
from integrations.kit import errors
from integrations.kit.mail.refusals import Busy, MailboxBad, PutOff, SenderRefused
from integrations.kit.ports import Messenger

from .conftest import Mailman, make_message

CANARY = "canary7d1f"


def read(mailman: Mailman):
    """Return the one mail that arrived, parsed by the standard library."""
    (envelope,) = mailman.kept
    return BytesParser(policy=policy.default).parsebytes(envelope.original_content)


async def test_a_mail_arrives_whole(peer, make_adapter) -> None:
    """Names, subject, text and HTML come through in every script; the envelope is plain."""
    mailman = Mailman()
    adapter = make_adapter(await peer(mailman))
    assert isinstance(adapter, Messenger)
    sent = await adapter.send(make_message())
    assert (sent.provider_message_id, sent.status) == ("<c1.1.abc@city.example>", "accepted")
    mail = read(mailman)
    assert mail["Subject"] == "Su reporte: bache en 123 Broadway, ñandú 東京"
    assert mail["From"].addresses[0].display_name == "Ciudad de Nueva York, ñ"
    assert mail["From"].addresses[0].addr_spec == "311@city.example"
    assert mail["Reply-To"].addresses[0].addr_spec == "case+7f3k2q@reply.city.example"
    assert mail["To"] == "ana@home.example"
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    text = mail.get_body(("plain",)).get_content()
    assert text.splitlines() == ["¿Está bien?", "1. sí"]
    assert "¿Está bien?" in mail.get_body(("html",)).get_content()
    assert mail["Date"].datetime.tzinfo is not None
    (envelope,) = mailman.kept
    assert (envelope.mail_from, envelope.rcpt_tos) == ("311@city.example", ["ana@home.example"])
    assert mailman.hellos == ["city.example"]


async def test_long_ids_and_links_stay_as_they_are(peer, make_adapter) -> None:
    """The thread and the unsubscribe link are folded, never encoded; lines stay below 998."""
    mailman = Mailman()
    await make_adapter(await peer(mailman)).send(make_message())
    raw = mailman.kept[0].original_content
    head = raw.partition(b"\r\n\r\n")[0]
    assert max(map(len, raw.split(b"\r\n"))) < 200
    unfolded = re.sub(rb"\r\n[ \t]+", b" ", head).decode("ascii")
    fields = dict(line.split(": ", 1) for line in unfolded.split("\r\n"))
    chain = fields["References"].split()
    assert len(chain) == 10
    assert chain[0].startswith("<thread.")
    assert chain[-1] == fields["In-Reply-To"] == "<last@home.example>"
    assert fields["Message-ID"] == "<c1.1.abc@city.example>"
    assert fields["List-Unsubscribe"] == f"<https://city.example/u/{'t' * 120}>"
    assert fields["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert fields["Auto-Submitted"] == "auto-replied"


async def test_nothing_can_be_smuggled_in(peer, make_adapter) -> None:
    """Line breaks in subject and name stay text; a lone dot in the text ends nothing."""
    mailman = Mailman()
    text = "one\n.\nMAIL FROM:<x@y.example>\r.\rtwo\n..three"
    message = make_message(
        text=text, subject="A\r\nBcc: all@home.example", from_name="City\r\nX-Evil: 1"
    )
    await make_adapter(await peer(mailman)).send(message)
    mail = read(mailman)
    assert "Bcc" not in mail
    assert "X-Evil" not in mail
    assert mail["Subject"] == "A Bcc: all@home.example"
    lines = mail.get_body(("plain",)).get_content().splitlines()
    assert lines == ["one", ".", "MAIL FROM:<x@y.example>", ".", "two", "..three"]


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_the_line_is_made_secret_first(peer, make_adapter, papers, security) -> None:
    """With STARTTLS or TLS the account is told only over the secret line, and the mail arrives."""
    mailman = Mailman()
    more = {"tls_context": papers.server} if security == "starttls" else {"tls": papers.server}
    port = await peer(
        mailman,
        authenticator=mailman.check,
        auth_required=security == "starttls",
        auth_require_tls=security == "starttls",
        require_starttls=security == "starttls",
        **more,
    )
    account = {"user": "city", "tls": papers.client, "security": security}
    adapter = make_adapter(port, password="right", **account)
    await adapter.send(make_message())
    assert len(mailman.kept) == 1
    with pytest.raises(errors.Unauthorised) as caught:
        await make_adapter(port, password="wrong", **account).send(make_message())
    assert caught.value.pages
    assert len(mailman.kept) == 1
    assert set(mailman.logins) == {b"city"}
    assert "right" not in repr(adapter._server)


async def test_a_strangers_certificate_gets_nothing(peer, make_adapter, papers) -> None:
    """A certificate nobody vouches for, or no STARTTLS at all: nothing is sent, try later."""
    mailman = Mailman()
    port = await peer(mailman, tls_context=papers.server)
    with pytest.raises(errors.Unreachable):
        await make_adapter(port, security="starttls").send(make_message())
    open_port = await peer(mailman)
    with pytest.raises(errors.Unreachable) as caught:
        await make_adapter(open_port, security="starttls").send(make_message())
    assert caught.value.detail == "no_starttls"
    assert mailman.kept == []
    with pytest.raises(ValueError, match="password"):
        make_adapter(open_port, security="none", password="x")


REFUSALS = [
    ({"at_recipient": "550 5.1.1 No such user"}, MailboxBad, SendOutcome.REFUSED),
    ({"at_recipient": "550 5.2.1 Disabled"}, MailboxBad, SendOutcome.REFUSED),
    ({"at_recipient": "550 no relay for you"}, errors.Rejected, SendOutcome.REFUSED),
    ({"at_recipient": "554 5.7.1 Relay access denied"}, SenderRefused, SendOutcome.REFUSED),
    ({"at_recipient": "450 4.2.0 Greylisted"}, PutOff, SendOutcome.NOT_SENT),
    ({"at_recipient": "452 4.2.2 Full"}, PutOff, SendOutcome.NOT_SENT),
    ({"at_sender": "553 5.1.8 Bad sender"}, SenderRefused, SendOutcome.REFUSED),
    ({"at_recipient": "421 4.3.2 Shutting down"}, Busy, SendOutcome.NOT_SENT),
    ({"at_sender": "451 4.3.0 Busy"}, Busy, SendOutcome.NOT_SENT),
    ({"at_data": "554 5.7.1 Spam"}, errors.Rejected, SendOutcome.REFUSED),
    ({"at_data": "552 5.3.4 Too big"}, errors.Rejected, SendOutcome.REFUSED),
    ({"at_data": "451 4.3.0 Try later"}, PutOff, SendOutcome.NOT_SENT),
]


@pytest.mark.parametrize(("told", "kind", "outcome"), REFUSALS, ids=lambda v: str(v)[:40])
async def test_a_refusal_is_read_by_its_code(peer, make_adapter, told, kind, outcome) -> None:
    """Only an enhanced code about the mailbox blames the mailbox; 4xx is tried later."""
    mailman = Mailman(**told)
    with pytest.raises(errors.AdapterError) as caught:
        await make_adapter(await peer(mailman)).send(make_message())
    assert type(caught.value) is kind
    assert caught.value.outcome is outcome
    assert mailman.kept == []
    words = next(iter(told.values())).split()
    enhanced = [words[1].replace(".", "_")] if words[1][0].isdigit() else []
    assert caught.value.detail == "_".join([words[0], *enhanced])


BROKEN = [
    ({"": None}, SendOutcome.NOT_SENT),
    ({"": b""}, SendOutcome.NOT_SENT),
    ({"": b"554 go away"}, SendOutcome.REFUSED),
    ({"": b"421 busy"}, SendOutcome.NOT_SENT),
    ({"": b"<html>"}, SendOutcome.NOT_SENT),
    ({"EHLO": None}, SendOutcome.NOT_SENT),
    ({"MAIL": b""}, SendOutcome.NOT_SENT),
    ({"RCPT": None}, SendOutcome.NOT_SENT),
    ({"DATA": b"503 5.5.1 no"}, SendOutcome.REFUSED),
    ({".": None}, SendOutcome.UNKNOWN),
    ({".": b""}, SendOutcome.UNKNOWN),
    ({".": b"<html>"}, SendOutcome.UNKNOWN),
    ({".": b"302 elsewhere"}, SendOutcome.UNKNOWN),
]


@pytest.mark.parametrize(("answers", "outcome"), BROKEN, ids=str)
async def test_a_broken_conversation_is_a_doubt_only_after_data(
    odd_server, make_adapter, answers, outcome
) -> None:
    """Silence, nonsense or a lost line before DATA sent nothing; after it nobody knows."""
    limit = 1.5 if b"" in answers.values() else 5.0
    adapter = make_adapter(await odd_server(answers), timeout_s=limit)
    with pytest.raises(errors.AdapterError) as caught:
        await adapter.send(make_message())
    assert caught.value.outcome is outcome
    assert caught.value.__context__ is None
    assert adapter.can_find is False


async def test_one_mailboxs_matter_holds_up_nobody(peer, make_adapter) -> None:
    """Twenty greylistings leave the breaker closed; a server that is busy opens it."""
    mailman = Mailman(at_recipient="450 4.2.0 Greylisted")
    adapter = make_adapter(await peer(mailman))
    for _ in range(25):
        with pytest.raises(PutOff):
            await adapter.send(make_message())
    mailman.at_recipient, mailman.at_sender = "250 Ok", "451 4.3.0 Busy"
    for _ in range(30):
        with pytest.raises((Busy, errors.BreakerOpen)) as caught:
            await adapter.send(make_message())
    assert type(caught.value) is errors.BreakerOpen
    assert caught.value.outcome is SendOutcome.NOT_SENT


async def test_how_we_part_changes_nothing(odd_server, make_adapter) -> None:
    """A server that took the mail and then drops the line has the mail."""
    sent = await make_adapter(await odd_server({"QUIT": None})).send(make_message())
    assert sent.status == "accepted"


async def test_nobody_there_is_not_sent(make_adapter, unused_tcp_port) -> None:
    """A refused connection sent nothing."""
    with pytest.raises(errors.Unreachable):
        await make_adapter(unused_tcp_port).send(make_message())


async def test_a_call_like_any_other(peer, make_adapter, caplog) -> None:
    """A send over SMTP is counted like every call, and no address reaches log or error."""
    caplog.set_level(logging.DEBUG)
    mailman = Mailman()
    port = await peer(mailman)
    await make_adapter(port).send(make_message())
    mailman.at_recipient = f"550 5.1.1 <{CANARY}@home.example> unknown"
    with pytest.raises(MailboxBad) as caught:
        await make_adapter(port).send(make_message(f"{CANARY}@home.example"))
    ours = "".join(r.getMessage() for r in caplog.records if not r.name.startswith("mail"))
    assert CANARY not in f"{caught.value!r} {caught.value} {caught.value.args} {ours}"
    assert caught.value.__context__ is None
    text = generate_latest().decode()
    assert 'adapter_calls_total{provider="smtp",status="250"}' in text
    assert 'adapter_calls_total{provider="smtp",status="unreachable_handle"}' in text
    assert CANARY not in text


@pytest.mark.parametrize("to", ["a b@home.example", "a@b.example>\r\nDATA", "josé@home.example"])
async def test_an_address_that_is_none_is_never_sent_to(make_adapter, unused_tcp_port, to) -> None:
    """What is no plain mail address is refused here; no server is asked."""
    with pytest.raises(MailboxBad):
        await make_adapter(unused_tcp_port).send(make_message(to))
