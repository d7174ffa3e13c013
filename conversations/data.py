"""The one place where the core reads its own data files: phrases and lexicons.

Only files that ship inside `conversations/` are read, once, when a catalogue or
a lexicon is built. Nothing here runs during a turn. City packs are read by
`integrations.cities` and handed to the core as values.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent


def read_toml(relative: str) -> dict[str, Any]:
    """Return one TOML file of the core as a dictionary.

    Args:
        relative: path below `conversations/`, for example `reading/lexicon/en.toml`.

    Raises:
        ValueError: the file is not valid TOML; the message names the file.
    """
    path = ROOT / relative
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"conversations/{relative}: {error}") from error


def list_files(folder: str, pattern: str) -> list[str]:
    """Return the paths (relative to `conversations/`) in `folder` that match `pattern`, sorted."""
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / folder).glob(pattern))
