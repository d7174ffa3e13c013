"""A look inside a conversation, for the playground of the embedded form. Never for production.

What is read here is personal (what a resident said and where). It is shown to the person at the
keyboard, who made it up a minute ago; nothing here is reachable from another machine.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from bot.storage.crypto import Vault
from bot.storage.engine import Storage
from bot.storage.glance import Glance, glance
from conversations.engine.registry import discover_flows
from conversations.engine.talk import Talk
from conversations.reading.segments import count_segments
from conversations.vocabulary.handles import Handle

CHANNEL = "sms"
DIAGRAMS = Path(__file__).resolve().parent.parent / "docs" / "flows"
"""Where `main.py flow draw --all` writes what the walk through each flow found (Mermaid)."""

_WAY = re.compile(r"^\s*([\w.]+|\[\*\])[^\s-]*\s*-->\s*(?:\|[^|]*\|)?\s*([\w.]+|\[\*\])")


class Memory(Protocol):
    """The parts of the shell that remember."""

    @property
    def storage(self) -> Storage:
        """Return the storage."""

    @property
    def vault(self) -> Vault:
        """Return what opens sealed fields."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a conversation stands.

    Attributes:
        flow: name of the flow that speaks, or empty at rest.
        question: name of the question asked, or empty.
        been: names of the questions answered so far.
        facts: names and plain values of what is known.
        language: ISO 639-1 code in use.
        opted_out: True when the resident asked us to stop.
        draft: name of the flow that was parked, or empty.
    """

    flow: str
    question: str
    been: tuple[str, ...]
    facts: tuple[tuple[str, Any], ...]
    language: str
    opted_out: bool
    draft: str


async def standing(shell: Memory, city: str, handle: Handle) -> Standing | None:
    """Return where a resident's conversation with a city stands, or None before the first turn."""
    found = await _glance(shell, city, handle)
    return stand_of(found.talk, found.opted_out) if found else None


async def _glance(
    shell: Memory, city: str, handle: Handle, with_lines: bool = False
) -> Glance | None:
    """Return what is remembered of a conversation."""
    return await shell.storage.read(
        lambda connection: glance(
            connection,
            shell.vault,
            city=city,
            channel=CHANNEL,
            handle=handle,
            with_lines=with_lines,
        )
    )


def stand_of(talk: Mapping[str, Any], opted_out: bool) -> Standing:
    """Return where a stored talk stands."""
    memory = Talk.from_json(talk)
    top = memory.top
    facts = top.values() if top else {}
    return Standing(
        flow=top.flow if top else "",
        question=(top.asked or "") if top else "",
        been=tuple(facts),
        facts=tuple(facts.items()),
        language=memory.language,
        opted_out=opted_out,
        draft=memory.draft.flow if memory.draft else "",
    )


def segments_of(text: str) -> int:
    """Return how many segments a text costs."""
    return count_segments(text).segments


def flow_names() -> tuple[str, ...]:
    """Return the names of the flows that have a diagram, the one with most questions first."""
    drawn = [flow for flow in discover_flows().values() if _diagram(flow.name).is_file()]
    return tuple(flow.name for flow in sorted(drawn, key=lambda flow: -len(flow.questions)))


def flow_ways(name: str) -> tuple[tuple[str, ...], frozenset[tuple[str, str]]]:
    """Return a flow's questions as declared, and every way the walk found between them.

    The walk itself takes a minute, so its committed diagram is read. `start` and `end` stand for
    the flow's beginning and ending.

    Raises:
        LookupError: there is no such flow, or it has no diagram.
    """
    flow = discover_flows()[name]
    try:
        text = _diagram(name).read_text(encoding="utf-8")
    except OSError:
        raise LookupError(name) from None
    ways = set()
    for line in text.splitlines():
        found = _WAY.match(line)
        if found:
            source, target = found.groups()
            ways.add((_named(source, "start"), _named(target, "end")))
    return tuple(question.name for question in flow.questions), frozenset(ways)


def _diagram(name: str) -> Path:
    """Return where a flow's diagram is kept."""
    return DIAGRAMS / f"{name}.md"


def _named(node: str, terminal: str) -> str:
    """Return a diagram's node as a question's name; `[*]` is the beginning or the ending."""
    return terminal if node == "[*]" else node
