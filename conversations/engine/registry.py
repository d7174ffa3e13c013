"""Finding the flows: every folder below `conversations/flows` whose `flow.py` exposes `FLOWS`.

A malformed folder is an error at start, never a surprise in a conversation. Adding a flow touches
no list anywhere.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from conversations.data import list_files
from conversations.engine.flow import Flow
from conversations.wording.catalogue import Catalogue


class RegistryError(Exception):
    """A flow folder is malformed; the message names the folder and what is wrong."""


def check_flow(flow: object, folder: str, catalogue: Catalogue) -> Flow:
    """Return the flow if it is well formed.

    Raises:
        RegistryError: wrong type or name, a question twice, or a phrase that does not exist.
    """
    if not isinstance(flow, Flow):
        raise RegistryError(f"flows/{folder}: FLOWS holds {flow!r}, which is not a Flow")
    if flow.name.partition(".")[0] != folder:
        raise RegistryError(f"flows/{folder}: flow {flow.name} must be named after its folder")
    names = [question.name for question in flow.questions]
    for name in names:
        if names.count(name) > 1:
            raise RegistryError(f"flows/{folder}: {flow.name} has two questions named {name}")
    for question in flow.questions:
        for key in (question.phrase, question.again, question.brief):
            if key and not catalogue.has(key):
                raise RegistryError(f"flows/{folder}: {flow.name} says {key}, which is no phrase")
    return flow


@lru_cache(maxsize=1)
def discover_flows() -> Mapping[str, Flow]:
    """Return all flows by name.

    Raises:
        RegistryError: a folder is malformed or two flows share a name or a `Happened` kind.
    """
    catalogue = Catalogue.load()
    found: dict[str, Flow] = {}
    kinds: dict[str, str] = {}
    for path in list_files("flows", "*/flow.py"):
        folder = path.split("/")[1]
        module = importlib.import_module(f"conversations.flows.{folder}.flow")
        flows = getattr(module, "FLOWS", None)
        if not isinstance(flows, tuple) or not flows:
            raise RegistryError(f"flows/{folder}: flow.py must expose FLOWS, a tuple of flows")
        for item in flows:
            flow = check_flow(item, folder, catalogue)
            if flow.name in found:
                raise RegistryError(f"flows/{folder}: there are two flows named {flow.name}")
            if flow.starts_on and kinds.setdefault(flow.starts_on, flow.name) != flow.name:
                raise RegistryError(f"flows/{folder}: {flow.starts_on} begins two flows")
            found[flow.name] = flow
    return MappingProxyType(found)
