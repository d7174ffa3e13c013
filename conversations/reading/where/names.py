"""Names: making street names comparable, and the index of the names a city knows.

The index is built once per city. It says whether words are a known street, and in which
boroughs; it never says that an address exists.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from conversations.reading.where import words
from conversations.vocabulary.city import City

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|/")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th|ra|da|ta|ma|va|na|er|do|to|mo|vo|no|[aº°])")
_JUNK = frozenset(
    [
        "floor",
        "basement",
        "space",
        "store",
        "premises",
        "entrance",
        "house",
        "apartment",
        "line",
        "garage",
        "fl",
        "bsmt",
        "rear",
        "floors",
        "spot",
        "door",
        "rooms",
        "room",
        "entire",
        "subway",
        "near",
        "between",
        "and",
        "apt",
        "exit",
        "bldg",
        "building",
    ]
)
_MIN_CORE = 3
_MIN_SPELT = 5
_LONGEST_NAME = 7


def normalise_street(name: str) -> str:
    """Return a street name in one spelling, upper case, for comparison only.

    `W 42nd St.`, `west 42 street` and `Calle 42 Oeste` differ in words; the first two become
    `WEST 42 STREET`. `5th av`, `Fifth Avenue` and `quinta avenida` become `5 AVENUE`.
    `ST` is `STREET` at the end and `SAINT` before a name.
    """
    keys = [key_of(word) for word in _WORD.findall(name)]
    keys = _turn_spanish(keys, [word.lower() for word in _WORD.findall(name)])
    long = [_long_form(key, at, keys) for at, key in enumerate(keys) if key != "/"]
    return " ".join(long).upper()


def key_of(word: str) -> str:
    """Return the one spelling of a word of a street's name: `5` for `5th`, `avenue` for `Av`."""
    low = word.lower().replace("’", "'")
    ordinal = _ORDINAL.fullmatch(low)
    if ordinal:
        return ordinal.group(1)
    return words.SPELLINGS.get(low, low)


def _turn_spanish(keys: list[str], typed: list[str]) -> list[str]:
    """Return the keys with a leading Spanish type at the end: `calle 42` as `42 st`."""
    first = typed[0] if typed else ""
    if first not in words.SPANISH_TYPES:
        last = typed[-1] if typed else ""
        if last in ("avenida", "calle"):
            return [*keys[:-1], words.SPANISH_TYPES[last]]
        return keys
    rest = [key for key in keys[1:] if key not in ("de", "la", "del", "los", "las", "el")]
    numbered = bool(rest) and rest[0].isdecimal()
    if first in ("ave", "av", "boulevard") and not numbered:
        return keys
    if rest and rest[-1] in words.HARD_TYPES:
        return rest
    return [*rest, words.SPANISH_TYPES[first]] if rest else keys


def _long_form(key: str, at: int, keys: list[str]) -> str:
    """Return a key written out; `st` and `dr` depend on where they stand."""
    after = keys[at + 1 : at + 2]
    before_name = bool(after) and after[0] not in words.DIRECTIONS and after[0] != "extension"
    if key == "st":
        opens = at == 0 or keys[at - 1] in words.DIRECTIONS or keys[at - 1] == "front"
        return "saint" if opens and before_name else "street"
    if key == "dr":
        return "doctor" if at == 0 and before_name else "drive"
    return key


