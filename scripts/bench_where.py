# ruff: noqa: E501, T201
"""Measures the address reader. Run by hand, or through `score_where` from the reading benchmark.

    python scripts/bench_where.py DEV_FOLDER REF_FOLDER [--misses]

Three measures, each a share of what was asked:

* `cases`: `address_cases.jsonl`. A case counts when house, street and borough are as expected
  after normalising (the type of the street is ignored where the expectation has none), a corner
  when both streets are. Cases of other countries and of towns without a street are left out.
* `carried`: real queries and corners of New York put into sentences of many shapes with noise;
  house, street, borough (when said) and cross street must all be right.
* `quiet`: sentences that hold numbers but no address; a house or a corner found is an error.
"""

from __future__ import annotations

import csv
import json
import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from conversations.reading.where.address import AddressReader  # noqa: E402
from conversations.reading.where.names import normalise_street  # noqa: E402
from conversations.reading.where.words import DIRECTIONS, HARD_TYPES, TYPES  # noqa: E402
from conversations.vocabulary.places import AddressText  # noqa: E402

Read = Callable[[str], AddressText | None]
BOROUGH_CODES = {
    "1": "Manhattan",
    "2": "Bronx",
    "3": "Brooklyn",
    "4": "Queens",
    "5": "Staten Island",
}
HARD_TYPES_LONG = {normalise_street(f"x {name}").split()[-1] for name in HARD_TYPES}
TAILS = {normalise_street(f"x {name}").split()[-1] for name in TYPES | DIRECTIONS}
# Not addresses of an American city, or only a town or a state: not what a resident of one writes.
LEFT_OUT = re.compile(
    r"^pelias_intersection:(6|7|8|9|10|11|12|13|14|15|16|17|18|19|20|21)$"
    r"|^pelias_addressit:(8|9|1[0-8]|20)$|^pelias_address:(13|14|63|64|67)$"
    r"|^parse_nyc_address:12$"
)

CARRIERS = (
    "{a}", "pothole at {a}", "There is a huge pothole in front of {a}. Please fix it",
    "no heat at {a} for 3 days", "street light out {a}", "{a} - garbage all over the sidewalk",
    "hi theres a dead raccoon near {a} thanks", "Loud music every night from {a}, since 10 pm.",
    "my landlord wont fix the leak. i live at {a}. apt 4B", "rats!!! {a}!!!",
    "car blocking my driveway @ {a} plate ABC1234", "it is {a}", "The address is {a}.",
    "I called 5 times about the 2 cars abandoned by {a} and nobody came in 3 weeks",
    "graffiti on the wall across from {a}", "Tree fell outside {a} last night",
    "hay un bache frente a {a}", "basura en {a} desde hace 3 semanas",
)  # fmt: skip
CORNERS = (
    "{x} and {y}", "{x} & {y}", "corner of {x} and {y}", "pothole at {x} and {y}",
    "light is out on the corner of {x} & {y}", "stop sign missing at the intersection of {x} and {y}",
    "{x} @ {y} huge flood", "hydrant leaking at {x} at {y} since 6 am",
    "el semaforo no sirve en la esquina de {x} y {y}", "{x} con {y}", "{x} near {y}",
)  # fmt: skip
QUIET = (
    "no heat for 3 weeks", "2 cars blocking my driveway", "loud party at 5 pm", "i live in apt 4B",
    "call me at 718-555-1234", "they are open 24/7", "i called 5 times", "rats and mice everywhere",
    "there are 3 potholes on my street", "my building has had no hot water since January 5",
    "the elevator broke on the 3rd floor", "trash pickup missed 2 times this month", "1", "yes", "2",
    "a 10 foot long branch fell", "plate ABC 1234 is parked here", "it happened at 3 am on 5/12/24",
    "hace 3 semanas no hay calefaccion", "son las 5 de la tarde", "the 2 dogs bark and bark",
    "between 9 and 10 pm they play loud music", "1st and 2nd floor have no water", "NO HEAT 4 DAYS",
    "the water is brown and smells", "need 4 new recycling bins", "my kids are 5 and 7 years old",
    "first and last time i ask", "on 4 july they shot fireworks", "paid $250 fine", "help", "hello",
    "this is the second time i report this", "20 people drinking in the street", "i am 65 years old",
    "bus 44 never comes", "take the 6 train", "it is 50 degrees in here", "noise until 2 in the morning",
    "I have been waiting 45 minutes on the phone", "one way sign is missing", "the street is dark",
    "wrong side of the road", "there is no place to park", "my street is flooded", "dead end street",
)  # fmt: skip


