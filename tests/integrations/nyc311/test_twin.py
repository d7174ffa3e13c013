"""Nyc311Adapter against its twin, in process: filing, life cycle, refusals, doubt."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from conversations.vocabulary.places import Place, PlaceKind
from conversations.vocabulary.requests import RequestStatus, SendOutcome
from integrations.kit.caller import Caller, Policy
from integrations.kit.dto import HandOffDTO, ServiceRequestDTO
from integrations.kit.errors import AdapterError
from integrations.kit.ports import AnswersMany, ServiceRequestDraft
from integrations.kit.quota import MemoryQuota
from integrations.kit.sandbox.app import create_sandbox
from integrations.kit.sandbox.faults import Fault
from integrations.kit.sandbox.world import DEFAULTS, World
from integrations.kit.transport import open_http
from integrations.nyc311.adapter import Nyc311Adapter

BROADWAY = Place(
    "123 Broadway, Brooklyn",
    PlaceKind.ADDRESS,
    40.71029,
    -73.96447,
    zip="11249",
    borough="Brooklyn",
)


def draft(**changes: Any) -> ServiceRequestDraft:
    """Return a plain pothole report with some fields changed."""
    fields: dict[str, Any] = {
        "reference": "CH-7F3K-2Q",
        "idempotency_key": "key-1",
        "type_key": "pothole",
        "complaint_type": "Street Condition",
        "descriptor": "Pothole",
        "agency": "DOT",
        "place": BROADWAY,
    }
    return ServiceRequestDraft(**{**fields, **changes})


class Stage:
    """A world with its twins, and adapters that call them."""

    def __init__(self, http: httpx.AsyncClient, world: World) -> None:
        self.http = http
        self.world = world
        self.caller = Caller("nyc311", Policy(attempts=2), http=http, quota=MemoryQuota())

    def adapter(self, mode: Any = "seed", **settings: Any) -> Nyc311Adapter:
        """Return an adapter for one face."""
        path = "v1" if mode == "seed" else "public/api"
        url = f"http://twin/nyc311/{path}"
        key = settings.pop("key", DEFAULTS["nyc311_key"])
        return Nyc311Adapter(self.caller, url, key, mode, **settings)

    async def control(self, path: str = "", **order: Any) -> httpx.Response:
        """Use the twin's own switches."""
        return await self.http.post(f"http://twin/nyc311/_control{path}", json=order)

    async def listed(self) -> list[dict[str, Any]]:
        """Return what the twin keeps."""
        answer = await self.http.get("http://twin/nyc311/_control/requests")
        found: list[dict[str, Any]] = answer.json()
        return found


@asynccontextmanager
async def open_stage(settings: dict[str, str] | None = None) -> AsyncIterator[Stage]:
    """Open the twin in process, with its world."""
    world = World(settings)
    app = create_sandbox(world=world, only=("nyc311",))
    async with open_http(transport=httpx.ASGITransport(app=app)) as http:
        yield Stage(http, world)
    await world.close()


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A fresh world."""
    async with open_stage() as made:
        yield made


async def test_files_once_with_the_guides_payload(stage: Stage) -> None:
    """A report arrives with the fields of the guide, our reference and a tracking number back."""
    filed = await stage.adapter().submit(draft(first_name="Jane", phone="+12125551234"))
    assert isinstance(filed, ServiceRequestDTO)
    assert filed.status is RequestStatus.OPEN
    (kept,) = await stage.listed()
    body = kept["submitted"]
    assert body["caller"] == {"firstName": "Jane", "phone": "2125551234"}
    assert body["incidentAddress"] == "123 Broadway, Brooklyn, NY"
    assert body["incidentZip"] == "11249"
    assert body["agencyCode"] == "DOT"
    assert kept["reference"] == "CH-7F3K-2Q"
    assert stage.world.effects == {("nyc311", "CH-7F3K-2Q"): 1}


async def test_an_anonymous_described_place_is_taken(stage: Stage) -> None:
    """Without name and coordinates the caller and the coordinates are simply left out."""
    place = Place("behind the school gate, no number", PlaceKind.DESCRIBED)
    await stage.adapter().submit(draft(place=place))
    (kept,) = await stage.listed()
    assert set(kept["submitted"]) == {"incidentAddress", "descriptor", "agencyCode"}


async def test_a_request_lives_through_its_states(stage: Stage) -> None:
    """Open, then In Progress after hours, then Closed with a resolution after days."""
    adapter = stage.adapter()
    numbers = [(await adapter.submit(draft(reference=f"CH-AAAA-{n}"))).external_id for n in "12345"]
    stage.world.advance(12 * 3600)
    found = await adapter.statuses(numbers, purpose="lookup")
    assert {one.status for one in found.values()} == {RequestStatus.IN_PROGRESS}
    stage.world.advance(9 * 86400)
    ended = list((await adapter.statuses(numbers, purpose="lookup")).values())
    closed = [one for one in ended if one.status is RequestStatus.CLOSED]
    assert len(closed) == 4
    assert all(one.resolution and one.updated_at and one.updated_at.tzinfo for one in closed)


async def test_both_faces_show_the_same_request(stage: Stage) -> None:
    """What was filed by the guide's face is read at the public one by its 311 number."""
    await stage.adapter().submit(draft())
    (kept,) = await stage.listed()
    public = stage.adapter("public_readonly")
    seen = await public.status(kept["srNumber"].lower())
    assert seen is not None
    assert (seen.status, seen.external_status) == (RequestStatus.OPEN, "614110001")
    await stage.control(f"/requests/{kept['trackingNumber']}", status="Closed", resolution="Done.")
    assert isinstance(public, AnswersMany)
    assert (public.batch, stage.adapter().batch) == (10, 1)
    batch = await public.statuses([kept["srNumber"], "311-00000001"])
    assert [one.resolution for one in batch.values()] == ["Done."]


