"""SendGrid's twin: takes mails, keeps mailboxes, posts events and residents' mails, all signed.

Inside: `twin/`. Effects are counted by our own reference, the intent in `custom_args`; the same
mail sent twice is sent twice, as the real one does.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import FastAPI

from conversations.vocabulary.handles import mailto
from conversations.vocabulary.mail import OutboundMail
from conversations.vocabulary.messages import OutboundMessage
from integrations.kit.caller import Caller
from integrations.kit.sandbox.world import DEFAULTS, World
from integrations.sendgrid.adapter import SendgridAdapter
from integrations.sendgrid.twin.api import Api
from integrations.sendgrid.twin.control import Control
from integrations.sendgrid.twin.hooks import Webhooks
from integrations.sendgrid.twin.postmen import Postmen
from integrations.sendgrid.twin.store import TwinStore

OPERATIONS = (("send", "POST", "/v3/mail/send"),)


def build(world: World) -> FastAPI:
    """Return the twin, to be mounted at `/sendgrid`."""
    store = TwinStore()
    hooks = Webhooks(world)
    app = FastAPI(title="SendGrid's twin", docs_url=None, redoc_url=None)
    app.include_router(Api(world, store, Postmen(world, store, hooks)).routes())
    app.include_router(Control(world, store, hooks).routes())
    app.state.store = store
    return app


def exercise(base_url: str, caller: Caller) -> dict[str, Callable[[], Awaitable[object]]]:
    """Return one typical call per operation, for the conformance test."""
    adapter = SendgridAdapter(caller, api_key=DEFAULTS["sendgrid_api_key"], base_url=base_url)
    message = OutboundMessage(
        intent="conformance-1",
        channel="email",
        sender=mailto(DEFAULTS["mail_address"]),
        recipient=mailto("resident@home.example"),
        text="Your report is in.",
        mail=OutboundMail(
            subject="Your report",
            html="<p>Your report is in.</p>",
            from_name="City",
            reply_to="case+7f3k2q@reply.city.example",
            message_id="<conformance.1@city.example>",
        ),
    )
    return {"send": lambda: adapter.send(message)}