@dataclass(slots=True)
class Score:
    """Right answers out of `asked`, and the misses in words."""

    asked: int = 0
    right: int = 0
    misses: list[str] = field(default_factory=list)

    def add(self, right: bool, text: str, found: AddressText | None) -> None:
        """Count one answer."""
        self.asked += 1
        self.right += right
        if not right:
            said = {k: v for k, v in found.to_json().items() if v} if found else None
            self.misses.append(f"{text[:240]!r}\n      {said}")

    @property
    def share(self) -> float:
        """Return the share of right answers, 0 to 1."""
        return self.right / self.asked if self.asked else 0.0


def same_street(expected: str, found: str | None) -> bool:
    """Return whether two street names are the same; a missing type is no difference."""
    if not found:
        return False
    one, two = normalise_street(expected), normalise_street(found)
    if one == two:
        return True
    short, long = sorted((one.split(), two.split()), key=len)
    rest = long[len(short) :]
    typed = len(short) > 1 and short[-1] in HARD_TYPES_LONG
    return long[: len(short)] == short and not typed and all(word in TAILS for word in rest)


def same_house(expected: str, found: str | None) -> bool:
    """Return whether two house numbers are the same; blanks and case do not matter."""

    def plain(number: str) -> str:
        return re.sub(r"\s+", "", number).upper()

    return found is not None and plain(expected) == plain(found)


