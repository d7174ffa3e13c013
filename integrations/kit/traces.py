"""Tracing: one span per call, and the trace id that ties log lines together.

The spans are our own and hold no URL: the ready-made httpx instrumentation would write
Geoclient's key, a query field, into every trace (LIBRARIES section 12). Without a tracing
backend the spans cost next to nothing and the trace id comes from `bind_trace`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

_trace_id: ContextVar[str] = ContextVar("cityhelper_trace_id", default="")
_tracer = trace.get_tracer("cityhelper.integrations")


def bind_trace(trace_id: str | None = None) -> str:
    """Set (or make) the trace id of the work in this task and return it: 32 hex digits."""
    chosen = trace_id or secrets.token_hex(16)
    _trace_id.set(chosen)
    return chosen


def current_trace_id() -> str:
    """Return the trace id: the current span's if it is recorded, else the bound one (or none)."""
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        return f"{context.trace_id:032x}"
    return _trace_id.get()


@contextmanager
def call_span(provider: str, operation: str) -> Iterator[Span]:
    """Open the span `cityhelper.integrations.<provider>` around one call.

    A call outside any bound trace gets an id of its own, for as long as it lasts. Exceptions
    are not recorded by OpenTelemetry itself: their text and stack would go out.
    """
    token = None if _trace_id.get() else _trace_id.set(secrets.token_hex(16))
    try:
        with _open_span(provider, operation) as span:
            yield span
    finally:
        if token is not None:
            _trace_id.reset(token)


@contextmanager
def _open_span(provider: str, operation: str) -> Iterator[Span]:
    with _tracer.start_as_current_span(
        f"cityhelper.integrations.{provider}",
        kind=SpanKind.CLIENT,
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        span.set_attribute("integration.provider", provider)
        span.set_attribute("integration.operation", operation)
        yield span


def mark_failed(span: Span, error_code: str) -> None:
    """Mark the span as failed, with our own code as its only description."""
    span.set_status(Status(StatusCode.ERROR, error_code))
    span.set_attribute("error.type", error_code)
