"""Twilio's twin: sends, receipts, opt-out at the carrier, media, and phones to text from.

Inside: `twin/`. Effects are counted by our own reference (the intent in the callback URL);
idempotency tokens are ignored unless switched on, as the real one does.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from fastapi import FastAPI

from conversations.vocabulary.handles import tel
from conversations.vocabulary.messages import OutboundMessage
from integrations.kit.caller import Caller
from integrations.kit.sandbox.kept_lines import KeptLines
from integrations.kit.sandbox.world import DEFAULTS, World
from integrations.twilio.adapter import TwilioAdapter
from integrations.twilio.twin.api import Api
from integrations.twilio.twin.carrier import Carrier
from integrations.twilio.twin.control import Control
from integrations.twilio.twin.hooks import Webhooks
from integrations.twilio.twin.store import TwinStore

OPERATIONS = (
    ("send", "POST", "/2010-04-01/Accounts/*/Messages.json"),
    ("find", "GET", "/2010-04-01/Accounts/*/Messages.json"),
    ("list_media", "GET", "/2010-04-01/Accounts/*/Messages/*/Media.json"),
    ("fetch_media", "GET", "/2010-04-01/Accounts/*/Messages/*/Media/*"),
    ("delete_media", "DELETE", "/2010-04-01/Accounts/*/Messages/*/Media/*"),
    ("fetch_stored", "GET", "/storage/*"),
    ("read", "GET", "/2010-04-01/Accounts/*/Messages/*.json"),
)


def build(world: World) -> FastAPI:
    """Return the twin, to be mounted at `/twilio`."""
    store = TwinStore(KeptLines(world, "sandbox-twilio.jsonl"))
    hooks = Webhooks(world, store)
    carrier = Carrier(world, store, hooks)
    app = FastAPI(title="Twilio's twin", docs_url=None, redoc_url=None)
    app.include_router(Api(world, store, carrier).routes())
    app.include_router(Control(world, store, carrier, hooks).routes())
    app.state.store = store
    return app


def exercise(base_url: str, caller: Caller) -> dict[str, Callable[[], Awaitable[object]]]:
    """Return one typical call per operation, for the conformance test."""
    account = DEFAULTS["twilio_account_sid"]
    adapter = TwilioAdapter(
        caller,
        account_sid=account,
        auth=(account, DEFAULTS["twilio_auth_token"]),
        base_url=base_url,
    )
    message = OutboundMessage(
        intent="conformance-1",
        channel="sms",
        sender=tel(DEFAULTS["twilio_number"]),
        recipient=tel("+12125550123"),
        text="Your report is in.",
    )
    since = datetime.now(UTC) - timedelta(minutes=1)
    return {
        "send": lambda: adapter.send(message),
        "find": lambda: adapter.find(message, since),
    }
