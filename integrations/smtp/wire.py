"""What an SMTP server's answers mean (RFC 5321, RFC 3463), at each stage of the conversation.

Up to DATA nothing is sent, whatever happens. From there on only an answer of the server says that
it did not take the mail; silence and nonsense leave a doubt. Texts of servers may quote an address:
of them only the codes are kept.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable
from enum import IntEnum

from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupported,
    SMTPResponseException,
)
from aiosmtplib.errors import SMTPDataError

from integrations.kit.calls import Answer
from integrations.kit.dto import SentMessageDTO
from integrations.kit.errors import (
    AdapterError,
    ConnectionLost,
    Rejected,
    TimedOut,
    Unauthorised,
    Unreachable,
    Unreadable,
)
from integrations.kit.mail.refusals import Busy, MailboxBad, PutOff, SenderRefused

PROVIDER = "smtp"
_ENHANCED = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})\b")
_OF_OUR_SENDER = frozenset({"7", "8"})
"""X.1.7 and X.1.8 are about the sender's address, the other X.1 about the recipient's."""


class Stage(IntEnum):
    """How far the conversation with the server has come."""

    CONNECT = 0
    SECURE = 1
    LOGIN = 2
    SENDER = 3
    RECIPIENT = 4
    DATA = 5


def parse_sent(answer: Answer) -> SentMessageDTO:
    """Return what the server took, under our own Message-ID, which its reports will name."""
    if answer.status != 250:
        raise ValueError("no mail was taken")
    return SentMessageDTO(provider_message_id=answer.headers["message-id"], status="accepted")


def explain(stage: Stage, caught: Exception) -> AdapterError:
    """Return our error for what ended the conversation at `stage`."""
    if stage is Stage.DATA:
        return _explain_data(caught)
    if isinstance(caught, SMTPResponseException) and 400 <= caught.code < 600:
        return _explain_answer(stage, caught)
    if type(caught) in (SMTPException, SMTPNotSupported):  # it lacks what we must have
        if stage is Stage.LOGIN:
            return Unauthorised(PROVIDER, "send", detail="no_login")
        return Unreachable(
            PROVIDER, "send", detail="no_starttls" if stage is Stage.SECURE else None
        )
    if isinstance(caught, ssl.SSLError):
        return Unreachable(PROVIDER, "send", detail="tls")
    return Unreachable(PROVIDER, "send")


def _explain_answer(stage: Stage, caught: SMTPResponseException) -> AdapterError:
    """Return what a refusal means before anything was sent."""
    detail = code_of(caught)
    if caught.code < 500:
        kind = PutOff if stage is Stage.RECIPIENT and caught.code != 421 else Busy
        return kind(PROVIDER, "send", detail=detail)
    if stage is Stage.LOGIN or isinstance(caught, SMTPAuthenticationError):
        return Unauthorised(PROVIDER, "send", detail=detail)
    if stage is Stage.RECIPIENT:
        return _explain_recipient(caught, detail)
    return SenderRefused(PROVIDER, "send", detail=detail)


def _explain_recipient(caught: SMTPResponseException, detail: str) -> AdapterError:
    """Only an enhanced code proves a missing mailbox: a bare 550 may be about us, for everybody."""
    found = _ENHANCED.match(caught.message)
    subject, number = (found[2], found[3]) if found else ("", "")
    if (subject == "1" and number not in _OF_OUR_SENDER) or (subject, number) == ("2", "1"):
        return MailboxBad(PROVIDER, "send", detail=detail)
    if subject in ("1", "7"):
        return SenderRefused(PROVIDER, "send", detail=detail)
    return Rejected(PROVIDER, "send", detail=detail)


def _explain_data(caught: Exception) -> AdapterError:
    if isinstance(caught, SMTPDataError) and 400 <= caught.code < 600:
        kind = PutOff if caught.code < 500 else Rejected
        return kind(PROVIDER, "send", detail=code_of(caught))
    if isinstance(caught, TimeoutError):
        return TimedOut(PROVIDER, "send")
    if isinstance(caught, OSError):
        return ConnectionLost(PROVIDER, "send")
    return Unreadable(PROVIDER, "send")


def code_of(caught: SMTPResponseException) -> str:
    """Return the answer's codes as one plain word, `550_5_1_1`."""
    found = _ENHANCED.match(caught.message)
    return "_".join((str(caught.code), *(found.groups() if found else ())))


PARSERS: dict[str, Callable[[Answer], object]] = {"send": parse_sent}
