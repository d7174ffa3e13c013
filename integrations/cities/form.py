"""The form of a pack's TOML files, as models that refuse what they do not know.

Only the form is checked here; what files say about each other is checked in `checker.py`.
"""

from __future__ import annotations

import re
from datetime import date, time
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from conversations.vocabulary.requests import RequestStatus


def _pattern(value: str) -> str:
    """Refuse what is not a regular expression."""
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return value


def _zone(value: str) -> str:
    """Refuse what is not an IANA time zone."""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError("not an IANA time zone") from None
    return value


Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
Name = Annotated[str, Field(min_length=1, max_length=80)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=48)]
Degrees = Annotated[float, Field(ge=-180, le=180)]


class _Form(BaseModel):
    """Frozen, and strict about unknown keys: a misspelt key is an error, not silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class BoroughForm(_Form):
    """One `[[boroughs]]` table of city.toml."""

    name: Name
    code: Annotated[str, Field(min_length=1, max_length=8)]
    aliases: tuple[Name, ...] = ()


class PatienceForm(_Form):
    """The `[patience]` table: seconds until a nudge and until a draft is parked."""

    nudge_after_s: Annotated[int, Field(ge=60)] = 1800
    park_after_s: Annotated[int, Field(ge=600)] = 86400


def _hours(value: str) -> str:
    """Refuse what is not a span of one day, the opening first."""
    opens, closes = (time.fromisoformat(part) for part in value.split("-"))
    if not opens < closes:
        raise ValueError("closes before it opens")
    return value


Hours = Annotated[str, Field(pattern=r"^\d\d:\d\d-\d\d:\d\d$"), AfterValidator(_hours)]


class OfficeHoursForm(_Form):
    """The `[office_hours]` table: `09:00-17:00` in the city's time; a day left out is closed."""

    monday: Hours | None = None
    tuesday: Hours | None = None
    wednesday: Hours | None = None
    thursday: Hours | None = None
    friday: Hours | None = None
    saturday: Hours | None = None
    sunday: Hours | None = None


NEIGHBOURS = {
    "US": ("US", "CA", "PR", "VI", "GU", "AS", "MP"),
    "CA": ("CA", "US", "PR", "VI", "GU", "AS", "MP"),
}
"""Countries whose phone numbers a city of a country answers unless its pack names others: those
that cost the same."""


class CityForm(_Form):
    """The whole of city.toml."""

    name: Name
    short_name: Name
    timezone: Annotated[str, AfterValidator(_zone)]
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    link_hosts: tuple[Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")], ...] = ()
    countries: tuple[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], ...] = ()
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]
    phone: Name
    website: Name
    bounds: tuple[Degrees, Degrees, Degrees, Degrees]
    tracking_patterns: Annotated[
        tuple[Annotated[str, AfterValidator(_pattern)], ...], Field(min_length=1)
    ]
    sms_numbers: tuple[Annotated[str, Field(pattern=r"^\+[1-9]\d{6,14}$")], ...] = ()
    phone_hours: dict[Language, Name]
    office_hours: OfficeHoursForm
    holidays: dict[date, Name] = {}
    names: dict[Language, Name] = {}
    names_staff: bool = False
    patience: PatienceForm = PatienceForm()
    boroughs: tuple[BoroughForm, ...] = ()

    @model_validator(mode="after")
    def _agrees(self) -> CityForm:
        south, west, north, east = self.bounds
        if not (south < north and west < east):
            raise ValueError("bounds must be south, west, north, east")
        missing = [code for code in self.languages if code not in self.phone_hours]
        if missing:
            raise ValueError(f"phone_hours has no text for {', '.join(missing)}")
        return self


class ServiceForm(_Form):
    """One `[[service]]` table of services.toml."""

    key: Key
    complaint_type: Name
    descriptor: Annotated[str, Field(max_length=80)]  # some of the city's types have none
    agency: Annotated[str, Field(min_length=1, max_length=16)]
    concepts: tuple[Key, ...] = ()
    asks: tuple[Key, ...] = ()
    titles: dict[Language, Name]
    needs_place: bool = True


class ServicesForm(_Form):
    """The whole of services.toml."""

    service: Annotated[tuple[ServiceForm, ...], Field(min_length=1)]


class StatusForm(_Form):
    """One `[[status]]` row of status.toml: our word and the city's words for it."""

    ours: RequestStatus
    seed: tuple[str, ...] = ()
    public: tuple[str, ...] = ()
    open_data: tuple[str, ...] = ()


class StatusesForm(_Form):
    """The whole of status.toml."""

    status: Annotated[tuple[StatusForm, ...], Field(min_length=1)]


class AgenciesForm(_Form):
    """The whole of agencies.toml: code to full name."""

    agencies: dict[str, Name]
