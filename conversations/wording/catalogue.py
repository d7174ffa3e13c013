"""The phrase catalogue: a key and values become text in a language.

Phrases are TOML, per flow in `conversations/flows/<flow>/phrases/<language>.toml` (their keys begin
with the flow's name) and shared in `conversations/wording/phrases/<language>.toml`. A table with
plural forms (`one`, `other`) is chosen by `{n}` as Babel says; `{when:date}`, `{when:weekday}`
and `{when:time}` are a moment in the language's own form; a list is words to recognise, not a
phrase. A further language is files only.
What one channel says otherwise is in `wording/by_channel/<channel>/<language>.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_decimal

from conversations.data import list_files, read_toml
from conversations.reading.segments import count_segments
from conversations.reading.text import fold
from conversations.vocabulary.effects import Say
from conversations.wording.cleaning import clean, clean_value, lighten, shorten, to_latin

FALLBACK = "en"
MAX_SEGMENTS = 2
# Longest form of a value from outside, in characters; the key is the placeholder's name.
LIMITS: Mapping[str, int] = {
    "place": 58, "words": 58, "title": 44, "name": 24, "number": 28, "resolution": 110,
    "street": 30, "extras": 60, "link": 90, "packet": 100,
    "reason": 110, "sentence": 110, "digest": 260, "received": 28, "sent": 28, "agency": 28,
}  # fmt: skip
DEFAULT_LIMIT = 80
ROOMY = 4.0
"""Scale for pages and mails, which have room for long values."""

_PLACEHOLDER = re.compile(r"\{(\w+)(?::(\w+))?\}")
_PLURAL_FORMS = {"zero", "one", "two", "few", "many", "other"}


class PhraseError(Exception):
    """A phrase file is malformed or a phrase is missing; the message names it."""


def _flatten(prefix: str, table: Mapping[str, Any], into: dict[str, Any]) -> None:
    for key, value in table.items():
        name = f"{prefix}.{key}" if prefix else key
        if isinstance(value, dict) and "other" in value and (stray := set(value) - _PLURAL_FORMS):
            line = f"{sorted(stray)[0]!r} is no plural form; write it above the first [table]"
            raise PhraseError(f"{name}: {line}")
        if isinstance(value, dict) and not set(value) <= _PLURAL_FORMS:
            _flatten(name, value, into)
        elif isinstance(value, list):
            into[name] = tuple(fold(str(item)) for item in value)
        else:
            into[name] = value


def _read_language_files() -> dict[str, dict[str, Any]]:
    """Return language to key to phrase, from every phrase file of the core."""
    found: dict[str, dict[str, Any]] = {}
    files = [("", name) for name in list_files("wording/phrases", "*.toml")]
    for name in list_files("flows", "*/phrases/*.toml"):
        files.append((PurePosixPath(name).parts[1], name))
    for prefix, name in files:
        into = found.setdefault(PurePosixPath(name).stem, {})
        before = set(into)
        fresh: dict[str, Any] = {}
        try:
            table = read_toml(name)
        except ValueError as error:
            raise PhraseError(str(error)) from None
        _flatten(prefix, table, fresh)
        if twice := before & set(fresh):
            raise PhraseError(f"{name}: {sorted(twice)[0]} is already in another file")
        into.update(fresh)
    return found


def _read_channel_files() -> dict[str, dict[str, dict[str, Any]]]:
    """Return channel to language to key to phrase: what is said otherwise there."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for name in list_files("wording/by_channel", "*/*.toml"):
        path = PurePosixPath(name)
        fresh: dict[str, Any] = {}
        try:
            _flatten("", read_toml(name), fresh)
        except ValueError as error:
            raise PhraseError(str(error)) from None
        found.setdefault(path.parent.name, {})[path.stem] = fresh
    return found


def placeholders(phrase: Any) -> frozenset[str]:
    """Return the names of the placeholders of a phrase (of all its plural forms)."""
    texts = phrase.values() if isinstance(phrase, dict) else [phrase]
    return frozenset(match[1] for text in texts for match in _PLACEHOLDER.finditer(str(text)))


class Catalogue:
    """All phrases in all languages. Immutable after `load`."""

    def __init__(
        self,
        phrases: Mapping[str, Mapping[str, Any]],
        by_channel: Mapping[str, Mapping[str, Mapping[str, Any]]] | None = None,
    ) -> None:
        """Make a catalogue; `load` reads one from files.

        Args:
            phrases: language to key to phrase.
            by_channel: channel to what is said otherwise there.
        """
        self._phrases = phrases
        self._on = {
            channel: Catalogue({code: {**phrases[code], **said.get(code, {})} for code in phrases})
            for channel, said in (by_channel or {}).items()
        }
        self._locales = {language: Locale.parse(language) for language in phrases}

    @classmethod
    @lru_cache(maxsize=1)
    def load(cls) -> Catalogue:
        """Return the catalogue of every phrase file of the core, read once.

        Raises:
            PhraseError: a key stands in two files.
            ValueError: a file is not TOML.
        """
        return cls(_read_language_files(), _read_channel_files())

    def on(self, channel: str) -> Catalogue:
        """Return the catalogue as one channel says it: a mail does not speak of texts."""
        return self._on.get(channel, self)

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of the languages there are phrases in."""
        return tuple(sorted(self._phrases))

    def keys(self, language: str) -> frozenset[str]:
        """Return the keys that a language has."""
        return frozenset(self._phrases.get(language, {}))

    def raw(self, language: str, key: str) -> Any:
        """Return a phrase as written, in English when the language lacks it.

        Raises:
            PhraseError: no language has it.
        """
        for code in (language, FALLBACK):
            phrase = self._phrases.get(code, {}).get(key)
            if phrase is not None:
                return phrase
        raise PhraseError(f"no phrase {key}")

    def has(self, key: str) -> bool:
        """Return whether the phrase exists, in the fallback language at least."""
        return key in self._phrases.get(FALLBACK, {})

    def words(self, language: str, key: str) -> tuple[str, ...]:
        """Return a word list, folded; empty when there is none."""
        found = self._phrases.get(language, {}).get(key, ())
        return found if isinstance(found, tuple) else ()

    def phrase(self, language: str, key: str, values: Mapping[str, Any], scale: float = 1.0) -> str:
        """Return a phrase with its placeholders filled.

        Args:
            language: ISO 639-1 code.
            key: the phrase.
            values: placeholder to value.
            scale: 0 to 1, how much of their usual length long values may take.

        Raises:
            PhraseError: the phrase does not exist. A missing value is written as nothing.
        """
        found = self.raw(language, key)
        locale = self._locales.get(language) or self._locales[FALLBACK]
        if isinstance(found, dict):
            found = found.get(locale.plural_form(values.get("n", 0)), found["other"])

        def fill(match: re.Match[str]) -> str:
            return _format(match[1], match[2], values.get(match[1]), locale, scale)

        return clean(_PLACEHOLDER.sub(fill, str(found))).strip()

    def text(self, language: str, say: Say, most: float = 1.0) -> str:
        """Return the exact text of a `Say`, within two segments.

        Long values are shortened first, then accents that cost a wider alphabet are dropped.

        Args:
            language: ISO 639-1 code.
            say: what is said.
            most: 0 to 1, how much of their usual length long values may take.
        """
        for scale in (most, *(smaller for smaller in (0.7, 0.45) if smaller < most)):
            text = self._whole(language, say, scale)
            for version in (text, lighten(text)):
                if count_segments(version).segments <= MAX_SEGMENTS:
                    return version
        return to_latin(text) if fold(text).isascii() else self._in_latin(language, say)

    def _whole(self, language: str, say: Say, scale: float) -> str:
        lead = str(say.values.get("lead") or "")
        body = self.phrase(language, say.phrase, say.values, scale)
        lines = [f"{lead} {body}" if lead else body]
        limit = max(int(DEFAULT_LIMIT * scale), 20)
        for number, choice in enumerate(say.choices, start=1):
            lines.append(f"{number} {shorten(clean_value(choice), limit)}")
        return "\n".join(lines)

    def _in_latin(self, language: str, say: Say) -> str:
        """Return the text with its values in plain letters: a place typed in another script."""
        values = {
            key: to_latin(value) or "..." if isinstance(value, str) and key != "lead" else value
            for key, value in say.values.items()
        }
        plain = Say(say.phrase, values, tuple(to_latin(item) or "..." for item in say.choices))
        return lighten(self._whole(language, plain, 0.45))


def _format(name: str, kind: str | None, value: Any, locale: Locale, scale: float) -> str:
    """Return one value as text; dates and numbers as the language writes them."""
    if value is None:
        return ""
    if kind is not None:
        when = datetime.fromisoformat(value) if isinstance(value, str) else value
        return _moment(kind, when, locale) if isinstance(when, date) else ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(format_decimal(value, locale=locale))
    limit = LIMITS.get(name, DEFAULT_LIMIT)
    return shorten(clean_value(str(value)), max(int(limit * scale), 10) if limit > 30 else limit)


def _moment(kind: str, when: date, locale: Locale) -> str:
    """Return a moment's date, month, weekday or time, as it stands in its own zone."""
    if kind == "month":
        return str(format_date(when, "LLLL", locale=locale))
    if kind == "weekday":
        return str(format_date(when, "EEEE", locale=locale))
    if kind == "time" and isinstance(when, datetime):
        pattern = str(locale.time_formats["short"].pattern)
        if when.minute == 0 and "a" in pattern:
            pattern = pattern.replace(":mm", "")  # `9 AM`, as people write it
        return str(format_time(when.time(), pattern, locale=locale)).replace("\u202f", " ")
    return str(format_date(when, format="medium", locale=locale))
