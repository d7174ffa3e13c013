"""Stems: one form for `leak`, `leaks`, `leaking`, `leaked`; and the little words to leave out.

Deliberately crude: both the lexicon and the message go through the same function, so a stem need
not be a word. English and Spanish only; other languages are matched as written.
"""

from __future__ import annotations

from functools import lru_cache


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words whose regular stem would make two different things one.
_KEEP_EN = {
    "parking": "parking",
    "parked": "parked",
    "parks": "park",
    "building": "building",
    "buildings": "building",
    "missing": "missing",
    "lighting": "lighting",
    "ceiling": "ceiling",
    "ceilings": "ceiling",
    "clothing": "clothing",
    "bus": "bus",
    "buses": "bus",
    "gas": "gas",
    "glass": "glass",
    "grass": "grass",
    "mice": "mice",
    "leaves": "leaf",
    "branches": "branch",
    "roaches": "roach",
    "cockroaches": "cockroach",
    "benches": "bench",
    "bushes": "bush",
    "potholes": "pothole",
    "lice": "lice",
    "ice": "ice",
    "iced": "ice",
    "icing": "ice",
    "speeding": "speed",
    "during": "during",
    "morning": "morning",
    "evening": "evening",
    "something": "something",
    "nothing": "nothing",
    "anything": "anything",
    "wires": "wire",
    "wiring": "wiring",
    "paving": "pave",
    "paved": "pave",
    "tires": "tire",
    "tired": "tired",
    "dumpster": "dumpster",
    "this": "this",
    "housing": "housing",
    "meeting": "meeting",
    "st": "street",
    "str": "street",
    "sts": "street",
    "streets": "street",
    "rd": "road",
    "roads": "road",
    "aves": "ave",
    "avenue": "ave",
    "apts": "apt",
    "fell": "fall",
    "fallen": "fall",
    "falling": "fall",
    "broke": "break",
    "broken": "broken",
    "stole": "steal",
    "stolen": "stolen",
}
_NEGATED = _words(
    "not never cannot cant can't dont don't doesnt doesn't didnt didn't isnt isn't wasnt wasn't "
    "hasnt hasn't havent haven't hadnt hadn't wont won't arent aren't werent weren't aint ain't "
    "couldnt couldn't wouldnt wouldn't"
)
_LITTLE_EN = _words(
    "a an the my our your his her their its it is are was were am be been being has have had "
    "having very really so just also please pls plz this that these those there here theres "
    "there's of im i'm i we you they he she ive i've as and some which who would could should "
    "do does did to at in for"
)
_KEEP_ES = {"luz": "luz", "luces": "luz", "gas": "gas", "mas": "mas", "arboles": "arbol"}
_LITTLE_ES = _words(
    "el la los las un una unos unas de del mi mis su sus es esta estan son era hay ha han que "
    "muy se le lo les me nos y por favor a al ya esto este esos esas ese esa eso aqui ahi alla "
    "tambien tengo tiene tienen"
)
_SHARED = _words(
    "le lo me la y del los san las han son ha era al un favor mis"
)  # names, English, French
_VOWELS = frozenset("aeiouy")


def _undouble(word: str) -> str:
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiousl":
        return word[:-1]
    return word


def _plural_off(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@lru_cache(maxsize=16384)
def stem_en(word: str) -> str:
    """Return the stem of a folded English word; every negation becomes `not`."""
    if word in _NEGATED:
        return "not"
    kept = _KEEP_EN.get(word)
    if kept is not None:
        return kept
    if "'" in word:
        word = word.removesuffix("'s").replace("'", "")
    if len(word) <= 3:
        return word
    word = _plural_off(word)
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) > len(ending) + 2 and not word.endswith("eed"):
            base = word[: -len(ending)]
            if _VOWELS.intersection(base):
                word = _undouble(base)
            break
    if len(word) > 4 and word.endswith("e"):
        word = word[:-1]
    return word


@lru_cache(maxsize=16384)
def stem_es(word: str) -> str:
    """Return the stem of a folded Spanish word: plural and the last vowel are taken off."""
    kept = _KEEP_ES.get(word)
    if kept is not None:
        return kept
    if len(word) > 4 and word.endswith("es"):
        word = word[:-2]
    elif len(word) > 3 and word.endswith("s"):
        word = word[:-1]
    if len(word) > 3 and word[-1] in "aeo":
        word = word[:-1]
    return word


def little_words(language: str) -> frozenset[str]:
    """Return the words that give a language away but say nothing about a complaint."""
    return _LITTLE_ES - _LITTLE_EN - _SHARED if language == "es" else frozenset()


def stems(words: list[str], language: str) -> list[str]:
    """Return the stems of folded words in order, little words left out."""
    if language == "es":
        return [stem_es(word) for word in words if word not in _LITTLE_ES]
    return [stem_en(word) for word in words if word not in _LITTLE_EN]
