"""A mail in a real browser: no violation axe can find, readable on a phone, in the dark.

Needs Chromium (Debian: `apt-get install chromium`), `playwright` and `axe_core_python`; skips with
the reason where one is missing. CITYHELPER_SCREENSHOTS names a folder to keep pictures in.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.channels.email.page import Letter, compose

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run")
SQUARE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAADklEQVR4nGNogAIGyhg"
    "AgIQgAQ2AJGEAAAAASUVORK5CYII="
)
NEWS = Letter(
    language="en",
    city="City of New York",
    subject="Your report: pothole, 123 Broadway",
    text="The city says your report is done: Pothole, 123 Broadway, Brooklyn.",
    story=(
        ("Mon, Nov 2, 10:15", "You told us about a pothole."),
        ("Fri, Nov 6, 9:30", "The city says that it is done. Number NYC311-2026-1123-7382."),
    ),
    place="Broadway, between Berry St and Wythe Ave, Brooklyn",
    map_url=SQUARE,
    fixed_url="https://city.example/f/1",
    not_fixed_url="https://city.example/n/1",
    follow_url="https://city.example/r/1",
    stop_url="https://city.example/u/1",
)
QUESTION = Letter(
    language="es",
    city="Ciudad de Nueva York",
    subject="Su reporte",
    text="Revise, por favor: bache, 123 Broadway.\n1. enviarlo\n2. cambiar qué\n3. cambiar dónde",
)
LONG = replace(
    NEWS,
    text="https://city.example/" + "x" * 300,
    place="y" * 200,
    story=(("z" * 90, "w" * 200),),
)
LETTERS = {"news": NEWS, "question": QUESTION, "long": LONG}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Run Chromium."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    library = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with library.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield running
        running.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 900])
@pytest.mark.parametrize("name", LETTERS)
def test_a_mail_is_for_everybody(browser: Any, name: str, width: int, scheme: str) -> None:
    """Axe finds nothing, nothing is wider than the screen, and what is pressed is large enough."""
    axe = pytest.importorskip("axe_core_python.sync_playwright", reason="axe is not installed")
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.set_content(compose(LETTERS[name])[1])
    found = axe.Axe().run(page)["violations"]
    assert [(item["id"], len(item["nodes"])) for item in found] == []
    room = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(room) <= 0
    for link in page.locator("a").all():
        assert link.bounding_box()["height"] >= 24
    contrast = Path(__file__).parents[1] / "webhooks" / "contrast.js"
    assert page.evaluate(contrast.read_text()) == []
    if folder := os.environ.get("CITYHELPER_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/mail-{name}-{width}-{scheme}.png", full_page=True)
    context.close()


def test_a_mail_can_be_read_without_pictures(browser: Any) -> None:
    """A picture that does not come leaves its words."""
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.route("**/*", lambda route: route.abort())
    page.set_content(compose(replace(NEWS, map_url="https://city.example/map.png"))[1])
    picture = page.get_by_alt_text("Map of the area around Broadway", exact=False)
    assert picture.is_visible()
    assert picture.bounding_box()["height"] >= 16
    context.close()
