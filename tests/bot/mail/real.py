"""A shell over the real flows, city and phrases, written to with raw mails; providers record.

Every mail is brought as SendGrid brings it (`parse_inbound`), whole or taken apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from bot.channels.email.render import render
from bot.channels.sms.render import render as render_sms
from bot.following.follow import Follow
from bot.intake import Intake
from bot.looks import Looks
from bot.mail.blobs import MailBlobs
from bot.mail.book import MailBook
from bot.mail.desk import MailDesk
from bot.mail.letters import Letters
from bot.outbox import Outbox
from bot.photos import FolderBlobs
from bot.storage import conversations, residents
from bot.storage.crypto import Vault
from bot.storage.engine import Storage
from conversations.reading.reader import Reader
from conversations.vocabulary.city import City
from conversations.vocabulary.handles import mailto
from conversations.vocabulary.messages import OutboundMessage
from conversations.vocabulary.places import AddressText, GeocodeStatus
from conversations.wording.catalogue import Catalogue
from integrations.cities import load_city
from integrations.kit.dto import GeocodeDTO
from integrations.kit.mail.errors import MalformedMail
from integrations.sendgrid.inbound import parse_inbound
from tests.bot.conftest import PLACE, FakeGeocoder, House, build_house
from tests.integrations.mails import CONTENT_TYPE, deliver_parsed, deliver_raw, write_envelope

BOX = "311@reply.city.example"
BASE = "https://city.example"
REPORT = "huge pothole at 123 Broadway, Brooklyn"
LINK = re.compile(r"/m/([a-z2-7]{26})")
WORD = re.compile(r"[a-z2-7]{26}")


@lru_cache
def the_city() -> tuple[City, Reader]:
    """Return New York with a mailbox, and its reader, loaded once."""
    city = replace(load_city("nyc"), sms_numbers=("+13115550000",), mailboxes=(BOX,))
    return city, Reader(city)


class Streets(FakeGeocoder):
    """Finds every address, where it says it is; under another name when told to."""

    label = ""

    async def geocode(self, address: AddressText, borough: str | None, city: City) -> GeocodeDTO:
        """Return the place."""
        place = replace(PLACE, label=self.label or address.text.title())
        return GeocodeDTO(status=GeocodeStatus.EXACT, places=(place,), provider="geoclient")


@dataclass(frozen=True, slots=True)
class Post:
    """One mail as SendGrid's server took it.

    Attributes:
        headers: names and values, in order; a name may come twice.
        body: what follows them, as it is on the wire.
        to, envelope_from: the envelope.
        dkim: what the server found.
        raw: whole; otherwise taken apart, with `text` and `html` as the parts.
    """

    headers: Sequence[tuple[str, str]]
    body: bytes = b"hello\r\n"
    to: Sequence[str] = (BOX,)
    envelope_from: str = ""
    dkim: str = "none"
    raw: bool = False
    html: bytes = b""
    files: Sequence[tuple[str, str, str, bytes]] = ()

    def request(self) -> bytes:
        """Return the body of the webhook."""
        head = "".join(f"{name}: {value}\r\n" for name, value in self.headers)
        mail = head.encode("utf-8", "surrogateescape") + b"\r\n" + self.body
        told = {
            "dkim": self.dkim.encode(),
            "envelope": write_envelope(list(self.to), self.envelope_from),
        }
        if self.raw:
            return deliver_raw(mail, **told)
        text, page = (self.body, None) if not self.html else (b"", self.html)
        return deliver_parsed(head, self.files, text=text, html=page, **told)


@dataclass
class RealHouse:
    """The shell, its desk and its links, and what was sent."""

    house: House
    desk: MailDesk
    follow: Follow
    clock: Any
    streets: Streets
    resolution: str = ""
    count: int = 0
    words: list[str] = field(default_factory=list)

    @property
    def sent(self) -> list[OutboundMessage]:
        """Everything sent, oldest first."""
        return self.house.messenger.sent

    async def bring(self, post: Post) -> str:
        """Let a mail come, do everything that follows, and return the desk's word."""
        try:
            mail = await parse_inbound(post.request(), CONTENT_TYPE)
        except MalformedMail as error:
            word = f"refused {error.reason}"
        else:
            word = await self.desk.accept(mail)
        await self.house.work()
        self.words.append(word)
        return word

    async def write(self, sender: str, text: str, to: str = BOX, **more: Any) -> str:
        """Let a resident write an honest mail, signed by their domain."""
        self.count += 1
        domain = sender.rpartition("@")[2]
        headers = [
            ("From", f'"{more.pop("name", "Resident").replace(chr(34), "")}" <{sender}>'),
            ("Subject", more.pop("subject", "")),
            ("Message-ID", f"<honest-{self.count}@{domain}>"),
            *more.pop("headers", ()),
        ]
        post = Post(
            headers,
            text.encode(),
            (to,),
            envelope_from=sender,
            dkim=more.pop("dkim", f"{{@{domain} : pass}}"),
            **more,
        )
        return await self.bring(post)

    def mails_to(self, address: str) -> list[OutboundMessage]:
        """Return what was sent to an address."""
        return [message for message in self.sent if message.recipient == f"mailto:{address}"]

    def reply_address(self, address: str) -> str:
        """Return where the newest mail to an address wants its answer."""
        mail = self.mails_to(address)[-1].mail
        assert mail is not None
        return mail.reply_to

    async def close_request(self) -> None:
        """Let the city say that the first request is done, and its resident be told."""
        from bot.chores import poll_status
        from conversations.vocabulary.requests import RequestStatus

        self.clock.advance(4 * 3600)
        self.house.requests.statuses["NYC311-0001"] = RequestStatus.CLOSED
        await poll_status.run(self.house.shell)
        await self.house.work()

    async def remembered(self, address: str) -> dict[str, Any]:
        """Return everything of a resident that nobody else may change."""
        shell = self.house.shell
        handle = mailto(address)
        known = await shell.storage.read(lambda c: residents.find(c, shell.vault, handle))
        assert known is not None
        mine = f"(SELECT id FROM conversations WHERE resident_id='{known.id}')"
        queries = {
            "resident": f"SELECT * FROM residents WHERE id='{known.id}'",
            "consents": f"SELECT * FROM consents WHERE resident_id='{known.id}'",
            "requests": f"SELECT * FROM service_requests WHERE resident_id='{known.id}'",
            "followers": f"SELECT * FROM followers WHERE resident_id='{known.id}'",
            "timers": f"SELECT * FROM timers WHERE conversation_id IN {mine}",
        }
        found: dict[str, Any] = {}
        for name, query in queries.items():
            found[name] = [tuple(row) for row in await self.house.rows(query)]
        for (row,) in await self.house.rows(f"SELECT id FROM {mine} AS own"):
            found[row] = await shell.storage.read(
                lambda c, row=row: conversations.read_talk(c, shell.vault, row)
            )
        return found


