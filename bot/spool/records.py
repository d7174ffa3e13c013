"""What the spool keeps: a message, a receipt or a mail, sealed; and how it is read again."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.storage.crypto import SealError, Vault
from bot.storage.ids import new_id
from bot.storage.metadata import ID_LENGTH
from conversations.vocabulary.mail import Bounce, InboundMail, Machine, MailFile
from conversations.vocabulary.messages import InboundMessage, Receipt

_WHERE = "spool.record"


@dataclass(frozen=True, slots=True)
class Message:
    """A message for a city."""

    city: str
    message: InboundMessage


@dataclass(frozen=True, slots=True)
class Receipts:
    """What a provider reported about messages we sent, in its order."""

    receipts: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail, with the name it is kept whole under; its `raw` is there and not here."""

    mail: InboundMail
    blob: str


Record = Message | Receipts | Mail


def seal(vault: Vault, record: Record) -> bytes:
    """Return the content of a record's frame: its id, and the record sealed for that id."""
    row = new_id()
    return row.encode() + vault.seal(_WHERE, row, _write(record))


def unseal(vault: Vault, content: bytes) -> Record:
    """Return a record.

    Raises:
        SealError: it cannot be opened, or is nothing that this release knows.
    """
    row = content[:ID_LENGTH].decode("ascii", "replace")
    value = vault.open(_WHERE, row, content[ID_LENGTH:])
    try:
        return _read(value)
    except (KeyError, TypeError, ValueError):
        pass
    raise SealError(_WHERE)


def _write(record: Record) -> dict[str, Any]:
    match record:
        case Message(city, message):
            return {"message": message.to_json(), "city": city}
        case Receipts(receipts):
            return {"receipts": [receipt.to_json() for receipt in receipts]}
        case Mail(mail, blob):
            return {"mail": _write_mail(mail), "blob": blob}


def _read(value: Mapping[str, Any]) -> Record:
    if "message" in value:
        return Message(value["city"], InboundMessage.from_json(value["message"]))
    if "receipts" in value:
        return Receipts(tuple(Receipt.from_json(item) for item in value["receipts"]))
    return Mail(_read_mail(value["mail"]), value["blob"])


def _write_mail(mail: InboundMail) -> dict[str, Any]:
    files = [{**asdict(file), "content": _text(file.content)} for file in mail.files]
    return {**asdict(mail), "files": files, "raw": ""}


def _read_mail(value: Mapping[str, Any]) -> InboundMail:
    bounce, machine = value["bounce"], value["machine"]
    return InboundMail(
        **{
            **value,
            "recipients": tuple(value["recipients"]),
            "references": tuple(value["references"]),
            "machine": None if machine is None else Machine(machine),
            "bounce": None if bounce is None else Bounce(**bounce),
            "files": _read_files(value["files"]),
            "raw": b"",
        }
    )


def _read_files(files: Sequence[Mapping[str, Any]]) -> tuple[MailFile, ...]:
    return tuple(MailFile(**{**f, "content": base64.b64decode(f["content"])}) for f in files)


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
