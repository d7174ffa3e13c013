"""What the core and the adapters know of a city: a value built from the city's pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from conversations.vocabulary.office import Office
from conversations.vocabulary.requests import RequestType


@dataclass(frozen=True, slots=True)
class Borough:
    """A division of the city that residents name. `code` is the upstream's (NYC: 1 to 5)."""

    name: str
    code: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Names found in the city, for reading addresses. All names upper case as in the source.

    Attributes:
        streets: street name to the boroughs it exists in.
        places: name of a park, library, ... to its borough.
        neighbourhoods: name to borough.
        zips: postal code to borough.
        outside: towns and states near by that are not this city.
    """

    streets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    neighbourhoods: Mapping[str, str] = field(default_factory=dict)
    zips: Mapping[str, str] = field(default_factory=dict)
    outside: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class City:
    """A jurisdiction, as its pack describes it.

    Attributes:
        slug: folder name, `nyc`.
        name: `New York City`; `short_name`: as residents say it, `New York`.
        timezone: IANA name.
        country: ISO 3166 alpha-2 code.
        countries: codes of the countries whose phone numbers are answered; empty: `country` only.
        link_hosts: hosts (and those below) that what the city's systems write may link to.
        languages: ISO 639-1 codes, the first is the default.
        phone: the city's own line, as people dial it (`311`).
        website: where a resident can look or file by hand.
        phone_hours: language code to a short text: when somebody picks up that line.
        names: language code to the city's name where it differs from `short_name`.
        boroughs: empty in a city without them.
        bounds: south, west, north, east in degrees.
        request_types: key to type, in the order of the pack.
        concepts: concept of the reading lexicon to request type key.
        tracking_patterns: regular expressions of the city's numbers.
        sms_numbers: handles' E.164 numbers residents text to.
        mailboxes: addresses residents write to, lower case; the first one is answered from.
        names_staff: True when a resident is told the first name of who writes to them.
        nudge_after_s, park_after_s: patience, seconds.
        gazetteer: names for reading addresses.
        office: when people of the city read what is handed over to them.
    """

    slug: str
    name: str
    short_name: str
    timezone: str
    country: str
    languages: tuple[str, ...]
    phone: str
    website: str
    phone_hours: Mapping[str, str]
    boroughs: tuple[Borough, ...]
    bounds: tuple[float, float, float, float]
    request_types: Mapping[str, RequestType]
    concepts: Mapping[str, str]
    tracking_patterns: tuple[str, ...]
    sms_numbers: tuple[str, ...]
    nudge_after_s: int = 1800
    park_after_s: int = 86400
    gazetteer: Gazetteer = field(default_factory=Gazetteer)
    names: Mapping[str, str] = field(default_factory=dict)
    office: Office = field(default_factory=Office)
    countries: tuple[str, ...] = ()
    link_hosts: tuple[str, ...] = ()
    mailboxes: tuple[str, ...] = ()
    names_staff: bool = False

    def named(self, language: str) -> str:
        """Return the city's full name as a language has it."""
        return self.names.get(language, self.name)

    def called(self, language: str) -> str:
        """Return the city's short name as a language has it."""
        return self.names.get(language, self.short_name)