def score_cases(read: Read, dev: Path) -> dict[str, Score]:
    """Return a score for every source in `address_cases.jsonl`."""
    scores: dict[str, Score] = {}
    for line in (dev / "address_cases.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if LEFT_OUT.match(row["id"]):
            continue
        found = read(row["text"])
        scores.setdefault(row["source"], Score()).add(_case_right(row, found), row["text"], found)
    return scores


def _case_right(row: dict[str, Any], found: AddressText | None) -> bool:
    wanted = _wanted(row)
    if not any(wanted.values()):
        return found is None or (found.house is None and not found.cross_streets)
    if found is None:
        return False
    streets = wanted["streets"]
    if wanted["house"] and not same_house(wanted["house"], found.house):
        return False
    if len(streets) == 2 and not (
        found.cross_streets and same_street(streets[1], found.cross_streets[0])
    ):
        return False
    if streets and not (same_street(streets[0], found.street) or _same_place(streets[0], found)):
        return False
    return not wanted["borough"] or wanted["borough"] == found.borough


def _same_place(name: str, found: AddressText) -> bool:
    return bool(found.place) and normalise_street(name) == normalise_street(found.place or "")


def _wanted(row: dict[str, Any]) -> dict[str, Any]:
    """Return house, streets and borough that a case expects, whatever its source's form."""
    expected = row["expected"]
    if "parts" in expected:
        parts = expected["parts"]
        houses = [part["housenumber"] for part in parts if "housenumber" in part]
        if houses:  # a place's name before a house is no cross street
            parts = [part for part in parts if "venue" not in part]
        streets = [part.get("street") or part.get("venue") for part in parts]
        return {
            "house": houses[0] if houses else None,
            "streets": [street for street in streets if street],
            "borough": None,
        }
    if "properties" in expected:
        return {"house": None, "streets": [row["text"]], "borough": None} | _split(row["text"])
    return {
        "house": expected.get("housenumber") or expected.get("house"),
        "streets": [expected["street"]],
        "borough": BOROUGH_CODES.get(expected.get("borough", "")),
    }


def _split(text: str) -> dict[str, Any]:
    """Return the house and street of a plain query (`39-06A 201 STREET`)."""
    match = re.match(r"(\d[\w-]*(?: 1/[23])?)\s+((?:front )?.+?)( queens)?$", text)
    if not match:
        return {}
    house, street = match.group(1), match.group(2)
    if street.startswith("front "):
        house, street = f"{house} front", street.removeprefix("front ")
    return {"house": house, "streets": [street]}


def _noise(text: str, dice: random.Random) -> str:
    """Return the text as somebody in a hurry would type it."""
    way = dice.randrange(6)
    if way == 0:
        return text.lower()
    if way == 1:
        return text.upper()
    if way == 2:
        return re.sub(r"[.,!]", "", text.lower())
    if way == 3:
        return re.sub(r"\bStreet\b", "st", re.sub(r"\bAvenue\b", "ave", text))
    return text


def _carried(ref: Path, dice: random.Random, count: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield sentences with a real address or corner in them, and what is to be found."""
    with (ref / "nyc_geosearch_queries.csv").open(encoding="utf-8") as file:
        rows = [
            row for row in csv.DictReader(file) if re.match(r"\d[\d-]*[A-Z]? \S", row["address"])
        ]
    for row in dice.sample(rows, count):
        house, street = _split(row["address"])["house"], _split(row["address"])["streets"][0]
        said = dice.random() < 0.5
        joint = dice.choice((", ", " ", " in ")) if said else ""
        address = f"{row['address']}{joint}{row['borough'] if said else ''}"
        text = _noise(dice.choice(CARRIERS).format(a=address), dice)
        wanted = {"house": house, "street": street, "cross": None}
        yield text, {**wanted, "borough": row["borough"] if said else None}
    with (ref / "nyc_intersections.csv").open(encoding="utf-8") as file:
        corners = [row for row in csv.DictReader(file) if row["street_1"] and row["street_2"]]
    for row in dice.sample(corners, count // 2):
        first, second = row["street_1"].title(), row["street_2"].title()
        text = _noise(dice.choice(CORNERS).format(x=first, y=second), dice)
        yield text, {"house": None, "street": first, "cross": second, "borough": None}


def score_carried(read: Read, ref: Path, *, seed: int = 7, count: int = 1000) -> Score:
    """Return the score on real addresses and corners inside sentences."""
    score = Score()
    for text, wanted in _carried(ref, random.Random(seed), count):  # noqa: S311
        found = read(text)
        right = found is not None and same_street(wanted["street"], found.street)
        if found is not None and right:
            right = wanted["house"] is None or same_house(wanted["house"], found.house)
            right &= wanted["borough"] is None or wanted["borough"] == found.borough
            cross = found.cross_streets[0] if found.cross_streets else None
            right &= wanted["cross"] is None or same_street(wanted["cross"], cross)
        score.add(right, text, found)
    return score


def score_quiet(read: Read) -> Score:
    """Return the share of sentences without an address in which none was found."""
    score = Score()
    for text in QUIET:
        found = read(text)
        score.add(found is None, text, found)
    return score


def score_where(read: Read, dev: Path, ref: Path) -> dict[str, Score]:
    """Return every measure by name; `read` takes a text and returns its address or None."""
    cases = score_cases(read, dev)
    carried = score_carried(read, ref)
    return {
        **{f"cases {name}": score for name, score in cases.items()},
        "carried": carried,
        "quiet": score_quiet(read),
    }


def measure_speed(read: Read, dev: Path) -> float:
    """Return microseconds of processor time per message over the real complaints."""
    texts = [
        json.loads(line)["text"]
        for path in sorted(dev.glob("complaints_*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    begun = time.process_time()
    for text in texts:
        read(text)
    return (time.process_time() - begun) / len(texts) * 1e6


def main(arguments: list[str]) -> None:
    """Print every measure for the NYC pack."""
    from integrations.cities import load_city

    dev, ref = Path(arguments[0]), Path(arguments[1])
    reader = AddressReader(load_city("nyc"))
    for name, score in score_where(reader.read, dev, ref).items():
        print(f"{name:24} {score.right:5}/{score.asked:<5} {score.share:7.1%}")
        if "--misses" in arguments:
            for miss in score.misses[:60]:
                print("    ", miss)
    print(f"{'speed':24} {measure_speed(reader.read, dev):.0f} microseconds a message")


if __name__ == "__main__":
    main(sys.argv[1:])
