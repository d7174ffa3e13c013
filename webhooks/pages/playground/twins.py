"""What the playground asks of the sandbox: texts, mails, the log of calls, the clock, faults.

The sandbox is a process of its own (`main.py sandbox`); this is the only module that knows its
control paths.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx

SECONDS = 20.0


class SandboxAwayError(Exception):
    """The sandbox does not answer, or not with what it should. The text is for people."""


class Twins:
    """The sandbox's controls.

    Args:
        base_url: where the sandbox is.
        http: a client of ours to close, or None for a new one.
    """

    def __init__(self, base_url: str, http: httpx.AsyncClient | None = None) -> None:
        self._http = http or httpx.AsyncClient(timeout=SECONDS, trust_env=False)
        self._base = base_url.rstrip("/")

    async def text(self, order: Mapping[str, Any]) -> str:
        """Let a resident text us, signed as Twilio would; return the message's id.

        Waits for our own answer, so a service that is slow to take texts makes this slow.
        """
        answer = await self._ask("POST", "/twilio/_control/text", order)
        return str(answer["message_sid"])

    async def phone(self, number: str) -> list[dict[str, Any]]:
        """Return what a resident's phone shows, oldest first."""
        path = "/twilio/_control/phone?number=" + quote(number, safe="")
        return _list_of_objects(await self._ask("GET", path))

    async def mail(self, order: Mapping[str, Any]) -> None:
        """Let a resident write a mail, posted and signed as SendGrid would."""
        await self._ask("POST", "/sendgrid/_control/mail", order)

    async def mailbox(self, address: str) -> list[dict[str, Any]]:
        """Return what a resident's mailbox holds, oldest first."""
        path = "/sendgrid/_control/mailbox?address=" + quote(address, safe="")
        return _list_of_objects(await self._ask("GET", path))

    async def file(self, name: str) -> tuple[str, bytes]:
        """Return the media type and bytes of an attachment; LookupError when it is unknown."""
        path = "/twilio/_control/files/" + quote(name, safe="")
        try:
            answer = await self._http.get(self._base + path)
        except httpx.HTTPError:
            raise SandboxAwayError("The sandbox does not answer.") from None
        if answer.status_code != 200:
            raise LookupError(name)
        return answer.headers.get("content-type", ""), answer.content

    async def log(self, since: int) -> list[dict[str, Any]]:
        """Return the calls the twins received after call `since`, oldest first."""
        return _list_of_objects(await self._ask("GET", f"/_sandbox/log?since={since}"))

    async def now(self) -> str:
        """Return the sandbox's time, ISO 8601."""
        answer = await self._ask("GET", "/_sandbox/clock")
        return str(answer["now"])

    async def advance(self, seconds: float) -> str:
        """Move the sandbox's clock ahead and return its time, ISO 8601."""
        answer = await self._ask("POST", "/_sandbox/clock", {"advance_s": seconds})
        return str(answer["now"])

    async def faults(self) -> list[dict[str, Any]]:
        """Return the faults that are switched on."""
        return _list_of_objects(await self._ask("GET", "/_sandbox/faults"))

    async def break_it(self, fault: Mapping[str, Any]) -> None:
        """Switch a fault on; fields as in `integrations/kit/sandbox/faults.py`."""
        await self._ask("POST", "/_sandbox/faults", fault)

    async def heal(self) -> None:
        """Switch every fault off."""
        await self._ask("DELETE", "/_sandbox/faults")

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Return the JSON answer to one control call."""
        try:
            answer = await self._http.request(method, self._base + path, json=body)
        except httpx.HTTPError:
            raise SandboxAwayError("The sandbox does not answer.") from None
        if answer.status_code >= 400:
            raise SandboxAwayError(f"The sandbox answered {answer.status_code} to {path}.")
        try:
            return answer.json() if answer.content else {}
        except ValueError:
            raise SandboxAwayError("The sandbox answered something unreadable.") from None


def _list_of_objects(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a JSON list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
