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
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot.supervisor import HOST, EmbeddedError, Supervisor, answers
from bot.valkey import OwnValkey


@dataclass(frozen=True, slots=True)
class Ports:
    """The loopback ports, in a row from the web process's.

    `work` and `chores` are those of their metrics.
    """

    web: int
    sandbox: int
    valkey: int
    work: int
    chores: int

    @classmethod
    def from_base(cls, base: int) -> Ports:
        """Return the ports from `base` on. Raises `EmbeddedError` when there are none such."""
        ports = range(base, base + len(fields(cls)))
        if not 0 < ports[0] <= ports[-1] <= 65535:
            most = 65535 - len(ports) + 1
            raise EmbeddedError(f"PORT must be from 1 to {most}: {len(ports)} in a row are used")
        return cls(*ports)


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


def check_ports(ports: Ports, patience_s: float = 0.0) -> None:
    """Raise `EmbeddedError` in one clear line when a port is taken, and is still after a while."""
    deadline = time.monotonic() + patience_s
    for name, port in asdict(ports).items():
        if name == "valkey":  # its own start looks at what is there
            continue
        while answers(port) and time.monotonic() < deadline:
            time.sleep(0.05)
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
        "METRICS_PORT_WORK": str(ports.work),
        "METRICS_PORT_CHORES": str(ports.chores),
        "SANDBOX_URL": sandbox,
        "PLAYGROUND": "true",
        "TWILIO_BASE_URL": f"{sandbox}/twilio",
        "GEOCLIENT_BASE_URL": f"{sandbox}/geoclient/geoclient/v1",
        "GEOSEARCH_BASE_URL": f"{sandbox}/geosearch/v2",
        "MAPBOX_BASE_URL": f"{sandbox}/mapbox",
        "NYC311_BASE_URL": f"{sandbox}/nyc311/311/v1",
        "MAIL_ADDRESSES": "nyc:311@reply.city.example",
        "SENDGRID_BASE_URL": f"{sandbox}/sendgrid",
        "SENDGRID_QUOTA_DAILY": "100000",
        "SLACK_CHANNELS": "nyc:C0DESK,nyc/dot:C0STREETS",
        "SLACK_OPS_CHANNEL": "C0OPS",
        "SLACK_STAFF": "nyc:S0STAFF=staff,*:S0ADMIN=admin",
        "SLACK_BASE_URL": f"{sandbox}/slack/api",
        "SLACK_HOOKS_URL": f"{sandbox}/slack/hooks/",
        **made,
    }
    return {**defaults, **os.environ}


def _load_secrets(data_dir: Path) -> dict[str, str]:
    """Return this installation's secrets, drawn once and readable by its owner only."""
    path = data_dir / "secrets.json"
    stored: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    signing, public = _draw_signing_key()
    made = {
        "SECRET_KEYS": "1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "INDEX_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
        "TWILIO_ACCOUNT_SID": "AC" + secrets.token_hex(16),
        "TWILIO_AUTH_TOKENS": secrets.token_hex(16),
        "NYC311_KEY": secrets.token_hex(16),
        "GEOCLIENT_APP_ID": secrets.token_hex(4),
        "GEOCLIENT_APP_KEY": secrets.token_hex(16),
        "MAPBOX_ACCESS_TOKEN": "pk." + secrets.token_hex(16),
        "SLACK_SIGNING_SECRETS": secrets.token_hex(16),
        "SLACK_BOT_TOKENS": "T0CITY:xoxb-" + secrets.token_hex(16),
        "SENDGRID_API_KEY": "SG." + secrets.token_hex(24),
        "SANDBOX_SIGNING_KEY": signing,
        "SENDGRID_INBOUND_KEYS": public,
        "SENDGRID_EVENT_KEYS": public,
    }
    if stored.keys() >= made.keys():
        return stored
    kept = {**made, **stored}  # a later release draws what an earlier one did not know
    draft = path.with_suffix(".part")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(kept, file, indent=1)
    draft.replace(path)
    return kept


def _draw_signing_key() -> tuple[str, str]:
    """Return the key that signs the mail twin's webhooks, and the public one that checks them."""
    key = ec.generate_private_key(ec.SECP256R1())
    der, pkcs8 = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8
    private = key.private_bytes(der, pkcs8, serialization.NoEncryption())
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    public = key.public_key().public_bytes(der, kind)
    return base64.b64encode(private).decode(), base64.b64encode(public).decode()


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
        check_ports(ports, patience_s=5.0 if supervisor.end_leftovers() else 0.0)
        valkey = OwnValkey(data_dir, ports.valkey)
        valkey.start()
        supervisor.also = (valkey.look_after,)
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
  doors        http://{HOST}:{ports.web}/in/twilio   /in/sendgrid   /healthz  /readyz  /metrics
  staff        {sandbox}/slack/   (a Slack of our own: cards, threads, buttons)
  twins        {sandbox}   (Twilio, SendGrid, Slack, Geoclient, GeoSearch, Mapbox, NYC 311)
  their log    {sandbox}/_sandbox/log
  metrics      the worker's http://{HOST}:{ports.work}/metrics, the chores' on {ports.chores}
  valkey       {HOST}:{ports.valkey}
  data, logs   {data_dir}

Open the playground, or text it from here:
  curl -s {sandbox}/twilio/_control/text -H 'content-type: application/json' \\
    -d '{{"from": "+12125550123", "body": "huge pothole in front of 123 broadway brooklyn"}}'
and see what that phone shows:
  curl -s '{sandbox}/twilio/_control/phone?number=%2B12125550123'

Or write a mail to 311@reply.city.example, in the playground or from here:
  curl -s {sandbox}/sendgrid/_control/mail -H 'content-type: application/json' \\
    -d '{{"from": "jane@home.example", "subject": "huge pothole", "text": "123 broadway brooklyn"}}'
and read the answer; a filed report's mail links to its page:
  curl -s '{sandbox}/sendgrid/_control/mailbox?address=jane@home.example'

Ctrl-C stops everything.
"""
