"""The instruments of the adapter layer. Names are the guide's (section 10).

Labels hold our own words only: a provider, a status number or error label, a sort of
operation. Never anything from outside: a label lives as long as the process.
"""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

CALLS = Counter(
    "adapter_calls_total", "Calls to providers, by how they ended", ("provider", "status")
)
LATENCY = Histogram(
    "adapter_latency_seconds",
    "Seconds a call took, with its retries",
    ("provider",),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
RETRIES = Counter("adapter_retries_total", "Attempts after the first", ("provider",))
QUOTA_REMAINING = Gauge("quota_remaining", "Calls left today", ("provider",))
BREAKER_OPEN = Gauge("adapter_breaker_open", "1 unless the breaker is closed", ("provider", "kind"))


def status_label(status: int | None, label: str) -> str:
    """Return the `status` label of a call: the HTTP status when there was one, else our word."""
    if status is not None and 100 <= status <= 599:
        return str(status)
    return label
