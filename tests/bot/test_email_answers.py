"""Our mail, answered in four mail programs: only what the resident typed remains."""

from __future__ import annotations

import pytest

from bot.channels.email.page import Letter, compose
from conversations.reading.mail.trim import trim
from integrations.kit.sandbox.world import World
from integrations.sendgrid.inbound import parse_inbound
from integrations.sendgrid.twin.clients import Client, Writing, write_mail
from integrations.sendgrid.twin.parsing import Arrival, make_request
from integrations.sendgrid.twin.store import TwinMail

LETTERS = {
    "en": Letter(
        language="en",
        city="City of New York",
        subject="Your report",
        text="Please check: Pothole, 123 Broadway.\n1. send it\n2. change what\n3. change where",
        story=(("Mon, Nov 2, 10:15", "You told us about a pothole on Broadway."),),
        place="123 Broadway, Brooklyn",
        fixed_url="https://city.example/f/1",
        not_fixed_url="https://city.example/n/1",
        stop_url="https://city.example/u/1",
    ),
    "es": Letter(
        language="es",
        city="Ciudad de Nueva York",
        subject="Su reporte",
        text="Revise, por favor: bache, 123 Broadway.\n1. enviarlo\n2. cambiar dónde",
        place="123 Broadway, Brooklyn",
    ),
}
TYPED = {
    "one word": "1",
    "a sentence": "No, it is at 125 Broadway, on the other side.",
    "two paragraphs": "Sigue igual.\n\nEl lunes vi que el bache es más grande.",
}


def answer(client: Client, language: str, typed: str) -> bytes:
    """Return a resident's answer to our mail as a program writes it."""
    letter = LETTERS[language]
    text, page = compose(letter)
    ours = TwinMail(
        id="m-1",
        outgoing=True,
        sender="311@city.example",
        sender_name=letter.city,
        recipient="ana@home.example",
        subject=letter.subject,
        text=text,
        html=page,
        headers={"Message-ID": "<c1.1@city.example>"},
        at=World().now(),
    )
    writing = Writing(
        client=client,
        sender="ana@home.example",
        sender_name="Ana Díaz",
        recipient="case+7f3k@reply.city.example",
        subject=f"Re: {letter.subject}",
        text=typed,
        at=World().now(),
        message_id="<a1@home.example>",
        language=language,
        quoted=ours,
    )
    return write_mail(writing)


@pytest.mark.parametrize("typed", TYPED.values(), ids=TYPED)
@pytest.mark.parametrize("raw", [True, False], ids=["raw", "parsed"])
@pytest.mark.parametrize("language", LETTERS)
@pytest.mark.parametrize("client", ["gmail", "outlook", "apple", "plain"])
async def test_only_what_was_typed_remains(
    client: Client, language: str, raw: bool, typed: str
) -> None:
    """Text or page, whole or taken apart: the quote of our mail is cut, no word of theirs is."""
    envelope = ("case+7f3k@reply.city.example",)
    mime = answer(client, language, typed)
    request = make_request(Arrival(mime, "ana@home.example", envelope, "pass", "pass"), raw=raw)
    mail = await parse_inbound(request[1], request[0])
    sent = compose(LETTERS[language])[0]
    wanted = " ".join(typed.split())
    assert " ".join(trim(mail.text, "plain").reply.split()) == wanted
    assert " ".join(trim(mail.text, "plain", [sent]).reply.split()) == wanted
    assert client == "plain" or " ".join(trim(mail.html, "html").reply.split()) == wanted
