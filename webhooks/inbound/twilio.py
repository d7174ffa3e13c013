"""Twilio's two doors: `/in/twilio` (a resident's text) and `/in/twilio/status` (receipts).

The signature, the form and its traps are the business of `integrations/twilio`; which city is
meant is told by the number that was called.

A genuine text to a number no city serves is answered like any other, counted as `unknown_number`
and logged, and nothing is stored: repeating it could not help, and Twilio keeps the text in its
own message log until somebody adds the number to a city's pack.
"""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from conversations.vocabulary.city import City
from conversations.vocabulary.handles import tel
from integrations.twilio.inbound import MalformedInbound, parse_inbound
from integrations.twilio.receipts import parse_receipt
from integrations.twilio.signature import verify
from webhooks.inbound.door import Answer, Door, MalformedError, Received
from webhooks.wiring import Shell

log = structlog.get_logger("webhooks.inbound")

EMPTY_TWIML = Answer(
    200,
    b'<?xml version="1.0" encoding="UTF-8"?><Response/>',
    ((b"content-type", b"text/xml"),),
)
FORM = b"application/x-www-form-urlencoded"
SIGNATURE_HEADER = b"x-twilio-signature"


def doors(shell: Shell) -> tuple[Door, ...]:
    """Return Twilio's doors over this shell."""
    tokens = tuple(token.get_secret_value() for token in shell.settings.twilio_auth_tokens)
    account = shell.settings.twilio_account_sid
    city_by_number = number_book(shell.cities)

    def genuine(received: Received) -> bool:
        return verify(received.url, received.body, received.signature, tokens)

    async def take_text(received: Received) -> str:
        try:
            message = parse_inbound(received.body, account_sid=account)
        except MalformedInbound:
            raise MalformedError from None
        city = city_by_number.get(message.recipient)
        if city is None:
            log.warning("unknown_number_called", **{"integration.provider": "twilio"})
            return "unknown_number"
        accepted = await shell.intake.accept(city, message)
        if accepted.spooled:
            return "spooled"
        return "accepted" if accepted.new else "repeat"

    async def take_receipt(received: Received) -> str:
        try:
            receipt = parse_receipt(received.body, received.query.decode("latin-1"))
        except MalformedInbound:
            raise MalformedError from None
        await shell.intake.accept_receipt(receipt)
        return "receipt"

    return (
        Door("twilio", "/in/twilio", FORM, SIGNATURE_HEADER, genuine, take_text, EMPTY_TWIML),
        Door(
            "twilio",
            "/in/twilio/status",
            FORM,
            SIGNATURE_HEADER,
            genuine,
            take_receipt,
            Answer(204),
        ),
    )


def number_book(cities: Mapping[str, City]) -> dict[str, str]:
    """Return the handle of every number residents text to, with the slug of its city."""
    return {tel(number): city.slug for city in cities.values() for number in city.sms_numbers}
