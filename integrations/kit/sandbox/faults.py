"""The fault board: what shall go wrong at which twin, how often, and when it begins.

Kinds: `status` answers with a status, `timeout` never answers, `reset` drops the connection,
`garbage` answers 200 with nonsense, `cut` breaks off in the middle of the answer, `slow`
drips the true answer. With `commit_then_` before it (all but `slow`), the twin does its work
first and its answer is thrown away: the report was filed, and nobody was told.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from itertools import count
from typing import Any

PLAIN = ("status", "timeout", "reset", "garbage", "cut", "slow")
KINDS = PLAIN + tuple(f"commit_then_{kind}" for kind in PLAIN if kind != "slow")
_ids = count(1)


@dataclass(slots=True)
class Fault:
    """One thing that shall go wrong.

    Attributes:
        provider: whose twin, or `*`.
        kind: one of `KINDS`.
        operation: the twin's name of the operation, or None for any.
        path: pattern of the path below the provider (`/v1/search*`), or None for any.
        method: HTTP method, or None for any.
        status: for `status`: what to answer. retry_after: seconds for its header.
        seconds: how long `timeout` holds the line, or `slow` takes in all.
        times: how many calls it hits; 0 for all until it is taken off.
        after: how many matching calls pass before it begins.
    """

    provider: str
    kind: str
    operation: str | None = None
    path: str | None = None
    method: str | None = None
    status: int = 500
    retry_after: int | None = None
    seconds: float = 30.0
    times: int = 1
    after: int = 0
    hits: int = 0
    id: int = field(default_factory=lambda: next(_ids))

    def __post_init__(self) -> None:
        """Refuse what would silently do nothing."""
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        if not 100 <= self.status <= 599:
            raise ValueError("status must be between 100 and 599")

    @property
    def commits(self) -> bool:
        """True when the twin does its work before this fault hits."""
        return self.kind.startswith("commit_then_")

    @property
    def plain_kind(self) -> str:
        """The kind without `commit_then_`."""
        return self.kind.removeprefix("commit_then_")

    def matches(self, provider: str, operation: str, method: str, path: str) -> bool:
        """Tell whether a call is meant."""
        return (
            self.provider in ("*", provider)
            and self.operation in (None, operation)
            and self.method in (None, method)
            and (self.path is None or fnmatchcase(path, self.path))
        )

    def to_json(self) -> dict[str, Any]:
        """Return a plain JSON object."""
        return asdict(self)


class FaultBoard:
    """The faults that are switched on, in order; the first that matches hits."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Switch a fault on."""
        self._faults.append(fault)
        return fault

    def list(self) -> tuple[Fault, ...]:
        """Return what is switched on."""
        return tuple(self._faults)

    def clear(self, provider: str | None = None, fault_id: int | None = None) -> None:
        """Switch off all faults, or those of one provider, or one by its id."""
        self._faults = [
            fault
            for fault in self._faults
            if not (
                (provider in (None, fault.provider)) and (fault_id is None or fault_id == fault.id)
            )
        ]

    def take(self, provider: str, operation: str, method: str, path: str) -> Fault | None:
        """Return the fault that hits this call, and count it."""
        for fault in self._faults:
            if not fault.matches(provider, operation, method, path):
                continue
            if fault.after > 0:
                fault.after -= 1
                continue
            fault.hits += 1
            if fault.times and fault.hits >= fault.times:
                self._faults.remove(fault)
            return fault
        return None
