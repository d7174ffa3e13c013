"""The mail desk: whose a mail is, what proves it, what it says; then it is taken in as a message.

`From` never proves who wrote a mail: it chooses where the answer goes, and only to that address. A
mail is proven by two things together: the token that only the right mailbox was sent, and a valid
signature of the sender's own domain. A stranger with somebody's token leaves a note for staff and
learns nothing. Whatever is read out of a mail, the whole of it is kept, sealed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import structlog

from bot.clock import Clock
from bot.consent import Wish, judge
from bot.intake import Intake
from bot.mail.blobs import MailBlobs
from bot.mail.book import Addressed, MailBook
from bot.mail.bounces import take_bounce
from bot.mail.words import Said, read_words
from bot.spool.records import Mail
from bot.spool.spool import Spool
from bot.storage import hand_overs, mails, persons, timeline, tokens, transcript
from bot.storage.crypto import Vault
from bot.storage.engine import Connection, Storage
from bot.storage.metadata import to_ms
from bot.storage.tokens import Token
from conversations.engine.silence import Silence
from conversations.vocabulary.handles import Handle, mailto
from conversations.vocabulary.mail import InboundMail, Machine
from conversations.vocabulary.messages import InboundMessage

HOUR_MS = 3_600_000
MOST_AN_HOUR = 20
"""Mails of one conversation that are answered within an hour."""

MOST_UNPROVEN_AN_HOUR = 5
"""The same for mails without token or signature; those a forger sends use up nobody else's."""

KNOWN_LINES = 20
"""Texts of ours looked for below an answer, the latest ones."""

log = structlog.get_logger("bot.mail")


@dataclass(frozen=True, slots=True)
class _Route:
    """Where a mail belongs.

    Attributes:
        sender: the handle that answers go to.
        token: what its address held, when that works.
        conversation_id: of the token or the thread, or empty for one not yet known.
        about: id of the request it is about, or None.
        owner: False when it came with the token of somebody else.
        silence: why it must not be answered, or None.
        repeat: this conversation has had it before.
        sent: what we wrote in this conversation, to be cut from below the answer.
    """

    sender: Handle
    token: Token | None
    conversation_id: str = ""
    about: str | None = None
    owner: bool = True
    silence: Silence | None = None
    repeat: bool = False
    sent: tuple[str, ...] = ()


