"""Where the boxes of a flow's diagram stand: layers from top to bottom, few crossings.

The usual four steps, small: turn cycles around, give each box the layer of its longest way from
the start, sort each layer by where its neighbours stand, space the boxes. Pure geometry, no SVG.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

BOX_HEIGHT = 32.0
LAYER_GAP = 26.0
BOX_GAP = 18.0
LETTER = 7.4
MARGIN = 22.0
SWEEPS = 6

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a box stands: its middle and its width."""

    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class Layout:
    """A laid-out graph.

    Attributes:
        width, height: of the whole picture.
        spots: box name to its place.
        ways: for each edge (source, target) the points its line passes, ends included.
        backward: edges that go up again; they are drawn beside the boxes.
    """

    width: float
    height: float
    spots: Mapping[str, Spot]
    ways: Mapping[tuple[str, str], tuple[Point, ...]]
    backward: frozenset[tuple[str, str]]


Edge = tuple[str, str]


def lay_out(labels: Mapping[str, str], edges: Iterable[Edge]) -> Layout:
    """Return places for boxes.

    Args:
        labels: box name to the text in it; the first is the start.
        edges: pairs of names; loops on one box are left out.
    """
    wanted = list(dict.fromkeys(edge for edge in edges if edge[0] != edge[1]))
    backward = _backward(list(labels), wanted)
    forward = [edge for edge in wanted if edge not in backward]
    layer = _layers(list(labels), forward)
    chains, ranks = _with_waypoints(forward, layer)
    _sort(ranks, [pair for chain in chains.values() for pair in _pairs(chain)])
    widths = {name: max(64.0, len(text) * LETTER + 26) for name, text in labels.items()}
    spots, width = _space(ranks, widths)
    height = max(layer.values(), default=0) * (BOX_HEIGHT + LAYER_GAP) + BOX_HEIGHT + 2 * MARGIN
    ways = {edge: _way([spots[name] for name in chain]) for edge, chain in chains.items()}
    reach = width
    for number, edge in enumerate(sorted(backward)):
        lane = width + 10 + number * 9
        reach = max(reach, lane + 12)
        ways[edge] = _way_up(spots[edge[0]], spots[edge[1]], lane)
    kept = {name: spots[name] for name in labels}
    return Layout(reach, height, kept, ways, frozenset(backward))


def _backward(names: Sequence[str], edges: Sequence[Edge]) -> set[Edge]:
    """Return the edges that lead back to a box already on the way (depth first, in order)."""
    following: dict[str, list[str]] = defaultdict(list)
    for source, target in edges:
        following[source].append(target)
    state: dict[str, int] = {}
    back: set[Edge] = set()
    for root in names:
        stack: list[tuple[str, int]] = [(root, 0)] if root not in state else []
        while stack:
            name, turn = stack.pop()
            state[name] = 1
            if turn == len(following[name]):
                state[name] = 2
                continue
            stack.append((name, turn + 1))
            target = following[name][turn]
            if state.get(target) == 1:
                back.add((name, target))
            elif target not in state:
                stack.append((target, 0))
    return back


def _layers(names: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """Return the layer of each box: its longest way from a box nothing leads to."""
    layer = dict.fromkeys(names, 0)
    for _ in names:
        moved = False
        for source, target in edges:
            if layer[target] <= layer[source]:
                layer[target], moved = layer[source] + 1, True
        if not moved:
            break
    return layer


def _with_waypoints(
    edges: Sequence[Edge], layer: Mapping[str, int]
) -> tuple[dict[Edge, list[str]], list[list[str]]]:
    """Return each edge as a chain through every layer it crosses, and the layers' members."""
    ranks: list[list[str]] = [[] for _ in range(max(layer.values(), default=0) + 1)]
    for name, rank in layer.items():
        ranks[rank].append(name)
    chains = {}
    for source, target in edges:
        between = [f"~{source}>{target}.{n}" for n in range(layer[source] + 1, layer[target])]
        for step, waypoint in enumerate(between, layer[source] + 1):
            ranks[step].append(waypoint)
        chains[(source, target)] = [source, *between, target]
    return chains, ranks


def _pairs(chain: Sequence[str]) -> list[Edge]:
    """Return the steps of a chain."""
    return list(itertools.pairwise(chain))


def _sort(ranks: list[list[str]], steps: Sequence[Edge]) -> None:
    """Order each layer by the mean place of its neighbours, down and up again."""
    above: dict[str, list[str]] = defaultdict(list)
    below: dict[str, list[str]] = defaultdict(list)
    for source, target in steps:
        above[target].append(source)
        below[source].append(target)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        order = range(1, len(ranks)) if down else range(len(ranks) - 2, -1, -1)
        for number in order:
            fixed = ranks[number - 1 if down else number + 1]
            place = {name: (index + 0.5) / len(fixed) for index, name in enumerate(fixed)}
            near = above if down else below
            rank = ranks[number]
            here = {name: (index + 0.5) / len(rank) for index, name in enumerate(rank)}
            rank.sort(key=lambda name: _mean(near[name], place, here[name]))


def _mean(names: Sequence[str], place: Mapping[str, float], otherwise: float) -> float:
    """Return the mean place of `names`, or `otherwise` when there are none."""
    known = [place[name] for name in names if name in place]
    return sum(known) / len(known) if known else otherwise


def _space(
    ranks: Sequence[Sequence[str]], widths: Mapping[str, float]
) -> tuple[dict[str, Spot], float]:
    """Return the spot of every box and waypoint, each layer centred, and the width of all."""
    spans = [sum(widths.get(n, 6.0) + BOX_GAP for n in rank) - BOX_GAP for rank in ranks]
    total = max(spans, default=0.0) + 2 * MARGIN
    spots = {}
    for number, rank in enumerate(ranks):
        x = (total - spans[number]) / 2
        y = MARGIN + number * (BOX_HEIGHT + LAYER_GAP) + BOX_HEIGHT / 2
        for name in rank:
            width = widths.get(name, 6.0)
            spots[name] = Spot(x + width / 2, y, width)
            x += width + BOX_GAP
    return spots, total


def _way(spots: Sequence[Spot]) -> tuple[Point, ...]:
    """Return the points of a line down: from a lower edge, past the waypoints, to an upper edge."""
    first, *between, last = spots
    return (
        (first.x, first.y + BOX_HEIGHT / 2),
        *((spot.x, spot.y) for spot in between),
        (last.x, last.y - BOX_HEIGHT / 2),
    )


def _way_up(source: Spot, target: Spot, lane: float) -> tuple[Point, ...]:
    """Return the points of a line that goes up again, in a lane right of all boxes."""
    return (
        (source.x + source.width / 2, source.y + 5),
        (lane, source.y + 5),
        (lane, target.y - 5),
        (target.x + target.width / 2, target.y - 5),
    )
