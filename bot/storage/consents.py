"""The consent ledger: who said stop, start or yes to updates. One for all handles of a person.

A stop said anywhere holds everywhere: each handle of the person is stopped, and has a line of its
own. A start takes back the stop of its handle, and of those that were stopped together with it.
"""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select, update

from bot.storage import persons
from bot.storage.crypto import Vault
from bot.storage.ids import new_id
from bot.storage.tables import consents, residents

_c, _r = consents.c, residents.c
_SET_OPTED_OUT = (
    update(residents).where(_r.id == bindparam("row")).values(opted_out_at=bindparam("at"))
)
_SET_NOTICES = (
    update(residents).where(_r.id == bindparam("row")).values(notices_off_at=bindparam("at"))
)
_STOPS = (
    select(_c.state, _c.method)
    .where(_c.resident_id == bindparam("resident"), _c.topic == "all")
    .order_by(_c.id.desc())
)
_STOPPED = select(_r.id, _r.opted_out_at).where(_r.id.in_(bindparam("ids", expanding=True)))

LINKED = "linked_handle"
"""How a stop or start came to a handle that it was not said at."""


def record(
    connection: Connection,
    vault: Vault,
    *,
    resident_id: str,
    channel: str,
    topic: str,
    state: str,
    method: str,
    evidence: object,
    actor: str,
    now: int,
    alone: bool = False,
) -> list[str]:
    """Add one line to the ledger; when `topic` is `all`, stop or resume everything, everywhere.

    Args:
        connection: in a transaction.
        vault: seals the evidence.
        resident_id: who said it, by their handle.
        channel: where it was said.
        topic: `all` or `updates`.
        state: `in` or `out`.
        method: how it was said: `carrier_word`, `free_text`, `asked`, `provider`, ...
        evidence: plain JSON that proves it.
        actor: `resident`, `provider` or `staff`.
        now: milliseconds.
        alone: it holds for this handle only.

    Returns:
        The residents it holds for: this one, and those of the same person that it moves as well.
    """
    others: list[str] = []
    if topic == "all" and not alone:
        others = _moved_too(connection, resident_id, stop=state == "out")
    lines = [(resident_id, method, evidence)]
    lines += [(other, LINKED, {"said_by": resident_id}) for other in others]
    for row_of, how, proof in lines:
        row = new_id()
        connection.execute(
            consents.insert(),
            {
                "id": row,
                "resident_id": row_of,
                "channel": channel,
                "topic": topic,
                "state": state,
                "method": how,
                "evidence_box": vault.seal("consents.evidence", row, proof),
                "actor": actor,
                "recorded_at": now,
            },
        )
        if topic == "all":
            at = now if state == "out" else None
            connection.execute(_SET_OPTED_OUT, {"row": row_of, "at": at})
    if topic == "all" and state == "in":
        connection.execute(_SET_NOTICES, {"row": resident_id, "at": None})
    return [resident_id, *others]


def _moved_too(connection: Connection, resident_id: str, *, stop: bool) -> list[str]:
    """Return the person's other handles that a stop or start of this one moves as well."""
    ids = sorted(persons.handles_of(connection, resident_id))
    stopped_at = {row.id: row.opted_out_at for row in connection.execute(_STOPPED, {"ids": ids})}
    mine = stopped_at.pop(resident_id, None)
    if stop:
        return [other for other, at in stopped_at.items() if at is None]
    return [other for other, at in stopped_at.items() if at is not None and at == mine]


def stop_notices(
    connection: Connection, vault: Vault, resident_id: str, method: str, now: int
) -> None:
    """Stop everything that is sent to a mailbox unasked, on record; direct answers still come."""
    connection.execute(_SET_NOTICES, {"row": resident_id, "at": now})
    record(
        connection,
        vault,
        resident_id=resident_id,
        channel="email",
        topic="updates",
        state="out",
        method=method,
        evidence={"method": method},
        actor="resident",
        now=now,
    )


def carrier_holds_stop(connection: Connection, resident_id: str) -> bool:
    """Return whether the carrier itself has this resident on its stop list, as far as we know.

    It has when one of the stops since the last start was a word it acts on, or was reported by it;
    one in words of the resident's own is known to us alone.
    """
    for row in connection.execute(_STOPS, {"resident": resident_id}):
        if row.method == LINKED:  # said elsewhere; the carrier knows nothing of it
            continue
        if row.state == "in":
            return False
        if row.method in ("carrier_word", "provider"):
            return True
    return False
