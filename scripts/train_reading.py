"""Counts the small word weights in `conversations/reading/lexicon/weights_en.toml`.

    python scripts/train_reading.py DEV_FOLDER            train, print the scores, write the table
    python scripts/train_reading.py DEV_FOLDER --dry-run  the same without writing

DEV_FOLDER holds `complaints_*.jsonl` (texts of residents with the families they belong to). The
texts stay where they are: only stems and pairs of stems that occur in at least `LEAST_TEXTS` texts
of at least two cities, mostly in lower case (so no names), ever reach the table. One text in five
is held out (`held_out`) and never trained on. Needs numpy, which the service itself does not.

The model is a softmax over families: `scale` times what the hand-written cues say, plus a start per
family, plus the weights of the words. Small weights are dropped, so the cues stay in charge.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import re
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

try:
    import numpy as np
except ModuleNotFoundError:  # only training needs it; `held_out` and `city_of` do not
    np = None

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from conversations.reading.request_types.learned import share_of, terms_of  # noqa: E402
from conversations.reading.request_types.reader import TypeReader  # noqa: E402
from conversations.reading.request_types.stems import stem_en, stems  # noqa: E402
from conversations.reading.text import fold, tokens  # noqa: E402
from integrations.cities import load_city  # noqa: E402

TABLE = ROOT / "conversations/reading/lexicon/weights_en.toml"
LEAST_TEXTS = 8
LEAST_WEIGHT = 0.2
LEAST_START = 0.05
FULL = 12.0
DECAY = 1e-3  # pull of every weight towards zero
START_DECAY = 0.05
RARE = 0.5  # a rare family's text counts more: weight (1/count) ** RARE
STEPS = 600
RATE = 0.05
CITIES = {
    "richmond": "richmond",
    "newhaven": "newhaven",
    "virginia": "virginia",
    "norfolk": "virginia",
}


@dataclass(frozen=True)
class Text:
    """One labelled text, read once."""

    city: str
    family: str
    terms: frozenset[str]
    cues: dict[str, float]  # family to what the cues say for it


def held_out(row: dict[str, Any]) -> bool:
    """Say whether a row belongs to the fifth that is only ever measured on."""
    return int(hashlib.sha256(str(row["id"]).encode()).hexdigest()[:8], 16) % 5 == 0


def load_rows(folder: Path) -> list[dict[str, Any]]:
    """Return the labelled English rows whose text alone says what it is about."""
    rows = []
    for path in sorted(folder.glob("complaints_*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["lang"] == "en" and not row["needs_title"]:
                rows.append(row)
    return rows


def city_of(row: dict[str, Any]) -> str:
    """Return the city a row comes from; several sources may be of one city."""
    return next((city for mark, city in CITIES.items() if mark in row["source"]), row["source"])


def read_texts(rows: list[dict[str, Any]], reader: TypeReader) -> list[Text]:
    """Return the rows as the model sees them."""
    texts = []
    for row in rows:
        words = reader.mend(tokens(fold(row["text"])))
        found: dict[str, list[float]] = defaultdict(list)
        for concept, score in reader.cue_scores(words, "en").items():
            found[reader.families[concept]].append(score)
        cues = {
            family: math.log(sum(map(math.exp, scores))) if max(scores) > 0 else max(scores)
            for family, scores in found.items()
        }
        terms = frozenset(terms_of(stems(words, "en")))
        texts.append(Text(city_of(row), row["family"], terms, cues))
    return texts


def common_terms(rows: list[dict[str, Any]], texts: list[Text], least: int) -> list[str]:
    """Return the terms common enough, in at least `least` cities, and not names."""
    lower: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for row in rows:
        for word in re.findall(r"[A-Za-z']+", row["text"]):
            stem = stem_en(word.lower())
            seen[stem] += 1
            lower[stem] += word[0].islower() or word.isupper()
    often: Counter[str] = Counter()
    cities: dict[str, set[str]] = defaultdict(set)
    for text in texts:
        for term in text.terms:
            often[term] += 1
            cities[term].add(text.city)
    return sorted(
        term
        for term, count in often.items()
        if count >= LEAST_TEXTS
        and len(cities[term]) >= least
        and all(lower[word] >= 0.6 * max(1, seen[word]) for word in term.split())
    )


def matrix(texts: list[Text], terms: list[str]) -> Any:
    """Return a row per text: the share of each term it holds."""
    at = {term: number for number, term in enumerate(terms)}
    found = np.zeros((len(texts), len(terms)), dtype=np.float32)
    for number, text in enumerate(texts):
        known = [at[term] for term in text.terms if term in at]
        found[number, known] = share_of(len(known), FULL)
    return found


def cue_matrix(texts: list[Text], families: list[str]) -> Any:
    """Return a row per text: what the cues say for each family."""
    at = {family: number for number, family in enumerate(families)}
    found = np.zeros((len(texts), len(families)), dtype=np.float32)
    for number, text in enumerate(texts):
        for family, score in text.cues.items():
            found[number, at[family]] = score
    return found


def fit(cues: Any, words: Any, wanted: Any) -> tuple[float, Any, Any]:
    """Return scale, starts and weights by full-batch Adam; deterministic."""
    texts, families = cues.shape
    counts = np.bincount(wanted, minlength=families)
    share = (1.0 / np.maximum(counts[wanted], 3)) ** RARE
    share = (share / share.sum()).astype(np.float32)[:, None]
    truth = np.zeros((texts, families), dtype=np.float32)
    truth[np.arange(texts), wanted] = 1
    scale = np.array([0.7], dtype=np.float32)
    start = np.zeros(families, dtype=np.float32)
    weights = np.zeros((words.shape[1], families), dtype=np.float32)
    values = [scale, start, weights]
    first = [np.zeros_like(value) for value in values]
    second = [np.zeros_like(value) for value in values]
    for step in range(1, STEPS + 1):
        logits = scale * cues + start + words @ weights
        logits -= logits.max(axis=1, keepdims=True)
        chance = np.exp(logits)
        chance /= chance.sum(axis=1, keepdims=True)
        off = (chance - truth) * share
        slopes = [
            np.array([(off * cues).sum()], dtype=np.float32),
            off.sum(axis=0) + 2 * START_DECAY * start,
            words.T @ off + 2 * DECAY * weights,
        ]
        for value, slope, one, two in zip(values, slopes, first, second, strict=True):
            one *= 0.9
            one += 0.1 * slope
            two *= 0.999
            two += 0.001 * slope * slope
            rate = RATE * (1 - step / (STEPS + 1))
            value -= rate * (one / (1 - 0.9**step)) / (np.sqrt(two / (1 - 0.999**step)) + 1e-8)
    return float(scale[0]), start, weights


def train(rows: list[dict[str, Any]], reader: TypeReader, cities: int = 2) -> dict[str, Any]:
    """Return the table learned from rows: fit, drop what is small, fit what is left again.

    Args:
        rows: labelled texts.
        reader: for its cues.
        cities: in how many cities a term must occur (1 when measuring with a city left out).
    """
    families = list(dict.fromkeys(reader.families))
    texts = read_texts(rows, reader)
    known = [number for number, text in enumerate(texts) if text.family in families]
    texts = [texts[number] for number in known]
    terms = common_terms([rows[number] for number in known], texts, cities)
    cues = cue_matrix(texts, families)
    wanted = np.array([families.index(text.family) for text in texts])
    _, _, weights = fit(cues, matrix(texts, terms), wanted)
    terms = [
        term for term, row in zip(terms, weights, strict=True) if abs(row).max() >= LEAST_WEIGHT
    ]
    scale, start, weights = fit(cues, matrix(texts, terms), wanted)
    learned: dict[str, dict[str, float]] = {}
    for number, family in enumerate(families):
        column = {
            term: round(float(weights[at, number]), 2)
            for at, term in enumerate(terms)
            if abs(weights[at, number]) >= LEAST_WEIGHT
        }
        if column:
            learned[family] = column
    return {
        "scale": round(scale, 3),
        "full": FULL,
        "start": {
            family: round(float(start[number]), 2)
            for number, family in enumerate(families)
            if abs(start[number]) >= LEAST_START
        },
        "families": learned,
        "texts": dict(sorted(Counter(text.family for text in texts).items())),
    }


def render(table: dict[str, Any]) -> str:
    """Return the table as TOML with its provenance."""
    texts = sum(table["texts"].values())
    lines = [
        "# Small weights of common words, beside the cues of en.toml. Do not edit this file: it is",
        "# made by scripts/train_reading.py from public reports of residents of Richmond, New",
        "# Haven and Virginia Beach (SeeClickFix, 2011 to 2015). Only stems and pairs that stand",
        f"# in at least {LEAST_TEXTS} of {texts} texts, of at least two cities, mostly in",
        "# lower case: no names, no addresses. The texts themselves are not part of the project.",
        "",
        f"scale = {table['scale']}",
        f"full = {table['full']}",
        "",
        "[start]",
        *(f"{family} = {score}" for family, score in table["start"].items()),
        "",
        "[texts]",
        *(f"{family} = {count}" for family, count in table["texts"].items()),
    ]
    for family, words in table["families"].items():
        lines += ["", f"[families.{family}]"]
        lines += [
            f'"{term}" = {weight}'
            for term, weight in sorted(words.items(), key=lambda pair: (-pair[1], pair[0]))
        ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Train on everything but the held-out fifth and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--dry-run", action="store_true")
    given = parser.parse_args()
    rows = [row for row in load_rows(given.folder) if not held_out(row)]
    text = render(train(rows, TypeReader(load_city("nyc"))))
    if not given.dry_run:
        TABLE.write_text(text, encoding="utf-8")
    print(f"{len(rows)} texts, {text.count(' = ')} weights, {len(text)} characters")  # noqa: T201


if __name__ == "__main__":
    main()
