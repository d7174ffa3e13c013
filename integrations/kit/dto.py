"""What adapters return: validated, provider-neutral values.

An adapter turns the wire into one of these or raises an `AdapterError`; nothing
of a provider's own shape travels further up.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from conversations.vocabulary.messages import InboundMessage
from conversations.vocabulary.places import GeocodeStatus, Place
from conversations.vocabulary.requests import RequestStatus


class Dto(BaseModel):
    """Base of all: frozen, and nothing unexpected inside."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class ServiceRequestDTO(Dto):
    """A service request as the city knows it.

    Attributes:
        external_id: the city's tracking number.
        external_status: the city's own word; `status` is ours for it.
        agency: code or name of who handles it, or None.
        updated_at: when the city last touched it, with zone, or None.
        resolution: the city's words on how it ended, or None.
        idempotent_replay: True when the provider said that it knew this submission already.
    """

    external_id: str = Field(min_length=1, max_length=64)
    external_status: str = Field(max_length=80)
    status: RequestStatus
    agency: str | None = None
    updated_at: datetime | None = None
    resolution: str | None = Field(default=None, max_length=4000)
    idempotent_replay: bool = False


class SentMessageDTO(Dto):
    """A message the provider took. `status` is the provider's word (`queued`, `sent`, ...)."""

    provider_message_id: str = Field(min_length=1, max_length=255)
    status: str = Field(max_length=40)


class ReceivedMessageDTO(Dto):
    """A message that a provider received for us, as its list tells it.

    Attributes:
        message: as its webhook would have brought it, but for attachments.
        files: how many attachments it has; what they are must be asked for.
    """

    message: InboundMessage
    files: int = Field(default=0, ge=0)


class GeocodeDTO(Dto):
    """What a geocoder found.

    Attributes:
        status: how it ended; everything but `ERROR` is an answer.
        places: one when exact, several when ambiguous or possible.
        suggestions: similar street names, to be offered.
        boroughs: official names of those the address exists in.
        provider: who answered.
    """

    status: GeocodeStatus
    places: tuple[Place, ...] = ()
    suggestions: tuple[str, ...] = ()
    boroughs: tuple[str, ...] = ()
    provider: str = ""


class HandOffDTO(Dto):
    """A report a person must file by hand: the prepared text and where to file it."""

    text: str = Field(min_length=1, max_length=4000)
    link: str = Field(min_length=1, max_length=500)
