"""The pages behind links: what they show, what a press does, and that only a press does it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.following.blocks import block_of
from bot.storage.timeline import Kind
from conversations.wording.catalogue import Catalogue
from tests.webhooks.following import CANARIES, NUMBER, PNG, Street, open_street

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
STRANGE = [
    "a" * 26, "A" * 26, "a" * 5000, "-", "..%2f..%2fetc%2fpasswd", "%00", "%F0%9F%92%A9",
    "%3Cscript%3E", "'%20OR%201=1--", "%E2%80%AE", "%ff", "{{7*7}}",
]  # fmt: skip


@pytest.fixture
async def street(storage: Any, redis: Any, vault: Any, clock: Any) -> AsyncIterator[Street]:
    """A filed pothole and its links."""
    made = await open_street(storage, redis, vault, clock)
    await made.happens(Kind.SENT)
    await made.happens(Kind.CONFIRMED, number=NUMBER)
    yield made
    await made.http.aclose()


async def _close(street: Street, resolution: str = "The crew filled it.") -> str:
    """Let the city close the request; return the page's path."""
    await street.happens(Kind.STATUS, status="Closed", resolution=resolution)
    return f"/r/{street.words['page']}"


def _pages(street: Street) -> list[str]:
    """Return every address that shows a page for a good word."""
    page, stop, release = (street.words[name] for name in ("page", "unsubscribe", "release"))
    deeds = [f"/r/{page}/{deed}" for deed in ("fixed", "not-fixed", "mute")]
    return [f"/r/{page}", *deeds, f"/u/{stop}", f"/m/{release}"]


async def test_a_request_is_told_in_order(street: Street) -> None:
    """Title, block, status, number and each step with its time, oldest first."""
    page = await street.http.get(await _close(street))

    assert page.status_code == 200
    for words in ("Pothole", "100 block of Broadway, Brooklyn", NUMBER, "The city closed it."):
        assert words in page.text
    steps = re.findall(r'<span class="when">([^<]+)</span> ([^<]+)</li>', page.text)
    assert [sentence for _, sentence in steps] == [
        "The report came in.",
        "It was sent to the city.",
        f"The city has the report. Tracking number {NUMBER}.",
        "The city closed it.",
        "The city says: The crew filled it.",
    ]
    times = ["10:00 AM", "10:00 AM", "11:00 AM", "12:00 PM", "12:00 PM"]
    assert [when for when, _ in steps] == times


async def test_nothing_personal_is_shown(street: Street) -> None:
    """Neither name, house, apartment, words, notes, phone nor mailbox are on any page.

    But the words of a held mail, where its sender is asked whether they are theirs.
    """
    await street.happens(Kind.NOTE, text="canary-note", by="resident")
    await street.happens(Kind.NOTE, text="canary-note", by="stranger")
    await _close(street)
    for path in _pages(street):
        for answer in (await street.http.get(path), await street.http.post(path)):
            shown = answer.text.replace(street.words["page"], "")
            known = ("canary-words",) if path.startswith("/m/") else ()
            assert [word for word in CANARIES if word in shown and word not in known] == [], path


async def test_what_the_city_writes_leads_nowhere(street: Street) -> None:
    """Its words are text: no tag of theirs, no strange link, and long ones are told whole."""
    long = "The crew filled it. " + "It took a while. " * 10
    page = await street.http.get(await _close(street, f"<b>{long}</b> see evil.example/x now"))

    assert "<b>" not in page.text
    assert "evil.example" not in page.text
    assert page.text.count("It took a while.") >= 8


async def test_every_answer_is_headed_strictly(street: Street) -> None:
    """Nothing is loaded from elsewhere, framed, kept, sniffed, found by engines or passed on."""
    await _close(street)
    for path in [*_pages(street), "/r/unknown", f"/r/{street.words['page']}/map.png"]:
        for answer in (await street.http.get(path), await street.http.post(path)):
            if answer.status_code == 405:
                continue
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "script-src" not in policy
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert answer.headers["cache-control"] == "no-store"
            assert "noindex" in answer.headers["x-robots-tag"]
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "set-cookie" not in answer.headers
            assert "<script" not in answer.text
            assert not re.search(r'(?:src|href|srcset)="(?:https?:)?//', answer.text)


async def test_a_link_that_does_not_work_is_the_same_for_every_reason(street: Street) -> None:
    """Unknown, hostile, ended, of another purpose or with no such deed: one page, byte for byte."""
    ended = await street.http.get("/r/" + "b" * 26)
    assert ended.status_code == 404
    assert "This link does not work any more" in ended.text
    assert "Este enlace ya no funciona" in ended.text
    page, stop = street.words["page"], street.words["unsubscribe"]
    wrong = [f"/{kind}/{word}" for kind in "rum" for word in STRANGE]
    wrong += [f"/r/{stop}", f"/u/{page}", f"/m/{page}", f"/r/{street.words['mail']}"]
    wrong += [f"/r/{page}/delete", f"/r/{stop}/fixed", f"/r/{'b' * 26}/mute"]
    for path in wrong:
        for answer in (await street.http.get(path), await street.http.post(path)):
            if answer.status_code == 405:  # nothing there takes a POST
                continue
            assert (answer.status_code, answer.content) == (404, ended.content), path

    street.clock.advance(200 * 86_400)
    for path in _pages(street):
        answer = await street.http.get(path)
        assert (answer.status_code, answer.content) == (404, ended.content), path
    assert await street.events() == []


