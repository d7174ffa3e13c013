"""The twin's face towards our adapter: v3 `mail/send`, and the errors it answers with."""

from __future__ import annotations

import hmac
import re
from typing import Any

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from integrations.kit.sandbox.world import World
from integrations.sendgrid.twin.postmen import Postmen
from integrations.sendgrid.twin.store import TwinMail, TwinStore, new_id

PROVIDER = "sendgrid"
HELP = "http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html#message."
RESERVED = frozenset(
    (
        "x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type",
        "content-transfer-encoding", "to", "from", "subject", "reply-to", "cc", "bcc",
    )
)  # fmt: skip
TOO_LARGE = (
    "<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body>\r\n<center>"
    "<h1>413 Request Entity Too Large</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n"
    "</html>\r\n"
)
_ADDRESS = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[^@\s<>,;\".]+")

Problem = tuple[str, str | None]
"""A message and the field it is about."""


def refuse(status: int, message: str, field: str | None = None) -> JSONResponse:
    """Return an error as SendGrid writes it."""
    link = HELP + field.split(".")[0] if field else None
    error = {"message": message, "field": field, "help": link}
    return JSONResponse({"errors": [error]}, status_code=status)


class Api:
    """The one route, over one store."""

    def __init__(self, world: World, store: TwinStore, postmen: Postmen) -> None:
        self._world = world
        self._store = store
        self._postmen = postmen

    def routes(self) -> APIRouter:
        """Return the router."""
        router = APIRouter()
        router.add_api_route("/v3/mail/send", self.send, methods=["POST"])
        return router

    async def send(self, request: Request) -> Response:
        """Take a mail; 202 with an empty body, or 200 in sandbox mode."""
        body = await request.body()
        if len(body) > self._store.switches.max_bytes:
            return Response(TOO_LARGE, status_code=413, media_type="text/html")
        key = self._world.settings["sendgrid_api_key"]
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {key}".encode()):
            return refuse(401, "The provided authorization grant is invalid, expired, or revoked")
        try:
            order = orjson.loads(body)
        except orjson.JSONDecodeError:
            return refuse(400, "Bad Request")
        if (problem := find_problem(order)) is not None:
            return refuse(400, *problem)
        if not self._is_verified(order["from"]["email"]):
            words = "The from address does not match a verified Sender Identity."
            return refuse(403, words, "from")
        if order.get("mail_settings", {}).get("sandbox_mode", {}).get("enable"):
            return Response(status_code=200)
        return self._take(order)

    def _take(self, order: dict[str, Any]) -> Response:
        people = [(e, to["email"]) for e in order["personalizations"] for to in e["to"]]
        message_id = new_id()
        for index, (envelope, to) in enumerate(people):
            own_id = f"{message_id}.{index}" if index else message_id
            mail = self._store.add(self._mail_of(order, envelope, to, own_id))
            self._world.count_effect(PROVIDER, mail.reference)
            self._postmen.carry(mail)
        return Response(status_code=202, headers={"X-Message-Id": message_id})

    def _mail_of(
        self, order: dict[str, Any], envelope: dict[str, Any], to: str, own_id: str
    ) -> TwinMail:
        bodies = {part["type"]: part["value"] for part in order["content"]}
        mail = TwinMail(
            id=own_id,
            outgoing=True,
            sender=order["from"]["email"],
            sender_name=order["from"].get("name", ""),
            recipient=to,
            subject=envelope.get("subject") or order["subject"],
            text=bodies.get("text/plain", ""),
            html=bodies.get("text/html", ""),
            headers={**order.get("headers", {}), **envelope.get("headers", {})},
            at=self._world.now(),
            reply_to=order.get("reply_to", {}).get("email", ""),
            custom_args={**order.get("custom_args", {}), **envelope.get("custom_args", {})},
        )
        if self._store.switches.replace_message_id or not mail.message_id:
            mail.headers["Message-ID"] = f"<{mail.id}@geopod-ismtpd-1>"
        return mail

    def _is_verified(self, sender: str) -> bool:
        domains = self._world.settings.get("sendgrid_domains", "")
        return not domains or sender.rpartition("@")[2].lower() in domains.split(",")


def find_problem(order: Any) -> Problem | None:
    """Return the first thing that is wrong with a call's body, as the real one tells it."""
    if not isinstance(order, dict):
        return "Bad Request", None
    checks = (_check_recipients, _check_sender, _check_content, _check_headers, _check_args)
    return next((found for check in checks if (found := check(order)) is not None), None)


def _check_recipients(order: dict[str, Any]) -> Problem | None:
    envelopes = order.get("personalizations")
    if not isinstance(envelopes, list) or not envelopes:
        words = "The personalizations field is required and must have at least one personalization."
        return words, "personalizations"
    for index, envelope in enumerate(envelopes):
        people = envelope.get("to") if isinstance(envelope, dict) else None
        if not isinstance(people, list) or not people:
            words = "The to array is required for all personalization objects."
            return words, f"personalizations.{index}.to"
        for at, person in enumerate(people):
            if not _is_person(person):
                where = f"personalizations.{index}.to.{at}.email"
                return "Does not contain a valid address.", where
    return None


def _is_person(value: Any) -> bool:
    email = value.get("email") if isinstance(value, dict) else None
    return isinstance(email, str) and email.isascii() and _ADDRESS.fullmatch(email) is not None


def _check_sender(order: dict[str, Any]) -> Problem | None:
    if not order.get("from"):
        return "The from object must be provided for every email send.", "from.email"
    if not _is_person(order["from"]):
        return "The from email does not contain a valid address.", "from.email"
    if "reply_to" in order and not _is_person(order["reply_to"]):
        return "The reply_to email does not contain a valid address.", "reply_to.email"
    subject = order.get("subject")
    if not isinstance(subject, str) or not subject:
        return "The subject is required.", "subject"
    return None


def _check_content(order: dict[str, Any]) -> Problem | None:
    parts = order.get("content")
    if not isinstance(parts, list) or not parts:
        return "Unless a valid template_id is provided, the content is required.", "content"
    for index, part in enumerate(parts):
        value = part.get("value") if isinstance(part, dict) else None
        if not isinstance(value, str) or not value:
            words = "The content value must be a string at least one character in length."
            return words, f"content.{index}.value"
    if "text/plain" in [part.get("type") for part in parts[1:]]:
        return "If present, text/plain must be the first content.", "content"
    return None


def _check_headers(order: dict[str, Any]) -> Problem | None:
    for name, value in order.get("headers", {}).items():
        if name.lower() in RESERVED:
            return "Header can not be one of the reserved keys.", f"headers.{name}"
        if not isinstance(value, str) or not (name + value).isascii() or "\n" in value:
            return "Header value must be a string of plain characters.", f"headers.{name}"
    return None


def _check_args(order: dict[str, Any]) -> Problem | None:
    given = order.get("custom_args", {})
    if not all(isinstance(value, str) for value in given.values()):
        return "Custom arg values must be strings.", "custom_args"
    if len(orjson.dumps(given)) > 10_000:
        return "Custom args may not exceed 10000 bytes.", "custom_args"
    if len(order.get("categories", ())) > 10:
        return "You cannot exceed 10 categories.", "categories"
    return None
