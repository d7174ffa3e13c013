"""Mail as it comes and goes: what every mail provider and the shell share.

A mail's `From` never proves who wrote it: it chooses where an answer goes. What proves something is
`Proof`: the token that only the right mailbox was sent, and a signature of the sender's own domain.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Machine(StrEnum):
    """Why a mail was not written by a person (RFC 3834, RFC 3464); a person's has none."""

    AUTO_REPLY = "auto_reply"  # out of office, "we have received your mail"
    BOUNCE = "bounce"  # a delivery report about a mail of ours
    COMPLAINT = "complaint"  # somebody called a mail of ours spam (RFC 5965)
    BULK = "bulk"  # a list, a newsletter
    OWN_LOOP = "own_loop"  # our own mail come back
    NO_REPLY = "no_reply"  # an address that nobody reads


@dataclass(frozen=True, slots=True)
class Bounce:
    """A delivery report about one recipient.

    Attributes:
        recipient: the address that failed, or empty when the report does not say.
        hard: it will not work later either (status 5.x.x about the mailbox itself).
        status: the enhanced status code, `5.1.1`, or empty.
        message_id: Message-ID of our mail it is about, or empty. Anybody can write a report: one
            that names no mail of ours proves nothing.
    """

    recipient: str
    hard: bool
    status: str = ""
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class MailFile:
    """One file that came with a mail; `content_type` is what the mail claims, not yet sniffed."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class InboundMail:
    """One mail as its provider delivered it, already taken apart within bounds.

    Attributes:
        provider: who delivered it, `sendgrid`.
        key: unique of this delivery (no provider gives one): a repeat has the same.
        recipients: the envelope's, lower case; they tell the city and hold the token.
        envelope_from: the envelope's sender, lower case, empty for a null sender.
        sender: the one address in `From`, lower case; empty when there is none, or more than one,
            or when it cannot be read beyond doubt.
        subject: decoded, one line.
        text, html: the bodies as Unicode, each empty when the mail has none.
        message_id, in_reply_to: with their angle brackets, or empty.
        references: in order, at most 50.
        signed: the provider saw a valid DKIM signature of a domain aligned with `sender`'s.
        machine: why no person wrote it, or None.
        bounce: what a delivery report says, or None.
        files: attachments and inline pictures, at most 20.
        cut: True when something was left out because a bound was met (size, parts, depth).
        raw: the mail as it came (raw mode), or the request as it came; always kept whole.
        unreadable: its body could not be taken apart within bounds; text, html and files are
            empty, and only what its head says is known.
        quiet: its sender's system asks for no automatic answer (X-Auto-Response-Suppress).
    """

    provider: str
    key: str
    recipients: tuple[str, ...]
    envelope_from: str
    sender: str
    subject: str
    text: str
    html: str
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    signed: bool
    machine: Machine | None
    bounce: Bounce | None
    files: tuple[MailFile, ...]
    cut: bool
    raw: bytes
    unreadable: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class OutboundMail:
    """What a mail has beyond its text, which is `OutboundMessage.text`.

    Attributes:
        subject: one line.
        html: the same content as a page, complete and escaped.
        from_name: the name before our address, the city's.
        reply_to: our address with the token of this person and request.
        message_id: ours, with angle brackets; the same at every attempt of one sending.
        in_reply_to, references: the thread, with angle brackets.
        unsubscribe_url: for one click (RFC 8058); empty in a direct answer that needs none.
        answers: True for an answer to a mail (`auto-replied`), False for a notice
            (`auto-generated`), RFC 3834.
    """

    subject: str
    html: str
    from_name: str
    reply_to: str
    message_id: str
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    unsubscribe_url: str = ""
    answers: bool = True
