"""Putting a mail together when it is sent: its look, its thread, its addresses.

What must not change between two attempts is in the outbox row (text, tokens) or follows from its id
(the Message-ID), so a mail tried twice is the same mail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.channels.email.page import Letter, compose
from bot.clock import Clock
from bot.following.pages import FollowPage, make_page
from bot.mail.book import domain_of, with_word
from bot.storage import conversations, mails, persons, service_requests, timeline
from bot.storage.attempts import Claim
from bot.storage.crypto import Vault
from bot.storage.engine import Connection, Storage
from bot.storage.metadata import to_ms
from conversations.vocabulary.city import City
from conversations.vocabulary.handles import address
from conversations.vocabulary.mail import OutboundMail
from conversations.vocabulary.messages import OutboundMessage
from conversations.wording.catalogue import Catalogue
from integrations.kit.mail.outgoing import make_root


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the database says for one mail."""

    city: str
    page: FollowPage | None


class Letters:
    """Puts mails together.

    Args:
        storage, vault, clock, catalogue: the shell's parts.
        cities: slug to city.
        base_url: our public address, without slash at its end.
        maps: whether a picture of a block can be drawn.
    """

    def __init__(
        self,
        *,
        storage: Storage,
        vault: Vault,
        clock: Clock,
        catalogue: Catalogue,
        cities: Mapping[str, City],
        base_url: str,
        maps: bool,
    ) -> None:
        self._storage = storage
        self._vault = vault
        self._clock = clock
        self._catalogue = catalogue
        self._cities = cities
        self._base = base_url
        self._maps = maps

    async def compose(self, claim: Claim, message: OutboundMessage) -> OutboundMessage:
        """Return the message with everything a mail has beyond its text.

        Its Message-ID is noted before it is sent, so that an answer that comes at once finds it.
        """
        job: dict[str, Any] = claim.job.get("mail") or {}
        mailbox = address(message.sender)
        mark = self._vault.word("message-id", claim.id)[:12]
        message_id = f"<{claim.id}.{mark}@{domain_of(mailbox)}>".lower()
        word = job.get("reply_word")
        reply_to = with_word(mailbox, word) if word else mailbox
        ours = (message_id, make_root(reply_to))
        facts = await self._storage.write(lambda c: self._gather(c, claim, ours, job))
        city = self._cities[facts.city]
        language = str(job.get("language") or city.languages[0])
        subject = self._subject(language, city, job, facts.page)
        text, html = compose(self._letter(message.text, subject, city, language, job, facts.page))
        mail = OutboundMail(
            subject=subject,
            html=html,
            from_name=city.name,
            reply_to=reply_to,
            message_id=message_id,
            in_reply_to=str(job.get("in_reply_to") or ""),
            references=tuple(job.get("references") or ()),
            unsubscribe_url=f"{self._base}/u/{job['stop_word']}" if job.get("stop_word") else "",
            answers=not job.get("notice"),
        )
        return replace(message, text=text, mail=mail)

    def _gather(
        self, connection: Connection, claim: Claim, ours: Sequence[str], job: Mapping[str, Any]
    ) -> _Facts:
        """Note the mail's ids (its own, and its thread's root) and read what it tells."""
        request_id, now = job.get("request_id"), self._clock.now()
        report = None
        if request_id:
            report = service_requests.read(connection, self._vault, str(request_id))
        city = conversations.city_of(connection, claim.conversation_id)
        for name in ours:
            mails.note(
                connection,
                self._vault,
                name,
                direction="out",
                conversation_id=claim.conversation_id,
                request_id=report.id if report else None,
                now=to_ms(now),
            )
        if report is None:
            return _Facts(city, None)
        entries = timeline.read(connection, self._vault, report.id)
        reader = persons.of_conversation(connection, claim.conversation_id)
        page = make_page(
            self._catalogue,
            str(job.get("language") or "en"),
            self._cities[city],
            report,
            entries,
            now,
            maps=self._maps,
            own=report.resident_id in persons.handles_of(connection, reader),
        )
        return _Facts(city, page)

    def _letter(
        self,
        text: str,
        subject: str,
        city: City,
        language: str,
        job: Mapping[str, Any],
        page: FollowPage | None,
    ) -> Letter:
        """Return what the reader sees, ready to be laid out."""
        link = f"{self._base}/r/{job['page_word']}" if job.get("page_word") else ""
        stop = f"{self._base}/u/{job['stop_word']}" if job.get("stop_word") else ""
        return Letter(
            language=language,
            city=city.named(language),
            subject=subject,
            text=text,
            story=tuple((chapter.when, chapter.sentence) for chapter in page.story) if page else (),
            place=page.place if page else "",
            map_url=f"{link}/map.png" if page and page.has_map else "",
            fixed_url=f"{link}/fixed" if page and page.asks else "",
            not_fixed_url=f"{link}/not-fixed" if page and page.asks else "",
            follow_url=link,
            confirm_url=f"{self._base}/m/{job['release_word']}" if job.get("release_word") else "",
            why=self._catalogue.phrase(language, "mail.why_notice", {"city": city.named(language)})
            if job.get("notice")
            else "",
            stop_url=stop,
        )

    def _subject(
        self, language: str, city: City, job: Mapping[str, Any], page: FollowPage | None
    ) -> str:
        """Return the subject: theirs, answered; or the request's, the same in all its mails."""
        if job.get("title"):
            return str(job["title"])
        theirs = str(job.get("subject") or "")
        if theirs and not job.get("notice"):
            return f"Re: {theirs}"
        if page is not None:
            if not page.place:
                return page.title
            values = {"title": page.title, "place": page.place}
            return self._catalogue.phrase(language, "mail.subject", values)
        return self._catalogue.phrase(
            language, "mail.subject_plain", {"city": city.called(language)}
        )
