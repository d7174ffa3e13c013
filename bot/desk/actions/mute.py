"""Mute: news of the case make no noise in staff's channel; everything else goes on."""

from __future__ import annotations

from bot.desk.outcome import Done, Refused
from bot.desk.room import Press


def act(press: Press) -> Done | Refused:
    """Mute a case, or with `on` False let it be heard again."""
    on = press.given.get("on", True) is not False
    if on == press.case.muted:
        return Refused("nothing_to_change")
    return Done(press.change(muted=on))
