"""A local cap on forged requests per network address: cheap, in memory, bounded.

The cap never stands before the signature check. Behind a proxy all residents share one address,
and a flood of forgeries must not shut out a genuine text; so an address over the cap only gets
429 instead of 403, its connection closed, and no further log lines. What a forged request costs
us (one capped read, one digest) is bounded anyway.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable


class ForgeryCap:
    """Counts forged requests per address in fixed windows.

    Args:
        per_window: forged requests an address may send in a window before it is over the cap.
        window_s: length of a window in seconds.
        addresses: how many addresses are remembered; the one seen longest ago is forgotten.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        per_window: int = 20,
        window_s: float = 60.0,
        addresses: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._per_window = per_window
        self._window_s = window_s
        self._addresses = addresses
        self._clock = clock
        self._seen: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def count(self, address: str) -> bool:
        """Count one forged request from `address`; return True when it is over the cap."""
        now = self._clock()
        since, forged = self._seen.pop(address, (now, 0))
        if now - since >= self._window_s:
            since, forged = now, 0
        self._seen[address] = (since, forged + 1)
        if len(self._seen) > self._addresses:
            self._seen.popitem(last=False)
        return forged + 1 > self._per_window
