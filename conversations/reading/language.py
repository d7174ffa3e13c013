"""Which language a message is written in: its script, then telling words, then statistics.

One word is never enough to switch (`si`, `wi`, `tak` mean yes in three languages, and every
detector fails on them): then the language of the conversation stays. Spanish words in New York's
street names do not make an English message Spanish.
"""

from __future__ import annotations

import re
from collections import Counter

import pycld2

from conversations.data import read_toml
from conversations.reading.request_types.lexicon import load_languages
from conversations.reading.request_types.street_names import HIDDEN, hide_names
from conversations.reading.text import MAX_CHARACTERS, fold, tokens

LATIN = ("en", "es", "fr", "ht", "pl")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufff0-\uffff]")
LANGUAGES = (*LATIN, "zh", "ru", "bn", "ko", "ar", "ur")

_NAME_SHARE = 0.3  # a word of `names` counts this much of a plain one
_ENDING_SHARE = 0.5  # ... and a word with a telling ending this much
_LEXICON_SHARE = 0.6  # a word only this language's lexicon of complaints has
_LEXICON_WORD = 4  # shorter ones may mean something in many languages
_NONE: frozenset[str] = frozenset()
_LONG_WORD = 6  # shorter words have no telling ending
_CLEAR = 1.6  # telling words that settle a language by themselves ...
_AHEAD = 1.0  # ... when they are this far ahead of the next language
_SCRIPT_SHARE = 0.3  # share of a message's letters that settles a script
_STATISTICS_WORDS = 3  # statistics are believed from this many words on
_STATISTICS_PERCENT = 70
_URDU = frozenset("ٹڈڑںےہھگچپژکی")  # letters Arabic does not have
_MARKS = {
    code: (
        frozenset(table["plain"].split()),
        frozenset(table["names"].split()),
        tuple(table.get("endings", "").split()),
    )
    for code, table in read_toml("reading/lexicon/languages.toml").items()
}


def _lexicon_words() -> dict[str, frozenset[str]]:
    """Return, per language, the lexicon's longer words that no other language of it uses."""
    own = {language.code: language.words() for language in load_languages()}
    return {
        code: frozenset(
            word
            for word in words
            if len(word) >= _LEXICON_WORD
            and not any(word in other for name, other in own.items() if name != code)
        )
        for code, words in own.items()
    }


_COMPLAINTS = _lexicon_words()


def detect_language(text: str, fallback: str) -> tuple[str, bool]:
    """Return the language of a text and whether the text itself tells it.

    Args:
        text: the message as typed.
        fallback: ISO 639-1 code to stay with when the text does not tell.

    Returns:
        An ISO 639-1 code out of `LANGUAGES` (or the fallback), and True when sure.
    """
    clean = _CONTROL.sub(" ", text[:MAX_CHARACTERS])
    script = _by_script(clean, fallback)
    if script:
        return script, True
    words = [word for word in hide_names(tokens(fold(clean))) if _is_word(word)]
    if len(words) < 2:
        return fallback, False
    scores = _mark_scores(words)
    best, second = scores[0], scores[1]
    if best[0] >= _CLEAR and best[0] - second[0] >= _AHEAD:
        return best[1], True
    counted = _by_statistics(clean) if len(words) >= _STATISTICS_WORDS else None
    if counted is None:
        sure = best[0] >= 1.0 and second[0] == 0 and best[1] == fallback
        return (best[1], True) if sure else (fallback, False)
    agrees = next(score for score, code in scores if code == counted)
    if agrees >= 1.0 and agrees == best[0]:
        return counted, True
    doubtful = best[0] >= 1.0 or agrees < best[0]
    if not doubtful and (counted in ("en", fallback) or len(words) > _STATISTICS_WORDS + 2):
        return counted, True
    return fallback, False


def _is_word(word: str) -> bool:
    if word.isalpha():  # most of them, and cheaper to ask
        return word != HIDDEN
    return word != HIDDEN and not any(char.isdigit() for char in word)


def _mark_scores(words: list[str]) -> list[tuple[float, str]]:
    """Return (score, language) for every Latin language, best first; each word counts once."""
    said = set(words)
    scores = []
    for code, (plain, names, endings) in _MARKS.items():
        score = len(said & plain) + _NAME_SHARE * len((said & names) - plain)
        score += _LEXICON_SHARE * len((said & _COMPLAINTS.get(code, _NONE)) - plain - names)
        if endings:
            ended = [word for word in said - plain if len(word) >= _LONG_WORD]
            score += _ENDING_SHARE * sum(word.endswith(endings) for word in ended)
        scores.append((score, code))
    return sorted(scores, key=lambda pair: (-pair[0], pair[1]))


def _by_script(text: str, fallback: str) -> str | None:
    """Return the language that a script other than Latin settles, or None."""
    if text.isascii():
        return None
    counts: Counter[str] = Counter()
    letters = 0
    for char in text:
        if not char.isalpha():
            continue
        letters += 1
        if char > "\u036f":
            counts[_script_of(char)] += 1
    if not counts:
        return None
    script, found = max(counts.items(), key=lambda pair: (pair[1], pair[0]))
    if not script or found < _SCRIPT_SHARE * letters:
        return None
    if script == "arabic":
        urdu = sum(char in _URDU for char in text)
        plain = fallback if fallback in ("ar", "ur") else "ar"
        return "ur" if urdu >= 2 or urdu * 8 > letters else plain
    return script


def _script_of(char: str) -> str:
    """Return the language of a script only one of ours uses, `arabic`, or an empty string."""
    point = ord(char)
    if 0x0400 <= point <= 0x052F:
        return "ru"
    if 0x0600 <= point <= 0x06FF or 0x0750 <= point <= 0x077F or 0xFB50 <= point <= 0xFEFC:
        return "arabic"
    if 0x0980 <= point <= 0x09FF:
        return "bn"
    if 0xAC00 <= point <= 0xD7A3 or 0x1100 <= point <= 0x11FF or 0x3130 <= point <= 0x318F:
        return "ko"
    if 0x3400 <= point <= 0x9FFF or 0x20000 <= point <= 0x2FA1F:
        return "zh"
    return ""


def _by_statistics(text: str) -> str | None:
    """Return the Latin language that letter statistics find, or None when they doubt."""
    try:
        reliable, _, found = pycld2.detect(text, isPlainText=True, bestEffort=True)
    except (pycld2.error, ValueError, UnicodeError):
        return None
    code, percent = found[0][1], found[0][2]
    return code if reliable and code in LATIN and percent >= _STATISTICS_PERCENT else None
