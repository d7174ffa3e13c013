"""Asking the city what became of each open request, and telling its resident what changed.

Hourly at first; the interval grows with the request's age, and polling ends when it is closed or
90 days old, or when the city does not know a number that a resident texted. Several are asked
about in one call where the city's adapter can. Calls are made for the purpose `poller`: the adapter
layer keeps them 300 ms apart and ends their share of the daily quota long before what residents
need (guide, section 4.1.2).
"""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import TYPE_CHECKING

import structlog
from prometheus_client import Counter, Gauge

from bot.deeds.telling import filed, tell
from bot.notices import News, notify
from bot.storage import polls, service_requests, timeline
from bot.storage.engine import Connection, StatementRefusedError, StorageAwayError
from bot.storage.metadata import to_ms
from bot.storage.service_requests import Report
from bot.storage.timeline import Kind
from conversations.vocabulary.requests import RequestStatus
from integrations.kit.dto import ServiceRequestDTO
from integrations.kit.errors import AdapterError, NotSent
from integrations.kit.ports import AnswersMany, Requests311

if TYPE_CHECKING:
    from bot.shell import Shell

EVERY_S = 60
BATCH = 200
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
STEPS = ((3 * DAY_MS, HOUR_MS), (14 * DAY_MS, 4 * HOUR_MS), (90 * DAY_MS, 8 * HOUR_MS))
"""Age up to which a request is looked at, and how often, milliseconds. With more open requests than
the poller's share of the quota allows, all are looked at later, the longest due first."""

MOST_MISSES = 5
"""Answers "no such number" in a row after which a number texted by a resident is given up."""

FINAL = {RequestStatus.CLOSED.value, RequestStatus.CANCELLED.value}
POLLS = Counter("status_polls_total", "Looks at requests, by what was seen", ["result"])
LAG = Gauge("status_poll_lag_seconds", "Now minus the due time of the request looked at last")
log = structlog.get_logger("bot.chores.poll_status")

Seen = ServiceRequestDTO | AdapterError | None
"""What the city answered: the request, nothing it knows, or how the call failed."""


async def run(shell: Shell) -> None:
    """Look at every request that is due."""
    now = to_ms(shell.clock.now())
    due = await shell.storage.read(lambda c: polls.to_poll(c, shell.vault, now, BATCH))
    for city in dict.fromkeys(report.city for report in due):
        port = shell.requests311[city]
        try:
            for together in _batches(port, [report for report in due if report.city == city]):
                await _look(shell, port, together)
        except NotSent as error:  # quota spent or breaker open: later requests would fare the same
            log.warning("poll_stopped", error_code=error.code)


def _batches(port: Requests311, reports: Sequence[Report]) -> Iterator[list[Report]]:
    """Yield the reports in as many at once as the city answers about."""
    size = port.batch if isinstance(port, AnswersMany) else 1
    for start in range(0, len(reports), size):
        yield list(reports[start : start + size])


async def _look(shell: Shell, port: Requests311, reports: list[Report]) -> None:
    """Ask about some requests and write what was seen; a defect concerns its own request alone."""
    now = to_ms(shell.clock.now())
    left = list(reports)
    try:
        async for report, seen in _ask(port, reports):
            left.remove(report)
            LAG.set(max(0, now - (report.next_poll_at or now)) / 1000)
            try:
                await _write_seen(shell, report, seen, now)
            except (StorageAwayError, StatementRefusedError):
                raise
            except Exception as error:
                await _put_off(shell, [report], error, now)
    except (NotSent, StorageAwayError, StatementRefusedError):
        raise
    except Exception as error:
        await _put_off(shell, left, error, now)


async def _put_off(shell: Shell, reports: Sequence[Report], error: Exception, now: int) -> None:
    """Look later at requests whose look broke: they must not keep the others from being seen."""
    for report in reports:
        log.error("poll_failed", error_code=type(error).__name__, row_id=report.id)
        later = functools.partial(
            polls.seen,
            request_id=report.id,
            poll_at=next_poll_at(report, now),
            misses=report.misses,
        )
        await shell.storage.write(later)


