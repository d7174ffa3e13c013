"""Accepting messages: stored once, found or opened a conversation, workers woken. Nothing else.

No network call and no thinking happens here, with one exception: a stop is a stop at once, whatever
else is down, so consent is executed in the same transaction that stores the message. Messages that
wait share one transaction; one that the database refuses fails alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from prometheus_client import Counter

from bot import attachments, setbacks, stopping
from bot.arrivals import Accepted, Arrival, Batch, Stored, clean, event_of, maybe_photos
from bot.clock import Clock
from bot.consent import NOTHING, OptOutMode, Wish, carrier_answers, judge
from bot.origin import is_foreign
from bot.spool.records import Message, Receipts
from bot.spool.spool import Spool
from bot.storage import consents, conversations, inbox, residents
from bot.storage.crypto import Vault
from bot.storage.engine import Connection, Storage
from bot.storage.group import GroupCommit
from bot.storage.ids import new_id
from bot.storage.metadata import to_ms
from bot.storage.outbox import Ready
from bot.wakes import Wakes
from conversations.engine.silence import Silence, for_sender
from conversations.reading.language import detect_language
from conversations.reading.signals.emergency import read_emergency
from conversations.vocabulary.city import City
from conversations.vocabulary.effects import Say
from conversations.vocabulary.messages import InboundMessage, Receipt
from conversations.wording.catalogue import Catalogue

SILENCES = Counter("silences_total", "Messages kept and not answered, by why", ["reason"])
MESSAGES = Counter("intake_messages_total", "Messages taken in, by what became of them", ["result"])


class Intake:
    """The front door of the shell.

    Args:
        storage, vault, wakes, clock: the shell's parts.
        cities: slug to city.
        catalogue: for the confirmations of stop and start.
        opt_out: who answers the carrier's words (`TWILIO_OPT_OUT`).
        spool: takes what the database does not; None where nothing comes in from outside.
    """

    def __init__(
        self,
        *,
        storage: Storage,
        vault: Vault,
        wakes: Wakes,
        clock: Clock,
        cities: Mapping[str, City],
        catalogue: Catalogue,
        opt_out: OptOutMode = "carrier",
        spool: Spool | None = None,
    ) -> None:
        self._storage = storage
        self._vault = vault
        self._wakes = wakes
        self._clock = clock
        self._cities = cities
        self._catalogue = catalogue
        self._opt_out: OptOutMode = opt_out
        self._spool = spool
        self._group: GroupCommit[Arrival, Stored] = GroupCommit(
            storage, self._store, order=lambda arrival: arrival.message.sender, after=self._wake
        )

    async def accept(self, city_slug: str, message: InboundMessage) -> Accepted:
        """Take a message in; when this returns it is durable and will get its turn.

        Raises:
            KeyError: no such city.
            StorageAwayError, StatementRefusedError: it was not kept; the provider must repeat it.
        """
        arrival = self._read(city_slug, message)
        if self._spool is None:
            return await self._submit(arrival)
        stop = arrival.message.sender if arrival.word.wish is Wish.STOP else None
        record = Message(arrival.city, arrival.message)
        accepted = await self._spool.through(lambda: self._submit(arrival), record, stop)
        if accepted is None:
            MESSAGES.labels("spooled").inc()
        return accepted or Accepted(new=True, spooled=True)

    async def take_in(self, city_slug: str, message: InboundMessage) -> Accepted:
        """Store a message in the database, or raise; see `accept`."""
        return await self._submit(self._read(city_slug, message))

    def _read(self, city_slug: str, message: InboundMessage) -> Arrival:
        """Return a message cleaned and judged."""
        city = self._cities[city_slug]
        tidy = clean(message)
        word = judge(tidy.text, tidy.opt_out_type) if tidy.proven else NOTHING
        language = city.languages[0]
        if word.wish is not Wish.NONE:  # rare; only a confirmation needs to know the language
            language, _ = detect_language(tidy.text, language)
        foreign = is_foreign(tidy.sender, city) and read_emergency(tidy.text) is None
        return Arrival(city.slug, tidy, word, language, new_id(), foreign)

    async def _submit(self, arrival: Arrival) -> Accepted:
        stored = await self._group.submit(arrival)
        MESSAGES.labels("new" if stored.accepted.new else "repeat").inc()
        if stored.silence is not None:
            SILENCES.labels(stored.silence).inc()
        return stored.accepted

    async def accept_receipt(self, receipt: Receipt) -> bool:
        """Store what a provider reports about a message we sent; False when it changes nothing."""
        return (await self.accept_receipts([receipt]))[0]

    async def accept_receipts(self, receipts: Sequence[Receipt]) -> list[bool]:
        """Take many reports in, in their order; what they change is not known while they wait."""
        if self._spool is None:
            return await self.take_in_receipts(receipts)
        record = Receipts(tuple(receipts))
        news = await self._spool.through(lambda: self.take_in_receipts(receipts), record)
        return [False] * len(receipts) if news is None else news

    async def take_in_receipts(self, receipts: Sequence[Receipt]) -> list[bool]:
        """Store many reports in one transaction, in their order, or raise."""
        now = to_ms(self._clock.now())

        def store(connection: Connection) -> list[bool]:
            return [setbacks.take_receipt(connection, self._vault, r, now) for r in receipts]

        news = await self._storage.write(store)
        for receipt, new in zip(receipts, news, strict=True):
            if new:
                setbacks.tell_receipt(receipt)
        return news

    async def finish(self) -> None:
        """Wait until everything taken in is stored and told to the workers."""
        await self._group.finish()

    async def _wake(self, stored: list[Stored]) -> None:
        turns = [item.accepted.conversation_id for item in stored if item.wake]
        await self._wakes.publish(turns, [ready for item in stored for ready in item.ready])

    def _store(self, connection: Connection, arrivals: list[Arrival]) -> list[Stored]:
        """Write a batch in its order. Runs of ordinary messages go in together."""
        now = to_ms(self._clock.now())
        batch = self._open(connection, arrivals, now)
        results: list[Stored] = []
        run: list[Arrival] = []
        for arrival in arrivals:
            if arrival.word.wish in (Wish.NONE, Wish.HELP):
                run.append(arrival)
                continue
            results += self._store_run(connection, batch, run, now)
            run = []
            results.append(self._store_consent(connection, batch, arrival, now))
        return results + self._store_run(connection, batch, run, now)

    def _open(self, connection: Connection, arrivals: Sequence[Arrival], now: int) -> Batch:
        """Find or open the residents and conversations of a batch."""
        handles = {arrival.message.sender for arrival in arrivals}
        people = residents.find_or_open(connection, self._vault, handles, now)
        wanted = {
            (a.city, a.message.channel, people[a.message.sender].id): (
                a.message.provider,
                str(a.message.recipient),
            )
            for a in arrivals
        }
        rows = conversations.find_or_open(connection, wanted, now)
        return Batch({str(handle): person for handle, person in people.items()}, rows)

    def _store_run(
        self, connection: Connection, batch: Batch, run: list[Arrival], now: int
    ) -> list[Stored]:
        """Write messages that change nobody's consent."""
        if not run:
            return []
        media = [[(new_id(), item) for item in a.message.media] for a in run]
        events = [
            event_of(batch, arrival, self._silence(batch, arrival), maybe_photos(items), now)
            for arrival, items in zip(run, media, strict=True)
        ]
        news = inbox.add(connection, self._vault, events, now)
        fresh = [a for a, new in zip(run, news, strict=True) if new and a.message.proven]
        self._note_reached(connection, batch, fresh)
        self._note_heard(connection, batch, [a for a in fresh if not self._silence(batch, a)], now)
        results = []
        for arrival, event, new, items in zip(run, events, news, media, strict=True):
            waits = new and event.state == "waiting"
            fetch: list[Ready] = []
            if waits and items:
                fetch = attachments.add(connection, self._vault, batch, arrival, items, now)
            accepted = Accepted(new, event.conversation_id)
            silence = event.reason if new else None
            results.append(Stored(accepted, waits, tuple(fetch), silence))
        return results

    @staticmethod
    def _note_reached(connection: Connection, batch: Batch, news: Sequence[Arrival]) -> None:
        """Take what came from a handle that nothing seemed to arrive at as a sign of life."""
        doubted = {p.id for a in news if (p := batch.people[a.message.sender]).doubted}
        residents.note_reached(connection, sorted(doubted))

    @staticmethod
    def _note_heard(
        connection: Connection, batch: Batch, news: Sequence[Arrival], now: int
    ) -> None:
        """Note who was heard, once a day. A word of consent does not count: it says not who."""
        heard = {arrival.message.sender: batch.people[arrival.message.sender] for arrival in news}
        for sender, person in heard.items():
            if person.sure_at is None or now - person.sure_at > residents.DAY_MS:
                residents.note_heard(connection, [person.id], now)
                batch.people[sender] = replace(person, sure_at=now)

    def _store_consent(
        self, connection: Connection, batch: Batch, arrival: Arrival, now: int
    ) -> Stored:
        """Write one message with a word of consent, and execute it if it is new."""
        message, word = arrival.message, arrival.word
        person = batch.people[message.sender]
        if word.wish is Wish.YES and not person.opted_out:
            return self._store_run(connection, batch, [arrival], now)[0]
        changes = person.opted_out != (word.wish is Wish.STOP)
        if word.wish is Wish.START and person.notices_off:
            changes = True
        theirs = carrier_answers(self._opt_out, message.channel, word)
        if theirs and word.exact and word.wish is not Wish.STOP and person.opted_out:
            theirs = consents.carrier_holds_stop(connection, person.id)
        reason = Silence.CARRIER_WORD if theirs else None
        event = event_of(batch, arrival, reason or "consent", [], now)
        new = inbox.add(connection, self._vault, [event], now)[0]
        accepted = Accepted(new, event.conversation_id)
        if not new:
            return Stored(accepted, False)
        self._note_reached(connection, batch, [arrival])
        answer = None
        if changes and not theirs and for_sender(message.sender) is None and not arrival.foreign:
            answer = self._answer(connection, event.conversation_id, arrival)
        ready = stopping.execute(
            connection,
            self._vault,
            resident_id=person.id,
            conversation_id=event.conversation_id,
            message=message,
            word=word,
            answer=answer,
            trace_id=arrival.trace_id,
            now=now,
        )
        stopped = word.wish is Wish.STOP
        off = person.notices_off and stopped
        batch.people[message.sender] = replace(person, opted_out=stopped, notices_off=off)
        return Stored(accepted, False, tuple(ready))

    def _answer(
        self, connection: Connection, conversation_id: str, arrival: Arrival
    ) -> stopping.Answer:
        """Return the confirmation in the language of the conversation."""
        talk = conversations.read_talk(connection, self._vault, conversation_id)
        language = (talk or {}).get("language") or arrival.language
        phrase = stopping.STOPPED if arrival.word.wish is Wish.STOP else stopping.STARTED
        values = {"city": self._cities[arrival.city].called(language)}
        phrases = self._catalogue.on(arrival.message.channel)
        return stopping.Answer(phrase, phrases.text(language, Say(phrase, values)))

    def _silence(self, batch: Batch, arrival: Arrival) -> str | None:
        """Return why this message gets no answer, or None."""
        if arrival.message.silence is not None:
            return arrival.message.silence
        if (machine := for_sender(arrival.message.sender)) is not None:
            return machine
        if arrival.foreign:
            return Silence.FOREIGN
        if batch.people[arrival.message.sender].opted_out:
            return Silence.OPTED_OUT
        asks_help = arrival.word.wish is Wish.HELP  # a YES that comes here is an answer
        if asks_help and carrier_answers(self._opt_out, arrival.message.channel, arrival.word):
            return Silence.CARRIER_WORD
        return None
