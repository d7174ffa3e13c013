"""The cities this process serves: their packs, with this deployment's numbers and mailboxes."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence

from bot.settings import Settings
from conversations.vocabulary.city import City
from integrations.cities import CityPackError, load_city


class StartError(Exception):
    """The process cannot start. The text says why, one line per problem, without any secret."""


def load_cities(settings: Settings) -> dict[str, City]:
    """Return the cities this process serves, with the numbers that settings give them.

    Raises:
        StartError: a pack is malformed; a number or address is given to an unknown city.
    """
    try:
        cities = {slug: load_city(slug) for slug in settings.cities}
    except CityPackError as error:
        raise StartError(str(error)) from None
    numbers = _by_city(settings.twilio_numbers, cities, r"\+\d+", "TWILIO_NUMBERS: each", "+number")
    for slug, found in numbers.items():
        cities[slug] = dataclasses.replace(cities[slug], sms_numbers=found)
    mailboxes = _by_city(
        settings.mail_addresses, cities, r"[^@+\s]+@[^@\s]+", "MAIL_ADDRESSES: each", "name@domain"
    )
    for slug, found in mailboxes.items():
        lower = tuple(address.lower() for address in found)
        cities[slug] = dataclasses.replace(cities[slug], mailboxes=lower)
    return cities


def _by_city(
    entries: Sequence[str], cities: Mapping[str, City], form: str, which: str, what: str
) -> dict[str, tuple[str, ...]]:
    """Return slug to what a setting gives it, `city:what` each. Raises `StartError`."""
    found: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        slug, _, value = entry.partition(":")
        if slug not in cities or re.fullmatch(form, value) is None:
            raise StartError(f"{which} must be city:{what} of a city in CITIES")
        found[slug] = (*found.get(slug, ()), value)
    return found