async def test_opening_does_nothing(street: Street) -> None:
    """Whatever a mail scanner opens, however often and by whichever method, nothing happens."""
    await _close(street)
    before = await _state(street)
    for path in [*_pages(street), f"/r/{street.words['page']}/map.png"]:
        for method in ("GET", "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"):
            answer = await street.http.request(method, path)
            assert answer.status_code == (200 if method in ("GET", "HEAD") else 405), (method, path)
    assert await _state(street) == before


async def _state(street: Street) -> list[Any]:
    """Return all that a press could change."""
    inbox = await street.rows("SELECT id, state FROM inbox ORDER BY id")
    people = await street.rows("SELECT * FROM residents")
    return [inbox, people, await street.rows("SELECT count(*) FROM consents")]


@pytest.mark.parametrize(
    ("deed", "event"),
    [
        ("fixed", {"kind": "page_answered", "fixed": True}),
        ("not-fixed", {"kind": "page_answered", "fixed": False}),
        ("mute", {"kind": "page_muted", "fixed": None}),
    ],
)
async def test_a_press_happens_once(street: Street, deed: str, event: dict[str, Any]) -> None:
    """The button asks first, then tells the conversation once, however often it is pressed."""
    path = f"{await _close(street)}/{deed}"
    asked = await street.http.get(path)
    assert '<form method="post">' in asked.text
    for _ in range(3):
        done = await street.http.post(path)
        assert done.status_code == 200
        assert "<form" not in done.text

    (happened,) = await street.events()
    assert happened["kind"] == event["kind"]
    assert happened["data"].get("fixed") == event["fixed"]
    assert happened["data"]["request_id"] == street.ids["request"]


async def test_it_is_asked_once_after_each_closing(street: Street) -> None:
    """Before a closing, and after the answer, the links of old mails show the story instead."""
    path = f"/r/{street.words['page']}"
    assert "Is it fixed?" not in (await street.http.get(path)).text
    for deed in ("fixed", "not-fixed"):
        for answer in (
            await street.http.get(f"{path}/{deed}"),
            await street.http.post(f"{path}/{deed}"),
        ):
            assert answer.status_code == 200
            assert "What has happened" in answer.text
    await _close(street)
    assert "Is it fixed?" in (await street.http.get(path)).text
    await street.happens(Kind.FIXED)
    page = await street.http.get(f"{path}/fixed")
    assert "Is it fixed?" not in page.text
    assert "We were told that it is fixed." in page.text
    await street.happens(Kind.STATUS, status="Open")
    await _close(street)
    assert "Is it fixed?" in (await street.http.get(path)).text
    assert await street.events() == []


async def test_one_click_unsubscribes(street: Street) -> None:
    """A mail program's POST (RFC 8058) stops notices: no cookie, no redirect, no page before."""
    answer = await street.http.post(f"/u/{street.words['unsubscribe']}", data=ONE_CLICK)
    again = await street.http.post(f"/u/{street.words['unsubscribe']}", data=ONE_CLICK)

    assert (answer.status_code, again.status_code) == (200, 200)
    assert "location" not in answer.headers
    ((off,),) = await street.rows("SELECT notices_off_at FROM residents")
    assert off is not None
    rows = await street.rows("SELECT topic, state, method FROM consents")
    assert {(row.topic, row.state, row.method) for row in rows} == {("updates", "out", "one_click")}


async def test_a_held_mail_goes_on_once(street: Street) -> None:
    """The press lets the mail go that its sender proves with it; a second one changes nothing."""
    path = f"/m/{street.words['release']}"
    assert "Was it you?" in (await street.http.get(path)).text
    assert await street.events() == []
    for _ in range(2):
        assert "The answer comes by mail" in (await street.http.post(path)).text
    (event,) = await street.events()
    assert event["proven"] is True


async def test_a_body_is_not_read(street: Street) -> None:
    """A press needs no body: a huge one is left where it is."""
    reads = 0

    async def receive() -> dict[str, Any]:
        nonlocal reads
        reads += 1
        return {"type": "http.request", "body": b"x" * 65_536, "more_body": True}

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    path = f"/u/{street.words['unsubscribe']}"
    scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(),
        "query_string": b"", "headers": [(b"content-length", b"999999999")], "root_path": "",
        "scheme": "http", "server": ("city.example", 80), "client": ("1.2.3.4", 1),
        "http_version": "1.1",
    }  # fmt: skip
    await street.app(scope, receive, send)

    assert sent[0]["status"] == 200
    assert reads == 0


