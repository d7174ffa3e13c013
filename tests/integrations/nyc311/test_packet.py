"""What is told to the city, and how answers of any city are read by a field map."""

from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.vocabulary.places import Place, PlaceKind
from conversations.vocabulary.requests import RequestStatus
from integrations.base311 import Base311Adapter
from integrations.cities import load_pack
from integrations.kit.ports import ServiceRequestDraft
from integrations.nyc311.packet import DESCRIPTOR_LIMIT, describe, submission


def draft(**changes: Any) -> ServiceRequestDraft:
    """Return a report with some fields changed."""
    fields: dict[str, Any] = {
        "reference": "CH-7F3K-2Q",
        "idempotency_key": "key",
        "type_key": "pothole",
        "complaint_type": "Street Condition",
        "descriptor": "Pothole",
        "agency": "DOT",
        "place": Place("123 Broadway, Brooklyn", PlaceKind.ADDRESS, 40.71, -73.96, zip="11249"),
    }
    return ServiceRequestDraft(**{**fields, **changes})


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=3000), st.integers(0, 6))
def test_the_reference_and_photos_survive_any_text(text: str, photos: int) -> None:
    """However much a resident writes, our reference ends the text and it stays within its limit."""
    links = tuple(f"https://x.test/p/{n}" for n in range(photos))
    made = describe(draft(description=text, photo_links=links))
    assert len(made) <= DESCRIPTOR_LIMIT
    assert made.startswith("Street Condition: Pothole")
    assert made.endswith("Ref CH-7F3K-2Q")
    assert made.count("Photo: ") >= min(photos, 5)


def test_everything_known_is_told() -> None:
    """Details, the earlier request and photos stand in the text."""
    details = {"words": 'the "super" left', "apartment": "4B"}
    made = describe(draft(details=details, follows="NYC311-2025-0423-1234"))
    assert "Apartment: 4B. Resident wrote: \"the 'super' left\"." in made
    assert "Follow-up of NYC311-2025-0423-1234." in made


def test_an_anonymous_report_has_no_caller() -> None:
    """The caller is left out, not sent empty."""
    assert "caller" not in submission(draft())


class Boston(Base311Adapter):
    """Another city, as the guide wants it: only the field map is its own."""

    provider = "boston"
    field_map: ClassVar[dict[str, str]] = {
        "external_id": "id",
        "external_status": "state",
        "updated_at": "changed",
    }


@pytest.fixture
def boston() -> Boston:
    """An adapter of another city with New York's words."""
    return Boston(load_pack("nyc").status_words, "America/New_York", (r"^B-\d+$",))


def test_a_field_map_is_enough(boston: Boston) -> None:
    """Fields are found by the map, words by the pack, local times by the zone."""
    read = boston.read_request({"id": "b-12", "state": "Closed", "changed": "2025-07-01T12:00:00"})
    assert (read.external_id, read.status) == ("B-12", RequestStatus.CLOSED)
    assert read.updated_at == datetime(2025, 7, 1, 16, tzinfo=UTC)


@pytest.mark.parametrize("time", ["", "yesterday", 17, None, "0001-01-01T00:00:00", "9" * 99])
def test_senseless_times_are_none_or_utc(boston: Boston, time: Any) -> None:
    """A time that is none never stops a status."""
    read = boston.read_request({"id": "B-12", "state": "Open", "changed": time})
    assert read.updated_at is None or read.updated_at.tzinfo is UTC


@pytest.mark.parametrize("number", [None, "", "B-", "B-1/../2", "B-1 ", "X-1", {}, "B-" + "1" * 90])
def test_a_number_of_another_form_is_refused(boston: Boston, number: Any) -> None:
    """Without a well-formed number there is no request."""
    fields = {"id": number, "state": "Open"}
    if number == "B-1 ":
        assert boston.read_request(fields).external_id == "B-1"
        return
    with pytest.raises(ValueError, match="number"):
        boston.read_request(fields)
