"""A flow's diagram as SVG, drawn by us from the explored graph: no library, nothing from elsewhere.

Classes and data attributes only, no style: the page colours it and lights the present state by
`data-state`, which is the name of the question.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from webhooks.pages.playground.layout import BOX_HEIGHT, Layout, Point, lay_out

SVG = "http://www.w3.org/2000/svg"
HALO = 5.0


def draw(
    title: str,
    nodes: Sequence[tuple[str, str, str]],
    edges: Sequence[tuple[str, str]],
) -> str:
    """Return the picture.

    Args:
        title: read out instead of the picture.
        nodes: (name, text in the box, kind: start, ask, look or end), the start first.
        edges: pairs of names.
    """
    plan = lay_out({name: text for name, text, _ in nodes}, edges)
    svg = Element(
        "svg",
        {
            "xmlns": SVG,
            "viewBox": f"0 0 {plan.width:.0f} {plan.height:.0f}",
            "width": f"{plan.width:.0f}",
            "height": f"{plan.height:.0f}",
            "role": "img",
        },
    )
    SubElement(svg, "title").text = title
    _draw_tip(svg)
    for edge in sorted(plan.ways):
        _draw_edge(svg, plan, edge)
    for name, text, kind in nodes:
        _draw_box(svg, plan, name, text, kind)
    return tostring(svg, encoding="unicode")


def _draw_tip(svg: Element) -> None:
    """Add the arrow head that lines end in."""
    marker = SubElement(
        SubElement(svg, "defs"),
        "marker",
        {
            "id": "tip",
            "viewBox": "0 0 8 8",
            "refX": "7",
            "refY": "4",
            "markerWidth": "7",
            "markerHeight": "7",
            "orient": "auto",
        },
    )
    SubElement(marker, "path", {"d": "M0 0.5 7.5 4 0 7.5z", "class": "tip"})


def _draw_edge(svg: Element, plan: Layout, edge: tuple[str, str]) -> None:
    """Add one line."""
    up = edge in plan.backward
    path = _corners(plan.ways[edge]) if up else _curve(plan.ways[edge])
    kind = "edge back" if up else "edge"
    SubElement(svg, "path", {"d": path, "class": kind, "marker-end": "url(#tip)"})


def _curve(points: Sequence[Point]) -> str:
    """Return a soft line that leaves and arrives straight down."""
    (x, y), *rest = points
    path = [f"M{x:.1f} {y:.1f}"]
    for nx, ny in rest:
        bend = (ny - y) / 2
        path.append(f"C{x:.1f} {y + bend:.1f} {nx:.1f} {ny - bend:.1f} {nx:.1f} {ny:.1f}")
        x, y = nx, ny
    return " ".join(path)


def _corners(points: Sequence[Point]) -> str:
    """Return a line with rounded corners: out to the lane, up, and back in."""
    (x0, y0), (lane, _), (_, y3), (x3, _) = points
    r = 6.0
    return (
        f"M{x0:.1f} {y0:.1f} H{lane - r:.1f} Q{lane:.1f} {y0:.1f} {lane:.1f} {y0 - r:.1f} "
        f"V{y3 + r:.1f} Q{lane:.1f} {y3:.1f} {lane - r:.1f} {y3:.1f} H{x3:.1f}"
    )


def _draw_box(svg: Element, plan: Layout, name: str, text: str, kind: str) -> None:
    """Add one box with its text and the halo that shines when it is the present state."""
    spot = plan.spots[name]
    group = SubElement(svg, "g", {"class": f"state {kind}", "data-state": name})
    for css, grow in (("halo", HALO), ("box", 0.0)):
        SubElement(
            group,
            "rect",
            {
                "class": css,
                "x": f"{spot.x - spot.width / 2 - grow:.1f}",
                "y": f"{spot.y - BOX_HEIGHT / 2 - grow:.1f}",
                "width": f"{spot.width + 2 * grow:.1f}",
                "height": f"{BOX_HEIGHT + 2 * grow:.1f}",
                "rx": f"{(17 if kind in {'start', 'end'} else 10) + grow:.1f}",
            },
        )
    label = SubElement(group, "text", {"x": f"{spot.x:.1f}", "y": f"{spot.y:.1f}"})
    label.text = text
