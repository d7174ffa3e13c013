"""What the shell expects of adapters: the ports. One protocol per job, not per provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from conversations.vocabulary.city import City
from conversations.vocabulary.handles import Handle
from conversations.vocabulary.messages import InboundMessage, OutboundMessage
from conversations.vocabulary.places import AddressText, Place
from integrations.kit.dto import (
    GeocodeDTO,
    HandOffDTO,
    ReceivedMessageDTO,
    SentMessageDTO,
    ServiceRequestDTO,
)


@dataclass(frozen=True, slots=True)
class ServiceRequestDraft:
    """Everything a city needs to take a report.

    Attributes:
        reference: our short reference, `CH-7F3K-2Q`; travels in the free text as `Ref CH-...`.
        idempotency_key: our unique key of this submission; sent in case it is honoured one day.
        type_key, complaint_type, descriptor, agency: what, in the city pack's words.
        place: where.
        description: the resident's words and details, one text; may be empty.
        details: answers to the type's own questions.
        first_name, last_name, phone, email: the caller, all None when anonymous.
        photo_links: expiring links to photos.
        language: ISO 639-1 code the resident writes in.
        follows: tracking number this report follows up, or None.
    """

    reference: str
    idempotency_key: str
    type_key: str
    complaint_type: str
    descriptor: str
    agency: str
    place: Place
    description: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    email: str | None = None
    photo_links: tuple[str, ...] = ()
    language: str = "en"
    follows: str | None = None


@runtime_checkable
class Messenger(Protocol):
    """Sends messages to residents.

    Attributes:
        can_find: `find` can tell whether a message was sent. Without it a send in doubt is never
            made again: only a report of the provider's, or a person, can settle it.
    """

    provider: str
    can_find: bool

    async def send(self, message: OutboundMessage) -> SentMessageDTO:
        """Send once. Raises `AdapterError`; its `outcome` says what became of the message."""
        ...

    async def find(self, message: OutboundMessage, since: datetime) -> SentMessageDTO | None:
        """Return the message if the provider has it from `since` on, to settle an unknown send.

        None is "surely not sent" where `can_find` is True, and says nothing where it is not.
        """
        ...


@runtime_checkable
class ListsReceived(Protocol):
    """A messenger whose provider can be asked what it received for us."""

    provider: str

    async def list_received(self, recipient: Handle, since: datetime) -> list[ReceivedMessageDTO]:
        """Return what came for one of our handles from `since` on, oldest first.

        Raises `AdapterError`; the list is whole, or none is returned.
        """
        ...

    async def read_received(self, found: ReceivedMessageDTO) -> InboundMessage:
        """Return a message with its attachments. Raises `AdapterError`."""
        ...


@runtime_checkable
class Geocoder(Protocol):
    """Finds places from addresses."""

    provider: str

    async def geocode(self, address: AddressText, borough: str | None, city: City) -> GeocodeDTO:
        """Return what was found. Raises `AdapterError`. `borough` overrides the address's own."""
        ...


@runtime_checkable
class MapMaker(Protocol):
    """Draws the blocks around a place."""

    provider: str

    async def draw(self, latitude: float, longitude: float, *, dark: bool = False) -> bytes:
        """Return a PNG that does not tell the door. Raises `AdapterError`."""
        ...


@runtime_checkable
class Requests311(Protocol):
    """Files service requests with a city and asks about them.

    Attributes:
        can_lookup: a submission can be found again by our reference.
        has_idempotency_key: sending the same key twice files once.
        index_lag_s: seconds after which a look-up surely sees what was filed.
    """

    provider: str
    can_lookup: bool
    has_idempotency_key: bool
    index_lag_s: float

    async def submit(self, draft: ServiceRequestDraft) -> ServiceRequestDTO | HandOffDTO:
        """File once. Raises `AdapterError`; outcome `UNKNOWN` must never simply be sent again."""
        ...

    async def status(
        self, external_id: str, *, purpose: str = "lookup"
    ) -> ServiceRequestDTO | None:
        """Return the request, or None when the city knows no such number."""
        ...


@runtime_checkable
class AnswersMany(Protocol):
    """A city's 311 that answers about several requests in one call.

    Attributes:
        batch: how many at most; 1 where it has no such call.
    """

    batch: int

    async def statuses(
        self, external_ids: Sequence[str], *, purpose: str = "poller"
    ) -> dict[str, ServiceRequestDTO]:
        """Return the requests the city knows, by number in capitals. Raises `AdapterError`."""
        ...
