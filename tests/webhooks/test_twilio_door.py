"""Twilio's doors as Twilio's own SDK signs for them, over the whole application."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from knocking import counted
from pydantic import SecretStr
from twilio.request_validator import RequestValidator

from conversations.vocabulary.messages import InboundMessage, Receipt
from webhooks.app import create_app
from webhooks.inbound.door import SignedEndpoint
from webhooks.routes import ALLOWED_UNSIGNED, unsigned_paths

TOKEN, NEXT_TOKEN = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"
BASE = "https://city.example.org"
CITY_NUMBER = "+19295550311"
ACCOUNT = "AC" + "1" * 32
TEXT: Mapping[str, str] = {
    "ToCountry": "US",
    "ToState": "",
    "SmsMessageSid": "SM" + "a" * 32,
    "NumMedia": "0",
    "ToCity": "",
    "FromZip": "10001",
    "SmsSid": "SM" + "a" * 32,
    "FromState": "NY",
    "SmsStatus": "received",
    "FromCity": "NEW YORK",
    "Body": "huge pothole in front of 123 Broadway, Brooklyn",
    "FromCountry": "US",
    "To": CITY_NUMBER,
    "ToZip": "",
    "NumSegments": "1",
    "MessageSid": "SM" + "a" * 32,
    "AccountSid": ACCOUNT,
    "From": "+19175550142",
    "ApiVersion": "2010-04-01",
}
RECEIPT: Mapping[str, str] = {
    "MessageSid": "SM" + "b" * 32,
    "MessageStatus": "delivered",
    "SmsSid": "SM" + "b" * 32,
    "SmsStatus": "delivered",
    "To": "+19175550142",
    "From": CITY_NUMBER,
    "AccountSid": ACCOUNT,
    "ApiVersion": "2010-04-01",
}


@dataclass
class FakeIntake:
    """Keeps what the doors hand over, as `bot.intake.Intake` would."""

    messages: list[tuple[str, InboundMessage]] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    away: bool = False
    spooled: bool = False

    async def accept(self, city_slug: str, message: InboundMessage, /) -> SimpleNamespace:
        """Store a message; a repeat is not new."""
        if self.away:
            raise ConnectionError("away")
        known = {kept.provider_message_id for _, kept in self.messages}
        self.messages.append((city_slug, message))
        return SimpleNamespace(new=message.provider_message_id not in known, spooled=self.spooled)

    async def accept_receipt(self, receipt: Receipt, /) -> None:
        """Store a receipt."""
        if self.away:
            raise ConnectionError("away")
        self.receipts.append(receipt)


def make_app(intake: FakeIntake, **changes: Any) -> FastAPI:
    """Return the application over a fake shell."""
    chosen = {
        "public_base_url": BASE,
        "twilio_account_sid": ACCOUNT,
        "twilio_auth_tokens": (SecretStr(TOKEN), SecretStr(NEXT_TOKEN)),
        "metrics_token": SecretStr(""),
        "playground": False,
        "sandbox_url": "",
        **changes,
    }
    shell = SimpleNamespace(
        settings=SimpleNamespace(**chosen),
        intake=intake,
        cities={"nyc": SimpleNamespace(slug="nyc", sms_numbers=(CITY_NUMBER,))},
        storage=SimpleNamespace(),
        redis=SimpleNamespace(),
        mail_desk=None,
        slack=None,
        breakers=dict,
    )
    return create_app(shell)  # type: ignore[arg-type]


async def post(
    app: FastAPI,
    fields: Mapping[str, str],
    path: str = "/in/twilio",
    token: str = TOKEN,
    **changes: Any,
) -> httpx.Response:
    """Post a form signed by Twilio's own SDK."""
    signature = RequestValidator(token).compute_signature(BASE + path, dict(fields))
    headers = {
        "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
        "x-twilio-signature": signature,
        **changes.pop("headers", {}),
    }
    transport = httpx.ASGITransport(app, client=("54.1.2.3", 443))
    async with httpx.AsyncClient(transport=transport, base_url="http://10.0.0.7:8311") as http:
        content = changes.get("content", urlencode(fields))
        method = changes.get("method", "POST")
        return await http.request(method, path, content=content, headers=headers)


async def test_genuine_text_reaches_the_city_that_was_called() -> None:
    """A text signed by Twilio's SDK is handed over once and answered with empty TwiML."""
    intake = FakeIntake()
    answer = await post(make_app(intake), TEXT)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/xml"
    assert answer.text == '<?xml version="1.0" encoding="UTF-8"?><Response/>'
    [(city, message)] = intake.messages
    assert (city, message.text) == ("nyc", TEXT["Body"])
    assert message.sender == "tel:+19175550142"


async def test_the_next_token_of_a_rotation_is_accepted() -> None:
    """While the token rotates both sign."""
    assert (await post(make_app(FakeIntake()), TEXT, token=NEXT_TOKEN)).status_code == 200


async def test_receipt_is_handed_over_with_our_intent() -> None:
    """A status callback is answered 204 and carries our id of the sending."""
    intake = FakeIntake()
    answer = await post(make_app(intake), RECEIPT, "/in/twilio/status?intent=c1.t2.0")
    assert (answer.status_code, answer.content) == (204, b"")
    assert intake.receipts[0].intent == "c1.t2.0"
    assert intake.receipts[0].status == "delivered"


