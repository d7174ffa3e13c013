"""The sandbox answers to addresses, not to names: a page in somebody's browser cannot rebind to it.

A twin trusts everybody who reaches it. On loopback that is this machine, and also every web page
open on it whose own name is made to resolve to 127.0.0.1 (DNS rebinding). Such a request still
names the foreign host, so only an address or `localhost` is taken.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address

Headers = Iterable[tuple[bytes, bytes]]


def is_meant_for_us(headers: Headers) -> bool:
    """Return whether a request names us by address or as `localhost`, and no other site asks."""
    fields = {name.lower(): value.decode("latin-1") for name, value in headers}
    host = fields.get(b"host", "")
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    if not _is_address(name):
        return False
    origin = fields.get(b"origin")
    return origin is None or origin.partition("://")[2] == host


def _is_address(name: str) -> bool:
    if name.lower() == "localhost":
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
