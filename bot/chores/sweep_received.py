"""Taking in what a provider received for us and could not bring: its webhook never reached us.

Asked every five minutes, and at once after a longer stop, about the last 24 hours; what is missing
is taken in as if it had come, known by the same key. What came before our very first resident is
left alone: on a number that served something else before, its texts were never meant for us.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from prometheus_client import Counter

from bot.arrivals import key_of
from bot.spool.files import spooled_in
from bot.storage import inbox, residents
from bot.storage.engine import StatementRefusedError
from bot.storage.metadata import from_ms
from conversations.vocabulary.handles import Handle, tel
from conversations.vocabulary.messages import InboundMessage
from integrations.kit.dto import ReceivedMessageDTO
from integrations.kit.errors import AdapterError, NotSent
from integrations.kit.ports import ListsReceived

if TYPE_CHECKING:
    from bot.shell import Shell

EVERY_S = 300
BACK = timedelta(hours=24)
GRACE = timedelta(minutes=2)
"""What is younger may still be on its way through the door."""

FILES_PATIENCE = timedelta(hours=1)
"""So long a text waits for the list of its attachments; then it is taken in without them."""

SWEPT = Counter(
    "received_swept_total", "Messages the door never saw, by what became of them", ["result"]
)
log = structlog.get_logger("bot.chores.sweep_received")


async def run(shell: Shell) -> None:
    """Take in what is missing, number by number."""
    if spooled_in(shell.spool_dir):
        return  # what waits there comes first, in its order
    begun = await shell.storage.read(residents.first_at)
    if begun is None:
        return
    since = max(shell.clock.now() - BACK, from_ms(begun))
    for messenger in shell.messengers.values():
        if not isinstance(messenger, ListsReceived):
            continue
        for city in shell.cities.values():
            for number in city.sms_numbers:
                try:
                    await _sweep(shell, messenger, city.slug, tel(number), since)
                except NotSent as error:  # quota spent or breaker open: others would fare the same
                    log.warning("sweep_stopped", error_code=error.code)
                    return
                except AdapterError as error:
                    log.warning("sweep_failed", error_code=error.code)


async def _sweep(
    shell: Shell, messenger: ListsReceived, city: str, number: Handle, since: datetime
) -> None:
    """Take in what one number received and we do not have, oldest first."""
    until = shell.clock.now() - GRACE
    listed = await messenger.list_received(number, since)
    old = [item for item in listed if item.message.received_at <= until]
    keys = [key_of(item.message) for item in old]
    known = await shell.storage.read(lambda c: inbox.known(c, shell.vault, keys))
    for item, key in zip(old, keys, strict=True):
        if key in known:
            continue
        message = await _read(shell, messenger, item)
        if message is None:
            SWEPT.labels("waits").inc()
            continue
        try:
            accepted = await shell.intake.take_in(city, message)
        except StatementRefusedError as error:
            SWEPT.labels("refused").inc()
            log.error("swept_refused", error_code=str(error))
            continue
        SWEPT.labels("new" if accepted.new else "repeat").inc()
        log.warning("swept", **{"integration.provider": messenger.provider})


async def _read(
    shell: Shell, messenger: ListsReceived, item: ReceivedMessageDTO
) -> InboundMessage | None:
    """Return a message with its attachments, or None to wait for them."""
    try:
        return await messenger.read_received(item)
    except NotSent:
        raise
    except AdapterError as error:
        log.warning("attachments_not_listed", error_code=error.code)
        patient = shell.clock.now() - item.message.received_at < FILES_PATIENCE
        return None if patient else item.message
