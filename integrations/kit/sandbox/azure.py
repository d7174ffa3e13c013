"""The gateway before New York's APIs (Azure API Management), as twins need it: keys, pace, quota.

Answers have the gateway's own form, `{"statusCode", "message"}` (contract civic 3.3). Time is
the world's, so a test can wait for a new day at once.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import date, datetime

from fastapi.responses import JSONResponse

from integrations.kit.sandbox.world import World

MISSING_KEY = (
    "Access denied due to missing subscription key. Make sure to include subscription key "
    "when making requests to an API."
)
INVALID_KEY = (
    "Access denied due to invalid subscription key. Make sure to provide a valid key for an "
    "active subscription."
)


def refuse(status: int, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """Return an answer in the gateway's form."""
    body = {"statusCode": status, "message": message}
    return JSONResponse(body, status_code=status, headers=headers)


@dataclass(slots=True)
class AzureGateway:
    """Counts calls and refuses those that should not pass.

    Attributes:
        world: whose clock counts.
        calls, window_s: how many calls may pass in how many seconds.
        quota_daily: calls a day, New York's day is not minded: UTC.
        suspended: True answers 403 to every call, as for a suspended key.
    """

    world: World
    calls: int
    window_s: float
    quota_daily: int
    suspended: bool = False
    _times: deque[datetime] = field(default_factory=deque)
    _day: date | None = None
    _used: int = 0

    def check(self, given: str | None, expected: str) -> JSONResponse | None:
        """Return the refusal of a call with this key, or None when it may pass.

        Args:
            given: the key sent, None or empty when there was none.
            expected: the right key; empty accepts any.
        """
        if not given:
            return refuse(401, MISSING_KEY)
        if expected and given != expected:
            return refuse(401, INVALID_KEY)
        if self.suspended:
            return refuse(403, "Access denied. The subscription is suspended.")
        return self._pace() or self._quota()

    def _pace(self) -> JSONResponse | None:
        now = self.world.now()
        while self._times and (now - self._times[0]).total_seconds() >= self.window_s:
            self._times.popleft()
        if len(self._times) >= self.calls:
            left = self.window_s - (now - self._times[0]).total_seconds()
            wait = max(1, round(left + 0.5))
            message = f"Rate limit is exceeded. Try again in {wait} seconds."
            return refuse(429, message, {"Retry-After": str(wait)})
        self._times.append(now)
        return None

    def _quota(self) -> JSONResponse | None:
        now = self.world.now()
        if now.date() != self._day:
            self._day, self._used = now.date(), 0
        if self._used >= self.quota_daily:
            left = 86400 - (now.hour * 3600 + now.minute * 60 + now.second)
            clock = f"{left // 3600:02d}:{left // 60 % 60:02d}:{left % 60:02d}"
            text = f"Out of call volume quota. Quota will be replenished in {clock}."
            return refuse(403, text)
        self._used += 1
        return None

    def configure(self, order: dict[str, object]) -> None:
        """Change what a control call names: `calls`, `window_s`, `quota_daily`, `suspended`."""
        if isinstance(order.get("calls"), int):
            self.calls = int(str(order["calls"]))
        if isinstance(order.get("window_s"), int | float):
            self.window_s = float(str(order["window_s"]))
        if isinstance(order.get("quota_daily"), int):
            self.quota_daily = int(str(order["quota_daily"]))
        if isinstance(order.get("suspended"), bool):
            self.suspended = order["suspended"] is True
