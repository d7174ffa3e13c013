"""Mails in doubt: one link an hour, answers used up by nobody else, no reply to machines."""

from __future__ import annotations

import re

import pytest

from tests.bot.mail.forging import EVIL, VICTIM, VICTIM_PASS, forge, tagged
from tests.bot.mail.real import BOX, LINK, REPORT, RealHouse

HOUR_S = 3601


def links(real: RealHouse) -> list[str]:
    """Return the words of the links to prove a mail, oldest first."""
    return [found[1] for sent in real.sent if (found := LINK.search(sent.text))]


async def test_a_link_an_hour_while_nobody_presses(real: RealHouse) -> None:
    """Ten forgeries in an hour bring the victim one link; after an hour another."""
    await real.write(VICTIM, REPORT)
    for _ in range(10):
        await real.bring(forge("1", dkim="none"))
    assert len(links(real)) == 1
    real.clock.advance(HOUR_S)
    await real.bring(forge("1", dkim="none"))
    assert len(links(real)) == 2


async def test_who_presses_may_go_on_at_once(real: RealHouse) -> None:
    """A resident whose domain signs nothing reports with one press for each answer."""
    await real.write(VICTIM, "there is a pothole", dkim="none")
    for number, text in enumerate(("123 Broadway, Brooklyn", "1"), 1):
        await real.write(VICTIM, text, real.reply_address(VICTIM), dkim="none")
        assert len(links(real)) == number
        assert await real.follow.release(links(real)[-1])
        await real.house.work()
    assert len(real.house.requests.filed) == 1


async def test_the_page_shows_what_it_lets_go(real: RealHouse) -> None:
    """Who is asked "did you write this" sees it; once it is let go the page shows nothing."""
    await real.write(VICTIM, REPORT)
    await real.bring(forge("send it to <b>Eve</b>", dkim="none"))
    (word,) = links(real)
    before = await real.follow.about("release", word)
    assert before is not None
    assert before.said == "send it to <b>Eve</b>"
    assert await real.follow.release(word)
    after = await real.follow.about("release", word)
    assert after is not None
    assert after.said == ""


async def test_forgeries_use_up_nobodys_answers(real: RealHouse) -> None:
    """After thirty forged mails in an hour the resident's own answer still acts."""
    await real.write(VICTIM, REPORT)
    to = real.reply_address(VICTIM)
    for _ in range(30):
        await real.bring(forge("2", dkim="none"))
    await real.write(VICTIM, "1", to)
    assert len(real.house.requests.filed) == 1


async def test_a_signed_mail_works_once(real: RealHouse) -> None:
    """Brought again to one more recipient, it is the same mail."""
    await real.write(VICTIM, REPORT)
    word = real.reply_address(VICTIM).partition("+")[2].partition("@")[0]
    once = ("Message-ID", "<once@home.example>")
    await real.bring(forge("5", VICTIM, once, to=tagged(word), dkim=VICTIM_PASS))
    sent = len(real.sent)
    more = forge("5", VICTIM, once, to=(*tagged(word), BOX), dkim=VICTIM_PASS)
    assert await real.bring(more) == "repeat"
    assert len(real.sent) == sent


async def test_a_forgers_subject_reaches_nobody(real: RealHouse) -> None:
    """The subject of a mail that nobody signed is not sent on in the city's name."""
    trap = ("Subject", "Your fine is due: pay at evil.example")
    await real.bring(forge("hello", VICTIM, trap, dkim="none"))
    await real.write(EVIL, "hello", subject="My own words")

    first, second = (sent.mail for sent in real.sent)
    assert first is not None
    assert "evil.example" not in first.subject + real.sent[0].text + first.html
    assert second is not None
    assert second.subject == "Re: My own words"


MACHINES = {
    "marked (RFC 3834)": [("Auto-Submitted", "auto-replied")],
    "marked in its own way": [("X-Autoreply", "yes")],
    "marked by precedence": [("Precedence", "bulk")],
    "told by its subject": [("Subject", "Out of office: back on Monday")],
    "of our own kind": [("Auto-Submitted", "auto-replied"), ("X-CityHelper-Loop", "1")],
}


@pytest.mark.parametrize("kind", MACHINES)
async def test_two_automatic_answerers_exchange_two_mails_at_most(
    real: RealHouse, kind: str
) -> None:
    """A machine that answers each of ours, signed and to our token: two mails, then silence."""
    await real.write(VICTIM, "hello")
    known = 0
    for _ in range(10):
        if len(real.sent) == known:
            break
        known = len(real.sent)
        await real.write(
            VICTIM, "I am away until Monday.", real.reply_address(VICTIM),
            headers=[h for h in MACHINES[kind] if h[0] != "Subject"],
            **({"subject": h[1]} if (h := MACHINES[kind][0])[0] == "Subject" else {}),
        )  # fmt: skip
    assert len(real.sent) <= 2


async def test_a_machine_that_hides_is_found_out(real: RealHouse) -> None:
    """One that marks nothing and answers at once is answered a few times only."""
    await real.write(VICTIM, "hello")
    for number in range(30):
        text = f"Thank you for your mail, ticket {number}."
        await real.write(VICTIM, text, real.reply_address(VICTIM))
        real.clock.advance(5)
    assert len(real.sent) <= 8
    assert re.search(r"[a-z]", real.sent[-1].text)
