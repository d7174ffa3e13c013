"""What the files of a pack say about each other: types known to the city, names used once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from integrations.cities.errors import CityPackError
from integrations.cities.form import CityForm, ServiceForm, StatusesForm


def check_services(
    folder: Path, services: Iterable[ServiceForm], taxonomy: frozenset[str], city: CityForm
) -> None:
    """Refuse a services.toml that a conversation could stumble over.

    Args:
        folder: the pack, to name the file and the line.
        services: the rows in order.
        taxonomy: the city's complaint types, folded to lower case; empty means unknown.
        city: for its languages.

    Raises:
        CityPackError: a key or concept twice, a complaint type the city does not know, or no
            title in English nor in the city's first language.
    """
    lines = _service_lines(folder)
    keys: set[str] = set()
    concepts: dict[str, str] = {}
    for at, service in enumerate(services):
        where = f"line {lines[at]} ({service.key})" if at < len(lines) else service.key
        problem = ""
        if service.key in keys:
            problem = "key is used twice"
        elif taxonomy and service.complaint_type.casefold() not in taxonomy:
            problem = f"complaint_type {service.complaint_type!r} is not in taxonomy.csv"
        elif "en" not in service.titles and city.languages[0] not in service.titles:
            problem = "has no title in the city's first language"
        for concept in service.concepts:
            if concept in concepts:
                problem = f"concept {concept!r} already belongs to {concepts[concept]!r}"
            concepts[concept] = service.key
        if problem:
            raise CityPackError(f"{folder.name}/services.toml", where, problem)
        keys.add(service.key)


def _service_lines(folder: Path) -> list[int]:
    """Return the line on which each `[[service]]` begins, counted from 1."""
    text = (folder / "services.toml").read_text(encoding="utf-8")
    return [
        number
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip() == "[[service]]"
    ]


def check_boroughs(folder: Path, name: str, found: Iterable[str], city: CityForm) -> None:
    """Refuse a table that names a borough which city.toml does not have."""
    known = {borough.name for borough in city.boroughs}
    strange = sorted(set(found) - known)
    if known and strange:
        raise CityPackError(f"{folder.name}/{name}", strange[0], "is not a borough of city.toml")


def check_statuses(folder: Path, statuses: StatusesForm) -> None:
    """Refuse a status word that stands for two of ours."""
    seen: dict[str, str] = {}
    for row in statuses.status:
        for word in (*row.seed, *row.public, *row.open_data):
            other = seen.setdefault(word.casefold(), row.ours.value)
            if other != row.ours.value:
                where = f"word {word!r}"
                problem = f"means both {other!r} and {row.ours.value!r}"
                raise CityPackError(f"{folder.name}/status.toml", where, problem)
