"""Geoclient's JSON as it is on the wire, read with distrust.

Every value may be of any type: what is not what the contract (civic 2.3) says is treated as
absent. Both the real nested answer and the guide's flat one (`latitude`, `boroCode`) are read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from integrations.kit.calls import Answer
from integrations.streets import readable_street

MOST_RESULTS = 30
_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]+"
)
_BOROUGH_FIELDS = ("boroughCode1In", "bblBoroughCode", "boroCode", "boroughCode")
_UNDERLYING = re.compile(r"^(\d[\w-]*) (.{2,60}) IS THE UNDERLYING ADDRESS OF ")


@dataclass(frozen=True, slots=True)
class Found:
    """One result of an answer.

    Attributes:
        level, status: Geoclient's (`0`, `EXACT_MATCH`).
        kind: first word of the request string: address, intersection, blockface, place, ...
        fields: the response's fields, unread.
    """

    level: str
    status: str
    kind: str
    fields: dict[str, Any]

    def succeeded(self) -> bool:
        """Return whether the return codes (00, 01) and the status call it found."""
        codes = [text(self.fields, name) for name in ("geosupportReturnCode", "returnCode")]
        codes.append(text(self.fields, "geosupportReturnCode2"))
        known = [code for code in codes if code]
        good = any(code in ("00", "01") for code in known) if known else point(self.fields)
        return bool(good) and self.status != "REJECTED"

    def similar_names(self) -> list[str]:
        """Return the similar street names of a refusal, readable."""
        names = [text(self.fields, f"streetName{at}") for at in range(1, 11)]
        return [readable_street(name) for name in names if name]

    def underlying_address(self) -> tuple[str, str] | None:
        """Return house and street under a place, from the message, or None."""
        match = _UNDERLYING.match(text(self.fields, "message"))
        return (match.group(1), match.group(2)) if match else None


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """All results of one answer, and what the first that counts says."""

    results: tuple[Found, ...]

    @property
    def accepted(self) -> int:
        """Return how many results count."""
        return sum(1 for one in self.results if one.succeeded())

    @property
    def point(self) -> tuple[float, float] | None:
        """Return the first point that counts."""
        return next((point(one.fields) for one in self.results if one.succeeded()), None)

    @property
    def suggestions(self) -> tuple[str, ...]:
        """Return all similar street names of refusals."""
        return tuple(name for one in self.results for name in one.similar_names())


def text(fields: dict[str, Any], name: str, limit: int = 120) -> str:
    """Return a string field without control characters and repeated blanks, or empty."""
    value = fields.get(name)
    if not isinstance(value, str):
        return ""
    return " ".join(_CONTROL.sub(" ", value[: limit * 4]).split())[:limit]


def point(fields: dict[str, Any]) -> tuple[float, float] | None:
    """Return latitude and longitude when both are sensible degrees, else None."""
    pair = (degrees(fields.get("latitude"), 90), degrees(fields.get("longitude"), 180))
    if pair[0] is None or pair[1] is None or pair == (0.0, 0.0):
        return None
    return pair[0], pair[1]


def degrees(value: Any, most: float) -> float | None:
    """Return a number (or a string of one) within plus and minus `most`, else None."""
    if isinstance(value, str) and len(value) <= 24:
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    number = float(value) if abs(value) <= most else math.nan
    return number if math.isfinite(number) else None


def borough_code(fields: dict[str, Any]) -> str:
    """Return the borough code from whichever field holds it, or empty."""
    for name in _BOROUGH_FIELDS:
        value = fields.get(name)
        code = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
        if len(code) == 1 and code in "12345":
            return code
    return ""


def read_search(body: Any) -> list[Found]:
    """Return the results of a `/search` answer.

    Raises:
        ValueError: the body is not an answer of Geoclient at all.
    """
    if not isinstance(body, dict):
        raise ValueError("not an object")
    if isinstance(body.get("results"), list):
        return list(_results(body["results"]))
    for kind in ("address", "intersection", "blockface", "place"):
        if isinstance(body.get(kind), dict):
            return [Found("0", "EXACT_MATCH", kind, body[kind])]
    if "latitude" in body or "geosupportReturnCode" in body:
        return [Found("0", "EXACT_MATCH", "", body)]
    if body.get("status") == "REJECTED":
        return []
    raise ValueError("neither results nor a location")


def _results(rows: list[Any]) -> Iterator[Found]:
    for row in rows[:MOST_RESULTS]:
        if not isinstance(row, dict) or not isinstance(row.get("response"), dict):
            continue
        request = row.get("request")
        kind = request.partition(" ")[0] if isinstance(request, str) else ""
        level, status = row.get("level"), row.get("status")
        yield Found(
            str(level) if isinstance(level, int | str) else "0",
            status if isinstance(status, str) else "",
            kind[:20],
            row["response"],
        )


def parse_search(answer: Answer) -> SearchAnswer:
    """Return what a search (or one of the single functions) answered; ValueError when nothing."""
    return SearchAnswer(tuple(read_search(answer.json())))


PARSERS: Mapping[str, Callable[[Answer], SearchAnswer]] = {"search": parse_search}
