"""Looking up the place that a member of staff typed, before a report is put right with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from conversations.vocabulary.places import AddressText, Place
from integrations.kit.errors import AdapterError

if TYPE_CHECKING:
    from bot.shell import Shell

log = structlog.get_logger("bot.desk.places")


async def look_up(shell: Shell, city: str, text: str) -> list[Place]:
    """Return the places of a city that a text may mean, the likeliest first.

    Empty when none is found or the maps do not answer. Offer them to the actor; the chosen one's
    `to_json()` is the `place` of the action "change".

    Args:
        shell: of this process.
        city: slug.
        text: an address, a corner, a park.
    """
    address = shell.readers[city].read(text).address or AddressText(text)
    try:
        found = await shell.geocoders[city].geocode(address, address.borough, shell.cities[city])
    except AdapterError as error:
        log.warning("place_not_looked_up", error_code=error.code)
        return []
    return list(found.places)
