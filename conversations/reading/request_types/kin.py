"""Kin: the types a clerk would also think of, and the three guesses chosen with their help.

The first guess is what the message says. For the second and third, a type counts by its own chance
and by the chance of the types it is kin to, so that three guesses cover three different things.
Who is kin to whom stands in `reading/lexicon/kin.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest

from conversations.data import read_toml

FILE = "reading/lexicon/kin.toml"
MOST_GUESSES = 3
MOST_LOOKED_AT = 12  # types that may become the second or third guess
SHARES = (0.30, 0.20, 0.12, 0.08, 0.05)  # of a type's chance, for its first kin, its second, ...
TAUGHT = 1  # so many learned texts halve those shares: what was counted knows better than we do
HEARD = 0.02  # a type less likely than this brings no kin
CROWDED = 0.2  # a further guess of one family counts less, so that other families are seen
FILL = 0.05  # the highest score of a guess that only its kin speaks for: too low to be offered
LEAST = 1e-7  # and the lowest, so that none is nothing


@dataclass(frozen=True, slots=True)
class Choice:
    """One complaint type that was chosen: its folded name, its concept, its score."""

    name: str
    concept: int
    score: float


class Kinship:
    """Who is kin to whom among the types of one city.

    Args:
        names: the concepts the city has, in order of their numbers.
        families: the family of each.
        types: the folded name of each one's complaint type.
        texts: family to how many texts taught the learned weights what it is like.
    """

    def __init__(
        self,
        names: Sequence[str],
        families: Sequence[str],
        types: Sequence[str],
        texts: Mapping[str, int],
    ) -> None:
        table = read_toml(FILE)
        number = {name: at for at, name in enumerate(names)}
        self._families = families
        self._types = types
        self._kin: list[tuple[int, ...]] = []
        self._trust = [TAUGHT / (TAUGHT + texts.get(family, 0)) for family in families]
        for at, name in enumerate(names):
            listed = table["concepts"].get(name) or table["families"].get(families[at], ())
            kin: dict[str, int] = {}
            for other in (number[kind] for kind in listed if kind in number):
                if types[other] != types[at]:
                    kin.setdefault(types[other], other)
            self._kin.append(tuple(kin.values()))

    def choose(self, chances: Mapping[str, float], best: Mapping[str, int]) -> list[Choice]:
        """Return up to three different types, best first.

        Args:
            chances: the types the message speaks for, each with its chance.
            best: each one's concept that fits best.
        """
        wanted, concepts = self._with_kin(chances, best)
        first = min(chances, key=lambda name: (-chances[name], name))
        chosen = [first]
        others = nsmallest(
            MOST_LOOKED_AT,
            (name for name in wanted if name != first),
            key=lambda name: (-wanted[name], name),
        )
        while others and len(chosen) < MOST_GUESSES:
            seen = {self._families[concepts[name]] for name in chosen}
            shares = [
                wanted[name] * (CROWDED if self._families[concepts[name]] in seen else 1.0)
                for name in others
            ]
            chosen.append(others.pop(shares.index(max(shares))))
        left = max(0.0, 1.0 - sum(chances.get(name, 0.0) for name in chosen))
        highest = max(LEAST, min(FILL, left / MOST_GUESSES, chances[first]))
        choices = [
            Choice(name, concepts[name], max(chances.get(name, 0.0), min(highest, wanted[name])))
            for name in chosen
        ]
        return sorted(choices, key=lambda choice: -choice.score)

    def _with_kin(
        self, chances: Mapping[str, float], best: Mapping[str, int]
    ) -> tuple[dict[str, float], dict[str, int]]:
        """Return how much each type deserves a guess, kin included, and each one's concept."""
        wanted, concepts = dict(chances), dict(best)
        for name in sorted(chances, key=lambda name: (-chances[name], name)):
            if chances[name] < HEARD and len(wanted) >= MOST_GUESSES:
                break
            heard = chances[name] * self._trust[best[name]]
            for other, share in zip(self._kin[best[name]], SHARES, strict=False):
                kind = self._types[other]
                concepts.setdefault(kind, other)
                wanted[kind] = wanted.get(kind, 0.0) + share * heard
        return wanted, concepts