class MailDesk:
    """Takes mails in.

    Args:
        storage, vault, clock, intake: the shell's parts.
        book: the cities' mailboxes.
        blobs: keeps mails whole, and their files.
        provider: name of the messenger that answers.
        spool: takes what the database does not; None where no mail comes in from outside.
    """

    def __init__(
        self,
        *,
        storage: Storage,
        vault: Vault,
        clock: Clock,
        intake: Intake,
        book: MailBook,
        blobs: MailBlobs,
        provider: str,
        spool: Spool | None = None,
    ) -> None:
        self._storage = storage
        self._vault = vault
        self._clock = clock
        self._intake = intake
        self._book = book
        self._blobs = blobs
        self._provider = provider
        self._spool = spool

    async def accept(self, mail: InboundMail) -> str:
        """Keep one mail, take it in, and return the word it is counted under.

        Raises:
            StorageAwayError, OSError: it was not kept; the provider must bring it again.
        """
        if self._book.find(mail.recipients) is None:
            log.warning("unknown_mailbox", **{"integration.provider": mail.provider})
            return "unknown_mailbox"
        blob = await self._blobs.keep_whole(mail)
        if self._spool is None:
            return await self.take_in(mail, blob)
        record = Mail(replace(mail, raw=b""), blob)
        stop = mailto(mail.sender) if _seems_to_stop(mail) else None
        word = await self._spool.through(lambda: self.take_in(mail, blob), record, stop)
        return word or "spooled"

    async def take_in(self, mail: InboundMail, blob: str) -> str:
        """Take in one mail that is kept whole as `blob`, or raise; see `accept`."""
        addressed = self._book.find(mail.recipients)
        if addressed is None:
            return "unknown_mailbox"  # a city that has gone since the mail was kept
        now = to_ms(self._clock.now())
        if mail.machine in (Machine.BOUNCE, Machine.COMPLAINT):
            await self._storage.write(lambda c: take_bounce(c, self._vault, mail, now))
            return "bounce"
        if not mail.sender or self._book.is_ours(mail.sender):
            return "no_sender"  # kept whole; there is nobody to answer
        route = await self._storage.read(lambda c: self._route(c, mail, addressed, now))
        if not route.owner:
            await self._storage.write(lambda c: self._leave_note(c, mail, addressed, route, now))
            return "stranger"
        if route.repeat:
            return "repeat"  # perhaps to one more recipient: a signed mail must not work twice
        if mail.machine is not None and not route.conversation_id:
            return "machine"  # nobody we know, and no person
        return await self._hand_over(mail, addressed, route, blob)

    async def keep_unread(self, body: bytes) -> None:
        """Keep what a provider brought and nobody understands, for a person to look at.

        Raises:
            OSError: it was not kept.
        """
        await self._blobs.keep_unread(body)

    async def _hand_over(
        self, mail: InboundMail, addressed: Addressed, route: _Route, blob: str
    ) -> str:
        """Hand the mail to the intake as the message it is."""
        fresh = route.token is None and not route.conversation_id
        said = read_words(mail, route.sent, fresh=fresh)
        media = await self._blobs.keep_files(blob, mail.files)
        message = InboundMessage(
            provider=self._provider,
            provider_message_id=mail.key,
            channel="email",
            sender=route.sender,
            recipient=mailto(addressed.mailbox),
            text=said.text,
            received_at=self._clock.now(),
            media=media,
            proven=_how_it_came(mail, route) == "in",
            about=route.about,
            mail=_thread_of(mail, said, route),
            silence=route.silence,
        )
        accepted = await self._intake.take_in(addressed.city, message)
        now = to_ms(self._clock.now())
        await self._storage.write(
            lambda c: mails.note(
                c,
                self._vault,
                mail.message_id,
                direction=_how_it_came(mail, route),
                conversation_id=accepted.conversation_id,
                request_id=route.about,
                now=now,
                blob=blob,
            )
        )
        if route.silence is not None:
            return "silent"
        return "accepted" if accepted.new else "repeat"

    def _route(
        self, connection: Connection, mail: InboundMail, addressed: Addressed, now: int
    ) -> _Route:
        """Find where a mail belongs: its token, then the thread it answers, then its sender."""
        sender = mailto(mail.sender)
        token = tokens.find(connection, self._vault, "mail", addressed.word, now)
        if token is not None:
            known = persons.is_same(connection, self._vault, token.resident_id, sender)
            route = _Route(sender, token, token.conversation_id, token.request_id, owner=known)
        else:
            route = self._route_by_thread(connection, mail, sender)
        if not route.owner or not route.conversation_id:
            return route
        lines = transcript.latest_of_city(
            connection, self._vault, route.conversation_id, KNOWN_LINES
        )
        silence = self._silence(connection, mail, route, now)
        repeat = mails.has_come(connection, self._vault, mail.message_id, route.conversation_id)
        return replace(route, sent=tuple(lines), silence=silence, repeat=repeat)

    def _route_by_thread(self, connection: Connection, mail: InboundMail, sender: Handle) -> _Route:
        """A thread counts only when it is the sender's own: its ids are no secret."""
        thread = mails.find(connection, self._vault, (*mail.references, mail.in_reply_to))
        if thread is not None:
            owner = persons.of_conversation(connection, thread.conversation_id)
            if persons.is_same(connection, self._vault, owner, sender):
                return _Route(sender, None, thread.conversation_id, thread.request_id)
        known = persons.conversation_of(connection, self._vault, sender, "email")
        return _Route(sender, None, known or "")

    def _silence(
        self, connection: Connection, mail: InboundMail, route: _Route, now: int
    ) -> Silence | None:
        """Return why a mail of this conversation must not be answered, or None."""
        if mail.machine is not None:
            return Silence.AUTOMATIC
        how = _how_it_came(mail, route)
        lately = mails.count_received(connection, route.conversation_id, how, now - HOUR_MS)
        if how == "in":
            return Silence.LOOP if lately >= MOST_AN_HOUR else None
        return Silence.UNPROVEN if lately >= MOST_UNPROVEN_AN_HOUR else None

    def _leave_note(
        self,
        connection: Connection,
        mail: InboundMail,
        addressed: Addressed,
        route: _Route,
        now: int,
    ) -> None:
        """Keep a stranger's words for staff. Nothing is answered, nothing changes."""
        words = read_words(mail, (), fresh=False).text[:2000]
        if route.about is not None:
            said = {"text": words, "by": "stranger"}
            timeline.add(connection, self._vault, route.about, timeline.Kind.NOTE, now, said)
        hand_overs.add(
            connection,
            self._vault,
            conversation_id=route.conversation_id,
            city=addressed.city,
            reason="stranger",
            summary=words,
            now=now,
            request_id=route.about,
        )


def _seems_to_stop(mail: InboundMail) -> bool:
    """Return whether a mail says stop, as far as that can be told without the database."""
    if not mail.signed or mail.machine is not None or not mail.sender:
        return False
    return judge(read_words(mail, (), fresh=False).text, None).wish is Wish.STOP


def _how_it_came(mail: InboundMail, route: _Route) -> mails.Direction:
    """Return what proves a mail: token and signature, the signature alone, or nothing."""
    if not mail.signed:
        return "raw"
    return "in" if route.token is not None else "sig"


def _thread_of(mail: InboundMail, said: Said, route: _Route) -> Mapping[str, object]:
    """Return what an answer needs of the mail it answers.

    A subject that nobody vouches for is not repeated: it would reach, under the city's name,
    whomever a forger names as sender.
    """
    chain = [*mail.references[:1], *mail.references[1:][-8:]]
    vouched = mail.signed or route.token is not None
    return {
        "message_id": mail.message_id,
        "references": chain,
        "subject": said.subject if vouched else "",
        "signed": mail.signed,
    }
