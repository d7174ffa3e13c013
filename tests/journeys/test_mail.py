"""Mail from end to end through the twins: a report, its news, answers, stops, forgeries."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.house import House, open_house
from tests.journeys.mails import (
    CITY_BOX,
    NUMBER,
    PATIENCE_S,
    Mail,
    Mailbox,
    as_gmail,
    as_iphone,
    as_outlook,
    bounce_of,
    picture,
    text_of,
)

pytestmark = pytest.mark.slow
RAW: dict[str, Callable[[Mail, str, str], str]] = {
    "gmail": as_gmail, "iphone": as_iphone, "outlook": as_outlook,
}  # fmt: skip
HOURS = 3600
NOBODY = {"envelope_from": "", "dkim": "none"}
"""How a machine sends."""


async def report(box: Mailbox, street: str, **more: object) -> tuple[str, Mail]:
    """Report a pothole by two mails; return its number and the mail that tells it."""
    known = len(await box.got())
    await box.write(
        "There is a huge pothole, cars swerve around it.",
        subject=f"Pothole in front of {street}, Brooklyn", **more,
    )  # fmt: skip
    check = await box.wait(lambda text: "1. " in text and "Pothole" in text, known)
    await box.answer(check, "1")
    told = await box.wait(lambda text: bool(NUMBER.search(text)), known)
    number = NUMBER.search(text_of(told))
    assert number is not None
    return number[0], told


async def close(house: House, number: str, told: str = "The crew filled it.") -> None:
    """Let the city close a request, and the service find out, in daylight."""
    done = await house.http.post(
        f"{house.sandbox}/nyc311/_control/requests/{number}",
        json={"status": "Closed", "resolution": told},
    )
    assert done.status_code == 200, done.text
    await house.pass_time(2 * HOURS)


async def until_day(house: House) -> None:
    """Move to the next ten o'clock in New York, so that no quiet hour holds news back."""
    clock = await house.http.get(f"{house.sandbox}/_sandbox/clock")
    hour = int(re.search(r"T(\d\d)", clock.text)[1])  # type: ignore[index]
    await house.pass_time(((15 - hour) % 24) * HOURS)


async def filed(house: House) -> list[dict[str, object]]:
    """Return the reports at the city."""
    calls = await house.calls("nyc311", "submit")
    return [call["request"] for call in calls if call["status"] == 201]


async def test_a_report_by_mail_until_it_is_fixed(tmp_path: Path, database_url: str) -> None:
    """Mail with a photo, read back, filed, closed, not fixed, filed anew, fixed; forgeries fail."""
    async with open_house(tmp_path, DATABASE_URL=database_url) as house:
        await until_day(house)
        ana = Mailbox(house, "ana@home.example")
        number, told = await report(ana, "123 Broadway", attachments=[picture()])
        (first,) = await filed(house)
        assert "Photo: http" in str(first["descriptor"])
        assert NUMBER.search(told["subject"]) is None
        await _is_a_good_mail(told)

        await close(house, number)
        asked = await ana.wait(lambda text: "fixed" in text.lower() and "Closed" not in text, 2)
        await _forge(house, ana, asked)
        assert len(await filed(house)) == 1
        ana.client = "outlook"
        await ana.answer(asked, "It is not fixed")
        again = await ana.wait(
            lambda text: any(found != number for found in NUMBER.findall(text)), 2
        )
        second = str((await filed(house))[1]["descriptor"])
        assert f"Not fixed: see {number}." in second

        new = next(found for found in NUMBER.findall(text_of(again)) if found != number)
        await close(house, new)
        last = await ana.wait(lambda text: "fixed" in text.lower() and new in text, 4)
        ana.client = "apple"
        await ana.answer(last, "Yes, thank you")
        await ana.wait(lambda text: "glad" in text.lower() or "thank" in text.lower(), 4)
        assert len(await filed(house)) == 2


async def _is_a_good_mail(mail: Mail) -> None:
    """Both parts, a thread, a stop of one click, marked as automatic."""
    headers = mail["headers"]
    assert headers["Auto-Submitted"].startswith("auto-")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "+" in mail["reply_to"]
    assert "<html" in mail["html"]
    assert "-##" in mail["text"]


async def _forge(house: House, victim: Mailbox, asked: Mail) -> None:
    """Let Eve try: without signature, with the thread, with the token; the city gets nothing."""
    before = len(await victim.sent_to())
    eve = Mailbox(house, "eve@evil.example")
    for text, more in (
        ("not fixed", {"from": victim.address, "dkim": "fail", "to": "311@reply.city.example"}),
        ("2", {"from": victim.address, "dkim": "none", "in_reply_to_id": asked["id"]}),
        ("2", {"in_reply_to_id": asked["id"]}),
        ("status", {"to": asked["reply_to"]}),
        ("STOP", {"from": victim.address, "dkim": "none", "to": "311@reply.city.example"}),
    ):
        await eve.write(text, **more)
    await victim.wait(lambda text: "/m/" in text)
    mine = await victim.sent_to()
    assert len(mine) == before + 1
    assert await eve.sent_to() == []


