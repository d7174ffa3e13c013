"""NYC 311 on the wire: the guide's dialect and the public read API's (contract civic 3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from integrations.base311 import Base311Adapter
from integrations.cities import load_pack
from integrations.kit.calls import Answer
from integrations.kit.dto import ServiceRequestDTO

SEED_FIELDS: Mapping[str, str] = {
    "external_id": "trackingNumber",
    "external_status": "status",
    "agency": "agencyCode",
    "updated_at": "updatedAt",
    "resolution": "resolution",
}
PUBLIC_FIELDS: Mapping[str, str] = {
    "external_id": "SRNumber",
    "external_status": "Status",
    "agency": "Agency",
    "updated_at": "ResolutionActionUpdatedDate",
    "resolution": "ResolutionAction",
}


class Nyc311Wire(Base311Adapter):
    """Reads the answers of both dialects; knows no network."""

    provider = "nyc311"
    field_map = SEED_FIELDS

    def __init__(self) -> None:
        pack = load_pack("nyc")
        super().__init__(pack.status_words, pack.city.timezone, pack.city.tracking_patterns)

    def parse_submit(self, answer: Answer) -> ServiceRequestDTO:
        """Return what was filed: only a 201 with a well-formed number is acceptance.

        Raises:
            ValueError: anything else; the outcome is then unknown.
        """
        if answer.status != 201:
            raise ValueError("not a 201")
        filed = self.read_request(answer.json())
        replay = answer.headers.get("idempotent-replayed", "").casefold() == "true"
        return filed.model_copy(update={"idempotent_replay": replay})

    def parse_status(self, answer: Answer) -> ServiceRequestDTO | None:
        """Return a request in the guide's dialect, or None for 404."""
        return None if answer.status == 404 else self.read_request(answer.json())

    def parse_public(self, answer: Answer) -> ServiceRequestDTO | None:
        """Return a request in the public dialect; a body with `Error` means no such number."""
        if answer.status == 404:
            return None
        body = answer.json()
        if isinstance(body, dict) and "Error" in body and "SRNumber" not in body:
            return None
        return self.read_request(body, PUBLIC_FIELDS)

    def parse_public_list(self, answer: Answer) -> tuple[ServiceRequestDTO, ...]:
        """Return the requests of a batch; rows that make no sense are left out."""
        body = answer.json()
        rows = body.get("SRResponses") if isinstance(body, dict) else None
        if not isinstance(rows, list):
            raise ValueError("no SRResponses")
        return tuple(found for row in rows[:100] if (found := self._row(row)))

    def _row(self, row: Any) -> ServiceRequestDTO | None:
        try:
            return self.read_request(row, PUBLIC_FIELDS)
        except ValueError:
            return None


def _lazily(name: str) -> Callable[[Answer], object]:
    """Return a parser that reads the city pack at its first use, not at import."""

    def parse(answer: Answer) -> object:
        parsed: object = getattr(Nyc311Wire(), name)(answer)
        return parsed

    return parse


PARSERS: Mapping[str, Callable[[Answer], object]] = {
    "submit": _lazily("parse_submit"),
    "status": _lazily("parse_status"),
    "public_status": _lazily("parse_public"),
    "public_batch": _lazily("parse_public_list"),
}

# Statuses besides 2xx that mean "no such number": the public API is reported to use 400 too.
ACCEPTS: Mapping[str, frozenset[int]] = {
    "status": frozenset({404}),
    "public_status": frozenset({400, 404}),
}
