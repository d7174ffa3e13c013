"""A whole mail: its plain text and its page, with the same content.

Only display-ready values come in; the few fixed words are phrases (`mail.*`). The page is made by
Jinja with escaping on: what a resident wrote can be nothing but text in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from conversations.wording.catalogue import Catalogue

_NUMBERED = re.compile(r"(\d{1,2})\.? (\S.*)")


@dataclass(frozen=True, slots=True)
class Letter:
    """What stands in a mail. Every text is final; an empty one is left out.

    Attributes:
        language: ISO 639-1 code of all texts.
        city: name of the city, who writes.
        subject: of the mail.
        text: the reply as `render` writes it; runs of lines `1. `, `2. ` are shown as a list.
        story: when and what, oldest first, each a short sentence.
        place: where the request is, as it may be shown.
        map_url: address of a picture of the place, on our own host.
        fixed_url, not_fixed_url: what the two buttons open; shown only together.
        follow_url: the request's page.
        confirm_url: what the button opens that proves a mail.
        why: why one gets this mail, one sentence; one that fits an answer by default.
        stop_url: what stops these mails; empty in a direct answer.
    """

    language: str
    city: str
    subject: str
    text: str
    story: tuple[tuple[str, str], ...] = ()
    place: str = ""
    map_url: str = ""
    fixed_url: str = ""
    not_fixed_url: str = ""
    follow_url: str = ""
    confirm_url: str = ""
    why: str = ""
    stop_url: str = ""

    @property
    def asks_if_fixed(self) -> bool:
        """True when both buttons can be shown."""
        return bool(self.fixed_url and self.not_fixed_url)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph (its lines), or a list of numbered choices."""

    lines: tuple[str, ...]
    numbered: bool


def compose(letter: Letter) -> tuple[str, str]:
    """Return the text and the HTML of a mail."""
    blocks = read_blocks(letter.text)
    word = _words_of(letter)
    page = _template().render(
        letter=letter,
        blocks=blocks,
        word=word,
        marker=write_marker(word),
        has_choices=any(block.numbered for block in blocks),
    )
    return _write_text(letter, blocks, word), page


def write_marker(word: Callable[[str], str]) -> str:
    """Return the first line of every mail: what stands below it in an answer is ours, and is cut
    off by `conversations/reading/mail/marker.py`, which knows it by its marks.
    """
    return f"##- {word('reply_above')} -##"


def read_blocks(text: str) -> tuple[Block, ...]:
    """Return the paragraphs and lists of a text.

    A list is two lines or more numbered from 1 on: one line `1 Main St` is none.
    """
    blocks: list[Block] = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in paragraph.splitlines()]
        while lines:
            at, choices = _find_choices(lines)
            if lines[:at]:
                blocks.append(Block(tuple(lines[:at]), numbered=False))
            if choices:
                blocks.append(Block(tuple(choices), numbered=True))
            lines = lines[at + len(choices) :]
    return tuple(blocks)


def _find_choices(lines: list[str]) -> tuple[int, list[str]]:
    """Return where the first list begins and its items; the end of the lines when there is none."""
    for start in range(len(lines)):
        items: list[str] = []
        for line in lines[start:]:
            found = _NUMBERED.fullmatch(line)
            if found is None or int(found[1]) != len(items) + 1:
                break
            items.append(found[2])
        if len(items) >= 2:
            return start, items
    return len(lines), []


def _words_of(letter: Letter) -> Callable[[str], str]:
    """Return how a fixed word is said in the letter's language."""
    catalogue = Catalogue.load()
    values = {"city": letter.city, "place": letter.place}

    def word(key: str) -> str:
        return catalogue.phrase(letter.language, f"mail.{key}", values)

    return word


def _write_text(letter: Letter, blocks: tuple[Block, ...], word: Callable[[str], str]) -> str:
    """Return the plain text: the same parts in the same order, links written out."""
    parts = [write_marker(word)]
    for block in blocks:
        numbered = (f"{number}. {line}" for number, line in enumerate(block.lines, 1))
        parts.append("\n".join(numbered if block.numbered else block.lines))
    if letter.confirm_url:
        parts.append(f"{word('confirm_button')}: {letter.confirm_url}")
    if any(block.numbered for block in blocks):
        parts.append(word("answer_hint"))
    if letter.asks_if_fixed:
        links = ((word("fixed"), letter.fixed_url), (word("not_fixed"), letter.not_fixed_url))
        parts.append("\n".join([word("fixed_ask"), *(f"{name}: {url}" for name, url in links)]))
    if letter.story:
        steps = (f"- {when}: {sentence}" for when, sentence in letter.story)
        parts.append("\n".join([f"{word('story')}:", *steps]))
    if letter.place:
        parts.append(f"{word('where')}: {letter.place}")
    if letter.follow_url:
        parts.append(f"{word('follow')}: {letter.follow_url}")
    footer = ["-- ", letter.city, letter.why or word("why")]
    if letter.stop_url:
        footer.append(f"{word('stop')}: {letter.stop_url}")
    return "\n\n".join([*parts, "\n".join(footer)]) + "\n"


@lru_cache(maxsize=1)
def _template() -> Template:
    folder = FileSystemLoader(Path(__file__).parent / "templates")
    environment = Environment(
        loader=folder,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("letter.html.j2")
