"""Sending through SendGrid: once, with our intent and nothing personal beside it."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import httpx
import pytest
from sendgrid.helpers.mail import (
    Content,
    CustomArg,
    Email,
    Header,
    Mail,
    ReplyTo,
    To,
)

from conversations.vocabulary.requests import SendOutcome
from integrations.kit import errors
from integrations.kit.mail.refusals import MailboxBad, SenderRefused
from integrations.kit.ports import Messenger
from integrations.kit.sandbox.faults import KINDS, Fault
from integrations.sendgrid.wire import CreditsSpent

CANARY = "canary7d1f"


async def test_a_mail_is_sent_once(office) -> None:
    """A mail goes out in text and HTML; the mailbox holds it, with our headers."""
    assert isinstance(office.adapter, Messenger)
    sent = await office.adapter.send(office.message())
    assert sent.status == "accepted"
    await office.events(2)
    (held,) = await office.mailbox()
    assert held["id"] == sent.provider_message_id
    assert (held["text"], held["from_name"]) == (
        "Is this right?\n1. yes\n2. no",
        "City of New York",
    )
    assert held["html"].startswith("<html>")
    assert held["reply_to"] == "case+7f3k2q@reply.city.example"
    assert held["headers"]["Message-ID"] == "<c1.1.abc@city.example>"
    assert office.world.effects == {("sendgrid", "out-1"): 1}


async def test_the_body_is_what_the_vendors_own_builder_makes(office) -> None:
    """Recipient, sender, subject, parts, headers and arguments stand where the SDK puts them."""
    await office.adapter.send(office.message())
    sent = office.sent()
    built = Mail()
    built.from_email = Email("311@city.example", "City of New York")
    built.to = To("ana@home.example")
    built.subject = "Your report: pothole, 123 Broadway"
    built.reply_to = ReplyTo("case+7f3k2q@reply.city.example", "City of New York")
    built.content = [
        Content("text/plain", "Is this right?\n1. yes\n2. no"),
        Content("text/html", "<html><body><p>Is this right?</p></body></html>"),
    ]
    built.custom_arg = CustomArg("intent", "out-1")
    for name, value in sent["headers"].items():
        built.header = Header(name, value)
    wanted = built.get()
    for name in ("from", "subject", "reply_to", "content", "personalizations"):
        assert sent[name] == wanted[name], name
    assert {"intent": "out-1"} == sent["custom_args"] == wanted["custom_args"]


async def test_nothing_reports_back_and_nothing_personal_is_kept(office) -> None:
    """No click or open tracking, no categories; of ours only the intent is echoed."""
    await office.adapter.send(office.message())
    sent = office.sent()
    assert not any(part["enable"] for part in sent["tracking_settings"].values())
    assert set(sent["custom_args"]) == {"intent"}
    assert "categories" not in sent
    assert "asm" not in sent


async def test_no_header_can_be_smuggled_in(office) -> None:
    """Line breaks in subject, name or ids stay text or go; bad ids are left out."""
    message = office.message(
        subject="Pothole\r\nBcc: all@home.example\u2028x\x00y",
        from_name="City\nof New York",
        in_reply_to="<a@b>\r\nBcc: <c@d>",
        references=("<ok@home.example>", "no id", "<two@home.example> <three@x>", "<é@x>"),
        unsubscribe_url="https://x.example/u>\r\nBcc: a@b",
    )
    await office.adapter.send(message)
    sent = office.sent()
    assert sent["subject"] == "Pothole Bcc: all@home.example x y"
    assert sent["from"]["name"] == "City of New York"
    assert "In-Reply-To" not in sent["headers"]
    assert "List-Unsubscribe" not in sent["headers"]
    assert sent["headers"]["References"].split()[1:] == ["<ok@home.example>"]
    assert all("\n" not in value and value.isascii() for value in sent["headers"].values())


async def test_other_scripts_come_through(office) -> None:
    """Subjects and names in any script arrive as they are."""
    await office.adapter.send(
        office.message(subject="Su reporte: ñandú, 東京 🚧", from_name="Ciudad, ñ")
    )
    await office.events(2)
    (held,) = await office.mailbox()
    assert (held["subject"], held["from_name"]) == ("Su reporte: ñandú, 東京 🚧", "Ciudad, ñ")


@pytest.mark.parametrize(
    "to",
    [
        "a b@home.example",
        "a@home",
        "<a@home.example>",
        "a@b.example,c@d.example",
        "josé@home.example",
        "",
    ],
)
async def test_an_address_that_is_none_is_never_sent_to(office, to) -> None:
    """What is no plain mail address is refused here, before anything leaves."""
    with pytest.raises(MailboxBad) as caught:
        await office.adapter.send(office.message(to=to))
    assert caught.value.outcome is SendOutcome.REFUSED
    assert office.world.journal.entries() == []
    assert caught.value.__context__ is None


async def test_a_text_that_is_no_mail_is_refused(office) -> None:
    """A message without its mail part is told apart, not sent without subject."""
    message = office.message()
    bare = type(message)(message.intent, "email", message.sender, message.recipient, "x")
    with pytest.raises(errors.Rejected):
        await office.adapter.send(bare)


async def test_sandbox_mode_sends_nothing(office) -> None:
    """In sandbox mode SendGrid checks the mail and no mailbox gets it."""
    sent = await office.make_adapter(sandbox_mode=True).send(office.message())
    assert sent.status == "sandbox"
    assert office.sent()["mail_settings"] == {"sandbox_mode": {"enable": True}}
    assert await office.mailbox() == []
    assert office.world.effects == {}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.startswith("commit_then")])
async def test_a_send_in_doubt_is_not_repeated(office, kind) -> None:
    """Committed but not answered: one attempt, unknown, and the event carries our intent."""
    office.world.faults.add(Fault("sendgrid", kind, operation="send", seconds=0.3))
    with pytest.raises(errors.AdapterError) as caught:
        await office.adapter.send(office.message())
    assert caught.value.outcome is SendOutcome.UNKNOWN
    assert office.world.effects == {("sendgrid", "out-1"): 1}
    assert {event["intent"] for event in await office.events(2)} == {"out-1"}
    assert office.adapter.can_find is False
    assert await office.adapter.find(office.message(), datetime.now(UTC)) is None


async def test_refusals_say_who_must_act(office) -> None:
    """A wrong key and a sender that is not verified call a person; a huge mail is refused."""
    with pytest.raises(errors.Unauthorised):
        await office.make_adapter(api_key="SG.wrong").send(office.message())
    office.world.settings["sendgrid_domains"] = "other.example"
    with pytest.raises(SenderRefused) as caught:
        await office.adapter.send(office.message())
    assert caught.value.pages
    await office.switch(max_bytes=100)
    with pytest.raises(errors.Rejected) as large:
        await office.adapter.send(office.message())
    assert large.value.detail == "too_large"


async def test_spent_credits_wait_and_call_a_person(make_stub) -> None:
    """Credits that are used up put the mail off, as a pace does, and are told."""
    words = {"errors": [{"message": "Maximum credits exceeded", "field": None, "help": None}]}
    adapter = make_stub(lambda request: httpx.Response(401, json=words))
    with pytest.raises(CreditsSpent) as caught:
        await adapter.send(_message())
    assert (caught.value.code, caught.value.pages) == ("rate_limited", True)
    assert caught.value.retry_after == 900


async def test_no_address_reaches_log_or_error(make_stub, caplog) -> None:
    """However a send fails, the address in the answer and in the call stays out of what we emit."""
    caplog.set_level(logging.DEBUG)
    told = {"errors": [{"message": f"{CANARY}@home.example is bad", "field": f"to.{CANARY}@x"}]}
    for status in (400, 401, 403, 413, 429, 500):
        adapter = make_stub(lambda request, status=status: httpx.Response(status, json=told))
        with pytest.raises(errors.AdapterError) as caught:
            await adapter.send(_message(f"{CANARY}@home.example"))
        assert CANARY not in f"{caught.value} {caught.value!r} {caught.value.args}"
        assert caught.value.__context__ is None
    assert CANARY not in caplog.text


def _message(to: str = "ana@home.example"):
    """Return a mail outside any post office."""
    from conversations.vocabulary.handles import mailto
    from conversations.vocabulary.mail import OutboundMail
    from conversations.vocabulary.messages import OutboundMessage

    mail = OutboundMail("Subject", "<p>x</p>", "City", "case+x@city.example", "<a@city.example>")
    return OutboundMessage("i-1", "email", mailto("311@city.example"), mailto(to), "x", mail=mail)


@pytest.fixture
async def make_stub():
    """Return a maker of adapters whose requests a function answers."""
    from integrations.kit.caller import Caller, Policy
    from integrations.kit.quota import MemoryQuota
    from integrations.kit.transport import open_http
    from integrations.sendgrid.adapter import SendgridAdapter

    opened = []

    def make(handler) -> SendgridAdapter:
        http = open_http(transport=httpx.MockTransport(handler))
        opened.append(http)
        caller = Caller("sendgrid", Policy(attempts=1), http=http, quota=MemoryQuota())
        return SendgridAdapter(caller, api_key="SG.x", base_url="https://x.test")

    yield make
    for http in opened:
        await http.aclose()
