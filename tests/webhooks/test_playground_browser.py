"""The playground in a real browser over the whole embedded service: from a text to its number.

Needs Chromium (Debian: `apt-get install chromium`) and the `playwright` package; skips with the
reason where one is missing. CITYHELPER_SCREENSHOT names a file to keep a picture in.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
REPORT = "huge pothole in front of 123 Broadway, Brooklyn"
NUMBER = re.compile(r"NYC311-\d{4}-\d{4}-\d{4}")
START_S = 90
OUTSIDE = "Blocked script execution in "


def find_chromium() -> str | None:
    """Return the path of a Chromium, or None."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


def free_ports() -> int:
    """Return a port with four free ones after it."""
    for _ in range(50):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            base: int = probe.getsockname()[1]
        taken = [number for number in range(base, base + 5) if _listens(number)]
        if not taken and base < 65_000:
            return base
    raise AssertionError("no five free ports in a row")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run `main.py run` in a folder of its own and return its address."""
    if find_chromium() is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    folder = tmp_path_factory.mktemp("playground")
    port = free_ports()
    env = {**os.environ, "PORT": str(port), "DATA_DIR": str(folder / "data")}
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, str(ROOT / "main.py"), "run"],
            env=env,
            cwd=folder,
            stdout=log,
            stderr=log,
        )
        try:
            base = f"http://127.0.0.1:{port}"
            wait_until_ready(f"{base}/readyz", child, folder / "log")
            yield base
        finally:
            child.terminate()
            child.wait(40)


def wait_until_ready(url: str, child: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the service is ready; fail with its log when it does not get there."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and child.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.3)
    raise AssertionError("the service did not start:\n" + log.read_text()[-3000:])


@pytest.fixture(scope="module")
def browser(service: str) -> Iterator[Any]:
    """Run Debian's Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        yield running
        running.close()


@pytest.fixture
def page(browser: Any, service: str) -> Iterator[Any]:
    """Open the playground; any error in the page or its console fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, device_scale_factor=2)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda said: errors.append(said.text) if is_error(said) else None)
    opened.goto(f"{service}/playground/")
    opened.wait_for_selector("#clock:not(:empty)")
    yield opened
    context.close()
    assert errors == []


def is_error(said: Any) -> bool:
    """Tell a defect from the browser's note that the test itself may run nothing in a mail."""
    return said.type == "error" and not said.text.startswith(OUTSIDE)


def text(page: Any, words: str) -> None:
    """Type a text and send it with the keyboard."""
    page.fill("#words", words)
    page.press("#words", "Enter")


def wait_for_reply(page: Any, count: int, seconds: float = 30) -> str:
    """Return the newest reply once there are `count` of them."""
    page.wait_for_function(
        "count => document.querySelectorAll('.bubble.theirs').length >= count",
        arg=count,
        timeout=seconds * 1000,
    )
    replies = page.locator(".bubble.theirs")
    return str(replies.nth(replies.count() - 1).inner_text())


def test_report_from_first_text_to_tracking_number(page: Any) -> None:
    """One text, one confirmation, and the city's number arrives; every provider's part is seen."""
    text(page, REPORT)
    read_back = wait_for_reply(page, 1)
    assert "123" in read_back
    page.wait_for_selector("#facts .fact")
    assert "123" in page.inner_text("#facts")
    page.wait_for_selector("#diagram .now")
    page.wait_for_selector("#choices button")
    page.locator("#choices button").first.click()
    page.wait_for_function(
        "pattern => new RegExp(pattern).test(document.querySelector('#thread').innerText)",
        arg=NUMBER.pattern,
        timeout=60_000,
    )
    seen = page.inner_text("#calls")
    for provider in ("Twilio", "NYC 311", "Geoclient"):
        assert provider in seen
    keep_picture(page)


def keep_picture(page: Any) -> None:
    """Keep the picture that opens the README, in the middle of a second report, when asked to."""
    if picture := os.environ.get("CITYHELPER_SCREENSHOT"):
        replies = page.locator(".bubble.theirs").count()
        text(page, "the street light is out at Broadway and W 42 St, Manhattan")
        wait_for_reply(page, replies + 1)
        page.wait_for_selector("#diagram .now")
        page.wait_for_timeout(2500)
        page.locator("#words").blur()
        page.screenshot(path=picture)


def test_status_change_comes_as_a_text_after_the_clock_moved(page: Any) -> None:
    """Days later, by the page's clock, the city's change of status arrives on the phone."""
    known = page.locator(".bubble.theirs").count()
    page.wait_for_function("() => document.querySelectorAll('.bubble').length > 0")
    known = page.locator(".bubble.theirs").count()
    for _ in range(8):
        page.click("button[data-seconds='86400']")
        page.wait_for_timeout(1500)
        if page.locator(".bubble.theirs").count() > known:
            break
    for _ in range(12):  # at night the news wait for the morning
        if page.locator(".bubble.theirs").count() > known:
            break
        page.click("button[data-seconds='3600']")
        page.wait_for_timeout(500)
    assert NUMBER.search(wait_for_reply(page, known + 1))


