"""What the map says in a transcript is what the twins' geocoders say today.

Every distinct question of the New York transcripts is put to the real chain of adapters over the
twins. `pytest tests/transcripts --update` writes the twins' answers into the transcripts; what must
stay otherwise is listed below, with its reason.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from conversations.engine import playing
from conversations.engine.playing import read_answer
from conversations.engine.transcript import UNAVAILABLE, parse_transcript, write_transcript
from conversations.vocabulary.effects import Look
from conversations.vocabulary.places import AddressText
from integrations.cities import load_city
from integrations.geoclient.adapter import GeoclientAdapter
from integrations.geocoding import GeocoderChain
from integrations.geosearch.adapter import GeosearchAdapter
from integrations.kit.cache import MemoryCache
from integrations.kit.caller import Caller, Policy
from integrations.kit.dto import GeocodeDTO
from integrations.kit.quota import MemoryQuota
from integrations.kit.sandbox.app import create_sandbox
from integrations.kit.sandbox.world import DEFAULTS, World
from integrations.kit.transport import open_http
from integrations.mapbox.adapter import MapboxAdapter
from tests.transcripts.test_transcripts import FILES, play

OTHERWISE = {
    ("map_contradicts_itself", "123 broadway brooklyn"): "an answer that a map should never give",
    ("area_of_the_map", "bushwick gardens"): "the twins know no areas; the real Mapbox does",
    (
        "borough_chosen_then_number",
        "127 broadway",
    ): "a map that knows this number in one borough only",
    ("outside", "100 main street springfield"): "the twins know no other towns",
    ("place_by_name", "wyckoff gardens"): "the twins know the places that our lists know, and this "
    "is about one that only the real map knows",
    ("street_and_unknown_cross", "broadway & old mill, Brooklyn"): "the same, of a street",
    ("not_found_similar_street", "123 brdwy terrace brooklyn"): "the twin itself tries the house "
    "on a similar street and answers `possible`; this map only names the streets",
}
"""(transcript, question) to why its answer is not the twins'. Outages need no entry."""


def geocodes(path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Look, str, str]]:
    """Return (look, question as shown, answer as written) of each geocode, in order."""
    looks: list[Look] = []
    step = playing.step

    def watched(*arguments: Any) -> Any:
        talk, effects = step(*arguments)
        looks.extend(e for e in effects if isinstance(e, Look) and e.name == "geocode")
        return talk, effects

    monkeypatch.setattr(playing, "step", watched)
    played = play(parse_transcript(path.read_text(encoding="utf-8")))
    monkeypatch.setattr(playing, "step", step)
    lines = [line.text for line in played.lines if line.text.startswith("geocode ")]
    found = []
    for look, line in zip(looks, lines, strict=True):
        asked, _, written = line.removeprefix("geocode ").partition(" -> ")
        found.append((look, json.loads(asked), written))
    return found


@asynccontextmanager
async def open_chain() -> AsyncIterator[GeocoderChain]:
    """Build the chain as the service has it, over the twins, in this process."""
    world = World()
    app = create_sandbox(world=world, only=("geoclient", "geosearch", "mapbox"))
    async with open_http(transport=httpx.ASGITransport(app=app)) as http:

        def caller(name: str) -> Caller:
            return Caller(name, Policy(attempts=1), http=http, quota=MemoryQuota())

        geoclient = GeoclientAdapter(
            caller("geoclient"),
            "http://twin/geoclient/geoclient/v1",
            app_id=DEFAULTS["geoclient_app_id"],
            app_key=DEFAULTS["geoclient_app_key"],
        )
        geosearch = GeosearchAdapter(caller("geosearch"), "http://twin/geosearch/v2")
        mapbox = MapboxAdapter(caller("mapbox"), "http://twin/mapbox", DEFAULTS["mapbox_token"])
        yield GeocoderChain([geoclient, geosearch, mapbox], MemoryCache())
    await world.close()


def write_answer(found: GeocodeDTO) -> str:
    """Return the twins' answer as a transcript writes it: what its flow makes use of."""
    names = [place.label for place in found.places] or list(found.suggestions)
    return " ".join([found.status.value, *(json.dumps(n, ensure_ascii=False) for n in names)])


def told(found: GeocodeDTO) -> tuple[str, list[str], set[str], list[str]]:
    """Return status, labels, boroughs and, where nothing was found, the names offered instead."""
    labels = [place.label for place in found.places]
    boroughs = {str(place.borough) for place in found.places}
    return found.status.value, labels, boroughs, [] if labels else list(found.suggestions)


def meant(written: str) -> tuple[str, list[str], set[str], list[str]]:
    """Return the same of what a transcript writes."""
    answer = read_answer(written)
    labels = [place["label"] for place in answer["places"]]
    boroughs = {str(place["borough"]) for place in answer["places"]}
    return answer["status"], labels, boroughs, [] if labels else answer["suggestions"]


async def differences(
    path: Path, chain: GeocoderChain, monkeypatch: pytest.MonkeyPatch
) -> list[tuple[str, str, str]]:
    """Return (question, answer as written, the twins') where a transcript is not the twins'."""
    city, found = load_city("nyc"), []
    for look, question, written in geocodes(path, monkeypatch):
        if written == UNAVAILABLE or (path.stem, question) in OTHERWISE:
            continue
        address = AddressText.from_json(dict(look.args["address"]))
        answer = await chain.geocode(address, look.args.get("borough"), city)
        if meant(written) != told(answer):
            found.append((question, written, write_answer(answer)))
    return found


def as_it_plays(path: Path) -> str:
    """Return a transcript as it comes out with the answers it has."""
    return write_transcript(play(parse_transcript(path.read_text(encoding="utf-8"))))


def rewrite(path: Path, text: str) -> None:
    """Write a transcript anew."""
    path.write_text(text, encoding="utf-8")


async def correct(path: Path, chain: GeocoderChain, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write the twins' answers into a transcript; each may lead to other questions."""
    for _ in range(10):
        text = as_it_plays(path)
        wrong = await differences(path, chain, monkeypatch)
        for question, written, today in wrong:
            line = f"? geocode {json.dumps(question, ensure_ascii=False)} -> "
            text = text.replace(f"{line}{written}\n", f"{line}{today}\n")
        rewrite(path, text)
        if not wrong:
            return


async def test_the_map_says_what_the_twins_say(
    monkeypatch: pytest.MonkeyPatch, update: bool
) -> None:
    """Each geocode of a New York transcript is answered as the chain answers it over the twins."""
    wrong: list[str] = []
    async with open_chain() as chain:
        for path in FILES:
            if "city: nyc" not in path.read_text(encoding="utf-8"):
                continue
            if update:
                await correct(path, chain, monkeypatch)
            for question, written, today in await differences(path, chain, monkeypatch):
                wrong.append(f'{path.stem}: "{question}" -> {written}\n    twins: {today}')
    assert not wrong, "\n".join(wrong)


def test_every_exception_is_still_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is listed as otherwise is a question that its transcript still asks."""
    names = {name for name, _ in OTHERWISE}
    asked = {
        (path.stem, question)
        for path in FILES
        if path.stem in names
        for _, question, _ in geocodes(path, monkeypatch)
    }
    assert set(OTHERWISE) <= asked
