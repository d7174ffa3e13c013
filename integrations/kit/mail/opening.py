"""Opening a mail: its body is taken apart in a child process that may die without harm.

The child gets two seconds of processor time, five of the clock, half a gigabyte and no secret;
at most two run at once in a process, the others wait in line. However it ends, the caller gets
an answer: of a mail that could not be opened, an empty one that says so.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakKeyDictionary

import orjson

from conversations.vocabulary.mail import MailFile
from integrations.kit.mail import child
from integrations.kit.mail.bounds import (
    CHILD_CPU_S,
    CHILD_MEMORY,
    CHILD_WALL_S,
    CHILDREN,
    MAX_ANSWER,
    MAX_DASH_LINES,
    MAX_DELIVERY,
)

_PROGRAM = Path(child.__file__)
_PASSED_ON = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_places: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Opened:
    """What the body of a mail holds; see `bodies.Bodies`.

    Attributes:
        unreadable: it could not be taken apart in bounds; all else is empty.
    """

    text: str = ""
    html: str = ""
    files: tuple[MailFile, ...] = ()
    reports: tuple[tuple[str, str], ...] = ()
    cut: bool = False
    unreadable: bool = False


UNREADABLE = Opened(cut=True, unreadable=True)


async def open_mail(raw: bytes, *, wall_s: float = CHILD_WALL_S) -> Opened:
    """Return what a mail holds. Never raises, but for cancellation, which ends the child.

    Args:
        raw: the whole mail.
        wall_s: seconds after which the child is killed.
    """
    if len(raw) > MAX_DELIVERY or raw.count(b"\n--") > MAX_DASH_LINES:
        return UNREADABLE
    loop = asyncio.get_running_loop()
    place = _places.setdefault(loop, asyncio.Semaphore(CHILDREN))
    async with place:
        try:
            answer = await _ask_child(raw, wall_s)
        except OSError:  # a TimeoutError is one
            return UNREADABLE
    try:
        return _unpack(answer)
    except (ValueError, KeyError, TypeError):
        return UNREADABLE


async def _ask_child(raw: bytes, wall_s: float) -> bytes:
    """Return what the child answered, empty when it died."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-S", "-B", str(_PROGRAM),
        str(CHILD_CPU_S), str(CHILD_MEMORY),
        stdin=PIPE, stdout=PIPE, stderr=DEVNULL, cwd="/",
        env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
    )  # fmt: skip
    try:
        async with asyncio.timeout(wall_s):
            _, answer = await asyncio.gather(_feed(process, raw), _hear(process))
            return answer if await process.wait() == 0 else b""
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await asyncio.shield(process.wait())


async def _feed(process: Process, raw: bytes) -> None:
    stdin = process.stdin
    assert stdin is not None
    # A child that died does not read to the end; what it answered tells that.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        stdin.write(raw)
        await stdin.drain()
    stdin.close()


async def _hear(process: Process) -> bytes:
    stdout = process.stdout
    assert stdout is not None
    pieces, size = [], 0
    while piece := await stdout.read(1 << 20):
        size += len(piece)
        if size > MAX_ANSWER:
            raise OSError("the child says too much")
        pieces.append(piece)
    return b"".join(pieces)


def _unpack(answer: bytes) -> Opened:
    """Return the child's answer as a value. It is not trusted to be well formed."""
    length = int.from_bytes(answer[: child.HEAD_BYTES], "big")
    at = child.HEAD_BYTES + length
    if not 0 < length <= len(answer) - child.HEAD_BYTES:
        return UNREADABLE
    value = orjson.loads(answer[child.HEAD_BYTES : at])
    files = []
    for name, kind, size in value["files"]:
        files.append(MailFile(str(name), str(kind), answer[at : at + size]))
        at += size
    if at != len(answer):
        return UNREADABLE
    return Opened(
        text=str(value["text"]),
        html=str(value["html"]),
        files=tuple(files),
        reports=tuple((str(kind), str(text)) for kind, text in value["reports"]),
        cut=bool(value["cut"]),
    )
