"""The twin's page in a real browser: claim, reply in a modal, write in the thread, run a command.

Needs Chromium (Debian: `apt-get install chromium`) and `playwright`; skips with the reason where
one is missing.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.bot.slack.conftest import SlackHouse

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE_S = 90
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]


@pytest.fixture
async def page(slack: SlackHouse) -> AsyncIterator[Any]:
    """Open the page; any error in it fails the test."""
    if slack.shell.storage.dialect != "sqlite":
        pytest.skip("the page is the same on both databases")
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    library = pytest.importorskip("playwright.async_api", reason="playwright is not installed")
    async with library.async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        opened = await browser.new_page()
        errors: list[str] = []
        opened.on("pageerror", lambda error: errors.append(str(error)))
        opened.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        yield opened
        await browser.close()
    assert errors == []


async def shown(slack: SlackHouse, page: Any, selector: str) -> None:
    """Wait for something on the page while staff's work goes on behind it."""
    async with asyncio.timeout(PATIENCE_S):
        while not await page.locator(selector).count():
            await slack.work()
            await asyncio.sleep(0.1)


async def told(slack: SlackHouse, ending: str) -> None:
    """Wait until a resident has got a text that ends so."""
    async with asyncio.timeout(PATIENCE_S):
        while not any(text.endswith(ending) for text in slack.residents()):
            await slack.work()
            await asyncio.sleep(0.1)


async def test_a_person_can_work_on_the_page(slack: SlackHouse, page: Any) -> None:
    """What is pressed and typed there reaches the doors, the desk and the resident."""
    await slack.text("submit <b>123</b> Broadway <!channel>")
    await page.goto(f"{slack.base}/slack/")
    await shown(slack, page, "article")
    assert "<b>123</b> Broadway <!channel>" in await page.inner_text("article")

    await page.click("button:has-text('Claim')")
    await shown(slack, page, "text=In hand, with Rosa Alvarez")
    await page.click("button:has-text('Reply')")
    await shown(slack, page, "form.modal textarea")
    await page.fill("form.modal textarea", "We come tomorrow.")
    await page.click("form.modal button[type=submit]")
    await shown(slack, page, "button:has-text('Thread')")
    await page.click("button:has-text('Thread')")
    await page.fill("aside form input", "> and on Friday")
    await page.click("aside form button")
    await shown(slack, page, "aside >> text=> and on Friday")
    await page.fill("#words", "/cityhelper help")
    await page.click("#write button")
    await shown(slack, page, "text=What you can ask")

    await told(slack, "We come tomorrow.")
    await told(slack, "and on Friday")
