"""A warm parent that forks the service's processes, so that they can be killed twice a second.

Run as a program: reads `work`, `serve` or `chores` on standard input, forks that process of
`main.py`, answers its process id. Leases are shortened, nothing else differs from production.
"""

from __future__ import annotations

import functools
import os
import signal
import sys
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import uvicorn

import bot.bootstrap
import bot.breakers
import bot.outbox
import bot.reading
import bot.scheduler
import bot.served
import bot.sweeper
import bot.turn
import main
import webhooks.app
from bot.chores import reconcile
from conversations.reading.reader import Reader
from integrations.cities import load_city

WARM = (uvicorn, bot.bootstrap, bot.breakers, bot.scheduler, webhooks.app)
ATTEMPT_LEASE_S, MARGIN_S, TURN_LEASE_S, LOOK_UP_S = 8.0, 4.0, 4.0, 3


def shorten_leases() -> None:
    """Let a dead process be noticed in seconds: a test cannot wait for minutes a hundred times."""
    bot.outbox.Outbox.__init__.__kwdefaults__.update(lease_s=ATTEMPT_LEASE_S, margin_s=MARGIN_S)
    bot.turn.Turns.__init__.__kwdefaults__.update(lease_s=TURN_LEASE_S)
    bot.outbox.LOOK_UP_AFTER_S = bot.sweeper.LOOK_UP_AFTER_S = LOOK_UP_S
    reconcile.EVERY_S = 1
    bot.sweeper.AGAIN_S = 2.0


def warm_up() -> None:
    """Load the city and its reader once; the children inherit them."""
    reader_of = functools.cache(lambda slug: Reader(load_city(slug)))
    reader_of("nyc").read("huge pothole at 100 Broadway, Brooklyn")
    bot.served.load_city = functools.cache(load_city)
    bot.reading.Reader = lambda city: reader_of(city.slug)


def run_child(name: str) -> None:
    """Be one process of the service until the end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    code = 1
    try:
        if name == "serve":
            main.serve("127.0.0.1", int(os.environ["PORT"]))
        else:
            {"work": main.work, "chores": main.chores}[name]()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def tend() -> None:
    """Fork what is asked for."""
    shorten_leases()
    warm_up()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the killed
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            run_child(line.strip())
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    assert all(WARM)
    tend()