@dataclass(slots=True)
class NameIndex:
    """What a city's gazetteer knows, arranged for looking up pieces.

    Attributes:
        streets: full name in keys, joined by blanks, to boroughs.
        cores: name without its type (`bedford`) to boroughs.
        places, neighbourhoods: name in keys to (name as in the pack, borough).
        boroughs: every spelling, in lower case words, to the official name.
        borough_starts: the first words of those spellings.
        zips: postal code to borough.
        outside: names in keys of towns and states that are not this city.
        known: every word of any of these names, and its canonical spelling.
        spelt: first letter to the longer words of street names, for mending misspelt ones.
        begins: every name, and every beginning of one that ends with a whole key.
    """

    streets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    cores: dict[str, tuple[str, ...]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    neighbourhoods: dict[str, str] = field(default_factory=dict)
    boroughs: dict[str, str] = field(default_factory=dict)
    borough_starts: set[str] = field(default_factory=set)
    zips: dict[str, str] = field(default_factory=dict)
    outside: set[str] = field(default_factory=set)
    begins: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    spelt: dict[str, list[str]] = field(default_factory=dict)

    def note(self, name: str) -> None:
        """Remember the words of a name and its beginnings."""
        keys = name.split()[:_LONGEST_NAME]
        self.known.update(keys)
        self.begins.update(" ".join(keys[:count]) for count in range(1, len(keys) + 1))


def build_index(city: City) -> NameIndex:
    """Return the index of a city; a few hundredths of a second for ten thousand names."""
    index = NameIndex()
    official = {_plain(borough.name): borough.name for borough in city.boroughs}
    for name, found in city.gazetteer.streets.items():
        boroughs = tuple(official.get(_plain(borough), borough) for borough in found)
        _add_street(index, [key_of(word) for word in _WORD.findall(name)], boroughs)
    for kind, names in (
        (index.places, city.gazetteer.places),
        (index.neighbourhoods, city.gazetteer.neighbourhoods),
    ):
        for name, borough in names.items():
            key = " ".join(key_of(word) for word in _WORD.findall(name.split("(")[0]))
            if key and len(key) >= _MIN_CORE and not any(char.isdecimal() for char in key):
                kind.setdefault(key, official.get(_plain(borough), borough))
                index.note(key)
    for code, borough in city.gazetteer.zips.items():
        index.zips[code] = official.get(_plain(borough), borough)
    for town in city.gazetteer.outside:
        key = " ".join(key_of(word) for word in _WORD.findall(town))
        if key not in words.TYPES:  # `CT` is a court more often than Connecticut
            index.outside.add(key)
            index.note(key)
    _add_boroughs(index, city)
    index.known.update(word for name in index.boroughs for word in name.split())
    used = {word for name in index.streets for word in name.split()}
    for word in sorted(used | words.HARD_TYPES):
        if len(word) >= _MIN_SPELT and word.isalpha():
            index.spelt.setdefault(word[0], []).append(word)
    return index


def _plain(name: str) -> str:
    return name.casefold().replace("the ", "")


def _add_street(index: NameIndex, keys: list[str], boroughs: tuple[str, ...]) -> None:
    """Add one street by its full name and, when it has a type, by its name alone."""
    if not keys or len(keys) > _LONGEST_NAME or _JUNK.intersection(keys):
        return
    tail = keys[:-1] if len(keys) > 2 and keys[-1] in words.DIRECTIONS else keys
    typed = len(tail) > 1 and tail[-1] in words.TYPES
    lettered = len(keys) == 2 and keys[0] == "avenue"
    if not typed and not lettered and len(keys) > 1 and len(keys[-1]) < _MIN_CORE:
        return  # a cut name of the source: `WEST 148 STREE T`
    if len(keys) == 1 and keys[0] in words.TYPES - {"broadway", "esplanade"}:
        return
    full = " ".join(keys)
    index.streets[full] = _union(index.streets.get(full), boroughs)
    index.note(full)
    if not typed:
        return
    core = tail[:-1]
    if len(core) > 1 and core[0] in words.DIRECTIONS:
        core = core[1:]
    name = " ".join(core)
    plain = name in words.DIRECTIONS or name in words.TYPES or name.replace(" ", "").isdecimal()
    if len(name) >= _MIN_CORE and not plain:
        index.cores[name] = _union(index.cores.get(name), boroughs)
        index.note(name)


def _union(old: tuple[str, ...] | None, new: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*(old or ()), *new)))


def _add_boroughs(index: NameIndex, city: City) -> None:
    """Add names, aliases and slips of the finger of every borough."""
    for borough in city.boroughs:
        for name in (borough.name, *borough.aliases):
            low = " ".join(_WORD.findall(name.lower()))
            index.boroughs.setdefault(low, borough.name)
            index.boroughs.setdefault(low.removeprefix("the "), borough.name)
    exact = set(index.boroughs)
    for borough in city.boroughs:
        for slip in _slips(borough.name.lower()):
            if slip not in exact and slip not in index.cores and slip not in words.COMMON:
                index.boroughs.setdefault(slip, borough.name)
    index.borough_starts.update(name.split()[0] for name in index.boroughs if name)


def _slips(word: str) -> set[str]:
    """Return `word` with one letter missing, doubled or changed places, and i/y/e/a mixed up."""
    found: set[str] = set()
    if len(word) <= 5 or " " in word:
        return found
    for at in range(1, len(word)):
        found.add(word[:at] + word[at + 1 :])
        found.add(word[:at] + word[at] + word[at:])
        if at + 1 < len(word):
            found.add(word[:at] + word[at + 1] + word[at] + word[at + 2 :])
        if word[at] in "aeiy":
            found.update(word[:at] + other + word[at + 1 :] for other in "aeiy")
    return found - {word}
