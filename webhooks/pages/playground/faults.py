"""The faults the page offers, and how a switched-on fault is told in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from webhooks.pages.playground.calls import provider_name

OFFERED: tuple[tuple[str, str], ...] = (
    ("status:500", "answers 500"),
    ("status:429", "says: too many"),
    ("status:401", "refuses the key"),
    ("timeout", "never answers"),
    ("reset", "drops the line"),
    ("garbage", "answers nonsense"),
    ("slow", "answers slowly"),
    ("commit_then_timeout", "does it, then silence"),
    ("commit_then_status:500", "does it, then 500"),
)
"""Value of the choice (`kind` or `kind:status`) and its words."""

TIMEOUT_S = 12
"""How long `timeout` holds the line: longer than an adapter waits (seconds)."""
SLOW_S = 4
MOST_TIMES = 100


class FaultError(ValueError):
    """The page asked for a fault that is not offered."""


def make_order(provider: str, choice: str, times: int) -> dict[str, Any]:
    """Return the body for the sandbox's fault switch.

    Raises:
        FaultError: it is not on the list.
    """
    if choice not in dict(OFFERED) or not 1 <= times <= MOST_TIMES:
        raise FaultError("This fault is not offered.")
    kind, _, status = choice.partition(":")
    order: dict[str, Any] = {"provider": provider, "kind": kind, "times": times}
    if status:
        order["status"] = int(status)
    order["seconds"] = SLOW_S if kind == "slow" else TIMEOUT_S
    return order


def fault_words(fault: Mapping[str, Any]) -> str:
    """Return a switched-on fault in words: `NYC 311 never answers, 2 more times`."""
    kind = str(fault["kind"])
    value = f"{kind}:{fault['status']}" if kind.endswith("status") else kind
    words = dict(OFFERED).get(value, value.replace("_", " "))
    times = int(fault.get("times", 1))
    left = times - int(fault.get("hits", 0))
    often = "until cleared" if times == 0 else "once more" if left == 1 else f"{left} more times"
    return f"{provider_name(str(fault['provider']))} {words}, {often}"
