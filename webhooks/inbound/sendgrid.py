"""SendGrid's two doors: `/in/sendgrid` (mails, Inbound Parse) and `/in/sendgrid/events`.

Both are signed over raw bytes (ECDSA). A deployment that cannot attach a signature policy to its
parse setting gives the webhook a login instead (`https://user:password@host/in/sendgrid`); an
events door without a key does not exist. What cannot be understood is answered 200 once it is
kept, because bringing it again could not help; what was not kept is answered 503.
"""

from __future__ import annotations

import base64
import hmac

import structlog

from integrations.kit.mail.errors import MalformedMail
from integrations.sendgrid.events import parse_events
from integrations.sendgrid.inbound import parse_inbound
from integrations.sendgrid.signature import verify
from webhooks.inbound.door import Answer, Door, MalformedError, Received
from webhooks.wiring import Shell

SIGNATURE_HEADER = b"x-twilio-email-event-webhook-signature"
TIMESTAMP_HEADER = b"x-twilio-email-event-webhook-timestamp"
LARGEST_MAIL = 35 * 1024 * 1024
LARGEST_EVENTS = 1024 * 1024
MAILS_AT_ONCE = 4
RECEIPTS_AT_ONCE = 200
TAKEN = Answer(200, b"ok", ((b"content-type", b"text/plain"),))

log = structlog.get_logger("webhooks.inbound")


def doors(shell: Shell) -> tuple[Door, ...]:
    """Return SendGrid's doors; none when no city has a mail address."""
    if shell.mail_desk is None:
        return ()
    settings = shell.settings
    found = [_mail_door(shell, settings.sendgrid_inbound_keys)]
    if settings.sendgrid_event_keys:
        found.append(_event_door(shell, settings.sendgrid_event_keys))
    return tuple(found)


def _mail_door(shell: Shell, keys: tuple[str, ...]) -> Door:
    desk = shell.mail_desk
    login = shell.settings.sendgrid_inbound_login.get_secret_value()
    expected = "Basic " + base64.b64encode(login.encode()).decode()

    def signed(received: Received) -> bool:
        return verify(received.body, received.signature, received.timestamp, keys)

    def logged_in(received: Received) -> bool:
        return bool(login) and hmac.compare_digest(received.signature, expected)

    async def take(received: Received) -> str:
        assert desk is not None
        try:
            mail = await parse_inbound(received.body, received.content_type)
        except MalformedMail as error:
            log.warning("mail_not_understood", error_code=error.reason)
            await desk.keep_unread(received.body)
            return "not_understood"
        return await desk.accept(mail)

    return Door(
        "sendgrid",
        "/in/sendgrid",
        b"multipart/form-data",
        SIGNATURE_HEADER if keys else b"authorization",
        signed if keys else logged_in,
        take,
        TAKEN,
        timestamp_header=TIMESTAMP_HEADER if keys else b"",
        largest=LARGEST_MAIL,
        at_once=MAILS_AT_ONCE,
        seconds=25.0,
    )


def _event_door(shell: Shell, keys: tuple[str, ...]) -> Door:
    def signed(received: Received) -> bool:
        return verify(received.body, received.signature, received.timestamp, keys)

    async def take(received: Received) -> str:
        try:
            batch = parse_events(received.body)
        except MalformedMail:
            raise MalformedError from None
        receipts = [event.as_receipt() for event in batch.events]
        for start in range(0, len(receipts), RECEIPTS_AT_ONCE):
            await shell.intake.accept_receipts(receipts[start : start + RECEIPTS_AT_ONCE])
        return "events"

    return Door(
        "sendgrid",
        "/in/sendgrid/events",
        b"application/json",
        SIGNATURE_HEADER,
        signed,
        take,
        TAKEN,
        timestamp_header=TIMESTAMP_HEADER,
        largest=LARGEST_EVENTS,
    )
