"""The words a flow is written in: Question, Option, `ask`, `look`, `known`, Done.

A script is a generator of wishes. It is run anew every turn over the facts known so far
(`engine.replay`) and stops at the first thing not known. Laws: question names are unique within a
flow; a question whose meaning changes gets a new name; a script gathers, then acts once, with the
`Done` it returns; it must not keep state of its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from conversations.engine.given import Scene
from conversations.reading.result import Reading
from conversations.reading.text import fold, tokens
from conversations.vocabulary.effects import Do, Say

T = TypeVar("T")
QUIETLY = "quietly"  # the word of a choice that agrees and wants no updates
_BEGINNING = 3  # words in which a question shows itself


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer changes: facts to set, facts to forget, words to begin the reply with."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    drops: tuple[str, ...] = ()
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Hint:
    """The answer was understood but does not do: say this phrase, then ask again; not a miss.

    `brief` asks again in the question's short form.
    """

    phrase: str
    values: Mapping[str, Any] = field(default_factory=dict)
    brief: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """One numbered choice.

    Attributes:
        label: text in the resident's language; it is also understood when typed.
        facts, drops: as in `Answer`.
        words: `yes`, `no`, `QUIETLY` or a command word that means this choice too.
        command: a word that works anywhere (`person`, `skip`) which this choice stands for.
    """

    label: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    drops: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    command: str = ""


@dataclass(frozen=True, slots=True)
class Hearing:
    """One message as a question's reader sees it.

    Attributes:
        reading: what the text was found to say.
        known: values of the facts known so far.
        scene: city and language.
        photos: ids of photos that came with it.
        about: id of the request that a mail's address names, or None.
    """

    reading: Reading
    known: Mapping[str, Any]
    scene: Scene
    photos: tuple[str, ...] = ()
    about: str | None = None

    @property
    def asks(self) -> bool:
        """Whether the resident asks something back: "ok but when do they come"."""
        folded = fold(self.reading.text)
        first = tokens(folded)[:_BEGINNING]
        return folded.rstrip(" .!").endswith("?") or any(
            word in self.scene.words("repair.question_words") for word in first
        )

    @property
    def rude(self) -> bool:
        """Whether there are angry words in it; a report may well be told with some."""
        folded = f" {' '.join(tokens(fold(self.reading.text)))} "
        return any(f" {word} " in folded for word in self.scene.words("repair.rude_words"))

    @property
    def yes_no(self) -> str | None:
        """`yes` or `no` when the message answers so; a question never does."""
        return None if self.asks else self.reading.yes_no


Understood = Answer | Hint | None


def read_nothing(hearing: Hearing) -> Understood:
    """Understand no free text: for questions that are answered by their options only."""
    return None


def no_rescue(scene: Scene) -> tuple[Option, ...]:
    """Offer no choices of its own after misses."""
    return ()


def keep(value: Any, scene: Scene) -> Any:
    """Return a stored fact as it is: for facts that are plain JSON."""
    return value


@dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """One thing to find out.

    Attributes:
        name: unique within the flow; the fact of the same name holds the answer.
        phrase: key of the text that asks it.
        read: understands free text; None is a miss.
        restore: turns the stored JSON into T; raises LookupError, TypeError or ValueError when
            the stored value no longer means anything (it is then asked again).
        again: key of a rephrasing for the first miss, or empty.
        brief: key of a short form, used after a digression and in nudges, or empty.
        optional: True when SKIP may answer it; the value is then None.
        rescue: numbered choices to offer after the second miss of a question without any.
    """

    name: str
    phrase: str
    read: Callable[[Hearing], Understood] = read_nothing
    restore: Callable[[Any, Scene], T] = keep
    again: str = ""
    brief: str = ""
    optional: bool = False
    rescue: Callable[[Scene], tuple[Option, ...]] = no_rescue


@dataclass(frozen=True, slots=True)
class Asked:
    """A script's wish to know the answer to a question, as it is to be put this time."""

    question: Question[Any]
    about: str
    phrase: str
    values: Mapping[str, Any]
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """A script's wish to look something up."""

    key: str
    name: str
    args: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Recalled:
    """A script's wish to have a fact if it is known; never stops the script."""

    question: Question[Any]


@dataclass(frozen=True, slots=True)
class Done:
    """How a script ends: what is said and done, once.

    Attributes:
        says, does: effects in order.
        then: name of a flow to go on with, or None.
        carry: facts the flow to go on with begins with.
    """

    says: tuple[Say, ...] = ()
    does: tuple[Do, ...] = ()
    then: str | None = None
    carry: Mapping[str, Any] = field(default_factory=dict)


Wish = Asked | Looked | Recalled
Script = Generator[Wish, Any, T]


def digest(value: Any) -> str:
    """Return a short stable digest of a JSON value, or an empty text for None."""
    if value is None:
        return ""
    plain = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def ask(
    question: Question[T],
    *,
    about: Any = None,
    phrase: str = "",
    values: Mapping[str, Any] | None = None,
    options: Sequence[Option] = (),
) -> Script[T]:
    """Return the answer to a question, asking it when it is not known.

    Args:
        question: what to find out.
        about: plain JSON the answer depends on; when it changes, the old answer is forgotten.
        phrase: another text for the same question, for example with choices.
        values: what the text's placeholders stand for.
        options: numbered choices.
    """
    wish = Asked(question, digest(about), phrase or question.phrase, values or {}, tuple(options))
    return cast("T", (yield wish))


def ask_optional(
    question: Question[T],
    *,
    about: Any = None,
    values: Mapping[str, Any] | None = None,
    options: Sequence[Option] = (),
) -> Script[T | None]:
    """Return the answer to an optional question, or None when the resident skipped it."""
    wish = Asked(question, digest(about), question.phrase, values or {}, tuple(options))
    return cast("T | None", (yield wish))


def known(question: Question[T]) -> Script[T | None]:
    """Return a fact when the resident has volunteered it, else None; asks nothing."""
    return cast("T | None", (yield Recalled(question)))


def look(name: str, args: Mapping[str, Any], *, attempt: int = 0) -> Script[Any]:
    """Return the plain JSON answer to a Look, or None when it is unavailable.

    Args:
        name: the Look's name, `geocode`.
        args: plain JSON; the same arguments are looked up once per frame.
        attempt: raise it to look the same thing up again.
    """
    return (yield Looked(f"{name}:{digest([args, attempt])}", name, args))
