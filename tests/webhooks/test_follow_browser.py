"""The pages behind links in a real browser: for everybody, on an old phone, without JavaScript.

Needs Chromium (Debian: `apt-get install chromium`), `playwright` and `axe_core_python`; skips with
the reason where one is missing. CITYHELPER_SCREENSHOTS names a folder to keep pictures in.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.storage.crypto import Vault
from bot.storage.engine import open_storage
from bot.storage.migrations import migrate
from bot.storage.timeline import Kind
from integrations.kit.sandbox.pictures import draw_map
from tests.conftest import TestClock
from tests.webhooks.following import NUMBER, Street, open_street

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run")
HOST = "http://city.example"
PRESSABLE = "a:not([href^='tel:']), button"
LARGE_PX = 44
"""Height of what is pressed; the telephone number in a sentence is as high as its line."""

Shown = dict[tuple[str, str], httpx.Response]


class NoWakes:
    """Stands for Redis: nobody is woken."""

    async def publish(self, *_: Any) -> None:
        """Do nothing."""


async def _collect(folder: Path) -> tuple[Shown, dict[str, str]]:
    """Return (method, path) to answer, and the name of each page with its path."""
    storage = open_storage(f"sqlite+aiosqlite:///{folder}/follow.db")
    await migrate(storage)
    vault, clock = Vault([(1, bytes(range(32)))], [b"i" * 32]), TestClock()
    shown: Shown = {}
    names: dict[str, str] = {}
    try:
        street = await open_street(storage, None, vault, clock)
        street.painter.picture = draw_map(1068, 600, dark=False)
        street.follow._wakes = NoWakes()  # type: ignore[assignment]
        await _tell(street)
        page = f"/r/{street.words['page']}"
        names |= {"story": page, "mute": f"{page}/mute", "fixed": f"{page}/fixed"}
        names |= {"stop": f"/u/{street.words['unsubscribe']}", "ended": "/r/nothing"}
        names |= {"release": f"/m/{street.words['release']}"}
        extra = ("/pages/follow.css", f"{page}/map.png", f"{page}/map-dark.png")
        for path in (*names.values(), *extra):
            shown["GET", path] = await street.http.get(path)
        for name in ("fixed", "mute", "stop", "release"):
            shown["POST", names[name]] = await street.http.post(names[name])
            names[f"{name}_done"] = f"/done/{name}"
            shown["GET", f"/done/{name}"] = shown["POST", names[name]]
        await street.http.aclose()
    finally:
        await storage.close()
    return shown, names


async def _tell(street: Street) -> None:
    """Let a long story happen."""
    await street.happens(Kind.SENT)
    await street.happens(Kind.CONFIRMED, number=NUMBER)
    await street.happens(Kind.PHOTO, photo_id="p")
    await street.happens(Kind.STATUS, status="In Progress", resolution=None)
    words = "The Department of Transportation inspected the condition and repaired the roadway. "
    await street.happens(Kind.STATUS, status="Closed", resolution=words * 3)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> tuple[Shown, dict[str, str]]:
    """Every page, made once."""
    return asyncio.run(_collect(tmp_path_factory.mktemp("follow")))


@pytest.fixture(scope="module")
def browser(pages: tuple[Shown, dict[str, str]]) -> Iterator[Any]:
    """Run Chromium, after the pages are made: its library keeps this thread's event loop."""
    assert pages
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    library = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with library.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield running
        running.close()


def _serve(context: Any, shown: Shown, asked: list[str]) -> Any:
    """Return a page whose every request is answered from what was collected."""

    def answer(route: Any) -> None:
        path = route.request.url.removeprefix(HOST)
        asked.append(f"{route.request.method} {path}")
        found = shown.get((route.request.method, path))
        if found is None:
            route.abort()
            return
        route.fulfill(status=found.status_code, headers=dict(found.headers), body=found.content)

    context.route("**/*", answer)
    return context.new_page()


NAMES = (
    "story", "fixed", "mute", "stop", "release", "ended",
    "fixed_done", "mute_done", "stop_done", "release_done",
)  # fmt: skip


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (390, "dark"), (900, "light")])
@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_for_everybody(
    browser: Any, pages: tuple[Shown, dict[str, str]], name: str, width: int, scheme: str
) -> None:
    """Axe finds nothing, nothing is too wide, what is pressed is large, nothing is foreign."""
    axe = pytest.importorskip("axe_core_python.sync_playwright", reason="axe is not installed")
    shown, names = pages
    assert set(names) == set(NAMES)
    asked: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 640}, color_scheme=scheme)
    page = _serve(context, shown, asked)
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.goto(HOST + names[name])
    found = axe.Axe().run(page)["violations"]
    assert [(item["id"], len(item["nodes"])) for item in found] == []
    room = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(room) <= 0
    for pressed in page.locator(PRESSABLE).all():
        assert pressed.bounding_box()["height"] >= LARGE_PX
    contrast = (Path(__file__).parent / "contrast.js").read_text()
    assert page.evaluate(contrast) == []
    assert [line for line in asked if " /" not in line] == []
    assert name == "ended" or errors == []  # the 404 of a link that does not work is told as one
    if folder := os.environ.get("CITYHELPER_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/follow-{name}-{width}-{scheme}.png", full_page=True)
    context.close()


def test_it_works_without_javascript(browser: Any, pages: tuple[Shown, dict[str, str]]) -> None:
    """From the story to the button to the thanks, with nothing but links and a form."""
    shown, names = pages
    asked: list[str] = []
    context = browser.new_context(viewport={"width": 360, "height": 640}, java_script_enabled=False)
    page = _serve(context, shown, asked)
    page.goto(HOST + names["story"])
    picture = page.get_by_alt_text("Map of the block", exact=False)
    assert picture.is_visible()
    page.get_by_role("link", name="It is fixed", exact=True).click()
    page.get_by_role("button", name="It is fixed").click()
    assert page.get_by_role("heading", name="Thank you").is_visible()
    assert f"POST {names['fixed']}" in asked
    context.close()
