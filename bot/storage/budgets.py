"""How many texts a number, and its neighbours, get a day: counted where the outbox row is written.

The rule (docs/adr/0011):

* Live replies to one number end after `per_number` a day; the last one is replaced by words that
  say so. What was promised (a tracking number, a change of status) may use half as many again.
* Numbers that never filed a report share `per_prefix` a day with all that begin with the same
  seven digits: whoever rents a block of numbers to be texted gets no further with a new one.
* Texts without an `Allowance` are never counted nor capped: stop, help, emergency advice.

Counted in SQL in the turn's own transaction: what is not kept does not count, and a Redis that
forgets opens nothing. Rows are taken in the order of their keys, so that no two processes wait
for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, bindparam, delete, update
from sqlalchemy.dialects.postgresql import insert

from bot import lanes
from bot.storage.crypto import Vault
from bot.storage.outbox import CAPPED, NewJob
from bot.storage.tables import text_budgets

PREFIX_DIGITS = 7
"""Country code, area code and exchange of a North American number: ten thousand numbers."""

_c = text_budgets.c
_COUNT = (
    insert(text_budgets)
    .values(asked=1, told=False)
    .on_conflict_do_update(index_elements=["day", "key_hash"], set_={"asked": _c.asked + 1})
    .returning(_c.asked, _c.told)
)
_TELL = (
    update(text_budgets)
    .where(_c.day == bindparam("of_day"), _c.key_hash == bindparam("of_key"))
    .values(told=True)
)
_FORGET = delete(text_budgets).where(_c.day < bindparam("before"))


@dataclass(frozen=True, slots=True)
class Budget:
    """Texts a day for one number, and for all numbers of a prefix that never filed."""

    per_number: int = 40
    per_prefix: int = 2000


USUAL = Budget()


def spend(
    connection: Connection, vault: Vault, budget: Budget, jobs: Sequence[NewJob]
) -> list[NewJob]:
    """Return the jobs as they may go: as they are, with their last words, or silent.

    Args:
        connection: the transaction that will add the jobs.
        vault: for the keyed hashes.
        budget: how many.
        jobs: those without an allowance pass.
    """
    spent = list(jobs)
    counted = [(*_keys(vault, job), at) for at, job in enumerate(jobs) if job.allowance]
    # Numbers before prefixes: a number that is capped must not use up its neighbours' budget.
    for key, _, at in sorted(counted):
        spent[at] = _spend_number(connection, budget, key, spent[at])
    for _, prefix, at in sorted(counted, key=lambda item: item[1]):
        job = spent[at]
        if job.silent is None and job.allowance and not job.allowance.known:
            asked, _ = _count(connection, job.allowance.day, prefix)
            spent[at] = job if asked <= budget.per_prefix else replace(job, silent=CAPPED)
    return spent


def forget(connection: Connection, before: str) -> int:
    """Forget the days before one (ISO date); return how many rows there were."""
    return connection.execute(_FORGET, {"before": before}).rowcount


def _keys(vault: Vault, job: NewJob) -> tuple[str, str]:
    """Return the keyed hashes of a job's number and of its prefix."""
    number = job.job["recipient"].partition(":")[2]
    prefix = number[: PREFIX_DIGITS + 1]  # with its plus
    return vault.index("texts_to", number), vault.index("texts_to_prefix", prefix)


def _count(connection: Connection, day: str, key: str) -> tuple[int, bool]:
    """Count one text; return how many there are now, and whether the last words were said."""
    row: Any = connection.execute(_COUNT, {"day": day, "key_hash": key}).one()
    return row.asked, row.told


def _spend_number(connection: Connection, budget: Budget, key: str, job: NewJob) -> NewJob:
    """Return a job as the budget of its number lets it go."""
    assert job.allowance is not None
    asked, told = _count(connection, job.allowance.day, key)
    if job.lane > lanes.LIVE_REPLIES:
        return job if asked <= budget.per_number * 3 // 2 else replace(job, silent=CAPPED)
    if asked < budget.per_number:
        return job
    if told:
        return replace(job, silent=CAPPED)
    connection.execute(_TELL, {"of_day": job.allowance.day, "of_key": key})
    return replace(job, job={**job.job, "text": job.allowance.last_words}, name="shared.enough")
