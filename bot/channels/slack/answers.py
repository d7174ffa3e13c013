"""What staff are told of their press, in plain English: done, lost to somebody, refused."""

from __future__ import annotations

from bot.channels.slack import limits
from bot.channels.slack.blocks import escape, section, tame
from bot.channels.slack.limits import cut
from bot.desk.outcome import Done, Lost, Outcome
from integrations.slack.adapter import Message

DONE = {
    "claim": "The case is yours.",
    "reply": "Sent to the resident.",
    "ask": "Sent to the resident. The answer comes into this thread.",
    "note": "Noted for colleagues.",
    "change": "Changed.",
    "merge": "Merged. The resident follows the other report from now on.",
    "resolve": "Resolved.",
    "reopen": "Open again, and yours.",
    "snooze": "Snoozed.",
    "mute": "Muted.",
    "unmute": "News come into the thread again.",
    "release": "Released.",
    "hand_back": "The bot talks to the resident again.",
    "decide_filed": "Noted. The resident is told the number.",
    "decide_again": "It is being filed anew.",
}
NOTES = {
    "city_not_told": "The city was told earlier; tell it of the change yourself.",
    "resident_not_told": "The resident is not told: they want no news or cannot be reached.",
    "told_later": "It goes out after the quiet hours.",
}
QUIETLY = frozenset(("claim", "mute", "unmute", "release", "reopen", "snooze", "hand_back"))
"""What needs no answer when it went well: the card shows it."""


def say(text: str) -> Message:
    """Return a short message of our own."""
    tamed = tame(text)
    return Message(cut(escape(tamed), limits.FALLBACK), (section(tamed),))


def answer(action: str, outcome: Outcome) -> Message | None:
    """Return what to tell the one who pressed, or None when the card says it all."""
    if isinstance(outcome, Done):
        notes = " ".join(NOTES[note] for note in outcome.notes if note in NOTES)
        if action in QUIETLY and not notes:
            return None
        return say(f"{DONE.get(action, 'Done.')} {notes}")
    if isinstance(outcome, Lost):
        return say(_lost(outcome))
    return say(outcome.sentence)


def _lost(lost: Lost) -> str:
    if lost.own:
        return "You did this already, or changed the case meanwhile. Look at the card again."
    first = lost.to or "The resident, or the city,"
    return f"{first} was faster. Nothing was done; look at the card again."
