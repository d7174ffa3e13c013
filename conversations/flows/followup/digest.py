"""News of several requests at once: a line each, and one question about all that were closed.

Only what fits into one text is told here; the rest is counted, and STATUS tells it. A mail has
room for all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from conversations.engine.given import Scene
from conversations.engine.script import (
    Answer,
    Done,
    Hearing,
    Option,
    Question,
    Script,
    Understood,
    ask,
)
from conversations.flows.followup.closing import file_anew, is_unsettled
from conversations.flows.followup.telling import values_of
from conversations.reading.segments import count_segments
from conversations.reading.text import fold
from conversations.vocabulary.effects import Do, Say
from conversations.wording.catalogue import MAX_SEGMENTS
from conversations.wording.cleaning import lighten

MOST = 9
"""Lines at most, also in a mail: choices are answered with one digit."""

Change = Mapping[str, Any]


def _read_not_fixed(hearing: Hearing) -> Understood:
    """Understand "0", "all fine", "1 and 3"; a number that stands for nothing is a miss."""
    text = fold(hearing.reading.text).strip(" .!")
    if text == "0" or text in hearing.scene.words("followup.all_fine_words"):
        return Answer({"not_fixed": []})
    if text in hearing.scene.words("followup.none_fixed_words"):
        return Answer({"not_fixed": ["all"]})
    named = re.findall(r"\d+", text)
    joined = re.fullmatch(r"[\d ,.&+;/-]*", re.sub(r"[a-z]+", "", text))
    if len(named) < 2 or joined is None or len(text) > 4 * MOST:
        return None
    return Answer({"not_fixed": named}) if all(1 <= int(n) <= MOST for n in named) else None


NOT_FIXED: Question[list[str]] = Question("not_fixed", "followup.digest", _read_not_fixed)


def digest(scene: Scene) -> Script[Done]:
    """Tell what changed; of what the city closed ask which is not fixed."""
    changes = [item for item in scene.data.get("changes") or () if isinstance(item, Mapping)]
    mine = [item for item in changes if item.get("own", True) and is_unsettled(item)]
    closed = _most(scene, len(mine), lambda n: _question(scene, mine[:n], [], len(changes) - n))
    asked = mine[:closed]
    others = [item for item in changes if item not in asked]
    if not asked:
        return Done(_tell(scene, others))
    shown = _most(
        scene,
        len(others),
        lambda n: _question(scene, asked, others[:n], len(others) - n),
        least=0,
    )
    say = _question(scene, asked, others[:shown], len(others) - shown)
    options = tuple(
        Option(label, {"not_fixed": [str(number)]})
        for number, label in enumerate(say.choices, start=1)
    )
    about = [item["request_id"] for item in asked]
    said = yield from ask(NOT_FIXED, about=about, values=say.values, options=options)
    chosen = set(range(1, len(asked) + 1)) if said == ["all"] else {int(n) for n in said}
    return _end(scene, [item for n, item in enumerate(asked, 1) if n in chosen], asked)


def _end(scene: Scene, broken: Sequence[Change], asked: Sequence[Change]) -> Done:
    """File what is not fixed again; without any, all that were shown are fixed.

    Of the others nothing was said when some are not fixed, so nothing is judged.
    """
    if not broken:
        fixed = tuple(Do("judge", {"request_id": c["request_id"], "fixed": True}) for c in asked)
        return Done((Say("followup.glad"),), fixed)
    ends = [file_anew(scene, item) for item in broken]
    does = tuple(do for end in ends for do in end.does)
    if len(ends) == 1:
        return Done(ends[0].says, does)
    linked = sum(any(do.name == "file_again" for do in end.does) for end in ends)
    if linked < len(ends):  # one of them is a number we never had a report of
        return Done((Say("followup.cannot_link"),), does)
    return Done((Say("followup.linked_all", {"n": linked}, hold_s=5),), does)


def _question(scene: Scene, asked: Sequence[Change], others: Sequence[Change], more: int) -> Say:
    """Return the question about what was closed, with as much other news as is given."""
    values = {
        "n": len(asked),
        "digest": " ".join(_line(scene, item) for item in others),
        "more": _more(scene, more),
    }
    return Say("followup.digest", values, tuple(_label(scene, item) for item in asked), asks=True)


def _tell(scene: Scene, changes: Sequence[Change]) -> tuple[Say, ...]:
    """Return the news as lines of one text, and how many it has no room for."""

    def lines(shown: int) -> Say:
        left = len(changes) - shown
        said = " ".join(_line(scene, item) for item in changes[:shown])
        return Say("followup.digest_told", {"digest": said, "more": _more(scene, left)})

    return (lines(_most(scene, len(changes), lines)),)


def _line(scene: Scene, change: Change) -> str:
    return scene.text("followup.digest_line", **values_of(scene, change))


def _label(scene: Scene, change: Change) -> str:
    return scene.text("followup.digest_label", **values_of(scene, change))


def _more(scene: Scene, count: int) -> str:
    return scene.text("followup.digest_more", n=count) if count else ""


def _most(scene: Scene, count: int, make: Callable[[int], Say], *, least: int = 1) -> int:
    """Return how many of `count` things `make` finds room for in one text."""
    count = min(count, MOST)
    if scene.given.channel == "email":
        return count
    fitting = (n for n in range(count, least, -1) if _fits(scene, make(n)))
    return next(fitting, min(count, least))


def _fits(scene: Scene, say: Say) -> bool:
    """Return whether a text has room for what it names, also after a miss, unshortened."""
    lead = scene.text("repair.pick_number") if say.asks else ""
    body = scene.text(say.phrase, **say.values)
    choices = (f"{number} {label}" for number, label in enumerate(say.choices, start=1))
    text = lighten("\n".join([f"{lead} {body}", *choices]))
    return count_segments(text).segments <= MAX_SEGMENTS
