"""Logging: JSON lines that can hold only what is on the list.

A log line is made of fields; a field that is not on `ALLOWED` is dropped before it is
written, so a phone number has no way in. Lines of other libraries keep their level, logger
and the fixed part of their message; the loud HTTP ones, which write URLs, are held at
WARNING. Exceptions are written as their type and the places they came through, never as
their text.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TextIO

import orjson
import structlog

from integrations.kit import metrics, traces
from integrations.kit.calls import Call
from integrations.kit.errors import AdapterError

ALLOWED = frozenset(
    """
    timestamp level event logger integration.provider operation method status outcome attempts
    duration_ms trace_id error_code error_label detail retry_after payload_excerpt remaining
    exception places component city channel count conversation_id message_id outbox_id row_id
    kind flow reason worker age_s queue state version port look chore also
    """.split()  # noqa: SIM905  a list of forty strings is harder to read
)
"""Names of fields that may be written. All hold our own words and numbers."""
QUIET = ("httpx", "httpcore", "urllib3", "twilio", "asyncio", "aiosqlite", "hpack", "redis")
EXCERPT_CHARS = 64


@dataclass(slots=True)
class CallRecord:
    """What is told about one call: filled in while it runs, written once at its end."""

    provider: str
    call: Call
    status: int | None = None
    attempts: int = 0
    seconds: float = 0.0
    error: AdapterError | None = None
    done: bool = False

    def write(self) -> None:
        """Count the call and write its one line."""
        error = self.error
        label = error.label if error else "ok" if self.done else "cancelled"
        status = self.status if error or self.done else None
        metrics.CALLS.labels(self.provider, metrics.status_label(status, label)).inc()
        metrics.LATENCY.labels(self.provider).observe(self.seconds)
        if self.attempts > 1:
            metrics.RETRIES.labels(self.provider).inc(self.attempts - 1)
        fields: dict[str, Any] = {
            "integration.provider": self.provider,
            "operation": self.call.operation,
            "status": self.status,
            "attempts": self.attempts,
            "duration_ms": round(self.seconds * 1000, 1),
            "trace_id": traces.current_trace_id(),
        }
        if error is None:
            _log.info("adapter_call" if self.done else "adapter_call_cancelled", **fields)
            return
        fields |= {
            "error_code": error.code,
            "error_label": error.label,
            "outcome": error.outcome.value,
            "detail": error.detail,
            "payload_excerpt": excerpt(self.call) if error.loggable else None,
        }
        write = _log.error if error.pages else _log.warning if error.loggable else _log.info
        write("adapter_call_failed", **fields)


def warn_quota(provider: str, remaining: int) -> None:
    """Say that a tenth of the day's calls is left."""
    fields = {"integration.provider": provider, "remaining": remaining, "error_code": "quota_low"}
    _log.warning("quota_low", **fields)


def excerpt(call: Call) -> dict[str, str]:
    """Return the fields of a call's body and query that its adapter named as harmless."""
    found: dict[str, str] = {}
    for source in (call.params, call.form, call.json):
        if not isinstance(source, Mapping):
            continue
        for name in call.excerpt:
            value = source.get(name)
            if isinstance(value, str | int | float | bool):
                found[name] = str(value)[:EXCERPT_CHARS]
    return found


def set_up_logging(level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send every log line of the process as JSON to `stream` (default: standard error)."""
    out = stream or sys.stderr
    structlog.configure(
        processors=[
            _add_time,
            structlog.processors.add_log_level,
            _describe,
            _drop_unlisted,
            _dump,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(_ForeignFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def places_of(error: BaseException) -> list[str]:
    """Return `file:line function` of the frames an exception came through, innermost last."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    return [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]


def _add_time(
    _logger: Any, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    event["timestamp"] = datetime.now(UTC).isoformat(timespec="milliseconds")
    return event


def _describe(
    _logger: Any, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    caught = event.pop("exc_info", None)
    if caught is True:
        caught = sys.exc_info()[1]
    if isinstance(caught, tuple):
        caught = caught[1]
    if isinstance(caught, BaseException):
        event["exception"] = type(caught).__name__
        event["places"] = places_of(caught)
    return event


def _drop_unlisted(
    _logger: Any, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {name: value for name, value in event.items() if name in ALLOWED and value is not None}


def _dump(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> str:
    return orjson.dumps(event, default=lambda value: type(value).__name__).decode()


class _ForeignFormatter(logging.Formatter):
    """Writes lines of other libraries: the message pattern without what was filled in."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one JSON line. Arguments stay out: they may hold anything."""
        line: dict[str, Any] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": str(record.msg)[:200] if record.args else type(record.msg).__name__,
        }
        if not record.args and record.name.split(".")[0] in _FIXED_TEXT:
            line["event"] = str(record.msg)[:200]
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = type(record.exc_info[1]).__name__
            line["places"] = places_of(record.exc_info[1])
        return orjson.dumps(line).decode()


_FIXED_TEXT = frozenset({"uvicorn", "alembic"})
"""Loggers whose unfilled messages are known to be fixed text."""

_log = structlog.get_logger("cityhelper.integrations")


def note(event: str, **fields: Any) -> None:
    """Write one line about something odd that was dealt with. Only fields on `ALLOWED` stay."""
    _log.warning(event, **fields)
