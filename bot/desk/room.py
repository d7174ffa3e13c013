"""What an action works with: its transaction, who presses, the case, and ways to act on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.storage import addressees, case_messages, cases, hand_overs, inbox, service_requests
from bot.storage.addressees import Addressee
from bot.storage.cases import Case, State
from bot.storage.crypto import Vault
from bot.storage.engine import Connection
from bot.storage.outbox import Ready
from bot.storage.service_requests import Report
from bot.storage.staff import Staff
from conversations.vocabulary.city import City
from conversations.wording.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Parts:
    """The shell's parts that actions need. `providers_311` are names by city slug."""

    vault: Vault
    catalogue: Catalogue
    cities: Mapping[str, City]
    providers_311: Mapping[str, str]


@dataclass(slots=True)
class Press:
    """One press of one button, in its transaction.

    Attributes:
        connection: of the transaction.
        parts: the shell's.
        actor: who presses.
        case: what on, locked.
        given: what they entered, by name.
        now: milliseconds.
        woken: conversations to wake when it is committed.
        ready: outbox rows to announce then.
    """

    connection: Connection
    parts: Parts
    actor: Staff
    case: Case
    given: Mapping[str, Any]
    now: int
    woken: list[str] = field(default_factory=list)
    ready: list[Ready] = field(default_factory=list)

    @property
    def city(self) -> City:
        """The city's pack."""
        return self.parts.cities[self.case.city]

    @property
    def reason(self) -> str:
        """What the actor gave as a reason."""
        return str(self.given.get("reason") or "").strip()

    def report(self) -> Report:
        """Return the report of a case that has one. Raises `LookupError` when it is gone."""
        found = service_requests.read(self.connection, self.parts.vault, self.case.request_id or "")
        if found is None:
            raise LookupError("the report of a case")
        return found

    def addressee(self) -> Addressee:
        """Return the resident of the case, and why nothing can be sent to them."""
        return addressees.of_case(self.connection, self.parts.vault, self.case)

    def change(self, **values: Any) -> int:
        """Change the case as the actor and return its new version."""
        return cases.change(self.connection, self.case, self.actor.id, self.now, **values)

    def take(self, **values: Any) -> int:
        """Change the case, and take it in hand when nobody has it; return its new version."""
        holder = self.case.claimed_by or self.actor.id
        return self.change(claimed_by=holder, state=State.CLAIMED, snoozed_until=None, **values)

    def close_hand_overs(self) -> None:
        """Note that a person has seen to what the case was handed over for."""
        hand_overs.close(self.connection, self.case.conversation_id, self.case.request_id)

    def write_down(self, direction: str, text: str, outbox_id: str | None = None) -> None:
        """Add a line to the case in the actor's name."""
        ref = self.given.get("channel_ref")
        case_messages.add(
            self.connection,
            self.parts.vault,
            self.case.id,
            direction,
            text,
            self.now,
            author=self.actor.id,
            outbox_id=outbox_id,
            channel_ref=None if ref is None else str(ref)[:120],
        )

    def tell(
        self,
        kind: str,
        data: Mapping[str, Any],
        *,
        due_at: int | None = None,
        about: Case | None = None,
    ) -> None:
        """Queue `Happened(kind, data)` in the conversation of the case, once per version."""
        case = about or self.case
        event = inbox.NewEvent(
            conversation_id=case.conversation_id,
            kind="happened",
            dedupe=f"case:{kind}:{case.id}:{self.case.id}:{self.case.version}",
            event={"kind": kind, "data": {"case_id": case.id, **data}},
            trace_id=case.request_id or case.id,
            due_at=due_at if due_at and due_at > self.now else None,
        )
        inbox.add(self.connection, self.parts.vault, [event], self.now)
        if event.due_at is None:
            self.woken.append(case.conversation_id)
