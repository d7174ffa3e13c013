"""Note: a line for colleagues; the resident never sees it."""

from __future__ import annotations

from bot.desk.outcome import Done, Refused
from bot.desk.room import Press
from bot.storage import case_messages, cases

LONGEST = 2000


def act(press: Press) -> Done | Refused:
    """Keep `text` with the case. Nobody's press is lost by it: the version stays."""
    text = str(press.given.get("text") or "").strip()
    if not text:
        return Refused("needs_text")
    if len(text) > LONGEST:
        return Refused("too_long", {"limit": LONGEST})
    press.write_down(case_messages.NOTE, text)
    cases.touch(press.connection, press.case.id, press.now)
    return Done(press.case.version)
