"""`/r/<word>` follow a request, `/u/<word>` no more notices, `/m/<word>` "yes, I wrote it"."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from webhooks.wiring import Follow, Shell

HERE = Path(__file__).parent
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",  # the word in the path is a secret
    "cache-control": "no-store",
    "x-robots-tag": "noindex, nofollow",
}
DEEDS = {"fixed": "fixed", "not-fixed": "not_fixed", "mute": "mute"}
"""Last part of the path to the phrases of its confirmation."""

DONE = {"fixed": "thanks_fixed", "not_fixed": "thanks_not_fixed", "mute": "muted"}
ANSWERS = frozenset({"fixed", "not_fixed"})
"""Asked for once after each closing."""

Endpoint = Callable[[Request], Awaitable[Response]]


def follow_routes(shell: Shell) -> list[Route]:
    """Return the routes over this shell."""
    pages = Pages(shell)
    css = (HERE / "static" / "follow.css").read_bytes()

    async def style(_request: Request) -> Response:
        return Response(css, media_type="text/css", headers={"cache-control": "max-age=3600"})

    return [
        Route("/pages/follow.css", style, methods=["GET"]),
        Route("/r/{word}", pages.show, methods=["GET"]),
        Route("/r/{word}/map.png", pages.map(dark=False), methods=["GET"]),
        Route("/r/{word}/map-dark.png", pages.map(dark=True), methods=["GET"]),
        Route("/r/{word}/{deed}", pages.confirm, methods=["GET"]),
        Route("/r/{word}/{deed}", pages.act, methods=["POST"]),
        Route("/u/{word}", pages.ask("unsubscribe"), methods=["GET"]),
        Route("/u/{word}", pages.unsubscribe, methods=["POST"]),
        Route("/m/{word}", pages.ask("release"), methods=["GET"]),
        Route("/m/{word}", pages.release, methods=["POST"]),
        *(Route(f"/{kind}/{{rest:path}}", pages.show_ended, methods=["GET"]) for kind in "rum"),
    ]


class Pages:
    """Makes the pages over a shell, which is asked for what links ask for."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=select_autoescape(["html", "j2"]),
            trim_blocks=True,
            lstrip_blocks=True,
        )

    @property
    def _follow(self) -> Follow:
        return self._shell.follow

    async def show(self, request: Request) -> Response:
        """Show the story of a request."""
        word = request.path_params["word"]
        page = await self._follow.read(word)
        if page is None:
            return self._ended()
        return self._story(word, page)

    def map(self, *, dark: bool) -> Endpoint:
        """Return what sends the picture of the block, fetched by us: no browser asks a stranger."""

        async def show(request: Request) -> Response:
            picture = await self._follow.picture(request.path_params["word"], dark=dark)
            if picture is None:
                return Response("Not Found", 404, media_type="text/plain", headers=HEADERS)
            return Response(picture, media_type="image/png", headers=HEADERS)

        return show

    async def confirm(self, request: Request) -> Response:
        """Ask for the press that does it; what is answered already is shown instead."""
        word, deed = request.path_params["word"], DEEDS.get(request.path_params["deed"])
        page = await self._follow.read(word)
        if page is None or deed is None:
            return self._ended()
        if deed in ANSWERS and not page.asks:
            return self._story(word, page)
        return self._page("confirm", page.language, deed=deed, back=f"/r/{word}", page=page)

    async def act(self, request: Request) -> Response:
        """Do what the button says."""
        word, deed = request.path_params["word"], DEEDS.get(request.path_params["deed"])
        page = await self._follow.read(word)
        if page is None or deed is None:
            return self._ended()
        if deed in ANSWERS and not page.asks:
            return self._story(word, page)
        if deed == "mute":
            works = await self._follow.mute(word)
        else:
            works = await self._follow.answer(word, deed == "fixed")
        if not works:
            return self._ended()
        return self._page("done", page.language, done=DONE[deed], back=f"/r/{word}", page=page)

    def ask(self, purpose: str) -> Endpoint:
        """Return the page that asks for the press, for links that show nothing else."""

        async def show(request: Request) -> Response:
            about = await self._follow.about(purpose, request.path_params["word"])
            if about is None:
                return self._ended()
            return self._page("confirm", about.language, deed=purpose, back="", page=about)

        return show

    async def unsubscribe(self, request: Request) -> Response:
        """Stop notices: the button, or a mail program's one click (RFC 8058)."""
        word = request.path_params["word"]
        about = await self._follow.about("unsubscribe", word)
        if about is None or not await self._follow.unsubscribe(word):
            return self._ended()
        return self._page("done", about.language, done="unsubscribed", back="", page=about)

    async def release(self, request: Request) -> Response:
        """Go on with a mail that its sender has proven."""
        word = request.path_params["word"]
        about = await self._follow.about("release", word)
        if about is None or not await self._follow.release(word):
            return self._ended()
        return self._page("done", about.language, done="released", back="", page=about)

    def _story(self, word: str, page: Any) -> Response:
        return self._page("follow", page.language, page=page, base=f"/r/{word.lower()}")

    async def show_ended(self, _request: Request) -> Response:
        """Say that a link does not work: it has a form that none of ours has."""
        return self._ended()

    def _ended(self) -> Response:
        """Say that a link does not work, the same for every reason, in the languages we have."""
        phone = next(iter(self._shell.cities.values())).phone  # the link itself names no city
        said = [
            (code, self._say(code, "ended"), self._say(code, "ended_more", phone=phone))
            for code in self._follow.languages
        ]
        html = self._templates.get_template("ended.html.j2").render(said=said, language="en")
        return HTMLResponse(html, 404, headers=HEADERS)

    def _page(self, template: str, language: str, **values: Any) -> Response:
        def say(key: str, **more: Any) -> str:
            return self._say(language, key, **more)

        found = self._templates.get_template(f"{template}.html.j2")
        questions = _with_call(say("questions", phone=values["page"].phone), values["page"].phone)
        html = found.render(say=say, language=language, questions=questions, **values)
        return HTMLResponse(html, headers=HEADERS)

    def _say(self, language: str, key: str, **values: Any) -> str:
        return self._follow.say(language, f"page.{key}", values)


def _with_call(sentence: str, phone: str) -> Markup:
    """Return a sentence in which the telephone number can be pressed."""
    digits = re.sub(r"[^0-9+]", "", phone)
    link = Markup('<a href="tel:{}">{}</a>').format(digits, phone)
    return Markup(str(escape(sentence)).replace(str(escape(phone)), str(link), 1))  # noqa: S704
