"""Calls Geoclient and turns its answers into places.

One adapter for both realities (v1 and v2, contract civic 2): version, key and parameter name are
arguments. An address without borough is asked in every borough, because Geoclient's own choice
is the first that fits, which is nearly always Manhattan.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, Literal

from conversations.vocabulary.city import City
from conversations.vocabulary.places import AddressText, GeocodeStatus, Place, PlaceKind
from integrations.geoclient.bare import merge, spell_out
from integrations.geoclient.question import Question, ask, make_place, name_borough
from integrations.geoclient.wire import Found, parse_search, point
from integrations.kit.caller import Caller
from integrations.kit.calls import Call
from integrations.kit.dto import GeocodeDTO
from integrations.streets import canonical_street

PROVIDER = "geoclient"
MOST_PLACES = 5
MOST_SUGGESTIONS = 5
# Two names of one corner (`5 Ave and West 42`, `5 Ave and East 42`) or of one house, in degrees.
SAME_DEG = {PlaceKind.INTERSECTION: 0.004, PlaceKind.ADDRESS: 0.0008}
Version = Literal["v1", "v2"]
Auth = Literal["query_app_id_key", "header_subscription_key"]
QueryParam = Literal["q", "input", "both"]


class GeoclientAdapter:
    """The `Geocoder` port over Geoclient."""

    provider = PROVIDER

    def __init__(
        self,
        caller: Caller,
        base_url: str,
        *,
        version: Version = "v1",
        auth: Auth = "query_app_id_key",
        query_param: QueryParam = "q",
        app_id: str = "",
        app_key: str = "",
        subscription_key: str = "",
    ) -> None:
        """`base_url`: up to and with the version (`.../geoclient/v1`), without a slash at its end.

        `query_param`: `q` is the guide's name, `input` the real one, `both` sends both.
        """
        self._caller = caller
        ending = ".json" if version == "v1" else ""
        self._url = f"{base_url.rstrip('/')}/search{ending}"
        self._query_names = ("q", "input") if query_param == "both" else (query_param,)
        in_query = auth == "query_app_id_key"
        self._keys = {"app_id": app_id, "app_key": app_key} if in_query else {}
        self._headers = {} if in_query else {"Ocp-Apim-Subscription-Key": subscription_key}

    async def geocode(self, address: AddressText, borough: str | None, city: City) -> GeocodeDTO:
        """Return what Geoclient finds.

        Args:
            address: the words that say where.
            borough: official name, wins over the address's own; None when nobody said.
            city: New York's pack.

        Raises:
            AdapterError: no usable answer. A rejected address is an answer, not an error.
        """
        spelled = spell_out(address, city)
        answers = [await self._geocode(one, borough, city) for one in spelled]
        return merge(answers) if len(answers) > 1 else answers[0]

    async def _geocode(self, address: AddressText, borough: str | None, city: City) -> GeocodeDTO:
        """Return what Geoclient finds for one spelling."""
        question = ask(address, borough, city)
        if not question.line:
            return GeocodeDTO(status=GeocodeStatus.REJECTED, provider=PROVIDER)
        every = [row.name for row in city.boroughs]
        boroughs: list[str | None] = [question.borough] if question.borough else [*every]
        hints = [self._hint(question, name) for name in boroughs or [None]]
        answers = await _all([self._search(question.full_line(hint)) for hint in hints])
        found = [one for answer in answers for one in answer]
        if not any(one.succeeded() and point(one.fields) for one in found):
            found += await self._underlying(found, city)
        ignored = any(
            one.succeeded() and name_borough(one, city) not in (hint, None)
            for hint, answer in zip(hints, answers, strict=True)
            for one in answer
            if hint
        )
        return decide(question, found, city, ignored=ignored)

    @staticmethod
    def _hint(question: Question, borough: str | None) -> str | None:
        """Return the borough to send; a ZIP that was said is sharper than what it implies."""
        return None if question.zip and question.borough else borough

    async def _search(self, line: str) -> list[Found]:
        params = dict.fromkeys(self._query_names, line)
        params |= {"returnPossiblesWithExactMatch": "true", "returnRejections": "true"}
        call = Call(
            operation="search",
            method="GET",
            url=self._url,
            params=params | self._keys,
            headers=self._headers,
        )
        return list((await self._caller.call(call, parse_search)).results)

    async def _underlying(self, found: list[Found], city: City) -> list[Found]:
        """Look up the address under a place that came without a point."""
        for one in found:
            under = one.underlying_address() if one.succeeded() else None
            if under:
                borough = name_borough(one, city)
                line = " ".join(under)
                return await self._search(f"{line}, {borough}" if borough else line)
        return []


async def _all(searches: list[Coroutine[Any, Any, list[Found]]]) -> list[list[Found]]:
    """Run the searches together; the first error wins after all have ended."""
    results = await asyncio.gather(*searches, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return [result for result in results if not isinstance(result, BaseException)]


def decide(
    question: Question, found: list[Found], city: City, *, ignored: bool = False
) -> GeocodeDTO:
    """Return the one outcome of all answers to a question.

    `ignored`: some answer lay in another borough than was asked for.
    """
    exact: list[Place] = []
    possible: list[Place] = []
    outside = False
    for one in found:
        place = make_place(one, question, city) if one.succeeded() else None
        if place is None:
            continue
        if not _inside(place, city):
            outside = True
        elif place.exact:
            _add(exact, place)
        else:
            _add(possible, place)
    directed = _directed(question, possible)
    if directed and not question.borough:
        # `5 Ave and 42 St` is a corner of Brooklyn, and of Manhattan for who leaves out `West`.
        exact = [*directed, *exact]
    if exact:
        return _found(question, exact, city, ignored)
    if directed and len(directed) == 1:
        return _found(question, directed, city, ignored)
    if possible:
        places = tuple(possible[:MOST_PLACES])
        return _answer(GeocodeStatus.POSSIBLE, places, suggestions=_similar(found))
    status = GeocodeStatus.OUTSIDE if outside else GeocodeStatus.REJECTED
    # A street that exists needs a number or a corner, not other names.
    known = question.known_boroughs(city)
    return _answer(status, suggestions=() if known else _similar(found), boroughs=known)


def _directed(question: Question, possible: list[Place]) -> list[Place]:
    """Return the near misses that only add a direction to a street; one of each location."""
    out: list[Place] = []
    for place in possible:
        if place.kind is PlaceKind.BLOCK:
            continue  # its ends are not told apart here
        names = {canonical_street(part) for part in place.label.partition(",")[0].split(" and ")}
        if place.kind is PlaceKind.ADDRESS:
            names = {canonical_street(place.street or "")}
        typed = {name for street in question.streets for name in _with_directions(street)}
        apart = SAME_DEG.get(place.kind, 0.0)
        near = any(
            abs((place.latitude or 0) - (other.latitude or 0)) < apart
            and abs((place.longitude or 0) - (other.longitude or 0)) < apart
            for other in out
        )
        if names <= typed and not near:
            out.append(replace(place, exact=True))
    return out


def _with_directions(street: str) -> set[str]:
    return {street, *(f"{word} {street}" for word in ("WEST", "EAST", "NORTH", "SOUTH"))}


def _found(question: Question, exact: list[Place], city: City, ignored: bool) -> GeocodeDTO:
    """Return EXACT for one place, AMBIGUOUS for several or where the upstream hid the others."""
    boroughs = tuple(dict.fromkeys(place.borough for place in exact if place.borough))
    if len(exact) > 1:
        return _answer(GeocodeStatus.AMBIGUOUS, tuple(exact[:MOST_PLACES]), boroughs=boroughs)
    if question.borough and boroughs and boroughs[0] != question.borough:
        # We asked for one borough and got another: never take it silently.
        return _answer(GeocodeStatus.POSSIBLE, tuple(exact), boroughs=boroughs)
    known = question.known_boroughs(city)
    if ignored and not question.borough and len(known) > 1:
        # The upstream does not listen to boroughs, and the city's own list knows several.
        return _answer(GeocodeStatus.AMBIGUOUS, tuple(exact), boroughs=known)
    return _answer(GeocodeStatus.EXACT, tuple(exact), boroughs=boroughs)


def _answer(
    status: GeocodeStatus,
    places: tuple[Place, ...] = (),
    *,
    suggestions: tuple[str, ...] = (),
    boroughs: tuple[str, ...] = (),
) -> GeocodeDTO:
    return GeocodeDTO(
        status=status,
        places=places,
        suggestions=suggestions,
        boroughs=boroughs,
        provider=PROVIDER,
    )


def _add(places: list[Place], place: Place) -> None:
    """Add a place that is not there yet; the same label is the same place."""
    if all(other.label.casefold() != place.label.casefold() for other in places):
        places.append(place)


def _inside(place: Place, city: City) -> bool:
    south, west, north, east = city.bounds
    if place.latitude is None or place.longitude is None:
        return False
    return south <= place.latitude <= north and west <= place.longitude <= east


def _similar(found: list[Found]) -> tuple[str, ...]:
    """Return similar street names of all answers, most often named first kept in order."""
    names = [name for one in found if not one.succeeded() for name in one.similar_names()]
    return tuple(dict.fromkeys(names))[:MOST_SUGGESTIONS]
