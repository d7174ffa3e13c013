"""Finds the providers that call us: every module or folder beside this one with `doors(shell)`.

Adding a provider touches no list; a malformed one stops the start.
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

import webhooks.inbound
from webhooks.inbound.door import Door
from webhooks.wiring import Shell

NOT_PROVIDERS = frozenset({"door", "registry"})


class RegistryError(Exception):
    """A provider's module is malformed. The text names the module and the fault."""


def find_doors(shell: Shell, package: ModuleType = webhooks.inbound) -> tuple[Door, ...]:
    """Return the doors of every provider found, ordered by path.

    Raises:
        RegistryError: a module without `doors`, something that is not a door, or a path taken
            twice.
    """
    found: dict[str, Door] = {}
    for info in pkgutil.iter_modules(package.__path__):
        if info.name in NOT_PROVIDERS:
            continue
        for door in _doors_of(importlib.import_module(f"{package.__name__}.{info.name}"), shell):
            if door.path in found:
                raise RegistryError(f"{package.__name__}.{info.name}: {door.path} is taken")
            found[door.path] = door
    return tuple(found[path] for path in sorted(found))


def _doors_of(module: ModuleType, shell: Shell) -> tuple[Door, ...]:
    """Return what a provider's module offers, checked."""
    build = getattr(module, "doors", None)
    if build is None:
        raise RegistryError(f"{module.__name__}: has no function doors(shell)")
    made = tuple(build(shell))
    for door in made:
        if not isinstance(door, Door):
            raise RegistryError(f"{module.__name__}: {door!r} is not a Door")
        if not door.path.startswith("/in/"):
            raise RegistryError(f"{module.__name__}: {door.path} does not begin with /in/")
    return made