async def test_capital_letters_are_the_same_word(street: Street) -> None:
    """Some mail programs write links in capitals; the page's own links stay good."""
    page = await street.http.get(f"/r/{street.words['page'].upper()}")

    assert page.status_code == 200
    assert f"/r/{street.words['page']}/mute" in page.text


async def test_the_map_is_ours_and_of_the_block(street: Street) -> None:
    """The picture is asked for with rounded places, light and dark, and comes from us."""
    path = f"/r/{street.words['page']}"
    light = await street.http.get(f"{path}/map.png")
    dark = await street.http.get(f"{path}/map-dark.png")

    assert light.headers["content-type"] == dark.headers["content-type"] == "image/png"
    assert (light.content, dark.content) == (PNG + b"light", PNG + b"dark")
    assert street.painter.asked == [(40.713, -73.961, False), (40.713, -73.961, True)]
    assert (
        'alt="Map of the block: 100 block of Broadway, Brooklyn"'
        in (await street.http.get(path)).text
    )
    street.painter.away = True
    assert (await street.http.get(f"{path}/map.png")).status_code == 404


async def test_a_described_place_is_not_shown(
    storage: Any, redis: Any, vault: Any, clock: Any
) -> None:
    """Of words that tell the way only the borough is left, and there is no map."""
    label = "canary-words behind my mother's house"
    street = await open_street(
        storage, redis, vault, clock, label=label, kind="described", latitude=None, longitude=None
    )
    page = await street.http.get(f"/r/{street.words['page']}")

    assert "mother" not in page.text
    assert '<p class="place">Brooklyn</p>' in page.text
    assert "map.png" not in page.text
    assert (await street.http.get(f"/r/{street.words['page']}/map.png")).status_code == 404


async def test_spanish_throughout(storage: Any, redis: Any, vault: Any, clock: Any) -> None:
    """A conversation in Spanish has Spanish pages, the block too, and says so to the browser."""
    street = await open_street(storage, redis, vault, clock, language="es")
    await street.happens(Kind.SENT)
    path = await _close(street)
    page = await street.http.get(path)

    assert '<html lang="es">' in page.text
    for words in ("Bache", "cuadra 100 de Broadway", "Se envió a la ciudad.", "¿Está arreglado?"):
        assert words in page.text
    for shown in [page, *[await street.http.get(address) for address in _pages(street)]]:
        assert not re.search(r"\b(the|Press|block|report)\b", re.sub("<[^>]+>", " ", shown.text))


@pytest.mark.parametrize(
    ("label", "kind", "borough", "english", "spanish"),
    [
        ("123 Broadway, Brooklyn", "address", "Brooklyn",
         "100 block of Broadway, Brooklyn", "cuadra 100 de Broadway, Brooklyn"),
        ("7 Water St, Manhattan", "address", "Manhattan",
         "first block of Water St, Manhattan", "primera cuadra de Water St, Manhattan"),
        ("36-23 Main St, Queens", "address", "Queens",
         "36-00 block of Main St, Queens", "cuadra 36-00 de Main St, Queens"),
        ("123-125 Broadway, Manhattan", "address", "Manhattan",
         "100 block of Broadway, Manhattan", "cuadra 100 de Broadway, Manhattan"),
        ("1234A East 5th Street, Brooklyn", "address", "Brooklyn",
         "1200 block of East 5th Street, Brooklyn", "cuadra 1200 de East 5th Street, Brooklyn"),
        ("55 D Avenue A, Manhattan", "address", "Manhattan",
         "first block of Avenue A, Manhattan", "primera cuadra de Avenue A, Manhattan"),
        ("12 1/2 Gay St, Manhattan", "address", "Manhattan",
         "first block of Gay St, Manhattan", "primera cuadra de Gay St, Manhattan"),
        ("123 Broadway, Brooklyn", None, None,
         "100 block of Broadway, Brooklyn", "cuadra 100 de Broadway, Brooklyn"),
        ("East 14th Street, Manhattan", "address", "Manhattan",
         *["East 14th Street, Manhattan"] * 2),
        ("Apt 4B, 123 Broadway", "address", "Brooklyn", "Brooklyn", "Brooklyn"),
        ("Broadway and W 42 St, Manhattan", "intersection", "Manhattan",
         *["Broadway and W 42 St, Manhattan"] * 2),
        ("5 Ave between W 42 St and W 43 St", "block", "Manhattan",
         *["5 Ave between W 42 St and W 43 St"] * 2),
        ("Prospect Park, Brooklyn", "landmark", "Brooklyn", *["Prospect Park, Brooklyn"] * 2),
        ("behind my house", "described", "Bronx", "Bronx", "Bronx"),
        ("behind my house", "described", None, "", ""),
        ("", "address", None, "", ""),
    ],
)  # fmt: skip
def test_a_place_is_told_by_its_block(
    label: str, kind: str | None, borough: str | None, english: str, spanish: str
) -> None:
    """Houses become blocks, public places stay, private words go, in the reader's language."""
    place = {"label": label, "kind": kind, "borough": borough}

    assert block_of(Catalogue.load(), "en", place) == english
    assert block_of(Catalogue.load(), "es", place) == spanish
