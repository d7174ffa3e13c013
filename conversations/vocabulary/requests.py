"""Request types, service requests and what became of sending one."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class RequestStatus(StrEnum):
    """The status words of a service request; a city's own words map to these as data."""

    DRAFT = "Draft"
    PENDING_EXTERNAL = "Pending external"  # ours: not yet confirmed by the city
    OPEN = "Open"
    IN_PROGRESS = "In Progress"
    PENDING = "Pending"
    CLOSED = "Closed"
    CANCELLED = "Cancelled"
    UNKNOWN = "Unknown"


class SendOutcome(StrEnum):
    """The four ends of a state-changing call. `UNKNOWN` is never simply sent again."""

    NOT_SENT = "not_sent"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RequestType:
    """One thing that can be reported in a city.

    Attributes:
        key: stable name inside the pack, for example `pothole`; unique.
        complaint_type: the city's own name, for example `Street Condition`.
        descriptor: the city's finer name, for example `Pothole`.
        agency: the city's agency code, for example `DOT`.
        titles: language code to a short plain name a resident would use.
        asks: names of the detail questions this type needs, in order; usually empty.
        needs_place: False only where the city does not want a place.
    """

    key: str
    complaint_type: str
    descriptor: str
    agency: str
    titles: dict[str, str] = field(default_factory=dict)
    asks: tuple[str, ...] = ()
    needs_place: bool = True

    def title(self, language: str) -> str:
        """Return the plain name in `language`, else in English, else the city's descriptor."""
        return self.titles.get(language) or self.titles.get("en") or self.descriptor
