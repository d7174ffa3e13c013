"""A mail's text and page: the same content, nothing that runs, choices as a list."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from bot.channels.email.page import Letter, compose, read_blocks
from bot.channels.email.render import render
from bot.registry import discover_channels
from conversations.reading.mail.marker import MARKER
from conversations.vocabulary.effects import Say
from conversations.wording.catalogue import Catalogue
from integrations.cities import load_city

FULL = Letter(
    language="en",
    city="City of New York",
    subject="Your report: pothole, 123 Broadway",
    text="The city says your report is done.\n\nWhat now?\n1. close it\n2. report it again",
    story=(("Nov 2, 10:15", "You told us about a pothole."), ("Nov 5", "The city is at it.")),
    place="Broadway, between Berry St and Wythe Ave",
    map_url="https://city.example/map/1.png",
    fixed_url="https://city.example/f/1?a=1&b=2",
    not_fixed_url="https://city.example/n/1",
    follow_url="https://city.example/r/1",
    why="You get this mail because you asked for news.",
    stop_url="https://city.example/u/1",
)
BARE = Letter("en", "City", "Your report", "Where is it?")


class Reader(HTMLParser):
    """Collects what a page shows, its elements with their attributes, and how they nest."""

    VOID = frozenset({"meta", "img", "br"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.shown: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the newest element: it must be this one."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note a text."""
        if self.open and self.open[-1] not in ("style", "title") and data.strip():
            self.shown.append(" ".join(data.split()))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of all elements of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]


def test_text_and_page_say_the_same() -> None:
    """Every sentence and link of the one stands in the other, and the marker comes first."""
    text, page = compose(FULL)
    reader = Reader(page)
    assert reader.open == []
    assert text.startswith(MARKER)
    assert reader.shown[0] == MARKER
    links = [link["href"] for link in reader.all("a")]
    assert sorted(links) == sorted(re.findall(r"https://\S+", text))
    for shown in reader.shown:
        assert shown in text, shown
    assert text.index("close it") < text.index("What happened") < text.index("Where:")


def test_what_is_not_given_is_left_out() -> None:
    """Without links, story and place there is no button, no empty heading and no stop link."""
    text, page = compose(BARE)
    reader = Reader(page)
    assert reader.all("a") == reader.all("img") == reader.all("h2") == []
    assert text == (
        f"{MARKER}\n\nWhere is it?\n\n-- \nCity\nYou get this mail because you wrote to City.\n"
    )
    one_button = replace(BARE, fixed_url="https://city.example/f")
    assert "https://city.example/f" not in "".join(compose(one_button))


def test_what_people_wrote_is_only_text() -> None:
    """Markup in any value is shown, never run; quotes cannot leave an attribute."""
    evil = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>{{ 7 * 7 }}"
    letter = Letter(
        language="en", city=evil, subject=evil, text=f"{evil}\n1. {evil}\n2. b",
        story=((evil, evil),), place=evil, map_url='https://x.example/"onload="x', why=evil,
        fixed_url='https://x.example/"onclick="x', not_fixed_url="https://x.example/n",
    )  # fmt: skip
    page = compose(letter)[1]
    reader = Reader(page)
    assert reader.all("script") == []
    assert len(reader.all("img")) == 1
    names = {name for _, attributes in reader.elements for name in attributes}
    assert not [name for name in names if name.startswith("on")]
    assert "49" not in page


def test_page_for_everybody() -> None:
    """Language, title, alternative texts, layout tables that are no tables, both schemes."""
    page = compose(FULL)[1]
    reader = Reader(page)
    assert reader.all("html")[0]["lang"] == "en"
    assert all(table["role"] == "presentation" for table in reader.all("table"))
    picture = "Map of the area around Broadway, between Berry St and Wythe Ave"
    assert [image["alt"] for image in reader.all("img")] == [picture]
    assert {"name": "color-scheme", "content": "light dark"} in reader.all("meta")
    assert "prefers-color-scheme: dark" in page
    assert "<title>Your report: pothole, 123 Broadway</title>" in page
    # Nothing but the map comes from elsewhere, and Gmail cuts a page above 102 kB.
    assert re.findall(r'(?:src|@import|url\()="?([^" )]*)', page) == [FULL.map_url]
    assert len(page) < 30_000


def test_fixed_words_follow_the_language() -> None:
    """A Spanish mail has Spanish buttons and a Spanish marker."""
    text, page = compose(replace(FULL, language="es", why="Porque sí."))
    assert "Ya está arreglado: https://city.example/f/1?a=1&b=2" in text
    assert text.startswith("##- Responda arriba de esta línea -##\n")
    assert ">No está arreglado</a>" in page
    assert '<html lang="es"' in page
    assert "fixed" not in "".join(Reader(page).shown)


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("One.\nTwo.", [("One.", "Two.")]),
        ("One.\n1 yes\n2 no", [("One.",), ["yes", "no"]]),
        ("One.\n\n1. yes\n2. no\n\nTwo.", [("One.",), ["yes", "no"], ("Two.",)]),
        ("1 Main St is it?", [("1 Main St is it?",)]),
        ("Look:\n1 Main St\n5 Main St", [("Look:", "1 Main St", "5 Main St")]),
        ("2. two\n3. three", [("2. two", "3. three")]),
        ("", []),
    ],
)
def test_numbered_lines_become_a_list(text: str, blocks: list[object]) -> None:
    """Only lines numbered from 1 on, two at least, are choices."""
    found = [list(b.lines) if b.numbered else b.lines for b in read_blocks(text) if any(b.lines)]
    assert found == blocks


def test_a_reply_is_rendered_whole() -> None:
    """Nothing is cut to two segments, accents stay, choices are numbered, says stand apart."""
    catalogue, place = Catalogue.load(), "Martin Luther King Jr Boulevard & Norman Place, Bronx"
    values = {"title": "Bache", "place": place, "extras": ""}
    says = (
        Say("status.not_found", {"number": "NYC311-1", "phone": "311"}),
        Say("report.confirm", values, ("envíelo", "no", "cambiar dónde"), asks=True),
    )
    text = render(catalogue, "es", says)
    assert place in text
    assert text.endswith("\n1. envíelo\n2. no\n3. cambiar dónde")
    assert len(text.split("\n\n")) == 2
    assert render(catalogue, "en", ()) == ""


def test_a_mail_does_not_speak_of_texts() -> None:
    """The same words of a turn are said otherwise in a mail than in a text."""
    values = {"title": "Pothole", "place": "125 Main St", "number": "NYC311-1"}
    text = render(Catalogue.load(), "en", (Say("followup.filed", values),))
    assert text.endswith("Answer STATUS any time to see how it goes.")


def test_mail_is_a_channel() -> None:
    """The registry finds the channel by its folder."""
    assert discover_channels()["email"] is render


def test_every_reply_of_the_catalogue_can_be_composed() -> None:
    """Each phrase in each language makes a mail, with a city's longest request type in it."""
    catalogue, city = Catalogue.load(), load_city("nyc")
    title = max((kind.title("en") for kind in city.request_types.values()), key=len)
    for language in catalogue.languages:
        for key in sorted(catalogue.keys(language)):
            if isinstance(catalogue.raw(language, key), tuple):
                continue
            said = render(catalogue, language, (Say(key, {"title": title, "n": 2}),))
            text, _ = compose(replace(BARE, language=language, text=said))
            assert said.splitlines()[0].strip() in text
