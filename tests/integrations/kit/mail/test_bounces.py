"""What delivery reports say."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.vocabulary.mail import Bounce
from integrations.kit.mail.bodies import read_bodies
from integrations.kit.mail.bounces import is_hard, read_bounce
from integrations.kit.mail.head import Head, read_head
from tests.integrations.mails import RESIDENT, write_mail

OURS = "<c1.2@city.example>"
REPORT = """This is the mail system.

--r
Content-Type: text/plain

I could not deliver your mail.
--r
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; Jane@Example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {reason}

--r
Content-Type: {returned}

From: city@city.example
Message-ID: {ours}
Subject: Your report

Hello
--r--
"""


def _read(mail: bytes) -> Bounce | None:
    bodies = read_bodies(mail)
    return read_bounce(read_head(mail), bodies.reports, bodies.text)


def _report(
    action: str = "failed",
    status: str = "5.1.1",
    reason: str = "550",
    returned: str = "message/rfc822",
) -> bytes:
    body = REPORT.format(action=action, status=status, reason=reason, returned=returned, ours=OURS)
    kind = "multipart/report; report-type=delivery-status; boundary=r"
    return write_mail(body.replace("\n", "\r\n"), Content_Type=kind)


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
def test_a_standard_report(returned: str) -> None:
    """Recipient, status and our Message-ID are read, from a whole returned mail or its head."""
    assert _read(_report(returned=returned)) == Bounce("jane@example.org", True, "5.1.1", OURS)


@pytest.mark.parametrize(
    ("action", "status", "reason", "hard"),
    [
        ("failed", "5.1.1", "550 5.1.1 unknown", True),
        ("failed", "5.2.1", "550 disabled", True),
        ("failed", "5.2.2", "552 mailbox full", False),
        ("failed", "5.7.1", "550 policy", False),
        ("failed", "4.4.7", "expired", False),
        ("delayed", "4.4.1", "later", False),
        ("delayed", "5.1.1", "later", False),
        ("failed", "5.0.0", "554 dd This user doesn't have a yahoo.com account", True),
        ("failed", "5.0.0", "554 rejected as spam", False),
    ],
)  # fmt: skip
def test_only_a_lost_mailbox_is_hard(action: str, status: str, reason: str, hard: bool) -> None:
    """A full mailbox, a policy and a delay are soft; a mailbox that is not there is hard."""
    found = _read(_report(action, status, reason))

    assert found is not None
    assert (found.hard, found.status) == (hard, status)


def test_a_report_of_success_is_no_bounce() -> None:
    """`delivered` and `relayed` tell of no failure."""
    assert _read(_report("delivered", "2.0.0", "ok")) is None
    assert _read(_report("relayed", "2.0.0", "ok")) is None


def test_the_failed_one_of_several_is_told() -> None:
    """In a report about several recipients the first that failed is taken."""
    status = (
        "Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@example.org\nAction: delivered\n"
        "Status: 2.0.0\n\nFinal-Recipient: rfc822;b@example.org\nAction: failed\nStatus: 5.1.1\n"
    )

    found = read_bounce(Head((), 0), [("message/delivery-status", status)], "")

    assert found == Bounce("b@example.org", True, "5.1.1", "")


QMAIL = f"""Hi. This is the qmail-send program at example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.

<jane@example.org>:
192.0.2.1 does not like recipient.
Remote host said: 550 sorry, no mailbox here by that name (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <city@city.example>
Message-ID: {OURS}
From: city@city.example
"""
EXIM = f"""A message that you sent could not be delivered to one or more of its recipients.

  jane@example.org
    host mx.example.org [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<jane@example.org>:
    550 Unrouteable address, user unknown

------ This is a copy of the message, including all the headers. ------

Message-ID: {OURS}
"""
EXCHANGE = """Your message did not reach some or all of the intended recipients.

      jane@example.org on 11/22/2026
            The e-mail account does not exist at the organization this message was sent to.
            <mx.example.org #5.1.1>
"""
FULL = """<jane@example.org>: 452 4.2.2 The email account that you tried to reach is over quota"""


@pytest.mark.parametrize(
    ("text", "headers", "bounce"),
    [
        (QMAIL, {}, Bounce("jane@example.org", True, "5.1.1", OURS)),
        (EXIM, {"X_Failed_Recipients": RESIDENT}, Bounce(RESIDENT, True, "", OURS)),
        (EXCHANGE, {}, Bounce("jane@example.org", True, "5.1.1", "")),
        (FULL, {}, Bounce("jane@example.org", False, "4.2.2", "")),
        ("We could not do it.", {}, None),
    ],
    ids=["qmail", "exim", "exchange", "full", "nothing"],
)  # fmt: skip
def test_reports_in_prose(text: str, headers: dict[str, str], bounce: Bounce | None) -> None:
    """Programs without the standard report are read too, as far as they say something."""
    assert _read(write_mail(text, **headers)) == bounce


def test_an_in_reply_to_names_our_mail() -> None:
    """When nothing is returned, In-Reply-To still tells which mail it was."""
    found = _read(write_mail(FULL, In_Reply_To=OURS))

    assert found is not None
    assert found.message_id == OURS


def test_hardness_without_status_needs_words() -> None:
    """A bare refusal is soft."""
    assert not is_hard("", "550 no")
    assert is_hard("", "550 user unknown")


@given(
    st.lists(st.tuples(st.sampled_from(["message/delivery-status", "message/rfc822"]), st.text())),
    st.text(),
)
def test_any_report_is_read(reports: list[tuple[str, str]], text: str) -> None:
    """No report raises, whatever is in it."""
    read_bounce(Head((), 0), reports, text)


@pytest.mark.parametrize(
    "unit", ["550 a ", "user ", "a@", "5.1.", "\n\n", "Message-ID: <", "\n--", "a."]
)
def test_long_nonsense_is_quick(unit: str) -> None:
    """A report of one repeated piece costs no time worth a name."""
    text = unit * (64 * 1024 // len(unit))
    began = time.process_time()

    read_bounce(Head((), 0), [("message/delivery-status", text)], text)
    read_bounce(Head((), 0), [], text)

    assert time.process_time() - began < 2
