"""What staff can do, one file each: `act(press)` does it, or says why not.

An action runs after the desk has checked who presses, where the case stands and whether somebody
was first (`policy.py`, `desk.py`). It looks before it writes: what it refuses has changed nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.desk.actions import (
    ask,
    change,
    claim,
    decide,
    hand_back,
    merge,
    mute,
    note,
    release,
    reopen,
    reply,
    resolve,
    reveal,
    snooze,
)
from bot.desk.outcome import Done, Refused
from bot.desk.room import Press

Act = Callable[[Press], Done | Refused]

ACTIONS: Mapping[str, Act] = {
    "ask": ask.act,
    "change": change.act,
    "claim": claim.act,
    "decide": decide.act,
    "hand_back": hand_back.act,
    "merge": merge.act,
    "mute": mute.act,
    "note": note.act,
    "release": release.act,
    "reopen": reopen.act,
    "reply": reply.act,
    "resolve": resolve.act,
    "reveal": reveal.act,
    "snooze": snooze.act,
}
