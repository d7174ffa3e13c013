"""The embedded form's Valkey: started again when it dies, with what it held."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from bot.supervisor import EmbeddedError, Supervisor, answers
from bot.valkey import OwnValkey


@pytest.fixture
def port() -> int:
    """A free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    return number


@pytest.fixture
def valkey(tmp_path: Path, port: int) -> Iterator[OwnValkey]:
    """A running one."""
    own = OwnValkey(tmp_path, port)
    own.start()
    yield own
    own.stop()


def kill(client: Redis) -> int:
    """Kill the server a client talks to, wait until it is gone, and return its id."""
    pid = int(client.info("server")["process_id"])
    os.kill(pid, signal.SIGKILL)
    while answers(client.connection_pool.connection_kwargs["port"]):
        pass
    return pid


def test_a_killed_one_is_started_again(
    valkey: OwnValkey, port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Killed by its id, the next look starts it again on the same port with the same data."""
    with Redis(port=port) as client:
        client.config_set("appendfsync", "always")
        client.set("kept", "yes")
        first = kill(client)
    valkey.look_after()
    with Redis(port=port) as client:
        assert client.get("kept") == b"yes"
        assert client.info("server")["process_id"] != first
    assert "valkey ended, starting it again" in capsys.readouterr().err


def test_one_that_runs_is_left_alone(valkey: OwnValkey, port: int) -> None:
    """A look at a running one changes nothing."""
    with Redis(port=port) as client:
        before = client.info("server")["process_id"]
        valkey.look_after()
        assert client.info("server")["process_id"] == before


def test_one_that_a_killed_parent_left_is_looked_after_too(
    valkey: OwnValkey, tmp_path: Path, port: int
) -> None:
    """It is reused at the start, and replaced when it dies."""
    heir = OwnValkey(tmp_path, port)
    heir.start()
    with Redis(port=port) as client:
        kill(client)
    heir.look_after()
    assert answers(port)
    heir.stop()
    assert not answers(port)


def test_a_foreign_server_on_the_port_is_said(tmp_path: Path, port: int) -> None:
    """Something else on the port is named in one line, and left alone."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(EmbeddedError, match=rf"port {port} \(valkey\) is taken"):
            OwnValkey(tmp_path, port).start()


def test_the_supervisor_looks_after_it(tmp_path: Path) -> None:
    """The supervisor's watch looks at it each time, until it is told to stop."""
    looks: list[str] = []

    def look() -> None:
        looks.append("look")
        supervisor.stopping = len(looks) == 2

    supervisor = Supervisor([], {}, tmp_path, also=(look,))
    supervisor.watch()
    assert looks == ["look", "look"]
