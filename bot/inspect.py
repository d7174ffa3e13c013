"""A look inside a conversation, for the playground of the embedded form. Never for production.

What is read here is personal (what a resident said and where). It is shown to the person at the
keyboard, who made it up a minute ago; nothing here is reachable from another machine.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.deeds.telling import place_label
from bot.looks import Patience
from bot.recording import record
from bot.shell import Shell
from bot.storage.glance import Glance, glance
from conversations.engine.flow import Flow
from conversations.engine.given import Given
from conversations.engine.registry import discover_flows
from conversations.engine.talk import Talk
from conversations.engine.transcript import write_transcript
from conversations.reading.segments import count_segments
from conversations.vocabulary.effects import Look
from conversations.vocabulary.handles import Handle

CHANNEL = "sms"
TRANSCRIPTS = Path("tests") / "transcripts"
"""Where transcript tests are, below the folder the service was started in."""
DIAGRAMS = Path(__file__).resolve().parent.parent / "docs" / "flows"
"""Where `main.py flow draw --all` writes what the walk through each flow found (Mermaid)."""

DONE = "finish"
"""How the diagrams name the end (`end` is a word of Mermaid's own)."""

_WAY = re.compile(r'^\s*(\w+) -->(?:\|"[^|]*"\|)? *(\w+)$')


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
        requests: the resident's latest requests: number or None, title, place, status.
    """

    flow: str
    question: str
    been: tuple[str, ...]
    facts: tuple[tuple[str, Any], ...]
    language: str
    opted_out: bool
    draft: str
    requests: tuple[tuple[str | None, str, str, str], ...] = ()


async def standing(
    shell: Shell, city: str, handle: Handle, *, channel: str = CHANNEL
) -> Standing | None:
    """Return where a resident's conversation with a city stands, or None before the first turn."""
    found = await _glance(shell, city, handle, channel=channel)
    if found is None:
        return None
    stands = stand_of(found.talk, found.opted_out)
    types = shell.cities[city].request_types
    requests = tuple(
        (
            report.number,
            types[report.type_key].title("en") if report.type_key in types else report.type_key,
            place_label(report),
            report.status,
        )
        for report in found.requests
    )
    return replace(stands, requests=requests)


async def _glance(
    shell: Shell, city: str, handle: Handle, *, with_lines: bool = False, channel: str = CHANNEL
) -> Glance | None:
    """Return what is remembered of a conversation."""
    return await shell.storage.read(
        lambda connection: glance(
            connection,
            shell.vault,
            city=city,
            channel=channel,
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


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation as a transcript test: the file's text, its name, where it was saved or ""."""

    text: str
    name: str
    saved: str


async def transcript(
    shell: Shell, city: str, handle: Handle, *, channel: str = CHANNEL, save: bool = True
) -> Kept | None:
    """Return a conversation as a transcript test, saved where the tests are if they are here.

    None when nothing has been said yet.
    """
    found = await _glance(shell, city, handle, with_lines=True, channel=channel)
    if found is None or not found.lines:
        return None
    pack = shell.cities[city]

    async def ask(look: Look) -> Mapping[str, Any] | None:
        return await shell.looks.answer(look, city, found.resident_id, Patience.begin())

    def given_at(now: datetime) -> Given:
        return Given(pack, shell.readers[city], now, channel=channel, catalogue=shell.catalogue)

    listed = await ask(Look("recording", "my_requests"))
    header = {"city": city, "channel": channel, "language": pack.languages[0]}
    requests = listed["requests"] if listed else ()
    made = await record(found.lines, given_at, ask, header, requests)
    text, name = write_transcript(made), _file_name(made.title[0])
    return Kept(text, name, await asyncio.to_thread(_save, text, name) if save else "")


def _file_name(title: str) -> str:
    """Return a file name made of a transcript's first words."""
    words = re.findall(r"[a-z0-9]+", title.lower())[:5]
    return f"{'_'.join(words) or 'conversation'}.txt"


def _save(text: str, name: str) -> str:
    """Write a transcript among the tests and return its path, or "" where there are no tests."""
    if not TRANSCRIPTS.is_dir():
        return ""
    path = TRANSCRIPTS / "recorded" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path.as_posix()


def flow_names() -> tuple[str, ...]:
    """Return the names of the flows that ask something, the one with most questions first."""
    flows = sorted(discover_flows().values(), key=lambda flow: -len(flow.questions))
    return tuple(flow.name for flow in flows if _ways(flow))


def flow_ways(name: str) -> tuple[tuple[str, ...], frozenset[tuple[str, str]]]:
    """Return a flow's questions as declared, and every way the walk found between them.

    The walk itself takes long, so its committed page is read. `start` and `end` stand for the
    flow's beginning and ending.

    Raises:
        LookupError: there is no such flow, or it asks nothing.
    """
    flow = discover_flows()[name]
    ways = _ways(flow)
    if not ways:
        raise LookupError(name)
    return tuple(question.name for question in flow.questions), ways


def _ways(flow: Flow) -> frozenset[tuple[str, str]]:
    """Return the ways drawn in a flow's part of its folder's page; none when there is no page."""
    try:
        page = (DIAGRAMS / f"{flow.name.partition('.')[0]}.md").read_text(encoding="utf-8")
    except OSError:
        return frozenset()
    if flow.starts_on:
        page = page.partition(f"## When `{flow.starts_on}` happens")[2].partition("\n## ")[0]
    found = (_WAY.match(line) for line in page.splitlines())
    return frozenset((way[1], "end" if way[2] == DONE else way[2]) for way in found if way)
