"""The child that takes mails apart: it may die, hang or lie, and the service goes on."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from integrations.kit.mail import opening
from integrations.kit.mail.bounds import CHILDREN, MAX_FILES_SIZE, MAX_TEXT, MB
from integrations.kit.mail.opening import UNREADABLE, open_mail
from tests.integrations.mails import watch_loop, write_mail

ROOT = Path(__file__).resolve().parents[4]


def _nested(depth: int) -> bytes:
    return b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (at, at)
        for at in range(depth)
    ) + b"\r\nhi\r\n"  # fmt: skip


def _with_file(size: int) -> bytes:
    line = b"QUJD" * 19 + b"\r\n"
    return (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\n"
        b"Content-Type: image/jpeg; name=a.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + line * (size // len(line)) + b"\r\n--b--\r\n"
    )  # fmt: skip


PARTS = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
BOMBS = {
    "200,000 empty parts": (PARTS + b"--b\r\n\r\n\r\n" * 200_000, True, ""),
    "15,000 empty parts": (PARTS + b"--b\r\n\r\n" * 15_000, False, ""),
    "40 kB of quotes in To": (b"To: " + b'"' * 40_000 + b"\r\n\r\nhello", False, "hello"),
    "10 kB of quotes in a type": (
        b"Content-Type: text/plain; x=" + b'";' * 4900 + b"\r\n\r\nhello", False, "hello",
    ),
    "1,400 pieces of a parameter": (
        b"Content-Disposition: inline;" + b" x*0=b;" * 1400 + b"\r\n\r\nhello", False, "hello",
    ),
    "2,000 nested parts": (_nested(2000), False, ""),
    "a million header lines": (b"X: y\r\n" * 1_000_000 + b"\r\nhello", False, "hello"),
    "30 MB in base64": (_with_file(30 * MB), False, "hello"),
    "30 MB of text": (b"Subject: a\r\n\r\n" + b"a" * 30 * MB, False, "a" * MAX_TEXT),
    "near boundaries": (PARTS + b"\n--bb" * 19_000, False, None),
    "36 MB": (b"\r\n" + b"a" * 36 * MB, True, ""),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
async def test_bombs(name: str) -> None:
    """Each mail made to exhaust a reader ends within its bounds, and the event loop runs on."""
    raw, unreadable, text = BOMBS[name]

    async with watch_loop():
        opened = await open_mail(raw)

    assert opened.unreadable is unreadable
    assert text is None or opened.text == text
    assert opened.files == ()
    assert len(opened.text) + len(opened.html) <= 2 * MAX_TEXT


async def test_a_large_photo_comes_through() -> None:
    """A mail with a file just below the bound is read whole."""
    opened = await open_mail(_with_file(13 * MB))

    (file,) = opened.files
    assert (file.name, file.content_type, opened.text) == ("a.jpg", "image/jpeg", "hello")
    assert 9 * MB < len(file.content) < MAX_FILES_SIZE
    assert not opened.cut


PROGRAMS = {
    "dies": "import sys; sys.exit(3)",
    "crashes": "import os; os.abort()",
    "fails after its answer": f"import sys; print('x' * {MB}); raise ValueError",
    "hangs": "import time; time.sleep(600)",
    "says nothing": "import sys; sys.stdin.buffer.read()",
    "talks for ever": "import sys\nwhile True: sys.stdout.write('x' * 100000)",
    "lies about its length": "import sys; sys.stdout.buffer.write((2**62).to_bytes(8, 'big'))",
    "is no JSON": "import sys; sys.stdout.buffer.write((3).to_bytes(8, 'big') + b'abc')",
    "lacks a name": "import sys; sys.stdout.buffer.write((2).to_bytes(8, 'big') + b'{}')",
    "spins": (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from integrations.kit.mail.child import limit\nlimit(1, 10**9)\nwhile True: pass"
    ),
}
EATS = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
    "from integrations.kit.mail.child import limit\nlimit(5, 256 * 2**20)\nx = bytearray(2**29)"
)


async def _open_with(program: str, folder: Path, monkeypatch: Any, wall_s: float) -> Any:
    path = folder / "program.py"
    path.write_text(program)
    monkeypatch.setattr(opening, "_PROGRAM", path)
    async with watch_loop():
        return await open_mail(write_mail("x" * 3 * MB), wall_s=wall_s)


@pytest.mark.parametrize("program", PROGRAMS)
async def test_whatever_the_child_does(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child that dies, hangs, spins or lies costs its own mail's content and nothing else."""
    wall_s = 1.0 if program in ("hangs", "talks for ever") else 30.0

    assert await _open_with(PROGRAMS[program], tmp_path, monkeypatch, wall_s) == UNREADABLE


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS does not bound a process's memory")
async def test_memory_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that wants more memory than it may have dies of that."""
    assert await _open_with(EATS, tmp_path, monkeypatch, 30.0) == UNREADABLE
    assert (
        await _open_with(EATS.replace("2**29", "2**20"), tmp_path, monkeypatch, 30.0) == UNREADABLE
    )


async def test_the_child_knows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The child's environment holds none of ours, and it writes no file."""
    monkeypatch.setenv("CITYHELPER_SECRET", "canary")
    program = (
        "import os, sys, json; sys.stdin.buffer.read()\n"
        "v = json.dumps({'text': ' '.join(os.environ), 'html': '', 'files': [], 'reports': [],"
        " 'cut': False}).encode()\n"
        "sys.stdout.buffer.write(len(v).to_bytes(8, 'big') + v)"
    )

    opened = await _open_with(program, tmp_path, monkeypatch, 30.0)

    assert not opened.unreadable
    assert "CITYHELPER_SECRET" not in opened.text


async def test_without_a_process_it_is_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    """When no child can be started, the mail is kept unread instead of failing the door."""
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")

    assert await open_mail(write_mail()) == UNREADABLE


async def test_cancelling_ends_the_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that is given up leaves no child behind."""
    started: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    create = asyncio.create_subprocess_exec

    async def watch(*args: Any, **options: Any) -> asyncio.subprocess.Process:
        process = await create(*args, **options)
        started.set_result(process.pid)
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", watch)
    task = asyncio.create_task(_open_with(PROGRAMS["hangs"], tmp_path, monkeypatch, 60.0))
    pid = await started
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_two_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many mails at once, two are taken apart, the others wait their turn."""
    running, most = 0, 0
    full, leave = asyncio.Event(), asyncio.Event()

    async def ask(raw: bytes, wall_s: float) -> bytes:
        nonlocal running, most
        running += 1
        most = max(most, running)
        if running == CHILDREN:
            full.set()
        await leave.wait()
        running -= 1
        return b""

    monkeypatch.setattr(opening, "_ask_child", ask)
    tasks = [asyncio.create_task(open_mail(write_mail())) for _ in range(7)]
    await full.wait()
    leave.set()
    await asyncio.gather(*tasks)

    assert most == CHILDREN
