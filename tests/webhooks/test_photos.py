"""Photo links: a genuine one shows the photo, everything else is a missing page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.photo_links import PhotoLinks
from webhooks.pages.photos import photo_routes

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
NOW = datetime(2026, 11, 23, tzinfo=UTC)


class Photos:
    """Three photos: a good one, one that is no picture, and none."""

    async def read(self, photo_id: str) -> bytes | None:
        """Return what is kept."""
        return {"good": PNG, "script": b"<script>alert(1)</script>"}.get(photo_id)


async def ask(path: str, now: datetime = NOW) -> httpx.Response:
    """Return the answer to a GET of a photo."""
    links = PhotoLinks(b"k" * 32, "https://city.example.org", lambda: now)
    shell: Any = SimpleNamespace(photo_links=links, photos=Photos())
    transport = httpx.ASGITransport(Starlette(routes=photo_routes(shell)))
    async with httpx.AsyncClient(transport=transport, base_url="https://city.example.org") as http:
        return await http.get(path)


def link(photo_id: str) -> str:
    """Return the path of a link made today."""
    made = PhotoLinks(b"k" * 32, "https://city.example.org", lambda: NOW).make(photo_id)
    return made.removeprefix("https://city.example.org")


async def test_genuine_link_shows_the_photo_and_nothing_can_run() -> None:
    """The photo comes with its true type and headers that keep anything else from happening."""
    answer = await ask(link("good"))
    assert (answer.status_code, answer.content) == (200, PNG)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "no-store" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    [
        link("missing"),
        link("script"),
        link("good") + "x",
        link("good").replace("good", "other"),
        "/photos/good",
        "/photos/good..",
        "/photos/" + "x" * 500,
        "/photos/%00.%ff.%2e%2e",
    ],
)
async def test_anything_else_is_a_missing_page(path: str) -> None:
    """Forged, broken, foreign and empty links are all the same 404."""
    assert (await ask(path)).status_code == 404


async def test_link_ends() -> None:
    """After its life the link is a missing page."""
    assert (await ask(link("good"), NOW + timedelta(days=91))).status_code == 404
