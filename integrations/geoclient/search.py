"""The twin's `/search`: one line, tried in one borough or in all, with the real one's trap.

Without borough and ZIP all boroughs are tried and the first success is returned as the only
exact match, so `123 Broadway` is silently in Manhattan (contract civic 2.3). With
`returnPossiblesWithExactMatch=true` the other boroughs' successes come along as possible.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from integrations.cities.lines import Line, LineReader
from integrations.geoclient.geosupport import Fields, Geosupport, succeeded

Result = dict[str, Any]
MOST_POSSIBLES = 10


class SearchTwin:
    """Answers search lines from a Geosupport and a line reader of the same city."""

    def __init__(self, geosupport: Geosupport, reader: LineReader) -> None:
        self._geosupport = geosupport
        self._reader = reader
        self._serial = 0

    def search(self, text: str, options: Mapping[str, str], now_ms: int) -> dict[str, Any]:
        """Return the JSON of one search; `options` are the query parameters as sent."""
        line = self._reader.read(text)
        exact, rejected = self._as_typed(line)
        possible: list[Result] = []
        if len(exact) > 1:
            for other in exact[1:]:
                other["status"] = "POSSIBLE_MATCH"
            possible = exact[1:] if _on(options, "returnPossiblesWithExactMatch") else []
            exact = exact[:1]
        elif not exact and _number(options, "maxDepth", 3) > 0:
            possible = list(self._derived(line, _number(options, "similarNamesDistance", 8)))
        results = [*exact, *possible[:MOST_POSSIBLES]]
        status = "OK" if results else "REJECTED"
        if _on(options, "returnRejections"):
            results += rejected
        self._serial += 1
        return {
            "id": f"twin-{self._serial}-{now_ms}",
            "status": status,
            "input": text,
            "results": results,
            "parseTree": None,
            "policy": None,
        }

    def _codes(self, line: Line) -> list[str]:
        return [line.code] if line.code else list(self._geosupport.map.names)

    def _as_typed(self, line: Line) -> tuple[list[Result], list[Result]]:
        """Return the successes and refusals at level 0, in the order of the boroughs."""
        good: list[Result] = []
        bad: list[Result] = []
        for code in self._codes(line):
            fields = self.answer(line.kind, line.parts, code)
            ok = succeeded(fields)
            status = "EXACT_MATCH" if ok else "REJECTED"
            row = self._result("0", status, line, line.parts, code, fields)
            (good if ok else bad).append(row)
        return good, bad

    def _derived(self, line: Line, distance: int) -> Iterator[Result]:
        """Yield level 1: the same question with a street name that looks like the typed one."""
        if line.kind not in ("address", "intersection") or distance < 1:
            return
        for code in self._codes(line):
            for parts in self._other_names(line, code):
                fields = self.answer(line.kind, parts, code)
                if succeeded(fields):
                    yield self._result("1", "POSSIBLE_MATCH", line, parts, code, fields)

    def _other_names(self, line: Line, code: str) -> Iterator[tuple[str, ...]]:
        """Yield the parts of a line with its unknown streets replaced by similar ones."""
        streets = self._geosupport.map
        one, two = line.parts[0], line.parts[1]
        if line.kind == "address":
            if streets.street(code, two) is None:
                yield from ((one, name) for name in streets.similar(code, two))
            return
        known = [streets.street(code, part) for part in (one, two)]
        if known[0] is None and known[1] is not None:
            yield from ((name, two) for name in streets.similar(code, one))
        elif known[1] is None and known[0] is not None:
            yield from ((one, name) for name in streets.similar(code, two))
        elif known == [None, None]:
            for first in streets.similar(code, one, 3):
                yield from ((first, second) for second in streets.similar(code, two, 3))

    def answer(self, kind: str, parts: tuple[str, ...], code: str) -> Fields:
        """Return Geosupport's answer to a question of that kind in one borough."""
        if kind == "address":
            return self._geosupport.address(parts[0], parts[1], code)
        if kind == "intersection":
            return self._geosupport.intersection(parts[0], parts[1], code)
        if kind == "blockface":
            return self._geosupport.blockface(parts[0], parts[1], parts[2], code)
        if kind in ("bbl", "bin"):
            return self._geosupport.number(kind, parts[0], code)
        return self._geosupport.place(parts[0], code)

    def _result(
        self,
        level: str,
        status: str,
        line: Line,
        parts: tuple[str, ...],
        code: str,
        fields: Fields,
    ) -> Result:
        request = _request(line, parts, self._geosupport.map.names[code].upper())
        return {"level": level, "status": status, "request": request, "response": fields}


def _request(line: Line, parts: tuple[str, ...], borough: str) -> str:
    """Return the readable request string, in the form of the original."""
    names = {
        "address": ("houseNumber", "street"),
        "intersection": ("crossStreetOne", "crossStreetTwo"),
        "blockface": ("onStreet", "crossStreetOne", "crossStreetTwo"),
        "place": ("name",),
        "bbl": ("bbl",),
        "bin": ("bin",),
    }[line.kind]
    said = ", ".join(f"{name}={part}" for name, part in zip(names, parts, strict=True))
    if line.kind in ("bbl", "bin"):
        return f"{line.kind} [{said}]"
    tail = "compassDirection=null" if line.kind == "intersection" else f"zip={line.zip or 'null'}"
    return f"{line.kind} [{said}, borough={borough}, {tail}]"


def _on(options: Mapping[str, str], name: str) -> bool:
    return options.get(name, "").casefold() == "true"


def _number(options: Mapping[str, str], name: str, default: int) -> int:
    value = options.get(name, "")
    return int(value) if value.isdigit() and len(value) < 4 else default
