"""Changing where it is while something else was asked: another address, borough or street."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from conversations.engine.script import Answer, Hearing
from conversations.flows.report.addresses import (
    PLACE_FACTS,
    add_area,
    is_enough,
    is_same_spot,
    names_area,
    write,
)
from conversations.flows.report.correcting import says_otherwise
from conversations.reading.text import fold
from conversations.reading.where.corrections import read_correction
from conversations.vocabulary.places import AddressText


def move_area(known: Mapping[str, Any], area: AddressText) -> Answer:
    """Return the known address in another borough or postal code."""
    old = AddressText.from_json(known["where"])
    moved = replace(old, borough=area.borough, zip=area.zip)
    return Answer({"where": replace(moved, text=write(moved)).to_json()})


def read_moved(hearing: Hearing) -> Answer | None:
    """Return the change of place a text asks for, whatever was asked; None when it does not.

    The same address once more changes nothing and loses nothing: a borough that was asked about
    before is not asked about again.
    """
    address = hearing.reading.address
    if address is None:
        return None
    stored = hearing.known.get("where")
    old = AddressText.from_json(stored) if stored else None
    if names_area(address, hearing.scene):
        if old is None or not address.borough or old.borough == address.borough:
            return None
        lead = "correction.done" if old.borough else "correction.noted"
        return replace(move_area(hearing.known, address), lead=lead)
    if not is_enough(address):
        return _other_street(hearing, address, old)
    if old is not None and is_same_spot(address, old):
        return Answer(lead="correction.noted")
    if old is not None and fold(address.street or "") == fold(old.street or " "):
        chosen = hearing.known.get("which_place") or {}  # they may have picked the borough
        address = add_area(address, replace(old, borough=old.borough or chosen.get("borough")))
    return Answer({"where": address.to_json()}, PLACE_FACTS, lead="correction.done")


def _other_street(hearing: Hearing, address: AddressText, old: AddressText | None) -> Answer | None:
    """Return the known house on the street of "its bedford ave not broadway", or None."""
    if old is None or not old.house or not address.street or not says_otherwise(hearing):
        return None
    chosen = hearing.known.get("which_place") or {}
    known = replace(old, borough=old.borough or chosen.get("borough"))
    new = read_correction(hearing.reading.text, known, hearing.scene.city)
    if new is None or fold(new.street or "") == fold(old.street or ""):
        return None
    return Answer({"where": new.to_json()}, PLACE_FACTS, lead="correction.done")
