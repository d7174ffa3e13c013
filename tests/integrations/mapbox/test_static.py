"""Pictures of maps: block level, through the caller, nothing but a PNG given on."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from integrations.kit import errors
from integrations.kit.caller import Caller, Policy
from integrations.kit.ports import MapMaker
from integrations.kit.quota import MemoryQuota
from integrations.kit.sandbox.faults import Fault
from integrations.kit.sandbox.world import DEFAULTS
from integrations.kit.transport import open_http
from integrations.mapbox.static import MAX_BYTES, MapboxPictures, circle, encode_polyline
from tests.integrations.twins import Stage, open_stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A fresh twin."""
    async with open_stage("mapbox") as made:
        yield made


def pictures(stage: Stage, token: str = DEFAULTS["mapbox_token"]) -> MapboxPictures:
    """Return the map maker for the twin."""
    return MapboxPictures(stage.caller, f"http://twin/{stage.provider}", token)


@pytest.mark.parametrize("dark", [False, True])
async def test_a_map_is_drawn(stage: Stage, dark: bool) -> None:
    """A PNG of the size of a mail comes, light or dark."""
    maker = pictures(stage)
    assert isinstance(maker, MapMaker)
    picture = await maker.draw(40.71277, -73.96123, dark=dark)
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20]) == 1068
    (entry,) = stage.world.journal.entries("mapbox")
    assert (entry.operation, entry.status) == ("static", 200)
    assert ("dark" in entry.path) is dark


async def test_only_the_block_leaves_the_house(stage: Stage) -> None:
    """Two doors of one block ask for the very same picture; none asks for its own door."""
    maker = pictures(stage)
    await maker.draw(40.712772, -73.961234)
    await maker.draw(40.713249, -73.960811)
    one, other = stage.world.journal.entries("mapbox")
    assert one.path == other.path
    assert "/-73.961,40.713,15.2/" in one.path


async def test_a_wrong_token_and_a_fault_give_no_picture(stage: Stage) -> None:
    """A refusal and nonsense are errors, not bytes to be given on."""
    with pytest.raises(errors.Unauthorised):
        await pictures(stage, "wrong").draw(40.7, -73.9)
    for kind in ("garbage", "status"):
        stage.world.faults.add(Fault("mapbox", kind))
        with pytest.raises(errors.AdapterError):
            await pictures(stage).draw(40.7, -73.9)
    with pytest.raises(ValueError, match="map"):
        await pictures(stage).draw(float("nan"), 0.0)


@pytest.mark.parametrize(
    "body", [b"<svg onload=x>", b"\x89PNG\r\n\x1a\n", b"\x89PNG\r\n\x1a\n" * 9]
)
async def test_what_is_no_picture_is_not_given_on(body: bytes) -> None:
    """Whatever the declared type says, only a whole PNG passes."""
    with pytest.raises(errors.Unreadable):
        await draw_from(body)


async def test_a_huge_picture_is_refused() -> None:
    """A picture beyond the cap is not read to its end."""
    with pytest.raises(errors.Unreadable):
        await draw_from(b"\x89PNG\r\n\x1a\n" + bytes(MAX_BYTES))


async def draw_from(body: bytes) -> bytes:
    """Return what the map maker makes of an answer."""

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=body, headers={"content-type": "image/png"})

    async with open_http(transport=httpx.MockTransport(answer)) as http:
        caller = Caller("mapbox", Policy(attempts=1), http=http, quota=MemoryQuota())
        return await MapboxPictures(caller, "https://x.test", "pk.x").draw(40.7, -73.9)


def test_polylines_are_googles() -> None:
    """The encoding gives the documented example."""
    points = [(38.5, -120.2), (40.7, -120.95), (43.252, -126.453)]
    assert encode_polyline(points) == "_p~iF~ps|U_ulLnnqC_mqNvxq`@"


def test_the_ring_is_closed_and_round() -> None:
    """As wide as it is high on the ground, and its end is its beginning."""
    ring = circle(40.713, -73.961)
    assert ring[0] == ring[-1]
    high = max(lat for lat, _ in ring) - min(lat for lat, _ in ring)
    wide = max(lon for _, lon in ring) - min(lon for _, lon in ring)
    assert wide / high == pytest.approx(1.319, abs=0.01)  # 1 / cos(40.713)
