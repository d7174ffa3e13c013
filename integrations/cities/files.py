"""Reading the files of a pack: TOML into checked forms, tables into rows; problems are named."""

from __future__ import annotations

import csv
import gzip
import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from integrations.cities.errors import CityPackError

Form = TypeVar("Form", bound=BaseModel)
_MOST_KEYS = 12  # named in one line


def read_form(folder: Path, name: str, form: type[Form]) -> Form:
    """Return one TOML file of the pack in its form.

    Raises:
        CityPackError: the file is absent, is not TOML (the line is named) or has another form
            (the keys that have the same fault are named).
    """
    shown = f"{folder.name}/{name}"
    try:
        raw = tomllib.loads((folder / name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CityPackError(shown, "", "the file is missing") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CityPackError(shown, "", str(error)) from None
    try:
        return form.model_validate(raw)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        alike = [item for item in found if item["msg"] == found[0]["msg"]]
        keys = ", ".join(_key(item["loc"], raw) for item in alike[:_MOST_KEYS])
        raise CityPackError(shown, keys, found[0]["msg"]) from None


def _key(location: tuple[int | str, ...], raw: Any) -> str:
    """Return a key as people write it, with the row's own name: `service[3] (pothole).agency`."""
    out = ""
    for part in location:
        try:
            raw = raw[part]
        except (KeyError, IndexError, TypeError):
            raw = None
        if isinstance(part, int):
            name = raw.get("key") or raw.get("name") or raw.get("ours") if _is_row(raw) else None
            out += f"[{part}]" + (f" ({name})" if name else "")
        else:
            out += f".{part}" if out else part
    return out


def _is_row(value: Any) -> bool:
    return isinstance(value, dict)


def read_table(folder: Path, name: str, columns: tuple[str, ...]) -> list[list[str]]:
    """Return the rows of a table (`.tsv`, `.csv`, `.tsv.gz`) below its header line.

    Raises:
        CityPackError: absent, another header, or a row of another width; the line is named.
    """
    shown = f"{folder.name}/{name}"
    try:
        data = (folder / name).read_bytes()
        text = (gzip.decompress(data) if name.endswith(".gz") else data).decode()
    except FileNotFoundError:
        raise CityPackError(shown, "", "the file is missing") from None
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise CityPackError(shown, "", str(error)) from None
    lines = text.splitlines()
    rows = list(csv.reader(lines)) if name.endswith(".csv") else [x.split("\t") for x in lines]
    if not rows or tuple(rows[0]) != columns:
        raise CityPackError(shown, "line 1", f"the header must be {', '.join(columns)}")
    width = len(columns)
    for at, row in enumerate(rows):
        if len(row) != width:
            raise CityPackError(shown, f"line {at + 1}", f"needs {width} columns, has {len(row)}")
    return rows[1:]
