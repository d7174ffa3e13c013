"""Finding channels and chores by their folders and files; a malformed one stops the start."""

from __future__ import annotations

import pkgutil
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from bot import channels, chores
from conversations.engine.registry import RegistryError as FlowRegistryError
from conversations.engine.registry import discover_flows
from conversations.vocabulary.effects import Say
from conversations.wording.catalogue import Catalogue, PhraseError
from integrations.cities import CityPackError, list_cities, load_pack
from integrations.kit.discovery import ProviderFolderError, find_providers

if TYPE_CHECKING:
    from bot.shell import Shell

Render = Callable[[Catalogue, str, Sequence[Say]], str]


class RegistryError(Exception):
    """A folder or file does not hold what its place promises; the text names it."""


@dataclass(frozen=True, slots=True)
class Chore:
    """Scheduled work: its name, its interval in seconds, and what it does."""

    name: str
    every_s: float
    run: Callable[[Shell], Awaitable[None]]


def discover_channels() -> dict[str, Render]:
    """Return channel name to how it renders.

    Raises:
        RegistryError: a folder under `bot/channels/` has no `render.py` with `render`.
    """
    return {
        name: _attribute(f"{channels.__name__}.{name}.render", "render")
        for name in _names(channels)
    }


def discover_chores() -> dict[str, Chore]:
    """Return chore name to chore.

    Raises:
        RegistryError: a file under `bot/chores/` lacks `EVERY_S` or `run`.
    """
    found = {}
    for name in _names(chores):
        module = f"{chores.__name__}.{name}"
        every = _attribute(module, "EVERY_S")
        if not isinstance(every, int | float) or every <= 0:
            raise RegistryError(f"{module}: EVERY_S must be a positive number of seconds")
        found[name] = Chore(name, every, _attribute(module, "run"))
    return found


def find_parts() -> dict[str, tuple[str, ...]]:
    """Return everything that is found by looking into folders: kind to names.

    Raises:
        RegistryError: a folder or file is malformed, on whichever floor; the text names it.
    """
    try:
        return {
            "cities": tuple(load_pack(slug).city.slug for slug in list_cities()),
            "providers": tuple(folder.name for folder in find_providers()),
            "languages": Catalogue.load().languages,
            "flows": tuple(sorted(discover_flows())),
            "channels": tuple(discover_channels()),
            "chores": tuple(discover_chores()),
        }
    except (CityPackError, ProviderFolderError, FlowRegistryError, PhraseError) as error:
        raise RegistryError(str(error)) from error


def _names(package: ModuleType) -> list[str]:
    return sorted(info.name for info in pkgutil.iter_modules(package.__path__))


def _attribute(module: str, name: str) -> Any:
    try:
        return getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise RegistryError(f"{module}: {name} is missing ({type(error).__name__})") from error
