"""The main job from end to end: a signed text becomes a service request, and a change a text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.journeys.house import House, open_house

PHONE = "+12125550123"
NUMBER = re.compile(r"NYC311-\d{4}-\d{4}-\d{4}")

pytestmark = pytest.mark.slow


async def test_a_text_becomes_a_service_request_and_its_change_a_text(
    tmp_path: Path, database_url: str
) -> None:
    """One text, one confirmation: tracking number; the city closes it: "fixed?"; 2 follows up."""
    async with open_house(tmp_path, DATABASE_URL=database_url) as house:
        await house.text(PHONE, "huge pothole in front of 123 broadway brooklyn")
        check = await house.wait_for_text(PHONE, lambda text: "1 " in text and "Broadway" in text)
        await house.text(PHONE, "1")
        filed = await house.wait_for_text(PHONE, lambda text: bool(NUMBER.search(text)))
        number = NUMBER.search(filed)
        assert number is not None
        await _close(house, number[0])
        await house.pass_time(2 * 3600)
        await house.wait_for_text(PHONE, lambda text: "1 yes" in text.lower(), 90)
        await house.text(PHONE, "2")
        await house.wait_for_text(
            PHONE, lambda text: any(found != number[0] for found in NUMBER.findall(text)), 30
        )
        submissions = await house.calls("nyc311", "submit")

        assert "Pothole" in check
        assert "123 Broadway, Brooklyn" in check
        assert [call["status"] for call in submissions] == [201, 201]
        assert "Ref CH-" in submissions[0]["request"]["descriptor"]
        again = submissions[1]["request"]["descriptor"]
        assert f"Not fixed: see {number[0]}." in again
        assert "huge pothole" in again
        await _door_refuses_strangers(house)


async def _close(house: House, number: str) -> None:
    done = await house.http.post(
        f"{house.sandbox}/nyc311/_control/requests/{number}",
        json={"status": "Closed", "resolution": "The Department of Transportation filled it."},
    )
    assert done.status_code == 200, done.text


async def _door_refuses_strangers(house: House) -> None:
    """A forged webhook is refused, a repeated one is taken and does nothing."""
    form = house.form(PHONE, "status")
    forged = await house.http.post(
        house.web + "/in/twilio", data=form, headers={"X-Twilio-Signature": "AAAA"}
    )
    before = len(await house.texts_to(PHONE))
    for _ in range(6):
        again = await house.post_signed(form)
        assert again.status_code == 200
    await house.wait_for_text(PHONE, lambda text: "NYC311-" in text)

    assert forged.status_code == 403
    assert len(await house.texts_to(PHONE)) <= before + 1
