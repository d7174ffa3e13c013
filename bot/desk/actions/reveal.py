"""Reveal: how the resident is reached and what they are called, shown once, for a reason."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.desk.outcome import Done, Refused
from bot.desk.room import Press


@dataclass(frozen=True, slots=True)
class Contact:
    """Who a resident is. Show it to the one who asked, and keep it nowhere."""

    handle: str = field(repr=False)
    name: str = field(repr=False)


def act(press: Press) -> Done | Refused:
    """Return the `Contact` as the outcome's value; `reason` says why (the desk asks for it)."""
    to = press.addressee()
    if to.handle is None or to.silent == "moved":
        return Refused(to.silent or "erased")
    name = ""
    if press.case.request_id is not None:
        name = str(press.report().report.get("name") or "")
    return Done(press.case.version, value=Contact(to.handle, name))
