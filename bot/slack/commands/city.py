"""`/cityhelper city`: what is served here: numbers, mailboxes, languages, office hours."""

from __future__ import annotations

from bot.desk import policy
from bot.slack.commands.asking import Ask, lay_out
from conversations.vocabulary.city import City
from integrations.slack.adapter import Message

USAGE = "city: numbers, mailboxes, languages and whether the office is open"


async def run(ask: Ask) -> Message:
    """Return a few lines for each city of the one who asks."""
    lines = []
    for slug in policy.cities_of(ask.who, ask.room.cities):
        lines.append(_describe(ask, ask.room.cities[slug]))
    return lay_out("Cities", lines or ["None of yours."])


def _describe(ask: Ask, city: City) -> str:
    local = ask.room.local(city.slug)
    opens = city.office.next_opening(local)
    if city.office.is_open(local):
        office = "The office is open."
    elif opens is not None:
        office = f"The office opens {opens:%A, %b %d, %H:%M}."
    else:
        office = "No office hours are known."
    reached = ", ".join((*city.sms_numbers, *city.mailboxes)) or "nothing yet"
    languages = ", ".join(city.languages)
    kinds = len(city.request_types)
    return (
        f"{city.name}: reached by {reached}. Languages: {languages}. {kinds} request types. "
        f"{local:%H:%M} there. {office}"
    )