async def test_replay_is_answered_like_the_first() -> None:
    """The same MessageSid again is a repeat, answered 200 and counted."""
    app, before = make_app(FakeIntake()), counted("twilio", "repeat")
    for _ in range(3):
        assert (await post(app, TEXT)).status_code == 200
    assert counted("twilio", "repeat") == before + 2


async def test_unknown_number_is_answered_and_nothing_is_stored() -> None:
    """A genuine text to a number of no city is counted, answered, and kept nowhere."""
    intake, before = FakeIntake(), counted("twilio", "unknown_number")
    answer = await post(make_app(intake), {**TEXT, "To": "+12125550000"})
    assert (answer.status_code, intake.messages) == (200, [])
    assert counted("twilio", "unknown_number") == before + 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"token": "another token of sufficient length"}, 403),
        ({"content": urlencode({**TEXT, "Body": "changed on the way"})}, 403),
        ({"headers": {"x-twilio-signature": ""}}, 403),
        ({"headers": {"content-type": "application/json"}}, 415),
        ({"headers": {"content-type": "multipart/form-data; boundary=x"}}, 415),
        ({"content": b"x" * 70_000}, 413),
        ({"method": "GET"}, 405),
        ({"method": "HEAD"}, 405),
        ({"method": "DELETE"}, 405),
    ],
)
@pytest.mark.parametrize("path", ["/in/twilio", "/in/twilio/status"])
async def test_refusals(path: str, changes: dict[str, Any], status: int) -> None:
    """Forged, of the wrong type, too large or by the wrong method: refused on both doors."""
    intake = FakeIntake()
    answer = await post(make_app(intake), TEXT, path, **changes)
    assert answer.status_code == status
    assert (intake.messages, intake.receipts) == ([], [])


async def test_genuine_but_malformed_is_a_bad_request() -> None:
    """A right signature over a form that is no text, or of another account, gets 400."""
    for fields in ({"hello": "world"}, {**TEXT, "AccountSid": "AC" + "9" * 32}):
        assert (await post(make_app(FakeIntake()), fields)).status_code == 400
    assert (await post(make_app(FakeIntake()), {"a": "b"}, "/in/twilio/status")).status_code == 400


async def test_what_waits_on_the_disk_is_taken() -> None:
    """A text that the spool has is answered like any other, and counted apart."""
    before = counted("twilio", "spooled")
    answer = await post(make_app(FakeIntake(spooled=True)), TEXT)
    assert answer.status_code == 200
    assert counted("twilio", "spooled") == before + 1


async def test_storage_away_asks_twilio_to_come_again() -> None:
    """When nothing can be stored both doors answer 503, so Twilio retries."""
    app = make_app(FakeIntake(away=True))
    assert (await post(app, TEXT)).status_code == 503
    assert (await post(app, RECEIPT, "/in/twilio/status")).status_code == 503


def test_only_signed_doors_take_changes_and_no_documentation_is_served() -> None:
    """Every route is known: doors are signed, links prove themselves, the rest reads."""
    app = make_app(FakeIntake())
    assert set(unsigned_paths(app.router.routes)) == set(ALLOWED_UNSIGNED)
    paths = {getattr(route, "path", "") for route in app.router.routes}
    assert paths == {
        "/in/twilio",
        "/in/twilio/status",
        "/healthz",
        "/readyz",
        "/metrics",
        "/photos/{token}",
        "/pages/follow.css",
        "/r/{word}",
        "/r/{word}/map.png",
        "/r/{word}/map-dark.png",
        "/r/{rest:path}",
        "/u/{rest:path}",
        "/m/{rest:path}",
        "/r/{word}/{deed}",
        "/u/{word}",
        "/m/{word}",
    }
    signed = [
        r for r in app.router.routes if isinstance(getattr(r, "endpoint", None), SignedEndpoint)
    ]
    assert len(signed) == 2


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    fields=st.dictionaries(
        st.sampled_from([*TEXT, "MediaUrl0", "EvilField", "body"]) | st.text(max_size=12),
        st.text(max_size=60) | st.sampled_from(list(TEXT.values())),
        max_size=25,
    ),
    path=st.sampled_from(["/in/twilio", "/in/twilio/status"]),
)
async def test_hostile_forms_with_a_right_signature_never_raise(
    fields: dict[str, str], path: str
) -> None:
    """Even a signed form of any content gets a sensible status, never a 500."""
    try:
        urlencode(fields)
    except UnicodeEncodeError:
        return
    answer = await post(make_app(FakeIntake()), fields, path)
    assert answer.status_code in {200, 204, 400, 403}


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(0, 400), name=st.sampled_from(["From", "MessageSid", "Body", "To"]))
async def test_the_same_signature_over_another_cut_is_refused(cut: int, name: str) -> None:
    """Twilio signs without separators; a form cut elsewhere with that signature gains nothing."""
    signature = RequestValidator(TOKEN).compute_signature(BASE + "/in/twilio", dict(TEXT))
    joined = "".join(key + TEXT[key] for key in sorted(TEXT))
    at = joined.index(name) + cut % max(1, len(joined) - joined.index(name))
    recut = {joined[:3]: joined[3:at], **({joined[at : at + 4]: joined[at + 4 :]} if at else {})}
    intake = FakeIntake()
    answer = await post(make_app(intake), recut, headers={"x-twilio-signature": signature})
    assert answer.status_code in {400, 403}
    assert intake.messages == []
