"""The essence of an explored flow, for a picture that people can read.

The walk finds every way there is: since a first text may hold everything, nearly any question may
follow any other. Shown are the ways that add something: what is already known is simply not asked,
so a line that skips boxes on a longer way is left out; alternatives that lead to each other stand
side by side; ways back are kept from the last question only, where things are corrected.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

START, END = "start", "end"
Edge = tuple[str, str]


def essence(order: Sequence[str], edges: Iterable[Edge]) -> tuple[list[str], list[Edge]]:
    """Return the boxes, the start first, and the lines worth drawing.

    Args:
        order: names of the questions in the order the flow declares them.
        edges: every way found, by name of question, with `start` and `end`.
    """
    found = {edge for edge in edges if edge[0] != edge[1]}
    met = {name for edge in found for name in edge} - {START, END}
    inner = [name for name in order if name in met]
    found = {edge for edge in found if {*edge} <= {START, END, *inner}}
    last = _closing_question(found, inner)
    names = [START, *_in_sequence(inner, {e for e in found if e[0] != last}), END]
    rank = {name: index for index, name in enumerate(names)}
    forward = {edge for edge in found if rank[edge[0]] < rank[edge[1]] and edge[0] != last}
    forward -= _between_siblings(found, forward)
    forward = _without_shortcuts(forward | {(last, END)} if last else forward, names)
    drawn = forward | {edge for edge in found if edge[0] == last}
    shown = [START, END, *names[1:-1]]  # a box that leads back then stands right of the end
    return shown, sorted(drawn, key=lambda edge: (rank[edge[0]], rank[edge[1]]))


def _closing_question(found: set[Edge], inner: Sequence[str]) -> str:
    """Return the question that most ways lead to of those that may end the flow, or ""."""
    closing = [name for name in inner if (name, END) in found]
    return max(closing, key=lambda name: sum(t == name for _, t in found), default="")


def _in_sequence(inner: Sequence[str], ways: set[Edge]) -> list[str]:
    """Return the questions in the order they come in; the declared order where they circle."""
    reach = _reach(ways, inner)
    left, sequence = list(inner), list[str]()
    while left:
        free = (
            name
            for name in left
            if not any(name in reach[other] and other not in reach[name] for other in left)
        )
        sequence.append(next(free))
        left.remove(sequence[-1])
    return sequence


def _reach(ways: set[Edge], names: Iterable[str]) -> dict[str, set[str]]:
    """Return for each name everything some way leads to from there."""
    following: dict[str, set[str]] = defaultdict(set)
    for source, target in ways:
        following[source].add(target)
    reach: dict[str, set[str]] = {}
    for name in names:
        seen, stack = set[str](), [name]
        while stack:
            fresh = following[stack.pop()] - seen
            seen |= fresh
            stack.extend(fresh)
        reach[name] = seen
    return reach


def _between_siblings(found: set[Edge], forward: set[Edge]) -> set[Edge]:
    """Return the lines between alternatives: they lead to each other and follow one question."""
    before: dict[str, set[str]] = defaultdict(set)
    for source, target in forward:
        if source != START:
            before[target].add(source)
    return {
        (source, target)
        for source, target in forward
        if (target, source) in found and before[source] & before[target]
    }


def _without_shortcuts(forward: set[Edge], names: Sequence[str]) -> set[Edge]:
    """Return the lines that are not implied by a longer way (the transitive reduction)."""
    reach = _reach(forward, names)
    following: dict[str, set[str]] = defaultdict(set)
    for source, target in forward:
        following[source].add(target)
    return {
        (source, target)
        for source, target in forward
        if not any(target in reach[near] for near in following[source] - {target})
    }
