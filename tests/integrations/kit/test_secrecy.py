"""Canaries: no secret and nothing personal reaches a log line, an exception, a metric or a span."""

from __future__ import annotations

import io
import logging
import traceback
from collections.abc import Iterator

import httpx
import orjson
import pytest
import structlog
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import generate_latest

from integrations.kit import errors, logs, traces
from integrations.kit.caller import Call

CANARY = "CANARY7d1f"
CALL = Call(
    operation="submit",
    method="POST",
    url=f"https://x.test/{CANARY}/a",
    params={"app_key": CANARY, "descriptor": "Pothole"},
    headers={"X-Api-Key": CANARY},
    json={"caller": {"phone": CANARY}, "descriptor": "Pothole", "incidentAddress": CANARY},
    auth=(CANARY, CANARY),
    idempotent=False,
    excerpt=("descriptor",),
)
FAILURES = [
    httpx.Response(400, text=CANARY, headers={"X-Reason": CANARY}),
    httpx.Response(500, text=CANARY),
    httpx.Response(200, text=CANARY),
    httpx.Response(200, json={"name": CANARY}),
    httpx.Response(429, headers={"Retry-After": CANARY}, text=CANARY),
    httpx.Response(302, headers={"Location": f"https://{CANARY}/"}),
    httpx.ReadTimeout(CANARY),
    httpx.ConnectError(CANARY),
    httpx.RemoteProtocolError(CANARY),
    OSError(CANARY),
]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Return where all log lines of the process go, and put everything back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.set_up_logging(logging.DEBUG, stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def spans(monkeypatch) -> InMemorySpanExporter:
    """Return what tracing would send out."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(traces, "_tracer", provider.get_tracer("test"))
    return exporter


@pytest.mark.parametrize("failure", FAILURES, ids=lambda item: repr(item)[:30])
async def test_no_canary_anywhere(make_caller, log, spans, failure) -> None:
    """However a call fails, its secrets, its body and the answer stay out of everything we emit."""

    def handler(request: httpx.Request) -> httpx.Response:
        if isinstance(failure, Exception):
            raise failure
        return failure

    def parse(answer):
        raise KeyError(answer.body.decode())

    with pytest.raises(errors.AdapterError) as caught:
        await make_caller(handler, name="canary").call(CALL, parse)
    error = caught.value
    shown = "".join(traceback.format_exception(error)) + str(error) + repr(error) + repr(error.args)
    assert CANARY not in shown
    assert error.__context__ is None
    assert error.__cause__ is None
    assert CANARY not in log.getvalue()
    assert CANARY not in generate_latest().decode()
    for span in spans.get_finished_spans():
        assert CANARY not in span.to_json()


async def test_the_line_of_a_failed_call(make_caller, log, spans) -> None:
    """A failure leaves one JSON line with the guide's fields and only the harmless excerpt."""
    with pytest.raises(errors.Rejected):
        await make_caller(lambda request: httpx.Response(400), name="guide").call(CALL, lambda a: a)
    lines = [orjson.loads(line) for line in log.getvalue().splitlines()]
    line = next(line for line in lines if line["event"] == "adapter_call_failed")
    assert line["integration.provider"] == "guide"
    assert line["error_code"] == "upstream_rejected"
    assert line["payload_excerpt"] == {"descriptor": "Pothole"}
    assert len(line["trace_id"]) == 32
    span = spans.get_finished_spans()[0]
    assert span.name == "cityhelper.integrations.guide"
    assert span.attributes["http.status_code"] == 400
    assert line["trace_id"] == f"{span.context.trace_id:032x}"
    text = generate_latest().decode()
    assert 'adapter_calls_total{provider="guide",status="400"} 1.0' in text
    assert 'adapter_latency_seconds_count{provider="guide"} 1.0' in text


def test_unlisted_fields_are_dropped(log) -> None:
    """A field that is not on the list does not reach the line, whatever it is called."""
    structlog.get_logger().info("x", phone=CANARY, count=1, anything=CANARY)
    line = orjson.loads(log.getvalue())
    assert line["count"] == 1
    assert CANARY not in log.getvalue()


def test_exceptions_are_types_and_places(log) -> None:
    """An exception is written as its type and where it came through, without its text."""
    try:
        raise ValueError(CANARY)
    except ValueError:
        structlog.get_logger().error("x", exc_info=True)
        logging.getLogger("library").exception("it failed for %s", CANARY)
    assert CANARY not in log.getvalue()
    for line in map(orjson.loads, log.getvalue().splitlines()):
        assert line["exception"] == "ValueError"
        assert "test_exceptions_are_types_and_places" in line["places"][-1]


def test_other_libraries_cannot_tell(log) -> None:
    """Lines of other libraries lose what was filled in; unfilled ones of unknown ones, too."""
    logging.getLogger("httpx").info("HTTP Request: GET %s", CANARY)
    logging.getLogger("httpcore.http11").debug(CANARY)
    logging.getLogger("whatever").warning(f"call of {CANARY} failed")
    logging.getLogger("whatever").warning("call of %s failed", CANARY)
    assert CANARY not in log.getvalue()
    assert "HTTP Request" not in log.getvalue()


def test_details_are_plain_or_nothing() -> None:
    """A provider's error number may be kept; anything that is more than that is not."""
    assert errors.Rejected("p", "o", detail="21610").detail == "21610"
    for detail in ("+12125550123", "a b", "<x>", "é", ""):
        assert errors.Rejected("p", "o", detail=detail).detail is None
