"""Keeping child processes running: started in order, started again when they die, stopped in order.

Their output goes to files, one each, so that the terminal holds only what a person needs.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

HOST = "127.0.0.1"
CHILDREN = ("sandbox", "serve", "work", "chores")
_RESTART_PAUSE_S = 1.0
_HASTY_S = 20.0
"""A child that ends sooner after its start has a fault that starting again may not mend."""
_MOST_HASTY = 3
_STOP_GRACE_S = 15.0


class EmbeddedError(Exception):
    """The embedded form cannot start. The text is one plain line that says what to do."""


def answers(port: int) -> bool:
    """Return whether something listens on this loopback port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) == 0


@dataclass(slots=True)
class Supervisor:
    """Keeps the child processes running until told to stop.

    Attributes:
        command, environment: how to start our own command line.
        logs: folder for the children's output, one file each.
        children: name to process; started: name to when it was started; hasty: name to how often
            it ended at once.
        also: what else is looked after, with every look at the children.
    """

    command: list[str]
    environment: dict[str, str]
    logs: Path
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    started: dict[str, float] = field(default_factory=dict)
    hasty: dict[str, int] = field(default_factory=dict)
    also: tuple[Callable[[], None], ...] = ()
    stopping: bool = False

    def start(self) -> None:
        """Start every child, the twins first: the others call them."""
        self.logs.mkdir(exist_ok=True)
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        for name in CHILDREN:
            self._spawn(name)

    def _spawn(self, name: str) -> None:
        self.started[name] = time.monotonic()
        with (self.logs / f"{name}.log").open("ab") as out:
            # A session of its own: Ctrl-C reaches us alone, and we stop the children in order.
            self.children[name] = subprocess.Popen(  # noqa: S603  # our own program
                [*self.command, name],
                env=self.environment,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        pids = "".join(f"{child.pid} {name}\n" for name, child in self.children.items())
        self._pid_file.write_text(pids)

    @property
    def _pid_file(self) -> Path:
        return self.logs / "children.pid"

    def end_leftovers(self) -> bool:
        """End children of a supervisor that was killed and could not stop them.

        Returns:
            Whether there were any: they let go of their ports a moment after this returns.
        """
        ended = False
        lines = self._pid_file.read_text().splitlines() if self._pid_file.exists() else []
        for line in lines:
            pid, _, name = line.partition(" ")
            command = subprocess.run(  # noqa: S603  # a fixed command; the pid is a number of ours
                ["ps", "-o", "command=", "-p", pid],  # noqa: S607
                capture_output=True,
                text=True,
                check=False,
            ).stdout
            if f"main.py {name}" in command:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
                    ended = True
        self._pid_file.unlink(missing_ok=True)
        return ended

    def wait_until_up(self, port: int, seconds: float = 60.0) -> None:
        """Return as soon as the port answers.

        Raises:
            EmbeddedError: a child keeps ending, or the port does not answer in time.
        """
        deadline = time.monotonic() + seconds
        while not answers(port) and not self.stopping:
            self._look_after_children()
            if time.monotonic() > deadline:
                raise EmbeddedError(f"nothing answers on port {port}; see {self.logs}")
            time.sleep(0.1)

    def watch(self) -> None:
        """Wait until a signal asks to stop; a child that dies before is started again.

        Raises:
            EmbeddedError: a child ends again and again right after its start.
        """
        while not self.stopping:
            time.sleep(0.3)
            self._look_after_children()

    def _look_after_children(self) -> None:
        for look in self.also:
            if not self.stopping:
                look()
        for name, child in list(self.children.items()):
            if child.poll() is None or self.stopping:
                continue
            at_once = time.monotonic() - self.started[name] < _HASTY_S
            self.hasty[name] = self.hasty.get(name, 0) + 1 if at_once else 0
            if self.hasty[name] >= _MOST_HASTY:
                raise EmbeddedError(f"{name} cannot run: {self._last_line(name)}")
            sys.stderr.write(f"cityhelper: {name} ended ({child.returncode}), starting it again\n")
            time.sleep(_RESTART_PAUSE_S)
            self._spawn(name)

    def _last_line(self, name: str) -> str:
        lines = (self.logs / f"{name}.log").read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def stop(self) -> None:
        """Ask every child to finish its work in hand, the twins last; kill what does not end."""
        for name in reversed(CHILDREN):
            child = self.children.get(name)
            if child is None or child.poll() is not None:
                continue
            child.terminate()
            try:
                child.wait(_STOP_GRACE_S)
            except subprocess.TimeoutExpired:
                child.kill()
        self._pid_file.unlink(missing_ok=True)
