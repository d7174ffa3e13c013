"""HTML mails as lines: what is quoted is told by the containers that mail programs write."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from conversations.reading.mail import cues
from conversations.reading.mail.lines import HR, Line, make_line
from conversations.reading.mail.tags import read_attributes, read_tags

_SPACES = re.compile(r"[ \t\r\n\f]+")


@dataclass(slots=True)
class _Open:
    """One element that is open: where its lines began, and whether it quotes or signs."""

    name: str
    begin: int
    quotes: bool = False  # a blockquote
    holds: bool = False  # a container that may hold blockquotes, with answers between them
    signs: bool = False
    picks: bool = False  # what the quote button of an editor makes
    quotes_before: int = 0  # how many blockquotes had begun


@dataclass(slots=True)
class _Page:
    """The lines found so far, and where we are."""

    lines: list[Line] = field(default_factory=list)
    contained: list[tuple[int, int]] = field(default_factory=list)  # lines of quote containers
    signed: list[tuple[int, int]] = field(default_factory=list)  # lines of signatures
    opened: list[_Open] = field(default_factory=list)
    count: dict[str, int] = field(default_factory=dict)
    text: list[str] = field(default_factory=list)
    depth: int = 0
    sure: int = 0
    picked: int = 0
    held: int = 0
    pre: int = 0
    quotes: int = 0  # blockquotes begun so far
    cut: bool = False  # all that follows is quoted


def html_lines(page: str) -> list[Line]:
    """Return the lines of an HTML mail.

    Quoted ones have a depth; signatures that programs marked are `added`; a drawn line is `HR`.
    """
    state = _Page()
    for name, attributes, text in read_tags(page):
        if not name:
            _write(state, text)
        elif name[0] == "/":
            _close(state, name[1:])
        else:
            _open(state, name, attributes)
    while state.opened:
        _pop(state)
    _break(state)
    for at in _inside(state.contained, len(state.lines)):
        line = state.lines[at]
        line.depth, line.sure = max(1, line.depth), True
    for at in _inside(state.signed, len(state.lines)):
        state.lines[at].added = True
    return state.lines


def _inside(spans: list[tuple[int, int]], size: int) -> list[int]:
    """Return the places inside any of the spans, in one pass however they are nested."""
    change = [0] * (size + 1)
    for begin, end in spans:
        change[min(begin, size)] += 1
        change[min(end, size)] -= 1
    found, level = [], 0
    for at in range(size):
        level += change[at]
        if level:
            found.append(at)
    return found


def _write(state: _Page, text: str) -> None:
    """Add text to the line that is being written."""
    try:
        plain = html.unescape(text) if "&" in text else text
    except ValueError:  # a number of thousands of digits
        plain = text
    if not state.pre:
        state.text.append(_SPACES.sub(" ", plain))
        return
    first, *others = plain.split("\n")
    state.text.append(first)
    for other in others:
        _break(state, always=True)
        state.text.append(other)


def _break(state: _Page, always: bool = False) -> None:
    """End the line that is being written; an empty one only counts when `always`."""
    text = "".join(state.text)
    state.text.clear()
    text = text.rstrip() if state.pre else _SPACES.sub(" ", text.replace("\xa0", " ")).strip()
    if text or always:
        _add(state, text)


def _add(state: _Page, text: str) -> None:
    """Add a line, quoted as deep as we are."""
    depth = max(1, state.depth) if state.cut else state.depth
    line = make_line(text, depth, state.sure > 0 or state.cut)
    line.picked = state.picked > 0
    state.lines.append(line)


def _blank(state: _Page) -> None:
    """Leave one blank line."""
    if state.lines and not state.lines[-1].blank:
        _add(state, "")


def _open(state: _Page, name: str, attributes: str) -> None:
    """Begin an element."""
    if name == "br":
        _break(state, always=True)
        return
    if name in ("td", "th"):
        state.text.append(" ")
    if name in cues.elements("blocks"):
        _break(state)
        if name in cues.elements("spaced"):
            _blank(state)
    if name == "hr":
        _add(state, HR)
    if name in cues.elements("void"):
        return
    element = _element(state, name, attributes)
    state.opened.append(element)
    state.count[name] = state.count.get(name, 0) + 1
    state.pre += name == "pre"
    if element.quotes:
        state.depth += 1
        state.sure += element.holds
        state.picked += element.picks
    state.held += element.holds
    if name == "li":
        state.text.append("- ")


def _element(state: _Page, name: str, attributes: str) -> _Open:
    """Return what an element is for us."""
    element = _Open(name, len(state.lines), quotes_before=state.quotes)
    given = read_attributes(attributes) if "=" in attributes else {}
    classes = set(given.get("class", "").split())
    identity = given.get("id", "")
    element.quotes = name == "blockquote"
    known = (
        bool(classes & cues.elements("quote_classes"))
        or identity in cues.elements("quote_ids")
        or identity.startswith("yahoo_quoted")
    )
    cited = given.get("type") == "cite"
    element.holds = known or (element.quotes and cited)
    if element.quotes and known and not cited and not state.held:
        element.holds, element.picks = False, True
    if element.quotes:
        state.quotes += 1
    if (
        identity in cues.elements("from_here")
        and not state.cut
        and any(not line.blank for line in state.lines)
    ):
        _break(state)
        state.cut = True
    element.signs = bool(classes & cues.elements("signatures")) or "data-signatureblock" in given
    element.signs = element.signs or given.get("data-smartmail") == "gmail_signature"
    return element


def _close(state: _Page, name: str) -> None:
    """End an element and those left open inside it; one never begun is passed over."""
    if name == "br":
        _break(state, always=True)
        return
    if name == "p" and not state.count.get(name):
        _break(state)
    if not state.count.get(name):
        return
    while state.opened:
        closed = _pop(state)
        if closed.name == name:
            return


def _pop(state: _Page) -> _Open:
    """End the innermost element."""
    element = state.opened[-1]
    if element.name in cues.elements("blocks"):
        _break(state)
    state.opened.pop()
    state.count[element.name] -= 1
    state.pre -= element.name == "pre"
    state.held -= element.holds
    state.picked -= element.picks
    if element.quotes:
        state.depth -= 1
        state.sure -= element.holds
    elif element.holds and state.quotes == element.quotes_before:
        state.contained.append((element.begin, len(state.lines)))
    if element.signs:
        state.signed.append((element.begin, len(state.lines)))
    if element.name in cues.elements("spaced"):
        _blank(state)
    return element
