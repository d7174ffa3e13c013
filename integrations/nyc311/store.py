"""The twin's memory: requests filed, one store behind both faces, with a life of their own.

A request is Open, goes In Progress after hours and is Closed after days of the world's clock;
every fifth stays In Progress past its due date, as some do. With a file given, a twin that is
started again remembers (the embedded form is stopped and started all the time).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from conversations.vocabulary.requests import RequestStatus
from integrations.kit.sandbox.kept_lines import KeptLines
from integrations.kit.sandbox.world import World

ZONE = ZoneInfo("America/New_York")
_REFERENCE = re.compile(r"\bRef (CH-[0-9A-Z-]{4,20})")
_ENDS = (
    "The {agency} inspected this condition and completed the repair.",
    "The {agency} investigated this complaint and found no condition at the location.",
    "The {agency} responded to the complaint and took action to fix the condition.",
)


@dataclass(slots=True)
class Record:
    """One request as the city keeps it.

    Attributes:
        number: the guide's form; `sr_number`: the public API's, of the same request.
        body: what was submitted. reference: ours, found in the descriptor, or empty.
        filed_at: UTC. changes: (when, status, resolution), in order of time.
    """

    number: str
    sr_number: str
    body: dict[str, Any]
    reference: str
    filed_at: datetime
    changes: list[tuple[datetime, RequestStatus, str | None]] = field(default_factory=list)

    def now(self, when: datetime) -> tuple[datetime, RequestStatus, str | None]:
        """Return the last change that has happened by `when`."""
        passed = [change for change in self.changes if change[0] <= when]
        return passed[-1] if passed else (self.filed_at, RequestStatus.OPEN, None)


class Store:
    """Everything filed at this twin; it outlives the twin where the sandbox keeps its state."""

    def __init__(self, world: World, agencies: dict[str, str]) -> None:
        self._world = world
        self._agencies = agencies
        self._kept = KeptLines(world, "sandbox-nyc311.jsonl")
        self._by_number: dict[str, Record] = {}
        self._by_key: dict[str, Record] = {}
        # A new serial every ten seconds of the day, so that a twin started again on the same day
        # does not give out its numbers a second time.
        self._serial = int(world.now().timestamp()) % 86400 // 10
        self._kept.restore(lambda value: self._keep(_revive(value)))

    def _keep(self, record: Record) -> None:
        self._by_number[record.number] = self._by_number[record.sr_number] = record

    def _write(self, record: Record) -> None:
        """Keep a record; a later line of the same number replaces the earlier one."""
        self._kept.add(_to_json(record))

    def file(self, body: dict[str, Any]) -> Record:
        """Keep a submission and count its effect under our reference."""
        record = self.make(body)
        self._keep(record)
        self._write(record)
        self._world.count_effect("nyc311", record.reference or record.number)
        return record

    def make(self, body: dict[str, Any]) -> Record:
        """Return a record with fresh numbers that is kept nowhere (`test=true`)."""
        self._serial += 1
        now = self._world.now()
        # Four digits are all a day's numbers have: the ten thousand and first takes the next day.
        local = now.astimezone(ZONE) + timedelta(days=self._serial // 10000)
        match = _REFERENCE.search(str(body.get("descriptor", "")))
        record = Record(
            number=f"NYC311-{local:%Y-%m%d}-{self._serial % 10000:04d}",
            sr_number=f"311-{local:%j}{self._serial % 100000:05d}",
            body=body,
            reference=match.group(1) if match else "",
            filed_at=now,
        )
        record.changes = self._plan(record)
        return record

    def _plan(self, record: Record) -> list[tuple[datetime, RequestStatus, str | None]]:
        begun = record.filed_at + timedelta(hours=2 + self._serial * 3 % 10)
        plan: list[tuple[datetime, RequestStatus, str | None]] = [
            (record.filed_at, RequestStatus.OPEN, None),
            (begun, RequestStatus.IN_PROGRESS, None),
        ]
        if self._serial % 5:
            code = str(record.body.get("agencyCode", ""))
            text = _ENDS[self._serial % len(_ENDS)].format(agency=self._agencies.get(code, code))
            closed = begun + timedelta(days=1 + self._serial % 4)
            plan.append((closed, RequestStatus.CLOSED, text))
        return plan

    def force(self, number: str, status: RequestStatus, resolution: str | None) -> Record | None:
        """Change a request now and drop what was planned; None when there is none."""
        record = self.find(number)
        if record is not None:
            now = self._world.now()
            record.changes = [change for change in record.changes if change[0] <= now]
            record.changes.append((now, status, resolution))
            self._write(record)
        return record

    def find(self, number: str) -> Record | None:
        """Return a request by either of its numbers, in any case of letters."""
        return self._by_number.get(number.strip().upper())

    def find_key(self, key: str) -> Record | None:
        """Return what was filed with an idempotency key, or None."""
        return self._by_key.get(key)

    def keep_key(self, key: str, record: Record) -> None:
        """Remember an idempotency key."""
        self._by_key[key] = record

    def records(self) -> list[Record]:
        """Return every request once, oldest first."""
        return list({id(record): record for record in self._by_number.values()}.values())


def _to_json(record: Record) -> dict[str, Any]:
    changes = [(when.isoformat(), status.value, text) for when, status, text in record.changes]
    return {
        "number": record.number,
        "sr_number": record.sr_number,
        "body": record.body,
        "reference": record.reference,
        "filed_at": record.filed_at.isoformat(),
        "changes": changes,
    }


def _revive(value: dict[str, Any]) -> Record:
    """Return the record that `_to_json` wrote."""
    changes = [
        (datetime.fromisoformat(when), RequestStatus(status), text)
        for when, status, text in value.pop("changes")
    ]
    filed_at = datetime.fromisoformat(value.pop("filed_at"))
    return Record(**value, filed_at=filed_at, changes=changes)
