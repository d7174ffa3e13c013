"""Over five hundred forged mails that name a known resident: 0 disclosures, 0 changes (S9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from bot.storage import tokens
from tests.bot.mail.forged_content import BODIES, MACHINES, loot_words
from tests.bot.mail.forged_senders import SENDERS, SIGNATURES
from tests.bot.mail.forged_tokens import THREADS, TOKENS
from tests.bot.mail.forging import EVIL, OTHER, TEXTS, VICTIM, Forge, Loot
from tests.bot.mail.real import LINK, REPORT, Post, RealHouse

GROUPS = {
    "signatures": SIGNATURES, "senders": SENDERS, "tokens": TOKENS, "threads": THREADS,
    "machines": MACHINES, "bodies": BODIES,
}  # fmt: skip
TEXTS_OF_A_KIND = 3
SECRETS = ("NYC311", "123 Broadway", "100 block of", "CH-", VICTIM)
DAY_S = 25 * 3600


async def begin(house: RealHouse, asked: bool) -> Loot:
    """Let the victim report, two others write, and the forger get hold of all there is to get."""
    await house.write(OTHER, "hello")
    await house.write(EVIL, "hello")
    await house.write(VICTIM, REPORT)
    await house.write(VICTIM, "1", house.reply_address(VICTIM))
    if asked:
        await house.close_request()
        assert "fixed" in house.sent[-1].text
    assert len(house.house.requests.filed) == 1
    mail = house.mails_to(VICTIM)[-1].mail
    assert mail is not None
    page = house.mails_to(VICTIM)[-1].text.partition("/r/")[2][:26]
    vault, clock = house.house.shell.vault, house.clock
    row = (await house.house.rows("SELECT * FROM tokens WHERE purpose='mail'"))[-1]
    long_ago = round(clock.now().timestamp() * 1000) - 90 * 24 * 3600 * 1000
    ended = tokens.make(
        vault, "mail", resident_id=row.resident_id, conversation_id=row.conversation_id,
        now=long_ago,
    )  # fmt: skip
    await house.house.shell.storage.write(lambda c: tokens.keep(c, vault, [ended], long_ago))
    return Loot(
        token=word_of(mail.reply_to),
        other=word_of(house.reply_address(OTHER)),
        own=word_of(house.reply_address(EVIL)),
        ended=ended.word,
        page=page,
        unsubscribe=mail.unsubscribe_url[-26:],
        ours=mail.message_id,
        root=mail.references[0] if mail.references else "<x@y>",
        theirs="<honest-4@home.example>",
    )


def word_of(address: str) -> str:
    """Return the token in an address."""
    return address.partition("+")[2].partition("@")[0]


@pytest.mark.parametrize("asked", [True, False], ids=["asked", "idle"])
@pytest.mark.parametrize("group", GROUPS)
async def test_forged_mails_do_nothing(real: RealHouse, group: str, asked: bool) -> None:
    """The victim's rows stay as they were; nobody else learns; a confirming mail an hour at most.

    Tried while "is it fixed?" is asked, and while nothing is. In the end the victim is still heard.
    """
    loot = await begin(real, asked)
    before = await real.remembered(VICTIM)
    for number, (kind, make) in enumerate(GROUPS[group].items()):
        known, brought = len(real.sent), b""
        for turn in range(TEXTS_OF_A_KIND):
            at = (number * TEXTS_OF_A_KIND + turn + (6 if asked else 0)) % len(TEXTS)
            post = whole_once(make(loot, TEXTS[at]), turn)
            brought += post.request()
            await real.bring(post)
            after = await real.remembered(VICTIM)
            assert after == before, (kind, TEXTS[at])
        secrets = [s for s in (*SECRETS, *loot_words(loot)) if s.encode() not in brought]
        check_what_was_sent(real, known, kind, secrets)
        real.clock.advance(DAY_S)
    assert len(real.house.requests.filed) == 1
    await real.write(VICTIM, "2" if asked else "STOP", real.reply_address(VICTIM))
    later = await real.remembered(VICTIM)
    assert len(later["requests"]) == (2 if asked else 1)
    assert asked or later["resident"] != before["resident"]


def whole_once(post: Post, turn: int) -> Post:
    """Return a mail, to be brought whole once of a kind: a child is started for each of those."""
    return replace(post, raw=post.raw or not (turn or post.html or post.files))


def check_what_was_sent(real: RealHouse, known: int, kind: str, secrets: Sequence[str]) -> None:
    """Fail when anybody but the victim was told something, or the victim was bothered."""
    links = 0
    for message in real.sent[known:]:
        assert message.mail is not None
        said = f"{message.mail.subject}\n{message.text}\n{message.mail.html}"
        if message.recipient == f"mailto:{VICTIM}":
            links += len(set(LINK.findall(message.text)))
            continue
        assert [secret for secret in secrets if secret in said] == [], (kind, message.recipient)
        assert any(sign in message.recipient for sign in (EVIL, OTHER, "xn--", "+x")), kind
    assert links <= 1, kind
    assert len(real.sent) - known <= TEXTS_OF_A_KIND


def test_there_are_enough_kinds() -> None:
    """At least fifty kinds, and over five hundred mails on each database."""
    kinds: Mapping[str, Forge] = {
        name: make for group in GROUPS.values() for name, make in group.items()
    }
    assert len(kinds) == sum(map(len, GROUPS.values())) >= 50
    assert len(kinds) * TEXTS_OF_A_KIND * 2 >= 500
