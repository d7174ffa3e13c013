"""The twin's face towards our adapter: the 2010-04-01 REST API, as far as we use it."""

from __future__ import annotations

import hmac
import re
from base64 import b64decode
from collections import deque
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from integrations.kit.sandbox.world import World
from integrations.twilio.form import read_form
from integrations.twilio.twin.carrier import Carrier
from integrations.twilio.twin.store import TwinMessage, TwinStore, new_sid

PROVIDER = "twilio"
MORE_INFO = "https://www.twilio.com/docs/errors/"
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{3,6}")


def failure(status: int, code: int, message: str) -> JSONResponse:
    """Return an error as Twilio writes it."""
    value = {
        "code": code,
        "message": message,
        "more_info": f"{MORE_INFO}{code}",
        "status": status,
    }
    return JSONResponse(value, status_code=status)


class Api:
    """The routes, over one store."""

    def __init__(self, world: World, store: TwinStore, carrier: Carrier) -> None:
        self._world = world
        self._store = store
        self._carrier = carrier
        self._sent_at: dict[str, deque[float]] = {}

    def routes(self) -> APIRouter:
        """Return the router."""
        router = APIRouter()
        account = "/2010-04-01/Accounts/{account}"
        router.add_api_route(f"{account}/Messages.json", self.create, methods=["POST"])
        router.add_api_route(f"{account}/Messages.json", self.list, methods=["GET"])
        router.add_api_route(f"{account}/Messages/{{sid}}.json", self.read, methods=["GET"])
        files = f"{account}/Messages/{{sid}}/Media.json"
        router.add_api_route(files, self.list_files, methods=["GET"])
        path = f"{account}/Messages/{{sid}}/Media/{{file_id}}"
        router.add_api_route(path, self.file, methods=["GET"])
        router.add_api_route(path, self.delete_file, methods=["DELETE"])
        router.add_api_route("/storage/{file_id}", self.stored, methods=["GET"])
        return router

    async def create(self, request: Request, account: str) -> Response:
        """Take a message to be sent."""
        if (refused := self._refuse_caller(request, account)) is not None:
            return refused
        form = {
            name.decode("utf-8", "replace"): value.decode("utf-8", "replace")
            for name, value in read_form(await request.body())
        }
        if (wrong := self._check_form(form)) is not None:
            return failure(400, *wrong)
        sender = form.get("From") or self._world.settings["twilio_number"]
        token = request.headers.get("i-twilio-idempotency-token", "")
        known = self._store.by_token.get(token)
        if known and self._store.switches.honour_idempotency:
            return JSONResponse(self._store.messages[known].to_wire(account), status_code=201)
        if (no := self._carrier.refusal_of(sender, form["To"])) is not None:
            return failure(400, *no)
        if self._is_too_fast(sender):
            return failure(429, 20429, "Too Many Requests")
        message = TwinMessage(
            sid=new_sid(),
            sender=sender,
            recipient=form["To"],
            body=form["Body"],
            direction="outbound-api",
            status="accepted" if form.get("MessagingServiceSid") else "queued",
            created=self._world.now(),
            callback=form.get("StatusCallback", ""),
            service=form.get("MessagingServiceSid"),
            validity_s=int(form.get("ValidityPeriod", "36000")),
        )
        self._store.add(message)
        self._store.by_token[token] = message.sid
        self._world.count_effect(PROVIDER, message.reference)
        self._carrier.carry(message)
        return JSONResponse(message.to_wire(account), status_code=201)

    async def list(self, request: Request, account: str) -> Response:
        """List messages, newest first, by `To`, `From` and `DateSent` (`>`, `<`), in pages."""
        if (refused := self._refuse_caller(request, account)) is not None:
            return refused
        query = dict(request.query_params)
        found = [m for m in reversed(self._store.messages.values()) if _matches(m, query)]
        size = min(max(_whole(query.get("PageSize"), 50), 1), 1000)
        page = max(_whole(query.get("Page"), 0), 0)
        shown = found[page * size : (page + 1) * size]
        path = f"/2010-04-01/Accounts/{account}/Messages.json"
        more = len(found) > (page + 1) * size
        following = urlencode({**query, "PageSize": size, "Page": page + 1})
        value = {
            "messages": [message.to_wire(account) for message in shown],
            "page": page,
            "page_size": size,
            "uri": path,
            "next_page_uri": f"{path}?{following}" if more else None,
        }
        return JSONResponse(value)

    async def read(self, request: Request, account: str, sid: str) -> Response:
        """Return one message."""
        if (refused := self._refuse_caller(request, account)) is not None:
            return refused
        message = self._store.messages.get(sid)
        if message is None or message.by_carrier:
            return failure(404, 20404, "The requested resource was not found")
        return JSONResponse(message.to_wire(account))

    async def list_files(self, request: Request, account: str, sid: str) -> Response:
        """List the attachments of a message."""
        if (refused := self._refuse_caller(request, account)) is not None:
            return refused
        message = self._store.messages.get(sid)
        if message is None or message.by_carrier:
            return failure(404, 20404, "The requested resource was not found")
        folder = f"/2010-04-01/Accounts/{account}/Messages/{sid}/Media"
        media = [
            {
                "sid": file_id,
                "content_type": self._store.files[file_id][0],
                "uri": f"{folder}/{file_id}.json",
            }
            for file_id in message.media
            if file_id in self._store.files
        ]
        return JSONResponse({"media_list": media, "uri": f"{folder}.json", "next_page_uri": None})

    async def file(self, request: Request, account: str, sid: str, file_id: str) -> Response:
        """Answer a file's URL: with a redirect to where it is stored, or the file itself."""
        if (refused := self._refuse_caller(request, account)) is not None:
            return refused
        if file_id not in self._store.files:
            return failure(404, 20404, "The requested resource was not found")
        if self._store.switches.redirect_media:
            location = f"{request.scope.get('root_path', '')}/storage/{file_id}?Expires=60"
            return Response(status_code=307, headers={"location": location})
        return self._give(file_id)

    async def stored(self, request: Request, file_id: str) -> Response:
        """Give a file from storage; a request that brings Twilio's credentials is refused."""
        if "authorization" in request.headers:
            return Response("Only one auth mechanism allowed", status_code=400)
        if file_id not in self._store.files:
            return Response(status_code=403)
        return self._give(file_id)

    async def delete_file(self, request: Request, account: str, sid: str, file_id: str) -> Response:
        """Delete a file."""
        if (refused := self._refuse_caller(request, account)) is not None:
            return refused
        if not self._store.drop_file(file_id):
            return failure(404, 20404, "The requested resource was not found")
        return Response(status_code=204)

    def _give(self, file_id: str) -> Response:
        content_type, data = self._store.files[file_id]
        return Response(data, media_type=content_type)

    def _refuse_caller(self, request: Request, account: str) -> Response | None:
        """Check Basic auth: account SID and token, or an API key if one is set."""
        settings = self._world.settings
        good = [(settings["twilio_account_sid"], settings["twilio_auth_token"])]
        if settings.get("twilio_api_key_sid"):
            good.append((settings["twilio_api_key_sid"], settings["twilio_api_key_secret"]))
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        try:
            given = b64decode(value, validate=True)
        except ValueError:
            given = b""
        known = any(hmac.compare_digest(given, f"{user}:{word}".encode()) for user, word in good)
        if scheme.lower() != "basic" or not known:
            return failure(401, 20003, "Authenticate")
        if account != settings["twilio_account_sid"]:
            return failure(404, 20404, "The requested resource was not found")
        return None

    def _check_form(self, form: dict[str, str]) -> tuple[int, str] | None:
        checks = (
            (not form.get("To"), 21604, "A 'To' phone number is required."),
            (not _NUMBER.fullmatch(form.get("To", "")), 21211, "Invalid 'To' Phone Number"),
            (
                not (form.get("From") or form.get("MessagingServiceSid")),
                21603,
                "A 'From' phone number is required.",
            ),
            (not form.get("Body"), 21602, "Message body is required."),
            (len(form.get("Body", "")) > 1600, 21617, "The concatenated message body exceeds 1600"),
            (
                not 1 <= _whole(form.get("ValidityPeriod"), 36_000) <= 36_000,
                21626,
                "Invalid ValidityPeriod",
            ),
        )
        return next(((code, words) for wrong, code, words in checks if wrong), None)

    def _is_too_fast(self, sender: str) -> bool:
        if not self._store.switches.rate_limit:
            return False
        now = self._world.now().timestamp()
        times = self._sent_at.setdefault(sender, deque())
        while times and now - times[0] >= 0.95:
            times.popleft()
        if times:
            return True
        times.append(now)
        return False


def _matches(message: TwinMessage, query: dict[str, str]) -> bool:
    if message.by_carrier or query.get("To", message.recipient) != message.recipient:
        return False
    if query.get("From", message.sender) != message.sender:
        return False
    for name, wanted in query.items():
        if not name.startswith("DateSent"):
            continue
        day = _day(wanted)
        # A message that is still queued has no DateSent, so a filter on it hides the message.
        if day is None or message.sent is None:
            return False
        sent = message.sent.astimezone(UTC)
        if name == "DateSent>" and sent < day:
            return False
        if name == "DateSent<" and sent >= day + timedelta(days=1):
            return False
        if name == "DateSent" and sent.date() != day.date():
            return False
    return True


def _day(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value[:10]).replace(tzinfo=UTC)
    except ValueError:
        return None


def _whole(value: Any, default: int) -> int:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else default
