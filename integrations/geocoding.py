"""The chain of geocoders: ask one after another until somebody knows, and remember the answer.

Falls back on errors and on rejected addresses alike: Geoclient says "no such address" with
HTTP 200 (contract civic 0.1). Answers are kept for a day, rejections at most an hour (civic 12),
and Mapbox's only when they were bought for keeping (civic 0.2).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter

from conversations.vocabulary.city import City
from conversations.vocabulary.places import AddressText, GeocodeStatus, Place
from integrations.kit.cache import Cache
from integrations.kit.dto import GeocodeDTO
from integrations.kit.errors import AdapterError, QuotaSpent, RateLimited, Unauthorised
from integrations.kit.ports import Geocoder
from integrations.streets import canonical_street

DAY_S = 86_400
HOUR_S = 3_600
ANSWER_VERSION = 1
"""Part of every key in the cache. Raise it when `GeocodeDTO` or `Place` changes, or when a parser
makes something else of the same wire: a release must not read what an older one understood, nor,
while both run, the other way round."""
# How much an answer is worth when a later geocoder does no better.
_WORTH = {
    GeocodeStatus.EXACT: 4,
    GeocodeStatus.AMBIGUOUS: 3,
    GeocodeStatus.POSSIBLE: 2,
    GeocodeStatus.OUTSIDE: 1,
    GeocodeStatus.REJECTED: 0,
}
_SETTLED = (GeocodeStatus.EXACT, GeocodeStatus.AMBIGUOUS)
_WORD = re.compile(r"[^A-Z0-9]+")
_TEXTS = TypeAdapter(tuple[str, ...])


class SpareKey:
    """A `Geocoder` with a second key: used when the first is spent, held back, or refused.

    The same question to the same service: only what concerns the key itself is asked again.
    """

    def __init__(self, first: Geocoder, spare: Geocoder) -> None:
        self.provider = first.provider
        self._first = first
        self._spare = spare

    async def geocode(self, address: AddressText, borough: str | None, city: City) -> GeocodeDTO:
        """Return what is found; see `Geocoder`."""
        try:
            return await self._first.geocode(address, borough, city)
        except (QuotaSpent, RateLimited, Unauthorised):  # the caller has logged and counted it
            return await self._spare.geocode(address, borough, city)


class GeocoderChain:
    """A `Geocoder` over several, in the order of `GEOCODER_CHAIN`."""

    provider = "chain"

    def __init__(self, geocoders: Sequence[Geocoder], cache: Cache) -> None:
        self._geocoders = tuple(geocoders)
        self._cache = cache

    async def geocode(self, address: AddressText, borough: str | None, city: City) -> GeocodeDTO:
        """Return the best answer of the chain; never raises an `AdapterError`.

        The first exact or ambiguous answer is taken. When nobody has one, the best of the others
        is returned with all suggestions; `ERROR` only when nobody could answer at all.
        """
        if names_elsewhere(address, borough, city):
            return GeocodeDTO(status=GeocodeStatus.OUTSIDE, provider=self.provider)
        kind = f"geocode.v{ANSWER_VERSION}"
        question = question_key(address, borough, city)
        kept = _revive(await self._cache.get(kind, question))
        if kept is not None:
            return kept
        answers: list[GeocodeDTO] = []
        failed = False
        for geocoder in self._geocoders:
            try:
                answers.append(await geocoder.geocode(address, borough, city))
            except AdapterError:
                failed = True  # the caller has logged and counted it
                continue
            if answers[-1].status in _SETTLED:
                break
        best = _best(answers)
        ttl = _ttl(best, failed)
        if ttl and self._may_keep(best):
            await self._cache.put(kind, question, best.model_dump(mode="json"), ttl)
        return best

    def _may_keep(self, answer: GeocodeDTO) -> bool:
        """Return whether the terms of who answered allow keeping it."""
        for geocoder in self._geocoders:
            if geocoder.provider == answer.provider:
                return bool(getattr(geocoder, "permanent", True))
        return True


def names_elsewhere(address: AddressText, borough: str | None, city: City) -> bool:
    """Return whether an address says itself that it is in another town.

    A geocoder of one city finds the same street at home and would hide it. A borough that was
    said wins; otherwise a town at the very end counts, or a ZIP of another region.
    """
    if borough or address.borough:
        return False
    if address.elsewhere:
        return True
    known = {code[:3] for code in city.gazetteer.zips}
    if address.zip and known and address.zip[:3] not in known:
        return True
    words = _WORD.sub(" ", address.text.upper()).split()
    if len(words) > 1 and words[-1] in ("NY", "USA"):
        words.pop()
    outside = city.gazetteer.outside
    named = [address.street or "", *address.cross_streets, address.place or ""]
    streets = [_WORD.sub(" ", name.upper()).strip() for name in named]
    for size in (1, 2, 3):
        town = " ".join(words[-size:])
        # `200 Elizabeth`, `Broadway and Houston`: a street may have a town's name.
        if len(words) > size and town in outside:
            return not any(street.endswith(town) for street in streets)
    return False


def _best(answers: list[GeocodeDTO]) -> GeocodeDTO:
    """Return the most useful answer, the earlier of equals, with the suggestions of all."""
    if not answers:
        return GeocodeDTO(status=GeocodeStatus.ERROR)
    best = max(answers, key=lambda answer: _WORTH.get(answer.status, -1))
    names = [name for answer in answers for name in answer.suggestions]
    suggestions = tuple(dict.fromkeys(names))[:5]
    return best.model_copy(update={"suggestions": best.suggestions or suggestions})


def _ttl(answer: GeocodeDTO, failed: bool) -> int:
    """Return for how many seconds an answer may be kept; 0 for not at all."""
    if answer.status is GeocodeStatus.ERROR:
        return 0
    if answer.status in _SETTLED:
        # What a later geocoder found while an earlier one was down is not kept for a day.
        return HOUR_S if failed else DAY_S
    return 0 if failed else HOUR_S


def question_key(address: AddressText, borough: str | None, city: City) -> str:
    """Return the cache question of an address: its parts folded, and where it was asked for."""
    streets = [canonical_street(name) for name in (address.street or "", *address.cross_streets)]
    parts = [
        city.slug,
        borough or address.borough or "",
        address.zip or "",
        address.house or "",
        *streets,
        address.place or "",
    ]
    if not any(parts[2:]):
        parts.append(address.text)
    return "|".join(" ".join(part.casefold().split()) for part in parts)


def _revive(value: Any) -> GeocodeDTO | None:
    """Return a kept answer, or None when it cannot be read: that is a miss like any other."""
    if not isinstance(value, dict):
        return None
    try:
        return GeocodeDTO(
            status=GeocodeStatus(value["status"]),
            places=tuple(Place.from_json(place) for place in value["places"]),
            suggestions=_TEXTS.validate_python(value["suggestions"], strict=False),
            boroughs=_TEXTS.validate_python(value["boroughs"], strict=False),
            provider=str(value["provider"]),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
