"""One person at two doors: reported by text, a mail address linked by code, followed by mail."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.journeys.house import House, open_house
from tests.journeys.mails import NUMBER, Mail, Mailbox, picture, text_of

PHONE = "+12125550177"
CODE = re.compile(r"\b(\d{6})\b")
HOURS = 3600

pytestmark = pytest.mark.slow


async def test_reported_by_text_linked_and_followed_by_mail(
    tmp_path: Path, database_url: str
) -> None:
    """Text, code, status mail, "not fixed" and a photo by mail, then one click ends notices."""
    async with open_house(tmp_path, DATABASE_URL=database_url) as house:
        box = Mailbox(house, "jane@home.example", client="outlook")
        number = await _report_by_text(house)
        await _link(house, box)

        news = await _close(house, box, number, 1)
        assert NUMBER.search(text_of(news)) is not None
        assert not any("closed" in text.lower() for text in await house.texts_to(PHONE))

        await box.answer(news, "Not fixed, the hole is still there")
        again = await box.wait(
            lambda text: any(found != number for found in NUMBER.findall(text)), 2
        )
        second = next(found for found in NUMBER.findall(text_of(again)) if found != number)
        filings = await house.calls("nyc311", "submit")
        assert f"Not fixed: see {number}." in str(filings[-1]["request"]["descriptor"])

        await box.answer(again, "Here is a photo.", attachments=[picture()])
        await box.wait(lambda text: "added" in text.lower(), 3)
        await _stop_notices(house, again)
        seen = len(await box.got())
        await _set_closed(house, second)
        await house.text(PHONE, "status")
        await house.wait_for_text(PHONE, lambda text: second in text)
        assert len(await box.got()) == seen


async def _report_by_text(house: House) -> str:
    await house.text(PHONE, "huge pothole in front of 123 broadway brooklyn")
    await house.wait_for_text(PHONE, lambda text: "1 " in text and "Broadway" in text)
    await house.text(PHONE, "1")
    filed = await house.wait_for_text(PHONE, lambda text: bool(NUMBER.search(text)))
    found = NUMBER.search(filed)
    assert found is not None
    return found[0]


async def _link(house: House, box: Mailbox) -> None:
    """Prove the mailbox by the code that was sent there, and choose it for news."""
    await house.text(PHONE, f"link my email {box.address}")
    mail = await box.wait(lambda text: bool(CODE.search(text)))
    await house.wait_for_text(PHONE, lambda text: "6-digit code" in text)
    code = CODE.search(mail["text"])
    assert code is not None
    await house.text(PHONE, code[1])
    await house.wait_for_text(PHONE, lambda text: "2 by email" in text)
    await house.text(PHONE, "2")
    await house.wait_for_text(PHONE, lambda text: "now come by email" in text)


async def _set_closed(house: House, number: str) -> None:
    done = await house.http.post(
        f"{house.sandbox}/nyc311/_control/requests/{number}",
        json={"status": "Closed", "resolution": "The crew filled it."},
    )
    assert done.status_code == 200, done.text
    await house.pass_time(2 * HOURS)


async def _close(house: House, box: Mailbox, number: str, known: int) -> Mail:
    """Let the city close a request; return the mail that asks whether it is fixed."""
    await _set_closed(house, number)
    return await box.wait(lambda text: "fixed" in text.lower() and number in text, known)


async def _stop_notices(house: House, mail: Mail) -> None:
    """Press the one click of a mail, as its program does (RFC 8058)."""
    link = mail["headers"]["List-Unsubscribe"].strip("<>")
    done = await house.http.post(link, data={"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200, done.text
    assert "set-cookie" not in done.headers