async def test_answers_proofs_and_bounces(tmp_path: Path) -> None:
    """Raw answers of three programs act; an unsigned one waits for its link; a bounce ends mail.

    All in one house at once: they share no resident, and no clock is moved.
    """
    async with open_house(tmp_path) as house, asyncio.TaskGroup() as group:
        for number, program in enumerate(RAW):
            group.create_task(_answer_as(house, program, f"{100 * (number + 1)} Broadway"))
        group.create_task(_prove_by_link(house))
        for ending in ("dropped", "spam"):
            group.create_task(_end_by_event(house, ending))
        group.create_task(_end_by_report(house))


async def _answer_as(house: House, program: str, street: str) -> None:
    """A raw answer, written as its program writes it, chooses what is on its first line."""
    ana = Mailbox(house, f"{program}@home.example")
    await ana.write(f"Pothole at {street}, Brooklyn")
    check = await ana.wait(lambda text: "1. " in text)
    raw = RAW[program](check, ana.address, "1")
    await ana.write("", raw=raw, to=check["reply_to"])
    told = await ana.wait(lambda text: bool(NUMBER.search(text)))
    assert street in text_of(told)
    raw = RAW[program](told, ana.address, "status")
    await ana.write("", raw=raw, to=told["reply_to"])
    await ana.wait(lambda text: "Pothole" in text, 2)
    assert len(await ana.sent_to()) == 3


async def _prove_by_link(house: House) -> None:
    """An unsigned answer waits for a press on the link in the mailbox; then it acts, once."""
    old = Mailbox(house, "ana@old.example")
    await old.write("Pothole at 700 Broadway, Manhattan", dkim="none")
    check = await old.wait(lambda text: "1. " in text)
    await old.answer(check, "1", dkim="none")
    asked = await old.wait(lambda text: "/m/" in text)
    link = re.search(r"http://\S+/m/[a-z2-7]{26}", text_of(asked))
    assert link is not None
    page = await house.http.get(link[0])
    assert '<blockquote class="said">1</blockquote>' in page.text
    assert [report for report in await filed(house) if "700" in str(report)] == []
    for _ in range(2):
        assert (await house.http.post(link[0])).status_code == 200
    await old.wait(lambda text: bool(NUMBER.search(text)))
    assert len([report for report in await filed(house) if "700" in str(report)]) == 1


async def _end_by_event(house: House, ending: str) -> None:
    """Where nothing arrives, or mail is called spam, one mail was sent and no other will be."""
    gone = Mailbox(house, f"{ending}@home.example")
    await gone.write("Pothole at 900 Broadway, Brooklyn")
    deadline = time.monotonic() + PATIENCE_S
    while not await _was_told(house, ending):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.2)
    await _is_silent(house, gone, 1)


async def _end_by_report(house: House) -> None:
    """A delivery report that names our own mail ends mail; one that guesses changes nothing."""
    lost = Mailbox(house, "lost@home.example")
    await lost.write("hello")
    greeting = await lost.wait(lambda text: bool(text))
    guess = "<01m8djfet6tt977bpj79y520b2.aaaaaaaaaaaa@reply.city.example>"
    for number, message_id in enumerate((guess, greeting["headers"]["Message-ID"]), 1):
        await lost.write("", raw=bounce_of(message_id, lost.address), to=CITY_BOX, **NOBODY)
        await lost.write("status" if number == 1 else "hello again", dkim="none")
        if number == 1:
            await lost.wait(lambda text: bool(text), 1)
    await _is_silent(house, lost, 2)


async def _is_silent(house: House, box: Mailbox, count: int) -> None:
    """What comes from this mailbox, proven by nothing, gets no answer; others are answered."""
    witness = Mailbox(house, f"witness-of-{box.address}")
    for each in (box, witness):
        await each.write("hello", dkim="none")
    await witness.wait(lambda text: bool(text))
    assert len(await box.sent_to()) == count


async def _was_told(house: House, event: str) -> bool:
    """Return whether the service has taken an event of this name."""
    told = await house.http.get(f"{house.sandbox}/sendgrid/_control/deliveries")
    return any(event in each["kind"] and 200 in each["statuses"] for each in told.json())


async def test_one_click_ends_notices_and_not_answers(tmp_path: Path) -> None:
    """After the click of a mail program no news come; who writes is answered."""
    async with open_house(tmp_path) as house:
        await until_day(house)
        ana, ben = Mailbox(house, "ana@home.example"), Mailbox(house, "ben@home.example")
        number, told = await report(ana, "123 Broadway")
        other, _ = await report(ben, "200 Broadway")
        stop = told["headers"]["List-Unsubscribe"].strip("<>")
        done = await house.http.post(stop, data={"List-Unsubscribe": "One-Click"})
        assert done.status_code == 200
        known = len(await ana.sent_to())
        for each in (number, other):
            await close(house, each)
        await ben.wait(lambda text: "fixed" in text.lower(), 2)
        assert len(await ana.sent_to()) == known
        await ana.answer(told, "status")
        await ana.wait(lambda text: "Pothole" in text, known)
