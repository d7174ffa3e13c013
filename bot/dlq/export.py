"""Exporting dead letters to a folder: one new file of JSON lines, payloads sealed as they are kept.

A line opens only with this installation's keys, as field `outbox.job` of the row it names.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from bot.disk import append_synced, sync_folder

FIELDS = (
    "outbox_id", "provider", "error_code", "kind", "name", "lane", "attempts", "trace_id",
    "conversation_id", "queued_at", "buried_at", "replayed_at", "expires_at",
)  # fmt: skip


def write_export(folder: Path, letters: Sequence[Any], now: datetime) -> Path:
    """Write the letters and return the file, whole or not at all. Raises `OSError`.

    Args:
        folder: made when it is not there.
        letters: rows of `dead_letters.list_open`.
        now: names the file.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"dead-letters-{now:%Y%m%dT%H%M%S%f}.jsonl"
    draft = path.with_suffix(".part")
    draft.unlink(missing_ok=True)
    append_synced(draft, b"".join(map(_line, letters)))
    os.link(draft, path)  # fails where there is such a file, instead of replacing it
    draft.unlink()
    sync_folder(folder)
    return path


def _line(letter: Any) -> bytes:
    value = {name: getattr(letter, name) for name in FIELDS}
    value["job_sealed"] = base64.b64encode(letter.job_box).decode()
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
