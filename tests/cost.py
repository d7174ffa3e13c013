"""Counting what work costs, instead of timing it: the same figure on every machine, busy or not."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType


def count_calls(work: Callable[[], object]) -> int:
    """Return how many functions, ours and the interpreter's, were called while `work` ran.

    A pattern that runs wild inside one call is not seen; such tests give the call a second of
    processor time (S7), which no busy machine uses up for the work itself.
    """
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return calls
