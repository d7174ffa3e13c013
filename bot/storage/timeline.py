"""What happened to a request, one entry each: written with what it records, read by every channel.

An entry is written in the transaction of the change it tells of, so neither is there without
the other. It says what happened and when, never how that is put into words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, select

from bot.storage.crypto import Vault
from bot.storage.ids import new_id
from bot.storage.tables import service_requests, timeline

_c = timeline.c
_READ = select(timeline).where(_c.request_id == bindparam("request")).order_by(_c.at, _c.id)
_OURS = select(service_requests.c.id).where(
    service_requests.c.id.in_(bindparam("ids", expanding=True))
)


class Kind(StrEnum):
    """What can happen to a request; after each word what its data holds."""

    RECEIVED = "received"  # nothing: the resident confirmed it
    SENT = "sent"  # nothing: it left for the city
    CONFIRMED = "confirmed"  # number: the city's tracking number
    IN_DOUBT = "in_doubt"  # nothing: sent, and nobody knows whether it arrived
    REFUSED = "refused"  # code: our error code
    HANDED_OFF = "handed_off"  # link: where the resident files it
    TRACKED = "tracked"  # number: texted by the resident, now followed
    NOT_FOUND = "not_found"  # number: the city does not know it; followed no more
    STATUS = "status"  # status, resolution: the city's words or None
    TOLD = "told"  # what: the name of what was told; the provider took the message
    NOTE = "note"  # text, by: `resident` or `staff`
    PHOTO = "photo"  # photo_id
    FIXED = "fixed"  # nothing: the resident says so
    NOT_FIXED = "not_fixed"  # nothing: the resident says so
    RATED = "rated"  # score: 1 (poor) to 5 (great)
    ASKED = "asked"  # nothing: staff asked the resident something
    AMENDED = "amended"  # what: names of what staff put right
    RESOLVED = "resolved"  # reason: staff's words, which the resident was told
    REOPENED = "reopened"  # nothing: staff or the resident opened its case again
    MERGED = "merged"  # into: id of the request about the same thing, followed from then on
    SUPERSEDED = "superseded"  # by: id of the request that takes its place


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `at` is in milliseconds; `data` may be personal."""

    id: str
    kind: Kind
    at: int
    data: Mapping[str, Any]


def add(
    connection: Connection,
    vault: Vault,
    request_id: str,
    kind: Kind,
    at: int,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Add one entry. `data` is plain JSON; see `Kind` for what it holds."""
    _insert(connection, vault, [(request_id, kind, at, data or {})])


def add_told(
    connection: Connection, vault: Vault, texts: Sequence[tuple[str, str]], at: int
) -> None:
    """Note which of these sent texts told of a request.

    `texts` are (trace id, name): a text that tells of a request carries the request's id as its
    trace; every other one is passed over.
    """
    if not texts:
        return
    found = connection.execute(_OURS, {"ids": sorted({trace for trace, _ in texts})})
    ours = set(found.scalars())
    told = [(trace, Kind.TOLD, at, {"what": what}) for trace, what in texts if trace in ours]
    _insert(connection, vault, told)


def read(connection: Connection, vault: Vault, request_id: str) -> list[Entry]:
    """Return everything that happened to a request, oldest first.

    A kind that only a later release knows is passed over: it may have written beside this one.
    """
    return [
        Entry(row.id, Kind(row.kind), row.at, vault.open("timeline.data", row.id, row.data_box))
        for row in connection.execute(_READ, {"request": request_id})
        if row.kind in set(Kind)
    ]


def _insert(
    connection: Connection,
    vault: Vault,
    entries: Sequence[tuple[str, Kind, int, Mapping[str, Any]]],
) -> None:
    rows = []
    for request_id, kind, at, data in entries:
        row = new_id()
        box = vault.seal("timeline.data", row, dict(data))
        rows.append(
            {"id": row, "request_id": request_id, "kind": kind.value, "at": at, "data_box": box}
        )
    if rows:
        connection.execute(timeline.insert(), rows)
