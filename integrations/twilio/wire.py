"""Twilio's JSON as it is on the wire (2010-04-01 API), and the parsers for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

from integrations.kit.calls import Answer
from integrations.kit.dto import SentMessageDTO
from integrations.kit.errors import AdapterError
from integrations.twilio import errors_table

Sid = Annotated[str, StringConstraints(pattern=r"^(SM|MM)[0-9a-f]{32}$")]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,30}$")]


def _read_date(value: object) -> datetime | None:
    """Return an RFC 2822 date (whole seconds); a ValueError for anything else."""
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > 60:
        raise ValueError("date expected")
    when = parsedate_to_datetime(value)
    return when if when.tzinfo else when.replace(tzinfo=UTC)


class WireMessage(BaseModel):
    """A message resource; only what we use of its 20 fields."""

    model_config = ConfigDict(extra="ignore")
    sid: Sid
    status: Word
    to: str = ""
    from_: str | None = None
    body: str = ""
    direction: str = ""
    date_created: Annotated[datetime | None, BeforeValidator(_read_date)] = None
    error_code: int | None = None
    num_media: int = 0


class WirePage(BaseModel):
    """One page of the message list, newest first."""

    model_config = ConfigDict(extra="ignore")
    messages: list[WireMessage]
    next_page_uri: str | None = None


class WireMedia(BaseModel):
    """One attachment of a message. `uri` is the path of its description, with `.json` behind."""

    model_config = ConfigDict(extra="ignore")
    content_type: str
    uri: str


class WireMediaList(BaseModel):
    """The attachments of a message."""

    model_config = ConfigDict(extra="ignore")
    media_list: list[WireMedia]


def parse_sent(answer: Answer) -> SentMessageDTO:
    """Return what Twilio took."""
    message = WireMessage.model_validate(_renamed(answer.json()))
    return SentMessageDTO(provider_message_id=message.sid, status=message.status)


def parse_page(answer: Answer) -> WirePage:
    """Return a page of the message list."""
    value = answer.json()
    return WirePage.model_validate(
        {**value, "messages": [_renamed(message) for message in value["messages"]]}
    )


def parse_media(answer: Answer) -> WireMediaList:
    """Return the attachments of a message."""
    return WireMediaList.model_validate(answer.json())


def _renamed(message: Mapping[str, object]) -> dict[str, object]:
    """Return the resource with `from`, a Python word, as `from_`."""
    return {"from_" if name == "from" else name: value for name, value in message.items()}


def explain_send(answer: Answer) -> AdapterError | None:
    """Return our error for a refused send, or None when its number says nothing to us."""
    return errors_table.explain("send", answer)


PARSERS: dict[str, Callable[[Answer], object]] = {
    "send": parse_sent,
    "find": parse_page,
    "list_media": parse_media,
}
EXPLAINERS: dict[str, Callable[[Answer], AdapterError | None]] = {"send": explain_send}
