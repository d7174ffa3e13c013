"""`Talk`: the whole memory of one conversation, a value that turns into plain JSON and back.

Law: a talk holds facts by name and the name of the question asked, never a position in a script,
so that it survives a change of the script. Talks written by earlier releases are lifted by the
small pure functions in `engine.upcast`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from conversations.engine.upcast import VERSION, lift
from conversations.vocabulary.events import Happened, Heard


def _restore_time(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _write_timed(value: tuple[str, datetime] | None) -> list[str] | None:
    return [value[0], value[1].isoformat()] if value else None


def _read_timed(value: list[str] | None) -> tuple[str, datetime] | None:
    return (value[0], datetime.fromisoformat(value[1])) if value else None


@dataclass(frozen=True, slots=True)
class Fact:
    """A named value the frame knows. `about` is the digest of what it was answered about.

    None means it was volunteered; it is bound to whatever the script first asks it about.
    """

    value: Any
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """One running flow.

    Attributes:
        flow: name of the flow.
        facts: what is known.
        looks: answers to Looks by key; None is Unavailable.
        asked: name of the question the resident was asked, or None.
        data: what the `Happened` that began it carried.
        misses: answers in a row that were not understood.
        nudged: True once the resident was reminded.
    """

    flow: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    looks: Mapping[str, Any] = field(default_factory=dict)
    asked: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    misses: int = 0
    nudged: bool = False

    def values(self) -> dict[str, Any]:
        """Return the facts without what they were answered about."""
        return {name: fact.value for name, fact in self.facts.items()}

    def with_facts(self, values: Mapping[str, Any], drops: tuple[str, ...] = ()) -> Frame:
        """Return the frame after setting facts (not yet bound) and forgetting others."""
        kept = {name: fact for name, fact in self.facts.items() if name not in drops}
        return replace(
            self, facts={**kept, **{name: Fact(value) for name, value in values.items()}}
        )

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON."""
        return {
            "flow": self.flow,
            "facts": {
                name: {"value": fact.value, "about": fact.about}
                for name, fact in self.facts.items()
            },
            "looks": dict(self.looks),
            "asked": self.asked,
            "data": dict(self.data),
            "misses": self.misses,
            "nudged": self.nudged,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Frame:
        """Return the frame that `to_json` wrote."""
        facts = {name: Fact(item["value"], item["about"]) for name, item in value["facts"].items()}
        return cls(**{**value, "facts": facts})


@dataclass(frozen=True, slots=True)
class Lead:
    """A phrase the next question begins with ("I did not get that.")."""

    phrase: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Repeats:
    """How often the same text came in a row, to notice a machine that answers a machine."""

    digest: str = ""
    count: int = 0
    since: str = ""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast our replies are answered, to notice a machine whose words vary.

    Attributes:
        quick: replies of ours in a row that were answered at once and led nowhere.
        at: when the last text came, ISO 8601, or empty.
        seen: digests of where the conversation stood meanwhile.
    """

    quick: int = 0
    at: str = ""
    seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubt:
    """It is not sure that whoever writes is who wrote before (`engine.identity`).

    Attributes:
        since: when the earlier one was heard last, ISO 8601; empty when that is not the reason.
        began: when the one who may be new was first heard, ISO 8601; empty when nobody was yet.
        asked: the question who it is stands open.
        kept: the message that has to wait for the answer, or None.
        held: what happened to earlier requests meanwhile, untold.
        misses: answers in a row that were not understood.
    """

    since: str = ""
    began: str = ""
    asked: bool = False
    kept: Heard | None = None
    held: tuple[Happened, ...] = ()
    misses: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON."""
        return {
            "since": self.since,
            "began": self.began,
            "asked": self.asked,
            "kept": [self.kept.text, list(self.kept.photos)] if self.kept else None,
            "held": [[item.kind, dict(item.data)] for item in self.held],
            "misses": self.misses,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Doubt:
        """Return the doubt that `to_json` wrote."""
        kept = value["kept"]
        return cls(
            since=value["since"],
            began=value["began"],
            asked=value["asked"],
            kept=Heard(kept[0], tuple(kept[1])) if kept else None,
            held=tuple(Happened(kind, data) for kind, data in value["held"]),
            misses=value["misses"],
        )


@dataclass(frozen=True, slots=True)
class Talk:
    """The whole memory of a conversation.

    Attributes:
        language: ISO 639-1 code in use.
        language_chosen: True when the resident named it; it then no longer follows their words.
        frames: running flows, the one that speaks is last.
        draft: a patient frame put aside, or None.
        offer: the message to which "1 continue 2 new" was answered, or None.
        waiting: happenings whose question has to wait for the present one.
        lead: what the next question begins with.
        brief: True when the next question is asked in its short form.
        replying: True while the turn answers the resident (not time or the world).
        looks: Looks asked for in this turn.
        repeats: see `Repeats`.
        pace: see `Pace`.
        said: digests of our last texts, to notice them coming back.
        person_at: when a person was last called in, or None.
        asked_at: when the present question was put, or None.
        handed_off: True after a report was handed over to be filed by the resident.
        alarm: kind and time of the last emergency, or None.
        doubt: see `Doubt`; None when nothing speaks against it being who it was.
        with_person: the case in which a person answers instead of us, and until when, or None.
    """

    language: str
    language_chosen: bool = False
    frames: tuple[Frame, ...] = ()
    draft: Frame | None = None
    offer: Heard | None = None
    waiting: tuple[Happened, ...] = ()
    lead: Lead | None = None
    brief: bool = False
    replying: bool = False
    looks: int = 0
    repeats: Repeats = field(default_factory=Repeats)
    pace: Pace = field(default_factory=Pace)
    said: tuple[str, ...] = ()
    person_at: datetime | None = None
    asked_at: datetime | None = None
    handed_off: bool = False
    alarm: tuple[str, datetime] | None = None
    doubt: Doubt | None = None
    with_person: tuple[str, datetime] | None = None

    @classmethod
    def new(cls, language: str) -> Talk:
        """Return the talk of a resident never heard before."""
        return cls(language)

    @property
    def top(self) -> Frame | None:
        """The frame that speaks, or None when the conversation is at rest."""
        return self.frames[-1] if self.frames else None

    def is_with_person(self, now: datetime) -> bool:
        """Return whether a person of the city answers at this moment instead of us."""
        return self.with_person is not None and now < self.with_person[1]

    def with_top(self, frame: Frame) -> Talk:
        """Return the talk with its last frame replaced."""
        return replace(self, frames=(*self.frames[:-1], frame))

    def push(self, frame: Frame) -> Talk:
        """Return the talk with one more frame on top."""
        return replace(self, frames=(*self.frames, frame))

    def pop(self) -> Talk:
        """Return the talk without its last frame."""
        return replace(self, frames=self.frames[:-1])

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON; `v` is the version of its form."""
        return {
            "v": VERSION,
            "language": self.language,
            "language_chosen": self.language_chosen,
            "frames": [frame.to_json() for frame in self.frames],
            "draft": self.draft.to_json() if self.draft else None,
            "offer": [self.offer.text, list(self.offer.photos)] if self.offer else None,
            "waiting": [[item.kind, dict(item.data)] for item in self.waiting],
            "lead": [self.lead.phrase, dict(self.lead.values)] if self.lead else None,
            "brief": self.brief,
            "replying": self.replying,
            "looks": self.looks,
            "repeats": [self.repeats.digest, self.repeats.count, self.repeats.since],
            "pace": [self.pace.quick, self.pace.at, list(self.pace.seen)],
            "said": list(self.said),
            "person_at": self.person_at.isoformat() if self.person_at else None,
            "asked_at": self.asked_at.isoformat() if self.asked_at else None,
            "handed_off": self.handed_off,
            "doubt": self.doubt.to_json() if self.doubt else None,
            "alarm": _write_timed(self.alarm),
            "with_person": _write_timed(self.with_person),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Talk:
        """Return the talk that `to_json` wrote, in this release or an earlier one.

        Raises:
            ValueError: it was written by a later release.
        """
        plain = lift(value)
        offer, lead = plain["offer"], plain["lead"]
        return cls(
            language=plain["language"],
            language_chosen=plain["language_chosen"],
            frames=tuple(Frame.from_json(item) for item in plain["frames"]),
            draft=Frame.from_json(plain["draft"]) if plain["draft"] else None,
            offer=Heard(offer[0], tuple(offer[1])) if offer else None,
            waiting=tuple(Happened(kind, data) for kind, data in plain["waiting"]),
            lead=Lead(lead[0], lead[1]) if lead else None,
            brief=plain["brief"],
            replying=plain["replying"],
            looks=plain["looks"],
            repeats=Repeats(*plain["repeats"]),
            pace=Pace(plain["pace"][0], plain["pace"][1], tuple(plain["pace"][2])),
            said=tuple(plain["said"]),
            person_at=_restore_time(plain["person_at"]),
            asked_at=_restore_time(plain["asked_at"]),
            handed_off=plain["handed_off"],
            doubt=Doubt.from_json(plain["doubt"]) if plain["doubt"] else None,
            alarm=_read_timed(plain["alarm"]),
            with_person=_read_timed(plain["with_person"]),
        )
