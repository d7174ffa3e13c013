"""Asking the city what became of each open request, and telling its resident what changed.

Hourly at first; the interval grows with the request's age, and polling ends when it is closed or
90 days old. Calls are made for the purpose `poller`: the adapter layer keeps them 300 ms apart and
ends their share of the daily quota long before what residents need (guide, section 4.1.2).
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import structlog
from prometheus_client import Counter, Gauge

from bot.deeds.inside import place_label, tell
from bot.storage import service_requests, timeline
from bot.storage.engine import Connection, StatementRefusedError, StorageAwayError
from bot.storage.metadata import to_ms
from bot.storage.service_requests import Report
from bot.storage.timeline import Kind
from conversations.vocabulary.requests import RequestStatus
from integrations.kit.dto import ServiceRequestDTO
from integrations.kit.errors import AdapterError, NotSent

if TYPE_CHECKING:
    from bot.shell import Shell

EVERY_S = 60
BATCH = 200
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
STEPS = ((3 * DAY_MS, HOUR_MS), (14 * DAY_MS, 4 * HOUR_MS), (90 * DAY_MS, 24 * HOUR_MS))
"""Age up to which a request is looked at, and how often, milliseconds."""

FINAL = {RequestStatus.CLOSED.value, RequestStatus.CANCELLED.value}
POLLS = Counter("status_polls_total", "Looks at requests, by what was seen", ["result"])
LAG = Gauge("status_poll_lag_seconds", "Now minus the due time of the request looked at last")
log = structlog.get_logger("bot.chores.poll_status")


async def run(shell: Shell) -> None:
    """Look at every request that is due."""
    now = to_ms(shell.clock.now())
    due = await shell.storage.read(lambda c: service_requests.to_poll(c, shell.vault, now, BATCH))
    for report in due:
        LAG.set(max(0, now - (report.next_poll_at or now)) / 1000)
        try:
            await _look(shell, report)
        except NotSent as error:  # quota spent or breaker open: later requests would fare the same
            log.warning("poll_stopped", error_code=error.code)
            return
        except (StorageAwayError, StatementRefusedError):
            raise
        except Exception as error:  # one odd request must not keep all later ones from being seen
            log.error("poll_failed", error_code=type(error).__name__, row_id=report.id)
            later = next_poll_at(report, now)
            await shell.storage.write(functools.partial(_put_off, report.id, later))


async def _look(shell: Shell, report: Report) -> None:
    """Look at one request and write what was seen."""
    now = to_ms(shell.clock.now())
    next_at = next_poll_at(report, now)
    if next_at is None or report.number is None:
        await shell.storage.write(lambda c: service_requests.polled(c, report.id, None))
        return
    try:
        found = await shell.requests311[report.city].status(report.number, purpose="poller")
    except NotSent:
        raise
    except AdapterError as error:
        POLLS.labels(error.code).inc()
        await shell.storage.write(lambda c: service_requests.polled(c, report.id, next_at))
        return
    if found is None or not _has_changed(report, found):
        POLLS.labels("unknown" if found is None else "same").inc()
        await shell.storage.write(lambda c: service_requests.polled(c, report.id, next_at))
        return
    POLLS.labels("changed").inc()
    woken = await shell.storage.write(lambda c: _write(c, shell, report, found, now, next_at))
    await shell.wakes.publish(woken)


def _put_off(request_id: str, poll_at: int | None, connection: Connection) -> None:
    """Note that a request was looked at and when to look again."""
    service_requests.polled(connection, request_id, poll_at)


def next_poll_at(report: Report, now: int) -> int | None:
    """Return when to look again, or None when a request is final or too old."""
    age = now - (report.filed_at or report.created_at)
    if report.status in FINAL:
        return None
    return next((now + every for until, every in STEPS if age < until), None)


def _has_changed(report: Report, found: ServiceRequestDTO) -> bool:
    resolution = found.resolution or report.resolution
    return found.status.value != report.status or resolution != report.resolution


def _write(
    connection: Connection,
    shell: Shell,
    report: Report,
    found: ServiceRequestDTO,
    now: int,
    next_at: int | None,
) -> list[str]:
    """Write a change and, when its resident wants updates, tell the conversation."""
    status = found.status.value
    final = status in FINAL
    service_requests.change(
        connection,
        shell.vault,
        report,
        now=now,
        status=status,
        resolution=found.resolution,
        poll_at=None if final else next_at,
    )
    seen = {"status": status, "resolution": found.resolution}
    timeline.add(connection, shell.vault, report.id, Kind.STATUS, now, seen)
    first_of_tracked = report.filing == "tracked" and report.polls == 0 and not report.type_key
    if not report.updates or (status == report.status) or first_of_tracked:
        return []
    data = {
        "number": report.number,
        "title_key": report.type_key,
        "place_label": place_label(report),
        "status": status,
        "resolution": found.resolution,
        "request_id": report.id,
    }
    key = f"{report.id}:{status}:{now}"
    return [tell(connection, shell.vault, report, "status_changed", data, now, key)]
