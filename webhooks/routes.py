"""The start-up check of routes: whatever changes something is signed, guarded or named here.

The usual hole is a signature that is checked on some routes only. So the application refuses to
start when a route that takes anything but GET is neither a signed door nor behind a guard.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from starlette.routing import BaseRoute, Mount, Route

from webhooks.guards import LoopbackOnly
from webhooks.inbound.door import SignedEndpoint

_WORD = "the unguessable word in the path is the proof, and the press of its holder is all it takes"
ALLOWED_UNSIGNED = {"/r/{word}/{deed}": _WORD, "/u/{word}": _WORD, "/m/{word}": _WORD}
"""Paths that take POST without a signature, with a reason each."""

READING_METHODS = frozenset({"GET", "HEAD"})


class UnsignedRouteError(Exception):
    """A route takes changes without a signature. The text names it."""


def check_routes(routes: Iterable[BaseRoute]) -> None:
    """Raise `UnsignedRouteError` naming every route that changes something unsigned."""
    loose = sorted(set(unsigned_paths(routes)) - ALLOWED_UNSIGNED.keys())
    if loose:
        raise UnsignedRouteError("neither signed nor on the allow-list: " + ", ".join(loose))


def unsigned_paths(routes: Iterable[BaseRoute], prefix: str = "") -> Iterator[str]:
    """Yield the path of every route that takes more than reading without signature or guard."""
    for route in routes:
        if isinstance(route, Mount):
            if not isinstance(route.app, LoopbackOnly):
                yield from _unsigned_in_mount(route, prefix)
        elif isinstance(route, Route):
            if not isinstance(route.endpoint, SignedEndpoint) and not _only_reads(route):
                yield prefix + route.path
        else:
            yield prefix + getattr(route, "path", repr(route))  # websockets, hosts, the unknown


def _unsigned_in_mount(mount: Mount, prefix: str) -> Iterator[str]:
    """Yield the unsigned paths below a mount; one that cannot be looked into counts as one."""
    if mount.routes:
        yield from unsigned_paths(mount.routes, prefix + mount.path)
    else:
        yield prefix + mount.path


def _only_reads(route: Route) -> bool:
    """Return whether a route takes nothing but GET and HEAD."""
    return route.methods is not None and set(route.methods) <= READING_METHODS
