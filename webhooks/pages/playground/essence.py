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
    met = {name for edge in found for name in edge}
    names = [START, *(name for name in order if name in met - {START, END}), END]
    rank = {name: index for index, name in enumerate(names)}
    known = {edge for edge in found if edge[0] in rank and edge[1] in rank}
    forward = {edge for edge in known if rank[edge[0]] < rank[edge[1]]}
    forward -= _between_siblings(known, forward)
    forward = _without_shortcuts(forward, names)
    forward |= _exits(forward, names)
    last = _last_question(forward, names)
    back = {edge for edge in known - forward if edge[0] == last and rank[edge[1]] < rank[last]}
    for source, target in sorted(known - forward):
        if source == last and target not in {END} and rank[target] > rank[last]:
            back.add((source, target))
    shown = [START, END, *names[1:-1]]  # a box that leads back then stands right of the end
    return shown, sorted(forward | back, key=lambda edge: (rank[edge[0]], rank[edge[1]]))


def _between_siblings(known: set[Edge], forward: set[Edge]) -> set[Edge]:
    """Return the lines between alternatives: they lead to each other and follow one question."""
    before: dict[str, set[str]] = defaultdict(set)
    for source, target in forward:
        if source != START:
            before[target].add(source)
    return {
        (source, target)
        for source, target in forward
        if (target, source) in known and before[source] & before[target]
    }


def _without_shortcuts(forward: set[Edge], names: Sequence[str]) -> set[Edge]:
    """Return the lines that are not implied by a longer way (the transitive reduction)."""
    following: dict[str, set[str]] = defaultdict(set)
    for source, target in forward:
        following[source].add(target)
    reach: dict[str, set[str]] = {}
    for name in reversed(names):
        reach[name] = following[name] | {far for near in following[name] for far in reach[near]}
    return {
        (source, target)
        for source, target in forward
        if not any(target in reach[near] for near in following[source] - {target})
    }


def _exits(forward: set[Edge], names: Sequence[str]) -> set[Edge]:
    """Return lines to the end from boxes that a way leads to and none leaves."""
    sources, targets = {edge[0] for edge in forward}, {edge[1] for edge in forward}
    return {(name, END) for name in names[1:-1] if name in targets and name not in sources}


def _last_question(forward: set[Edge], names: Sequence[str]) -> str:
    """Return the question that stands last before the end on the longest way."""
    depth = dict.fromkeys(names, 0)
    for name in names:
        for source, target in forward:
            if source == name:
                depth[target] = max(depth[target], depth[name] + 1)
    closing = [source for source, target in forward if target == END] or [START]
    return max(closing, key=lambda name: depth[name])
