"""Reply: the actor's words go to the resident; to get an answer to a report's case, ask."""

from __future__ import annotations

from bot.desk.outcome import Done, Refused
from bot.desk.room import Press
from bot.desk.writing import write


def act(press: Press) -> Done | Refused:
    """Send `text` to the resident."""
    return write(press)
