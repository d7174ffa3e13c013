"""Mails that name a known resident and are not hers (RELIABILITY S9)."""

from __future__ import annotations

from itertools import product

import pytest

from integrations.sendgrid.inbound import parse_inbound
from tests.integrations.mails import (
    CONTENT_TYPE,
    deliver_parsed,
    deliver_raw,
    write_envelope,
    write_mail,
)

VICTIM = "victim@nyc.gov"
EVIL = "evil@x.test"

FROM = (
    VICTIM,
    f"Victim <{VICTIM}>",
    f"{VICTIM} <{EVIL}>",
    f'"{VICTIM}" <{EVIL}>',
    f"=?utf-8?q?victim=40nyc=2Egov?= <{EVIL}>",
    "=?utf-8?q?victim=40nyc=2Egov?=",
    f"{VICTIM}, {EVIL}",
    f"{EVIL}, {VICTIM}",
    f"<{VICTIM}> <{EVIL}>",
    f"{EVIL} <{VICTIM}>",
    f"{EVIL}\r\nFrom: {VICTIM}",
    f"{VICTIM}\r\nfrom : {EVIL}",
    f"{EVIL}\r\n\tFrom: {VICTIM}",
    f"{VICTIM}\x00@x.test",
    f"{EVIL}\x00<{VICTIM}>",
    f"{VICTIM}({EVIL})",
    f"({EVIL}) {VICTIM}",
    "victim@nyc。gov",
    "victim@nyc.gov\u200b.x.test",
    f"x:{VICTIM};",
    f"<@x.test:{VICTIM}>",
    f'"victim"@nyc.gov <{EVIL}>',
    f"{VICTIM}\r\n <{EVIL}>",
    "victim@nyc.gov.x.test",
    f"{VICTIM} via x.test <{EVIL}>",
    "",
)
DKIM = (
    None,
    b"",
    b"none",
    b"pass",
    b"{@x.test : pass}",
    b"{@nyc.gov : fail}",
    b"{@nyc.gov : none}",
    b"{@gov : pass}",
    b"{@evilnyc.gov : pass}",
    b"{@nyc.gov.x.test : pass}",
    b"{@x.test : pass}{@nyc.gov : fail}",
    b"{@nyc.gov : pass}{@x : fail}",
    b"{@nyc.gov : pass} : pass}{@x.test : fail}",
    b"{@nyc.gov : pass",
    b"@nyc.gov : pass",
    b"{@nyc.gov : fail (said {@nyc.gov : pass})}",
    b"{@nyc\xe3\x80\x82gov : pass}",
    b"{@sendgrid.net : pass}",
    b"{@x.test : pass}, {@github.io : pass}",
    b"{@nyc.gov\x00.x.test : pass}",
)


@pytest.mark.parametrize("dkim", DKIM)
async def test_no_forgery_is_the_residents(dkim: bytes | None) -> None:
    """Of 520 forgeries, SPF passing, none is signed by the resident's domain."""
    signed = []
    for origin in FROM:
        # Parsed mode: the same head is read, and no child has to be started 520 times.
        body = deliver_parsed(
            write_mail("", From=origin).decode(),
            dkim=dkim,
            SPF=b"pass",
            envelope=write_envelope(sender=VICTIM),
        )
        mail = await parse_inbound(body, CONTENT_TYPE)
        signed += [origin] if mail.signed and mail.sender == VICTIM else []

    assert len(list(product(FROM, DKIM))) == 520
    assert signed == []


async def test_the_true_one_is_told() -> None:
    """The resident's own mail, signed by her domain, is the one that counts."""
    mail = await parse_inbound(
        deliver_raw(write_mail(From=VICTIM), dkim=b"{@nyc.gov : pass}"), CONTENT_TYPE
    )

    assert (mail.sender, mail.signed) == (VICTIM, True)


@pytest.mark.parametrize("origin", [origin for origin in FROM if EVIL in origin or not origin])
async def test_a_doubtful_sender_is_never_the_resident(origin: str) -> None:
    """Where another address stands beside hers, the sender is that one or nobody."""
    body = deliver_raw(write_mail(From=origin), dkim=b"{@nyc.gov : pass}")

    mail = await parse_inbound(body, CONTENT_TYPE)

    assert mail.sender in ("", EVIL)
    assert not mail.signed
