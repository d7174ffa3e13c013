"""A picture of the blocks around a place, from Mapbox's Static Images API.

Only rounded coordinates leave the house, and a circle stands where a pin would claim to know the
door (a page that anybody with its link can open shows blocks, not homes). The picture is fetched
here and given out by ourselves: no client ever sees the token, nor Mapbox who looks. The
attribution that the terms ask for is in the picture. Source: docs.mapbox.com, Static Images API;
scope `styles:tiles`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from urllib.parse import quote

from integrations.kit.caller import Caller
from integrations.kit.calls import Call
from integrations.mapbox.wire import PROVIDER, parse_picture

WIDTH, HEIGHT = 534, 300
"""Size in a mail; the picture has twice as many pixels, for sharp screens."""

MAX_BYTES = 1 << 20
ZOOM = 15.2
DECIMALS = 3
"""Three decimals are about 110 m north to south, 85 m west to east in New York: one block."""

RADIUS_M = 110.0
CORNERS = 24
METRES_PER_DEGREE = 111_320.0
STYLES = {False: "mapbox/streets-v12", True: "mapbox/dark-v11"}
COLOURS = {False: "0f5c63", True: "6cc5c9"}


class MapboxPictures:
    """Draws maps; the port is `MapMaker`."""

    provider = PROVIDER

    def __init__(self, caller: Caller, base_url: str, access_token: str) -> None:
        """`base_url`: `https://api.mapbox.com`; the token needs the scope `styles:tiles`."""
        self._caller = caller
        self._base = base_url.rstrip("/")
        self._token = access_token

    async def draw(self, latitude: float, longitude: float, *, dark: bool = False) -> bytes:
        """Return a PNG of the blocks around a place.

        Raises:
            AdapterError: there is none now.
            ValueError: no point on the map.
        """
        if not (abs(latitude) <= 85 and abs(longitude) <= 180):
            raise ValueError("no point on the map")
        latitude, longitude = round(latitude, DECIMALS), round(longitude, DECIMALS)
        colour = COLOURS[dark]
        line = quote(encode_polyline(circle(latitude, longitude)), safe="")
        overlay = f"path-2+{colour}-0.9+{colour}-0.25({line})"
        where = f"{longitude:.{DECIMALS}f},{latitude:.{DECIMALS}f},{ZOOM}"
        size = f"{WIDTH}x{HEIGHT}@2x"
        call = Call(
            operation="static",
            method="GET",
            url=f"{self._base}/styles/v1/{STYLES[dark]}/static/{overlay}/{where}/{size}",
            params={"access_token": self._token},
            purpose="lookup",
            max_bytes=MAX_BYTES,
        )
        return (await self._caller.call(call, parse_picture)).data


def circle(latitude: float, longitude: float) -> list[tuple[float, float]]:
    """Return the corners of a ring around a point, closed; latitude first."""
    north = RADIUS_M / METRES_PER_DEGREE
    east = north / math.cos(math.radians(latitude))
    turns = [2 * math.pi * number / CORNERS for number in range(CORNERS)]
    ring = [(latitude + north * math.sin(t), longitude + east * math.cos(t)) for t in turns]
    return [*ring, ring[0]]


def encode_polyline(points: Iterable[tuple[float, float]]) -> str:
    """Return points in Google's polyline encoding, five decimals."""
    text: list[str] = []
    last = (0, 0)
    for point in points:
        now = (round(point[0] * 1e5), round(point[1] * 1e5))
        for old, new in zip(last, now, strict=True):
            text += _encode(new - old)
        last = now
    return "".join(text)


def _encode(step: int) -> list[str]:
    """Return one signed number: five bits a letter, the lowest first."""
    value = ~(step << 1) if step < 0 else step << 1
    letters = []
    while value >= 0x20:
        letters.append(chr((0x20 | (value & 0x1F)) + 63))
        value >>= 5
    return [*letters, chr(value + 63)]
