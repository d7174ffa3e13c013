"""Finding the providers: every folder of `integrations/` that holds an `adapter.py`.

A folder that lacks what every provider must have stops the start and is named. Adding a
provider touches no list elsewhere.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson

ROOT = Path(__file__).resolve().parent.parent
MUST_HAVE = ("__init__.py", "adapter.py", "wire.py", "sandbox.py", "fixtures")


class ProviderFolderError(Exception):
    """A provider's folder is not complete; the text names the folder and what is missing."""


@dataclass(frozen=True, slots=True)
class Fixture:
    """One recorded exchange: the contract test asserts it, the twin serves it, people read it.

    Attributes:
        provider, name: folder and file.
        operation: which parser of the provider's `wire.PARSERS` reads the answer.
        status, headers, body: the answer; a JSON body is given as JSON, another as text, bytes as
            `body_base64`.
        expect: fields the parsed value must have, or {"error": class name}.
    """

    provider: str
    name: str
    operation: str
    status: int
    headers: dict[str, str]
    body: bytes
    expect: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ProviderFolder:
    """One provider's folder."""

    name: str
    path: Path

    def load(self, module: str) -> ModuleType:
        """Return one of its modules (`adapter`, `wire`, `sandbox`)."""
        return import_module(f"integrations.{self.name}.{module}")

    def fixtures(self) -> Iterator[Fixture]:
        """Return its recorded exchanges, see `integrations/README.md`.

        Raises:
            ProviderFolderError: a fixture is not what it must be; names the file.
        """
        for path in sorted((self.path / "fixtures").glob("*.json")):
            try:
                value = orjson.loads(path.read_bytes())
                response = value["response"]
                body = response.get("body", "")
                if "body_base64" in response:
                    body = b64decode(response["body_base64"], validate=True)
                yield Fixture(
                    provider=self.name,
                    name=path.stem,
                    operation=value["operation"],
                    status=response["status"],
                    headers={k.lower(): v for k, v in response.get("headers", {}).items()},
                    body=_bytes_of(body),
                    expect=value["expect"],
                )
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                place = f"{self.name}/fixtures/{path.name}"
                raise ProviderFolderError(f"{place}: {type(error).__name__} {error}") from error


def _bytes_of(body: Any) -> bytes:
    """Return a body as it was on the wire: text, bytes, or a JSON value."""
    if isinstance(body, bytes):
        return body
    return body.encode() if isinstance(body, str) else orjson.dumps(body)


def find_providers(root: Path = ROOT, only: Collection[str] = ()) -> tuple[ProviderFolder, ...]:
    """Return all providers (or those named in `only`), by name.

    Raises:
        ProviderFolderError: a folder with an `adapter.py` lacks something of `MUST_HAVE`.
    """
    found = []
    for path in sorted(root.iterdir()):
        if not (path / "adapter.py").is_file() or (only and path.name not in only):
            continue
        missing = [name for name in MUST_HAVE if not (path / name).exists()]
        if missing:
            raise ProviderFolderError(f"integrations/{path.name} lacks {', '.join(missing)}")
        found.append(ProviderFolder(path.name, path))
    return tuple(found)
