"""`/cityhelper`: one file per command, found by its name. Each has `USAGE` and `run(ask)`.

Answers are seen by the one who asks only. Who is not staff is told so, whatever they ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

from bot.slack.commands import breakers, city, dlq, find, guide, queue, quotas, status

COMMANDS: Mapping[str, ModuleType] = {
    "status": status,
    "find": find,
    "city": city,
    "queue": queue,
    "breakers": breakers,
    "quotas": quotas,
    "dlq": dlq,
    "help": guide,
}
"""By name, in the order in which `help` shows them."""
