"""A city pack: the folder `integrations/cities/<slug>/` read, checked and kept.

`load_pack` reads everything but the twin's street map, which only the twin needs and loads itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from functools import cache
from pathlib import Path

from conversations.vocabulary.city import Borough, City, Gazetteer
from conversations.vocabulary.office import Office
from conversations.vocabulary.requests import RequestStatus, RequestType
from integrations.cities.checker import check_boroughs, check_services, check_statuses
from integrations.cities.errors import CityPackError
from integrations.cities.files import read_form, read_table
from integrations.cities.form import (
    NEIGHBOURS,
    AgenciesForm,
    CityForm,
    ServicesForm,
    StatusesForm,
)
from integrations.cities.words import StatusWords

ROOT = Path(__file__).resolve().parent
POINT = ("name", "borough", "latitude", "longitude")


@dataclass(frozen=True, slots=True)
class CityPack:
    """Everything a pack says.

    Attributes:
        city: what the core and the adapters know.
        status_words: the city's status words, both ways.
        agencies: agency code to full name.
        complaint_types: the city's complaint types, folded to lower case.
        folder: where the pack lies, for the twin's street map.
    """

    city: City
    status_words: StatusWords
    agencies: Mapping[str, str]
    complaint_types: frozenset[str]
    folder: Path


def list_cities() -> list[str]:
    """Return the slugs of all packs found, sorted."""
    return sorted(path.parent.name for path in ROOT.glob("*/city.toml"))


def load_city(slug: str) -> City:
    """Return the city of one pack. See `load_pack` for errors."""
    return load_pack(slug).city


@cache
def load_pack(slug: str) -> CityPack:
    """Return one pack, read once per process.

    Args:
        slug: the folder's name, `nyc`.

    Raises:
        CityPackError: no such pack, or a malformed one; names the file and the line or key.
    """
    if slug not in list_cities():
        raise CityPackError(slug, "", f"no such city; found: {', '.join(list_cities())}")
    return read_pack(ROOT / slug)


def read_pack(folder: Path) -> CityPack:
    """Return the pack in `folder`, checked. Errors as in `load_pack`."""
    form = read_form(folder, "city.toml", CityForm)
    services = read_form(folder, "services.toml", ServicesForm)
    statuses = read_form(folder, "status.toml", StatusesForm)
    agencies = read_form(folder, "agencies.toml", AgenciesForm)
    complaint_types = _complaint_types(folder)
    check_services(folder, services.service, complaint_types, form)
    check_statuses(folder, statuses)
    types = {
        row.key: RequestType(
            key=row.key,
            complaint_type=row.complaint_type,
            descriptor=row.descriptor,
            agency=row.agency,
            titles=dict(row.titles),
            asks=row.asks,
            needs_place=row.needs_place,
        )
        for row in services.service
    }
    concepts = {concept: row.key for row in services.service for concept in row.concepts}
    city = _city(folder, form, types, concepts)
    words = _status_words(statuses)
    return CityPack(city, words, agencies.agencies, complaint_types, folder)


def _city(
    folder: Path, form: CityForm, types: dict[str, RequestType], concepts: dict[str, str]
) -> City:
    """Return the `City` value of a checked pack."""
    return City(
        slug=folder.name,
        name=form.name,
        short_name=form.short_name,
        timezone=form.timezone,
        country=form.country,
        languages=form.languages,
        phone=form.phone,
        website=form.website,
        phone_hours=form.phone_hours,
        boroughs=tuple(Borough(row.name, row.code, row.aliases) for row in form.boroughs),
        bounds=form.bounds,
        request_types=types,
        concepts=concepts,
        tracking_patterns=form.tracking_patterns,
        sms_numbers=form.sms_numbers,
        nudge_after_s=form.patience.nudge_after_s,
        park_after_s=form.patience.park_after_s,
        gazetteer=_gazetteer(folder, form),
        names=form.names,
        office=_office(form),
        names_staff=form.names_staff,
        link_hosts=form.link_hosts or (form.website.partition("/")[0],),
        countries=form.countries or NEIGHBOURS.get(form.country, (form.country,)),
    )


def _office(form: CityForm) -> Office:
    """Return the office hours: the form's fields are the weekdays in order."""
    hours = {}
    for weekday, name in enumerate(type(form.office_hours).model_fields):
        span: str | None = getattr(form.office_hours, name)
        if span:
            opens, _, closes = span.partition("-")
            hours[weekday] = (time.fromisoformat(opens), time.fromisoformat(closes))
    return Office(hours, form.holidays)


def _complaint_types(folder: Path) -> frozenset[str]:
    """Return the complaint types of taxonomy.csv; a city without that file has none to check."""
    if not (folder / "taxonomy.csv").exists():
        return frozenset()
    rows = read_table(folder, "taxonomy.csv", ("complaint_type", "descriptor", "agency", "count"))
    return frozenset(row[0].casefold() for row in rows)


def _gazetteer(folder: Path, form: CityForm) -> Gazetteer:
    """Return the names of the gazetteer files; a pack may lack any of them."""
    names = {borough.code: borough.name for borough in form.boroughs}
    streets = {}
    for table in ("streets.tsv", "roads.tsv"):
        if not (folder / table).exists():
            continue
        for street, codes in read_table(folder, table, ("street", "boroughs")):
            try:
                streets[street] = tuple(names[code] for code in codes)
            except KeyError as error:
                shown = f"{folder.name}/{table}"
                raise CityPackError(shown, street, f"unknown borough code {error}") from None
    landmarks = _names(folder, "landmarks.tsv", (*POINT, "address"), form)
    return Gazetteer(
        streets=streets,
        places={**_names(folder, "places.tsv", POINT, form), **landmarks},
        neighbourhoods=_names(folder, "neighbourhoods.tsv", ("name", "borough"), form),
        zips=_names(folder, "zips.tsv", ("zip", "borough"), form),
        outside=frozenset(_names(folder, "outside.tsv", ("name",))),
    )


def _names(
    folder: Path, name: str, columns: tuple[str, ...], form: CityForm | None = None
) -> dict[str, str]:
    """Return the first two columns of a table: a name and its borough (with `form`), or itself."""
    if not (folder / name).exists():
        return {}
    at = 1 if form else 0
    found = {row[0]: row[at] for row in read_table(folder, name, columns)}
    if form:
        check_boroughs(folder, name, found.values(), form)
    return found


def _status_words(statuses: StatusesForm) -> StatusWords:
    """Return the status table both ways."""
    ours: dict[str, RequestStatus] = {}
    theirs: dict[str, dict[RequestStatus, str]] = {"seed": {}, "public": {}, "open_data": {}}
    for row in statuses.status:
        for dialect in theirs:
            words: tuple[str, ...] = getattr(row, dialect)
            ours.update({word.casefold(): row.ours for word in words})
            if words:
                theirs[dialect][row.ours] = words[0]
    return StatusWords(ours, theirs)
