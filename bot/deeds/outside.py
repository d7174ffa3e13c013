"""Deeds that leave the building, tried from the outbox: filing with the city, fetching photos.

A deed ends in one of four outcomes (RELIABILITY 5.1). What it changes in our tables, and the
`Happened` it tells the conversation (`ends.py`), is written in the transaction of the outcome.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from bot.clock import Clock
from bot.deeds.ended import Also, Ended, nothing
from bot.deeds.ends import Ends
from bot.deeds.fetch_photos import MediaPort, PhotoFetch
from bot.photos import Photos
from bot.storage import photos, residents, service_requests
from bot.storage.attempts import Claim
from bot.storage.crypto import Vault
from bot.storage.engine import Connection, Storage
from bot.storage.metadata import to_ms
from bot.storage.service_requests import Report
from conversations.vocabulary.city import City
from conversations.vocabulary.handles import Handle, address, scheme
from conversations.vocabulary.places import Place
from conversations.vocabulary.requests import SendOutcome
from integrations.kit.dto import HandOffDTO
from integrations.kit.errors import AdapterError
from integrations.kit.ports import Requests311, ServiceRequestDraft

PHOTO_PATIENCE_S = 120
"""Seconds a submission waits for photos that are still being fetched."""

log = structlog.get_logger("bot.deeds")


class Deeds:
    """Does what the outbox says.

    Args:
        storage, vault, clock, photos: the shell's parts.
        cities: slug to city.
        requests311: slug to who files there.
        media: provider to who fetches its attachments.
        photo_link: makes an expiring link to a photo, or None where photos are not attached.
        further: deeds of other rooms, by name.
    """

    def __init__(
        self,
        *,
        storage: Storage,
        vault: Vault,
        clock: Clock,
        photos: Photos,
        cities: Mapping[str, City],
        requests311: Mapping[str, Requests311],
        media: Mapping[str, MediaPort],
        photo_link: Callable[[str], str] | None = None,
        further: Mapping[str, Callable[[Claim], Awaitable[Ended]]] | None = None,
    ) -> None:
        self._storage = storage
        self._vault = vault
        self._clock = clock
        self.ends = Ends(vault, clock, cities)
        self._requests311 = requests311
        self._photo_link = photo_link
        self._known: Mapping[str, Callable[[Claim], Awaitable[Ended]]] = {
            "submit": self._submit,
            "fetch_photos": PhotoFetch(storage, vault, clock, photos, media).fetch,
            **(further or {}),
        }

    async def do(self, claim: Claim) -> Ended:
        """Try one deed once; never raises for what a provider does."""
        return await self._known[claim.name](claim)

    async def _submit(self, claim: Claim) -> Ended:
        report, handle = await self._storage.read(lambda c: self._load(c, claim))
        if report is None:
            return Ended(SendOutcome.REFUSED, "request_missing")
        rows = await self._photo_rows(report)
        if self._still_wait(rows):
            return Ended(SendOutcome.NOT_SENT, "photos_pending", retry_after=3)
        kept = [row.id for row in rows if row.state == "kept"]
        draft = self._draft(claim, report, handle, kept)
        sent_at = to_ms(self._clock.now())
        try:
            answer = await self._requests311[report.city].submit(draft)
        except AdapterError as error:
            return self._not_filed(report, error, sent_at)
        if isinstance(answer, HandOffDTO):
            return Ended(SendOutcome.ACCEPTED, also=self.ends.hand_off(report, answer))
        return Ended(SendOutcome.ACCEPTED, also=self.ends.file(report, answer, sent_at))

    def _load(self, connection: Connection, claim: Claim) -> tuple[Report | None, Handle | None]:
        report = service_requests.read(connection, self._vault, claim.job["request_id"])
        return report, residents.read_handle(connection, self._vault, claim.resident_id)

    async def _photo_rows(self, report: Report) -> list[photos.Photo]:
        ids = list(report.report.get("photos") or ())
        if not ids:
            return []
        return list(await self._storage.read(lambda c: photos.read(c, self._vault, ids)))

    def _still_wait(self, rows: list[photos.Photo]) -> bool:
        newest = to_ms(self._clock.now()) - PHOTO_PATIENCE_S * 1000
        return any(row.state == "waiting" and row.created_at > newest for row in rows)

    def _draft(
        self, claim: Claim, report: Report, handle: Handle | None, kept: list[str]
    ) -> ServiceRequestDraft:
        """Return what goes to the city; only photos that are really kept are linked."""
        args = report.report
        first, _, last = str(args.get("name") or "").partition(" ")
        named = bool(first)
        phone = None
        if named and handle is not None and scheme(handle) == "tel":
            phone = address(handle)
        links: tuple[str, ...] = ()
        if self._photo_link is not None:
            links = tuple(self._photo_link(photo) for photo in kept)
        details = {str(key): str(value) for key, value in (args.get("details") or {}).items()}
        return ServiceRequestDraft(
            reference=report.reference,
            idempotency_key=claim.id,
            type_key=report.type_key,
            complaint_type=report.complaint_type,
            descriptor=report.descriptor,
            agency=report.agency,
            place=_place_of(args),
            description=str(args.get("description") or ""),
            details=details,
            first_name=first or None,
            last_name=last or None,
            phone=phone,
            photo_links=links,
            language=str(args.get("language") or "en"),
            follows=report.follows,
        )

    def _not_filed(self, report: Report, error: AdapterError, sent_at: int) -> Ended:
        """Return how a failed submission ends."""
        log.warning("submit_failed", error_code=error.code, outcome=error.outcome.value)
        if error.outcome is SendOutcome.UNKNOWN:
            also = self.ends.leave_unconfirmed(report, sent_at)
            return Ended(SendOutcome.UNKNOWN, error.code, also=also)
        if error.outcome is SendOutcome.NOT_SENT or error.code == "rate_limited":
            return Ended(SendOutcome.NOT_SENT, error.code, retry_after=error.retry_after)
        also = self.ends.refuse(report, error.code, sent_at)
        return Ended(SendOutcome.REFUSED, error.code, also=also)

    async def give_up(self, claim: Claim) -> Also:
        """Return the changes that belong to a deed that could not be tried in time."""
        if claim.name == "submit":
            report, _ = await self._storage.read(lambda c: self._load(c, claim))
            if report is not None:
                return self.ends.refuse(report, "expired")
        return nothing


def _place_of(args: Mapping[str, Any]) -> Place:
    """Return the place of a report; a type without one gets an empty described place."""
    empty = {"label": "", "kind": "described", "source": "resident"}
    return Place.from_json(dict(args.get("place") or empty))