async def _ask(port: Requests311, reports: Sequence[Report]) -> AsyncIterator[tuple[Report, Seen]]:
    """Yield each request with the city's answer: all in one call, or singly where that fails."""
    if len(reports) > 1 and isinstance(port, AnswersMany):
        try:
            found = await port.statuses([_number(report) for report in reports], purpose="poller")
        except NotSent:
            raise
        except AdapterError as error:
            log.warning("poll_batch_failed", error_code=error.code)
        else:
            for report in reports:
                yield report, found.get(_number(report))
            return
    for report in reports:
        seen: Seen
        try:
            seen = await port.status(_number(report), purpose="poller")
        except NotSent:
            raise
        except AdapterError as error:
            seen = error
        yield report, seen


def _number(report: Report) -> str:
    return (report.number or "").strip().upper()


async def _write_seen(shell: Shell, report: Report, seen: Seen, now: int) -> None:
    """Write what was seen of one request, and tell its resident what is news."""
    next_at = next_poll_at(report, now)
    if isinstance(seen, AdapterError):
        POLLS.labels(seen.code).inc()
        await shell.storage.write(lambda c: polls.seen(c, report.id, next_at, report.misses))
        return
    if seen is None:
        POLLS.labels("unknown").inc()
        woken = await shell.storage.write(lambda c: _miss(c, shell, report, now, next_at))
    elif _has_changed(report, seen):
        POLLS.labels("changed").inc()
        woken = await shell.storage.write(lambda c: _change(c, shell, report, seen, now, next_at))
    else:
        POLLS.labels("same").inc()
        await shell.storage.write(lambda c: polls.seen(c, report.id, next_at))
        return
    await shell.wakes.publish(woken)


def next_poll_at(report: Report, now: int) -> int | None:
    """Return when to look again, or None when a request is final or too old."""
    age = now - (report.filed_at or report.created_at)
    if report.status in FINAL:
        return None
    return next((now + every for until, every in STEPS if age < until), None)


def _has_changed(report: Report, found: ServiceRequestDTO) -> bool:
    resolution = found.resolution or report.resolution
    return found.status.value != report.status or resolution != report.resolution


def _miss(
    connection: Connection, shell: Shell, report: Report, now: int, next_at: int | None
) -> list[str]:
    """Count that the city does not know a number; one it never knew is given up, and told once."""
    misses = report.misses + 1
    polls.seen(connection, report.id, next_at, misses)
    never_known = report.status == RequestStatus.PENDING_EXTERNAL.value
    if report.filing != "tracked" or not never_known or misses < MOST_MISSES:
        return []
    polls.lose(connection, shell.vault, report, now)
    key = f"{report.id}:{report.number}:{now}"
    return [tell(connection, shell.vault, report, "number_unknown", filed(report), now, key)]


def _change(
    connection: Connection,
    shell: Shell,
    report: Report,
    found: ServiceRequestDTO,
    now: int,
    next_at: int | None,
) -> list[str]:
    """Write a change and tell everybody who wants news of the request.

    The first word on a followed number is always a change, because it begins without any.
    """
    status = found.status.value
    next_at = None if status in FINAL else next_at
    service_requests.change(
        connection,
        shell.vault,
        report,
        now=now,
        status=status,
        resolution=found.resolution,
        poll_at=next_at,
    )
    polls.seen(connection, report.id, next_at)
    seen = {"status": status, "resolution": found.resolution}
    timeline.add(connection, shell.vault, report.id, Kind.STATUS, now, seen)
    if status == report.status:
        return []
    data = {**filed(report), **seen}
    news = News("status_changed", data, f"{report.id}:{status}:{now}")
    return notify(connection, shell.vault, shell.cities[report.city], report, news, now)
