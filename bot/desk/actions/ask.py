"""Ask: as a reply, and what the resident says next comes to the case."""

from __future__ import annotations

from bot.desk.outcome import Done, Refused
from bot.desk.room import Press
from bot.desk.writing import write
from bot.storage import timeline
from bot.storage.timeline import Kind


def act(press: Press) -> Done | Refused:
    """Send the question `text` to the resident; the story of the report says that one was asked."""
    outcome = write(press, asks=True)
    if isinstance(outcome, Done) and press.case.request_id is not None:
        timeline.add(
            press.connection, press.parts.vault, press.case.request_id, Kind.ASKED, press.now
        )
    return outcome
