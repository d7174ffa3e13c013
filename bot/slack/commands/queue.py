"""`/cityhelper queue`: what waits: cases for staff, sends and filings in the outbox."""

from __future__ import annotations

from bot.slack.commands.asking import Ask, lay_out
from bot.storage import outbox
from integrations.slack.adapter import Message

USAGE = "queue: who waits for staff, and what waits to leave"
STATES = {"queued": "waiting", "sending": "on their way", "unknown": "in doubt"}


async def run(ask: Ask) -> Message:
    """Return how much waits, and where."""
    board = ask.room.board
    waiting = await board.waiting(ask.handle)
    overdue = sum(card.overdue for card in waiting)
    doubt = await board.in_doubt(ask.handle)
    dead = await board.dead_letters(ask.handle)
    counts = await ask.room.storage.read(outbox.count_open)
    lines = [
        f"Residents who wait for staff: {len(waiting)}, overdue: {overdue}",
        f"Filings in doubt: {len(doubt)}",
        f"Given up: {dead}",
    ]
    for (provider, state), count in sorted(counts.items()):
        lines.append(f"{provider}: {count} {STATES.get(state, state)}")
    return lay_out("What waits", lines)
