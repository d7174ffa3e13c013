"""SMTP's twin: what it keeps, how it refuses, and the faults of the common board."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from conversations.vocabulary.requests import SendOutcome
from integrations.kit import errors
from integrations.kit.mail.refusals import MailboxBad, PutOff
from integrations.kit.sandbox.app import create_sandbox
from integrations.kit.sandbox.faults import KINDS, Fault
from integrations.kit.sandbox.serving import serve
from integrations.kit.transport import open_http

from .conftest import make_message


@pytest.fixture
async def town(make_adapter) -> AsyncIterator[tuple]:
    """Serve the twin; give the adapter, the world and a reader of mailboxes."""
    app = create_sandbox(only=("smtp",))
    async with serve(app) as base, open_http() as http:
        port = (await http.get(f"{base}/smtp/_control/port")).json()["port"]

        async def mailbox(address: str = "ana@home.example") -> list:
            url = f"{base}/smtp/_control/mailbox"
            return (await http.get(url, params={"address": address})).json()

        yield make_adapter(port, timeout_s=1.5), app.state.world, mailbox


async def test_a_mailbox_holds_what_was_sent(town) -> None:
    """A mail lands in its mailbox, and its effect is counted by our Message-ID."""
    adapter, world, mailbox = town
    await adapter.send(make_message(text=".one\n.\nñ"))
    (held,) = await mailbox()
    assert held["text"].splitlines() == [".one", ".", "ñ"]
    assert held["subject"].startswith("Su reporte")
    assert world.effects == {("smtp", "<c1.1.abc@city.example>"): 1}


async def test_addresses_have_their_endings(town) -> None:
    """No mailbox, greylisting, and a refusal after the whole mail was read."""
    adapter, world, _ = town
    with pytest.raises(MailboxBad):
        await adapter.send(make_message("hard-bounce@home.example"))
    with pytest.raises(PutOff):
        await adapter.send(make_message("greylist+2@home.example"))
    with pytest.raises(errors.Rejected):
        await adapter.send(make_message("refused@home.example"))
    assert world.effects == {}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "slow"])
async def test_faults_leave_the_right_end(town, kind) -> None:
    """What was taken and not answered is a doubt, taken once; what was not taken is not there."""
    adapter, world, mailbox = town
    world.faults.add(Fault("smtp", kind, seconds=2.5))
    with pytest.raises(errors.AdapterError) as caught:
        await adapter.send(make_message())
    told = "status" in kind
    assert caught.value.outcome is (SendOutcome.REFUSED if told else SendOutcome.UNKNOWN)
    assert len(await mailbox()) == (1 if kind.startswith("commit_then") else 0)
    assert [entry.fault for entry in world.journal.entries("smtp")] == [kind]