def open_real_house(
    storage: Storage, redis: Redis, vault: Vault, clock: Any, folder: Path
) -> RealHouse:
    """Return a shell over the real flows."""
    city, reader = the_city()
    fake = build_house(storage, redis, vault, clock, folder)
    cities: Mapping[str, City] = {"nyc": city}
    catalogue = Catalogue.load()
    kept: dict[str, Any] = {"storage": storage, "vault": vault, "clock": clock}
    told: dict[str, Any] = {**kept, "cities": cities, "catalogue": catalogue}
    wakes, streets = fake.shell.wakes, Streets()
    outbox = Outbox(
        **kept,
        wakes=wakes,
        deeds=fake.shell.deeds,
        messengers={"twilio": fake.messenger, "sendgrid": fake.messenger},
        callback_url={},
        composers={"email": Letters(**told, base_url=BASE, maps=False)},
    )
    intake = Intake(**told, wakes=wakes)
    follow = Follow(**told, wakes=wakes)
    shell = replace(
        fake.shell,
        cities=cities,
        readers={"nyc": reader},
        catalogue=catalogue,
        intake=intake,
        looks=Looks(**kept, cities=cities, geocoders={"nyc": streets}),
        outbox=outbox,
        follow=follow,
        renders={"sms": render_sms, "email": render},
        base_url=BASE,
    )
    desk = MailDesk(
        **kept,
        intake=intake,
        book=MailBook(cities),
        blobs=MailBlobs(vault, FolderBlobs(folder / "mails")),
        provider="sendgrid",
    )
    house = replace(fake, shell=shell, turns=shell.turns())
    return RealHouse(house, desk, follow, clock, streets)
