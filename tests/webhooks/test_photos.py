"""The door to photos: a good link shows the picture, everything else is the same 404."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.photo_links import PhotoLinks
from bot.photos import FolderBlobs, Photos
from bot.storage.crypto import Vault
from webhooks.pages.photos import photo_routes

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture
async def shell(tmp_path: Path) -> Any:
    """A shell with one kept photo, `photo1`."""
    photos = Photos(Vault([(1, bytes(32))], [bytes(32)]), FolderBlobs(tmp_path))
    await photos.keep("photo1", PNG)
    links = PhotoLinks(bytes(32), "http://city", lambda: datetime(2026, 11, 23, tzinfo=UTC))
    return SimpleNamespace(photos=photos, photo_links=links)


async def _get(shell: Any, path: str) -> httpx.Response:
    app = Starlette(routes=photo_routes(shell))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://city") as http:
        return await http.get(path)


async def test_a_good_link_shows_the_picture(shell: Any) -> None:
    """It comes with its true type and may be neither sniffed, framed nor kept."""
    answer = await _get(shell, shell.photo_links.make("photo1"))

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "private, no-store"


async def test_everything_else_is_the_same_404(shell: Any) -> None:
    """A forged link and a good one to a photo that is gone answer alike, byte for byte."""
    gone = await _get(shell, shell.photo_links.make("photo2"))
    forged = await _get(shell, "/photos/photo1.ffffffff.AAAAAAAAAAAAAAAAAAAAAA")
    odd = await _get(shell, "/photos/..%2f..%2fetc%2fpasswd")

    endless = await _get(shell, f"/photos/photo1.{'f' * 5000}.AAAAAAAAAAAAAAAAAAAAAA")

    assert gone.status_code == forged.status_code == odd.status_code == 404
    assert (endless.status_code, endless.content) == (404, gone.content)  # was a 500 once
    assert gone.content == forged.content
