"""Drawing a flow as a Mermaid diagram and a page that a city clerk can read.

The pages under `docs/flows/` are written from here and a test keeps them fresh.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping

from conversations.engine.explore import END, START, Exploration, explore
from conversations.engine.flow import Flow
from conversations.wording.catalogue import Catalogue

_MAX_LABELS = 4


def _safe(text: str) -> str:
    """Return a text that cannot break a diagram."""
    return text.replace('"', "'").replace("|", "/").replace("<", "").replace(">", "")


def draw(found: Exploration) -> str:
    """Return the Mermaid flowchart of a walk: questions as boxes, classes of answers on arrows."""
    ways: dict[tuple[str, str], set[str]] = defaultdict(set)
    for edge in found.edges:
        if edge.source != edge.target:
            ways[edge.source, edge.target].add(edge.label)
    lines = ["flowchart TD", f'    {START}(["text received"])']
    lines += [f'    {name}["{name.replace("_", " ")}"]' for name in sorted(found.asked)]
    lines.append('    finish(["done"])')
    for (source, target), labels in sorted(ways.items()):
        shown = sorted(labels, key=lambda label: (len(label), label))[:_MAX_LABELS]
        more = len(labels) - len(shown)
        text = "<br/>".join([*map(_safe, shown), *([f"and {more} more"] if more else [])])
        lines.append(f'    {source} -->|"{text}"| {"finish" if target == END else target}')
    return "\n".join(lines)


def write_page(
    flows: list[Flow],
    every: Mapping[str, Flow],
    catalogue: Catalogue,
    walk: Callable[[str], Exploration] | None = None,
) -> str:
    """Return the page of a flow folder: diagram and questions in every language.

    Args:
        flows: the flows of one folder.
        every: all flows.
        catalogue: the phrases.
        walk: returns what was found in a flow by its name; explores it if None.
    """
    folder = flows[0].name.partition(".")[0]
    parts = [
        f"# The flow `{folder}`",
        "",
        "Written by `conversations.engine.draw`; a test keeps it fresh. A box is a question,",
        "an arrow an answer and, after the comma, how a look-up ended.",
    ]
    for flow in flows:
        found = walk(flow.name) if walk else explore(flow, every)
        if flow.starts_on:
            parts += ["", f"## When `{flow.starts_on}` happens"]
        if found.asked:
            parts += ["", "```mermaid", draw(found), "```"]
        else:
            parts += ["", "It only tells, and asks nothing."]
        asked = [question for question in flow.questions if question.name in found.asked]
        if asked:
            parts += ["", "| Question | " + " | ".join(catalogue.languages) + " |"]
            parts += ["|---" * (len(catalogue.languages) + 1) + "|"]
        for question in asked:
            texts = [str(catalogue.raw(code, question.phrase)) for code in catalogue.languages]
            parts.append(f"| `{question.name}` | " + " | ".join(map(_safe, texts)) + " |")
    return "\n".join(parts) + "\n"


def write_pages(every: Mapping[str, Flow], catalogue: Catalogue) -> dict[str, str]:
    """Return file name to page, for every flow folder."""
    folders: dict[str, list[Flow]] = defaultdict(list)
    for name in sorted(every):
        folders[name.partition(".")[0]].append(every[name])
    return {f"{name}.md": write_page(flows, every, catalogue) for name, flows in folders.items()}
