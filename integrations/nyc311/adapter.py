"""Calls NYC 311: files a request once, asks how one stands.

Two realities by argument (contract civic 0.3, 3): `seed` is the guide's contract; in
`public_readonly` nothing can be filed, so `submit` returns a packet for the portal and the
number a resident texts back is asked for at the public API.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal
from urllib.parse import quote

from integrations.kit.caller import Caller
from integrations.kit.calls import Call
from integrations.kit.dto import HandOffDTO, ServiceRequestDTO
from integrations.kit.ports import ServiceRequestDraft
from integrations.nyc311.packet import packet, submission
from integrations.nyc311.wire import ACCEPTS, Nyc311Wire

Mode = Literal["seed", "public_readonly"]
BATCH = 10  # a maintained client of the public API asks for ten at once (civic 3.2)
SEED_KEY_HEADER, PUBLIC_KEY_HEADER = "X-Api-Key", "Ocp-Apim-Subscription-Key"
SEED_STATUS_PATH, PUBLIC_STATUS_PATH = "service-requests/{id}", "GetServiceRequest?srnumber={id}"


class Nyc311Adapter(Nyc311Wire):
    """The `Requests311` port over NYC 311.

    The real API has neither a search nor an idempotency key that is known to count: `can_lookup`
    and `has_idempotency_key` are False unless a deployment knows better.
    """

    def __init__(
        self,
        caller: Caller,
        base_url: str,
        key: str,
        mode: Mode = "seed",
        test: bool = False,
        *,
        key_header: str = SEED_KEY_HEADER,
        submit_path: str = "service-requests",
        status_path: str = SEED_STATUS_PATH,
        batch_path: str = "GetServiceRequestList",
        portal_url: str = "https://portal.311.nyc.gov",
        has_idempotency_key: bool = False,
        index_lag_s: float = math.inf,
    ) -> None:
        """`base_url` without slash at its end; `test` adds the guide's `test=true`.

        In `public_readonly` the seed's own key header and status path, if not changed by a
        setting, are replaced by the public ones.
        """
        super().__init__()
        public = mode == "public_readonly"
        if public and key_header == SEED_KEY_HEADER:
            key_header = PUBLIC_KEY_HEADER
        if public and status_path == SEED_STATUS_PATH:
            status_path = PUBLIC_STATUS_PATH
        self.mode = mode
        self.batch = BATCH if public else 1
        self.has_idempotency_key = has_idempotency_key
        self.index_lag_s = index_lag_s
        self._caller = caller
        self._base = base_url.rstrip("/")
        self._headers = {key_header: key}
        self._submit_path = submit_path.strip("/")
        self._status_path = status_path.strip("/")
        self._batch_path = batch_path.strip("/")
        self._portal_url = portal_url
        self._params = {"test": "true"} if test else None

    async def submit(self, draft: ServiceRequestDraft) -> ServiceRequestDTO | HandOffDTO:
        """File once, or prepare the hand-off.

        Raises:
            AdapterError: see its `outcome`; `UNKNOWN` must never simply be sent again.
        """
        if self.mode == "public_readonly":
            return HandOffDTO(text=packet(draft), link=self._portal_url)
        call = Call(
            operation="submit",
            method="POST",
            url=f"{self._base}/{self._submit_path}",
            params=self._params,
            headers={**self._headers, "Idempotency-Key": draft.idempotency_key},
            json=submission(draft),
            idempotent=False,
            excerpt=("agencyCode",),
        )
        return await self._caller.call(call, self.parse_submit)

    async def status(
        self, external_id: str, *, purpose: str = "lookup"
    ) -> ServiceRequestDTO | None:
        """Return the request, or None when the city knows no such number.

        A text that is no number of this city is answered None without a call.
        """
        number = external_id.strip().upper()
        if not self.is_number(number):
            return None
        public = self.mode == "public_readonly"
        call = Call(
            operation="status",
            method="GET",
            url=f"{self._base}/{self._status_path.replace('{id}', quote(number, safe=''))}",
            headers=self._headers,
            purpose=purpose,
            accepts=ACCEPTS["public_status" if public else "status"],
        )
        found = await self._caller.call(call, self.parse_public if public else self.parse_status)
        # An answer about another request must never reach this resident.
        return found if found and found.external_id == number else None

    async def statuses(
        self, external_ids: Sequence[str], *, purpose: str = "poller"
    ) -> dict[str, ServiceRequestDTO]:
        """Return the requests the city knows, by number; batches of ten where it can batch."""
        numbers = [number.strip().upper() for number in external_ids]
        numbers = [number for number in dict.fromkeys(numbers) if self.is_number(number)]
        if self.mode == "seed":
            found = [await self.status(number, purpose=purpose) for number in numbers]
            return {one.external_id: one for one in found if one}
        out: dict[str, ServiceRequestDTO] = {}
        for start in range(0, len(numbers), self.batch):
            batch = numbers[start : start + self.batch]
            call = Call(
                operation="status_batch",
                method="POST",
                url=f"{self._base}/{self._batch_path}",
                headers=self._headers,
                json={"SRNumbers": batch},
                purpose=purpose,
            )
            for one in await self._caller.call(call, self.parse_public_list):
                if one.external_id in batch:
                    out[one.external_id] = one
        return out
