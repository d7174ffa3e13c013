"""What the shell gives the engine for one turn, and what a flow's script sees of it.

The clock, the city, the language and whether the office is open are given, never read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from conversations.reading.result import Reading, TypeGuess
from conversations.vocabulary.city import City
from conversations.wording.catalogue import Catalogue
from conversations.wording.cleaning import clean_upstream

if TYPE_CHECKING:
    from conversations.engine.flow import Flow


class Reads(Protocol):
    """Whoever turns a text into a `Reading`: `conversations.reading.reader.Reader` or a test's."""

    def read(self, text: str, language: str | None = None) -> Reading:
        """Return everything the text was found to say."""
        ...

    def read_types(self, text: str, language: str) -> tuple[TypeGuess, ...]:
        """Return only the request types a text may be about, best first."""
        ...


def _all_flows() -> Mapping[str, Flow]:
    from conversations.engine.registry import discover_flows

    return discover_flows()


@dataclass(frozen=True, slots=True)
class Given:
    """Everything outside the conversation that one turn may depend on.

    Attributes:
        city: the city's pack.
        reader: reads texts for that city.
        now: the time, with zone.
        channel: `sms`, `terminal`, `email`, `slack`.
        office_open: True while people of the city answer.
        office_opens: when they do next, in the city's time; None when that is not known.
        known_resident: True when this person has filed before.
        opted_out: True while the resident gets no texts on our own initiative.
        notices_off: True while this mailbox gets no notices.
        away_since: when this phone was heard last, if that is so long ago that it may be somebody
            else's by now; else None.
        catalogue: the phrases of all languages; those of the channel are chosen from it.
        flows: name to flow; all discovered ones unless a test gives others.
    """

    city: City
    reader: Reads
    now: datetime
    channel: str = "sms"
    office_open: bool = True
    office_opens: datetime | None = None
    known_resident: bool = False
    opted_out: bool = False
    notices_off: bool = False
    away_since: datetime | None = None
    catalogue: Catalogue = field(default_factory=Catalogue.load)
    flows: Mapping[str, Flow] = field(default_factory=_all_flows)

    def __post_init__(self) -> None:
        """Say everything as it is said on the channel, choices and leads too."""
        object.__setattr__(self, "catalogue", self.catalogue.on(self.channel))


@dataclass(frozen=True, slots=True)
class Scene:
    """What a script sees: the city, the language of the moment, and what started the flow.

    Attributes:
        given: the turn's surroundings.
        language: ISO 639-1 code in use.
        data: what a `Happened` carried, for flows that it started; else empty.
    """

    given: Given
    language: str
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def city(self) -> City:
        """The city's pack."""
        return self.given.city

    def text(self, phrase: str, **values: Any) -> str:
        """Return a phrase in the language of the moment, without choices."""
        return self.given.catalogue.phrase(self.language, phrase, values)

    def upstream(self, text: str) -> str:
        """Return what a system of the city wrote, without links that lead elsewhere."""
        return clean_upstream(text, self.city.link_hosts)

    def words(self, key: str) -> tuple[str, ...]:
        """Return a word list of the catalogue (folded) in the language of the moment."""
        return self.given.catalogue.words(self.language, key)

    def title(self, key: str) -> str:
        """Return the plain name of a request type, or a neutral word for an unknown key."""
        request_type = self.city.request_types.get(key)
        return request_type.title(self.language) if request_type else self.text("word.problem")
