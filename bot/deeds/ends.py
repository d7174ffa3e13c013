"""How a filing ends: what each end changes in our tables, and what the resident is told of it.

The changes are written in the transaction of the attempt's own outcome.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.clock import Clock
from bot.deeds.ended import Also
from bot.deeds.telling import filed, tell
from bot.storage import hand_overs, service_requests, timeline
from bot.storage.crypto import Vault
from bot.storage.engine import Connection
from bot.storage.metadata import to_ms
from bot.storage.service_requests import Report
from bot.storage.timeline import Kind
from conversations.vocabulary.city import City
from integrations.kit.dto import HandOffDTO, ServiceRequestDTO

FIRST_POLL_S = 3600
CHASE_S = 24 * 3600
"""Seconds until the resident of an unconfirmed filing is told again ("by tomorrow")."""


class Ends:
    """The ends of filings.

    Args:
        vault, clock: the shell's parts.
        cities: slug to city.
    """

    def __init__(self, vault: Vault, clock: Clock, cities: Mapping[str, City]) -> None:
        self._vault = vault
        self._clock = clock
        self._cities = cities

    def file(self, report: Report, answer: ServiceRequestDTO, sent_at: int) -> Also:
        """Return the changes that belong to a tracking number; `sent_at` in milliseconds."""
        now = to_ms(self._clock.now())
        number = {"number": answer.external_id}
        data = {**filed(report), **number}

        def change(connection: Connection) -> list[str]:
            service_requests.change(
                connection,
                self._vault,
                report,
                now=now,
                filing="filed",
                number=answer.external_id,
                status=answer.status.value,
                sent_at=sent_at,
                poll_at=now + FIRST_POLL_S * 1000,
            )
            self._note(connection, report, Kind.SENT, sent_at)
            self._note(connection, report, Kind.CONFIRMED, now, number)
            return [tell(connection, self._vault, report, "filed", data, now, report.id)]

        return change

    def hand_off(self, report: Report, answer: HandOffDTO) -> Also:
        """Return the changes that belong to a report the resident files by hand."""
        data = {**filed(report), "packet": answer.text, "link": answer.link}
        now = to_ms(self._clock.now())

        def change(connection: Connection) -> list[str]:
            filing = "handed_off"
            service_requests.change(connection, self._vault, report, now=now, filing=filing)
            self._note(connection, report, Kind.HANDED_OFF, now, {"link": answer.link})
            return [tell(connection, self._vault, report, "handoff_ready", data, now, report.id)]

        return change

    def leave_unconfirmed(self, report: Report, sent_at: int | None = None) -> Also:
        """Return the changes that belong to a filing in doubt: assume filed, verify.

        Its resident is told again after a day, by `bot/chores/chase_unconfirmed.py`.

        Args:
            report: what was filed.
            sent_at: when it left, milliseconds; None when nobody knows whether it did.
        """
        now = to_ms(self._clock.now())

        def change(connection: Connection) -> list[str]:
            service_requests.change(
                connection,
                self._vault,
                report,
                now=now,
                filing="unconfirmed",
                sent_at=sent_at,
                poll_at=now + CHASE_S * 1000,
            )
            if sent_at is not None:
                self._note(connection, report, Kind.SENT, sent_at)
            self._note(connection, report, Kind.IN_DOUBT, now)
            hand_overs.add(
                connection,
                self._vault,
                conversation_id=report.conversation_id,
                city=report.city,
                reason="filing_unconfirmed",
                summary=report.reference,
                now=now,
                request_id=report.id,
            )
            data, kind = filed(report), "filing_unconfirmed"
            return [tell(connection, self._vault, report, kind, data, now, report.id)]

        return change

    def refuse(self, report: Report, code: str, sent_at: int | None = None) -> Also:
        """Return the changes that belong to a filing the city said no to, or never got.

        Args:
            report: what was to be filed.
            code: our error code.
            sent_at: when it left, milliseconds; None when it never did.
        """
        data = {**filed(report), "phone": self._cities[report.city].phone}
        now = to_ms(self._clock.now())

        def change(connection: Connection) -> list[str]:
            service_requests.change(connection, self._vault, report, now=now, filing="refused")
            if sent_at is not None:
                self._note(connection, report, Kind.SENT, sent_at)
            self._note(connection, report, Kind.REFUSED, now, {"code": code})
            return [tell(connection, self._vault, report, "filing_refused", data, now, report.id)]

        return change

    def _note(
        self,
        connection: Connection,
        report: Report,
        kind: Kind,
        at: int,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        timeline.add(connection, self._vault, report.id, kind, at, data)
