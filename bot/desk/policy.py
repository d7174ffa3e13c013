"""Who may do what: one table, for every channel through which staff reach the desk.

Staff belong to one city and see nothing of another: its cases do not exist for them. Admins may do
everything, in every city they belong to (`*` is all of them). Every refusal is put on record by the
desk.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.storage.cases import Case, Kind, State
from bot.storage.staff import EVERY_CITY, Staff

STAFF, ADMIN = "staff", "admin"
UNRESOLVED = frozenset((State.OPEN, State.CLAIMED, State.SNOOZED))
ANY = frozenset(State)


@dataclass(frozen=True, slots=True)
class Rule:
    """What an action asks for.

    Attributes:
        roles: who may.
        states: where the case must stand.
        holder: True when it is not for others while somebody has the case in hand.
        versioned: True when a press on an outdated card is lost.
        of_request: True when there must be a report.
        reason: True when a reason must be given.
    """

    roles: Collection[str] = (STAFF, ADMIN)
    states: frozenset[State] = UNRESOLVED
    holder: bool = True
    versioned: bool = True
    of_request: bool = False
    reason: bool = False


RULES: Mapping[str, Rule] = {
    "claim": Rule(),
    "release": Rule(states=frozenset((State.CLAIMED, State.SNOOZED))),
    "hand_back": Rule(),
    "reply": Rule(),
    "ask": Rule(),
    "note": Rule(states=ANY, holder=False, versioned=False),
    "change": Rule(of_request=True),
    "merge": Rule(of_request=True),
    "resolve": Rule(reason=True),
    "reopen": Rule(states=frozenset((State.RESOLVED,)), holder=False),
    "snooze": Rule(),
    "mute": Rule(states=ANY, holder=False),
    "reveal": Rule(states=ANY, holder=False, versioned=False, reason=True),
    "decide": Rule(of_request=True),
}
"""Action to its rule. Looking (cards, lists, finding) needs only the city."""


def sees(actor: Staff, city: str) -> bool:
    """Return whether a member of staff may know of a city's cases at all."""
    return actor.active and actor.city in (EVERY_CITY, city)


def cities_of(actor: Staff, cities: Collection[str]) -> list[str]:
    """Return the cities among these that a member of staff may look into."""
    return [city for city in cities if sees(actor, city)]


def why_not(
    actor: Staff | None, case: Case | None, action: str, reason: str, now: int
) -> str | None:
    """Return the code of why this is not allowed, or None.

    Args:
        actor: who presses; None for somebody we do not know.
        case: what on; None when there is none.
        action: a name in `RULES`.
        reason: what they gave as a reason, or an empty text.
        now: milliseconds.
    """
    if actor is None or not actor.active:
        return "not_staff"
    if case is None or not sees(actor, case.city):
        return "unknown_case"
    rule = RULES[action]
    if actor.role not in rule.roles:
        return "role"
    if case.state_at(now) not in rule.states:
        return _wrong_state(case)
    if rule.of_request and case.kind is not Kind.REQUEST:
        return "needs_request"
    return "needs_reason" if rule.reason and not reason.strip() else None


def is_held_by_another(actor: Staff, case: Case, action: str) -> bool:
    """Return whether a case is in somebody else's hands; an admin may take it out of them."""
    others = case.claimed_by is not None and case.claimed_by != actor.id
    return others and RULES[action].holder and actor.role != ADMIN


def _wrong_state(case: Case) -> str:
    if case.state is State.RESOLVED:
        return "resolved"
    return "not_claimed" if case.claimed_by is None else "not_resolved"