def test_conversation_is_saved_as_a_transcript(page: Any) -> None:
    """The transcript holds what was texted, answered and done."""
    page.wait_for_function("() => document.querySelectorAll('.bubble').length > 0")
    page.click("#save")
    page.wait_for_selector("#transcript[open]")
    made = page.inner_text("#transcript-text")
    assert f"> {REPORT}" in made
    assert "! submit" in made
    page.click("#transcript button.solid")


def test_fault_is_switched_on_seen_and_cleared(page: Any) -> None:
    """A fault shows as switched on, and goes when cleared."""
    page.select_option("#fault-provider", "mapbox")
    page.select_option("#fault-kind", "timeout")
    page.click("#break button")
    page.wait_for_selector("#faults li")
    assert "Mapbox never answers" in page.inner_text("#faults")
    page.click("#heal")
    page.wait_for_selector("#faults li", state="detached")


def test_other_phones_photos_and_repeats(page: Any) -> None:
    """Another resident's phone is empty; a photo delivered six times is answered once."""
    page.click("button[data-number='+13475550117']")
    page.wait_for_selector(".hello")
    page.click("#more")
    page.select_option("#photo", "photo")
    page.select_option("#times", "6")
    text(page, "broken street light at Broadway and W 42 St, Manhattan")
    wait_for_reply(page, 1)
    page.wait_for_selector(".bubble.mine img")
    page.wait_for_timeout(2500)
    assert page.locator(".bubble.mine").count() == 1
    assert page.locator(".bubble.theirs").count() == 1


def test_small_screen_and_keyboard(page: Any) -> None:
    """On a phone-size screen nothing overflows, and the parts are reached by their tabs."""
    page.set_viewport_size({"width": 390, "height": 780})
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    for view in ("calls", "facts", "flow", "faults", "mail", "phone"):
        page.click(f"button[data-view='{view}']")
        assert page.is_visible(f"[data-part='{view}']")
        assert page.evaluate(overflow) <= 0
    page.focus(".person[aria-selected='true']")
    page.keyboard.press("ArrowRight")
    assert page.get_attribute(".person:focus", "data-number") == "+13475550117"


def test_a_mail_is_written_answered_and_followed(page: Any) -> None:
    """A mail, our answer in a frame of its own, "1" back to it, and the page its link opens."""
    page.click(".device[data-device='mail']")
    page.fill("#subject", "Street light out")
    page.fill("#mail-words", "Hello, it is in front of 55 Water St, Manhattan.")
    page.click("#mail-form button[type='submit']")
    page.wait_for_selector(".mail:not(.mine) iframe", timeout=60_000)
    read_back = page.frame_locator(".mail:not(.mine) iframe").get_by_role("main")
    assert "55 Water" in read_back.inner_text()
    assert "allow-scripts" not in page.get_attribute(".mail iframe", "sandbox")
    page.wait_for_selector("#facts .fact")
    page.click(".mail:not(.mine) button")
    page.fill("#mail-words", "1")
    page.click("#mail-form button[type='submit']")
    page.wait_for_function(
        "() => document.querySelectorAll('.mail:not(.mine)').length > 1", timeout=60_000
    )
    frame = page.frame_locator(".mail:not(.mine):last-of-type iframe")
    frame.get_by_text(NUMBER).first.wait_for(timeout=60_000)
    assert frame.get_by_alt_text("Map of the area", exact=False).evaluate(
        "picture => picture.decode().then(() => picture.naturalWidth > 0)"
    )
    with page.context.expect_page() as opened:
        frame.get_by_role("link", name="See your request").click()
    story = opened.value
    story.wait_for_selector("ol.story")
    assert NUMBER.search(story.inner_text("main"))
    assert "first block of Water" in story.inner_text("main")
    story.close()


def test_an_answer_written_before_the_door_said_taken_is_kept(page: Any) -> None:
    """Our mail may come before the page hears that theirs was taken; what is typed stays."""
    held: list[tuple[Any, Any]] = []
    page.route("**/playground/mail", lambda route: held.append((route, route.fetch())))
    page.click(".device[data-device='mail']")
    page.select_option("#mailbox", index=1)
    page.fill("#mail-words", "There are rats in front of 55 Water St, Manhattan.")
    page.click("#mail-form button[type='submit']")
    page.click(".mail:not(.mine) button", timeout=60_000)
    page.fill("#mail-words", "1")
    (route, taken) = held[0]
    with page.expect_response("**/playground/mail"):
        route.fulfill(response=taken)
    page.evaluate("() => new Promise(done => setTimeout(done))")  # what the page does with it
    assert page.input_value("#mail-words") == "1"
    assert page.is_visible("#answering")
    page.unroute_all()


def test_light_and_dark_have_enough_contrast(page: Any) -> None:
    """Every visible text has at least the contrast WCAG AA asks for, in both themes."""
    script = (Path(__file__).parent / "contrast.js").read_text()
    for _ in range(2):
        page.wait_for_timeout(300)
        assert page.evaluate(script) == []
        page.click("#theme")
