"""What is told to the city: the body of a submission, and the packet for filing by hand."""

from __future__ import annotations

import re
from typing import Any

from conversations.vocabulary.places import Place, PlaceKind
from integrations.kit.ports import ServiceRequestDraft

DESCRIPTOR_LIMIT = 1000
PACKET_LIMIT = 3500
_WORDS = "words"  # the detail that holds what the resident texted
_NORTH_AMERICAN = re.compile(r"^\+1(\d{10})$")


def submission(draft: ServiceRequestDraft) -> dict[str, Any]:
    """Return the JSON body of `POST /service-requests` (guide 4.1.1).

    The caller is left out when anonymous; ZIP and coordinates when the place has none.
    """
    place = draft.place
    body: dict[str, Any] = {
        "incidentAddress": address_line(place),
        "descriptor": describe(draft),
        "agencyCode": draft.agency,
    }
    caller = _caller(draft)
    if caller:
        body["caller"] = caller
    if place.zip:
        body["incidentZip"] = place.zip
    if place.latitude is not None and place.longitude is not None:
        body["latitude"] = place.latitude
        body["longitude"] = place.longitude
    return body


def _caller(draft: ServiceRequestDraft) -> dict[str, str]:
    match = _NORTH_AMERICAN.match(draft.phone or "")
    fields = {
        "firstName": draft.first_name,
        "lastName": draft.last_name,
        "phone": match.group(1) if match else draft.phone,
        "email": draft.email,
    }
    return {name: value[:80] for name, value in fields.items() if value}


def address_line(place: Place) -> str:
    """Return the place as one line for the city."""
    if place.kind is PlaceKind.DESCRIBED:
        return place.label[:300]
    return f"{place.label}, NY"[:300]


def describe(draft: ServiceRequestDraft, limit: int = DESCRIPTOR_LIMIT) -> str:
    """Return the free text: what, the resident's words, photos, and our reference at the end.

    The resident's words are cut, never the reference or the links: by the reference alone can a
    submission of unknown outcome be found again (RELIABILITY 5.1).
    """
    what = draft.complaint_type
    if draft.descriptor:
        what = f"{what}: {draft.descriptor}"
    tail = [f"Follow-up of {draft.follows}."] if draft.follows else []
    tail += [f"Photo: {link}" for link in draft.photo_links[:5]]
    tail.append(f"Ref {draft.reference}")
    end = " ".join(tail)
    words = " ".join(f"{draft.description.strip()} {_write_details(draft)}".split())
    room = limit - len(what) - len(end) - 4
    if len(words) > room:
        words = words[: max(0, room - 3)].rstrip() + "..." if room > 3 else ""
    return ". ".join(part for part in (what, words) if part).rstrip(".") + f". {end}"


def _write_details(draft: ServiceRequestDraft) -> str:
    """Return answers as short sentences, and the resident's own words marked as theirs."""
    answers = {name: value for name, value in draft.details.items() if name != _WORDS}
    said = [
        f"{name.replace('_', ' ').capitalize()}: {value.rstrip(' .')}."
        for name, value in answers.items()
    ]
    if words := draft.details.get(_WORDS, "").strip().replace('"', "'"):
        said.append(f'Resident wrote: "{words}".')
    return " ".join(said)


def packet(draft: ServiceRequestDraft) -> str:
    """Return the report as a person would file it by hand, one fact a line."""
    where = address_line(draft.place)
    if draft.place.zip:
        where = f"{where} {draft.place.zip}"
    return f"{where}\n{describe(draft, PACKET_LIMIT - len(where))}"
