"""The front door of reading: one message in, everything it was found to say out.

Each part reads on its own; what they may say together is decided here. The rules:
an emergency outweighs everything; who wants no more messages reports nothing; a word that works
anywhere, a bare number, a bare yes or no and a tracking number are no place and no report.
"""

from __future__ import annotations

from conversations.reading.language import detect_language
from conversations.reading.request_types import TypeReader
from conversations.reading.result import Intent, Reading, TypeGuess
from conversations.reading.signals.commands import read_command
from conversations.reading.signals.contacts import read_contacts
from conversations.reading.signals.corrections import read_change
from conversations.reading.signals.emergency import read_emergency
from conversations.reading.signals.intent import Clues, read_intent
from conversations.reading.signals.numbers import read_number
from conversations.reading.signals.opt_out import is_carrier_word, read_opt_out
from conversations.reading.signals.spoken import Spoken, spoken
from conversations.reading.signals.tracking import TrackingReader
from conversations.reading.signals.yes_no import read_yes_no
from conversations.reading.text import MAX_CHARACTERS, fold, tokens
from conversations.reading.where.corrections import reader_of
from conversations.vocabulary.city import City
from conversations.vocabulary.places import AddressText

# Has every part look up its word lists, which are read at the first need (0.4 s all together).
_WARM_UP = ("Stop? 2 fier hydrants at 5 Main St, yes thank you", "ok")
_BARE_ANSWER_WORDS = 2  # "yes", "no thanks": no report in it


class Reader:
    """Reads the messages of one city's residents. Keeps nothing between two messages."""

    def __init__(self, city: City) -> None:
        """Prepare the readers of the city's types, places and numbers.

        Args:
            city: the city's pack; its first language is the one of texts that do not tell.
        """
        self._fallback = city.languages[0] if city.languages else "en"
        self._types = TypeReader(city)
        self._where = reader_of(city)
        self._tracking = TrackingReader(city.tracking_patterns)
        self._country = city.country
        for text in _WARM_UP:  # so that no resident's first message waits for it
            self.read(text)

    def read(self, text: str, language: str | None = None) -> Reading:
        """Return everything `text` was found to say.

        Args:
            text: the message as typed; what is beyond `MAX_CHARACTERS` is not looked at.
            language: ISO 639-1 code to assume when the text does not tell, or None for the city's.
        """
        looked_at = text[:MAX_CHARACTERS]
        code, sure = detect_language(looked_at, language or self._fallback)
        emergency, opt_out = read_emergency(looked_at), read_opt_out(looked_at)
        command, number = read_command(looked_at), read_number(looked_at)
        answer, tracking = read_yes_no(looked_at), self._tracking.read(looked_at)
        said, contacts = spoken(looked_at), read_contacts(looked_at, self._country)
        quiet = tracking is not None or _is_quiet(looked_at, said, command, number, opt_out)
        quiet = quiet or contacts.wish == "link"
        bare = answer is not None and len(said.words) <= _BARE_ANSWER_WORDS
        address = None if quiet else self._where.read(looked_at)
        if bare and address and not address.borough:
            address = None  # "no, queens" says where; "yes please" does not
        guesses = () if quiet or bare else self.read_types(looked_at, code)
        clues = Clues(
            emergency=emergency,
            opt_out=opt_out,
            command=command,
            tracking_number=tracking,
            score=guesses[0].score if guesses else 0.0,
            has_place=_says_where(address),
        )
        intent = read_intent(looked_at, clues)
        return Reading(
            text=text,
            language=code,
            language_sure=sure,
            intent=intent,
            emergency=emergency,
            opt_out=opt_out,
            request_types=guesses,
            address=address,
            yes_no=answer,
            number=number,
            tracking_number=tracking,
            command=command,
            change=None if intent in (Intent.STOP, Intent.EMERGENCY) else read_change(looked_at),
            contacts=contacts,
        )

    def read_types(self, text: str, language: str) -> tuple[TypeGuess, ...]:
        """Return only the up to three request types a text may be about, best first."""
        folded = fold(text[:MAX_CHARACTERS])
        return self._types.read(folded, tokens(folded), language)


def _is_quiet(
    text: str,
    said: Spoken,
    command: str | None,
    number: int | None,
    opt_out: str,
) -> bool:
    """Tell whether the message can hold neither a place nor a report."""
    if not said.words or command or number is not None or opt_out == "yes":
        return True
    return is_carrier_word(text) is not None


def _says_where(address: AddressText | None) -> bool:
    """Tell whether an address is more than a borough in passing."""
    if address is None:
        return False
    return bool(address.house or address.street or address.cross_streets or address.place)
