"""The word lists of the address reader, read once from `words.toml` and `common.toml`.

Sets and tables only; what they mean for an address is decided in the other modules.
"""

from __future__ import annotations

from conversations.data import read_toml

_TABLES = read_toml("reading/where/words.toml")
_LISTS = {name: frozenset(text.split()) for name, text in _TABLES["lists"].items()}


def _spellings(*tables: str) -> dict[str, str]:
    """Return every spelling in the tables with its canonical form."""
    return {
        spelling: canonical
        for table in tables
        for canonical, spellings in _TABLES[table].items()
        for spelling in spellings.split()
    }


HARD_TYPES = frozenset(_TABLES["hard_types"])
SOFT_TYPES = frozenset(_TABLES["soft_types"])
TYPES = HARD_TYPES | SOFT_TYPES
TYPE_SPELLINGS = _spellings("hard_types", "soft_types")
SPANISH_TYPES = _spellings("spanish_types")
DIRECTIONS = frozenset(_TABLES["directions"])
DIRECTION_SPELLINGS = _spellings("directions")
ORDINALS = _spellings("ordinals")
SPELLINGS = {**_spellings("synonyms"), **TYPE_SPELLINGS, **DIRECTION_SPELLINGS, **ORDINALS}

STOP = _LISTS["stop"]
NAMED = _LISTS["named"]
FILLERS = _LISTS["fillers"]
AMOUNTS = _LISTS["amounts"]
COUNTED = _LISTS["counted"]
CALENDAR = _LISTS["calendar"]
CUES = _LISTS["cues"]
PLACE_NOUNS = _LISTS["places"]
BETWEEN = _LISTS["between"]
PARTICLES = _LISTS["particles"]
HIGHWAYS = _LISTS["highways"]
AFTER_NOUN = _LISTS["after_noun"]
WEAK_NOUNS = _LISTS["weak_nouns"]
ROAD_LEADS = _LISTS["road_leads"]
ROAD_FOLLOWS = _LISTS["road_follows"]
MIXED_TAILS = _LISTS["mixed_tails"]
STATES = _LISTS["states"]
STATE_NAMES = _LISTS["state_names"]
NAME_LEADS = _LISTS["name_leads"]
JOINING_FILLERS = _LISTS["joining_fillers"]
APARTMENTS = _LISTS["apartments"]
HOMES = _LISTS["homes"]
TO_EXIT = _LISTS["to_exit"]
PERSONS = _LISTS["persons"]
COMMON = frozenset(read_toml("reading/where/common.toml")["words"].split()) | COUNTED | CALENDAR