async def test_a_twin_started_again_remembers(tmp_path: Path) -> None:
    """With a state folder, what was filed and forced is there after a restart."""
    settings = {"state_dir": str(tmp_path)}
    async with open_stage(settings) as first:
        filed = await first.adapter().submit(draft())
        assert isinstance(filed, ServiceRequestDTO)
        await first.control(f"/requests/{filed.external_id}", status="Closed", resolution="Done.")
    async with open_stage(settings) as second:
        found = await second.adapter().status(filed.external_id)
    assert found is not None
    assert (found.status, found.resolution) == (RequestStatus.CLOSED, "Done.")


async def test_unknown_numbers_are_none_on_both_faces(stage: Stage) -> None:
    """A number the city does not know, and a text that is no number, give None."""
    assert await stage.adapter().status("NYC311-2020-0101-0001") is None
    assert await stage.adapter("public_readonly").status("311-10935582") is None
    calls = len(stage.world.journal.entries())
    assert await stage.adapter().status("../../admin") is None
    assert len(stage.world.journal.entries()) == calls


async def test_public_mode_hands_over_instead_of_filing(stage: Stage) -> None:
    """Where nobody may file, the resident gets the report as text and the portal's link."""
    made = await stage.adapter("public_readonly").submit(draft(description="deep one"))
    assert isinstance(made, HandOffDTO)
    assert "Street Condition: Pothole. deep one" in made.text
    assert made.link == "https://portal.311.nyc.gov"
    assert not stage.world.effects


@pytest.mark.parametrize("kind", ["commit_then_timeout", "commit_then_garbage", "commit_then_cut"])
async def test_doubt_is_unknown_and_never_sent_again(stage: Stage, kind: str) -> None:
    """When the answer is lost the outcome is unknown and the report was filed exactly once."""
    stage.world.faults.add(Fault("nyc311", kind, operation="submit", seconds=0.01, times=5))
    with pytest.raises(AdapterError) as caught:
        await stage.adapter().submit(draft())
    assert caught.value.outcome is SendOutcome.UNKNOWN
    assert stage.world.effects == {("nyc311", "CH-7F3K-2Q"): 1}


async def test_idempotency_keys_count_only_when_switched_on(stage: Stage) -> None:
    """By default the twin files the same key twice; with the switch it gives the first back."""
    adapter = stage.adapter()
    await adapter.submit(draft())
    await adapter.submit(draft())
    assert stage.world.effects["nyc311", "CH-7F3K-2Q"] == 2
    await stage.control(honour_idempotency=True)
    again = await adapter.submit(draft())
    assert isinstance(again, ServiceRequestDTO)
    assert again.idempotent_replay
    assert stage.world.effects["nyc311", "CH-7F3K-2Q"] == 2


async def test_test_mode_leaves_nothing_behind(stage: Stage) -> None:
    """With `test=true` a number comes back and nothing is kept."""
    filed = await stage.adapter(test=True).submit(draft())
    assert isinstance(filed, ServiceRequestDTO)
    assert await stage.listed() == []
    assert not stage.world.effects


BAD = [
    {"agency": "XYZ"},
    {"place": Place("123 Broadway, Brooklyn", PlaceKind.ADDRESS, 41.5, -73.9)},
    {"place": Place("99999 Broadway, Brooklyn", PlaceKind.ADDRESS, 40.71, -73.96)},
    {"place": Place("123 Broadway, Brooklyn", PlaceKind.ADDRESS, 40.71, -73.96, zip="1124")},
]


@pytest.mark.parametrize("change", BAD)
async def test_bad_submissions_are_refused(stage: Stage, change: dict[str, Any]) -> None:
    """Each kind of mistake of ours is a refusal that changed nothing."""
    with pytest.raises(AdapterError) as caught:
        await stage.adapter().submit(draft(**change))
    assert caught.value.outcome is SendOutcome.REFUSED
    assert caught.value.status == 400
    assert not stage.world.effects


async def test_keys_quota_and_pace(stage: Stage) -> None:
    """A wrong key is 401, a suspended one and a spent quota 403, too many in a second 429."""
    with pytest.raises(AdapterError) as wrong:
        await stage.adapter(key="wrong").status("NYC311-2020-0101-0001")
    assert wrong.value.status == 401
    for order in ({"suspended": True}, {"suspended": False, "quota_daily": 0}):
        await stage.control(**order)
        with pytest.raises(AdapterError) as refused:
            await stage.adapter().status("NYC311-2020-0101-0001")
        assert refused.value.status == 403
    await stage.control(quota_daily=1000, calls=1, window_s=1000)
    raw = [await _ask(stage) for _ in range(2)]
    assert raw[-1].status_code == 429
    assert int(raw[-1].headers["Retry-After"]) > 1


async def _ask(stage: Stage) -> httpx.Response:
    headers = {"X-Api-Key": DEFAULTS["nyc311_key"]}
    url = "http://twin/nyc311/311/v1/service-requests/NYC311-2020-0101-0001"
    return await stage.http.get(url, headers=headers)
