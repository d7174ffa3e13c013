# ruff: noqa: T201
"""Measures how well and how fast texts are understood. `make bench-reading`.

    python scripts/bench_reading.py [--held-out] [--cross] [--misses]

Reads the residents' texts in CITYHELPER_DEV_DATA (default `../shared/data/dev` beside the
repository) and prints, per source, how often the first (top-1) and one of three (top-3) request
types is right, and microseconds (of processor time) a message. Then our own texts in `tests/`,
addresses, emergencies, opt-out. Honest splits, since the word weights were trained on four
fifths of the same texts:

* `--held-out`: only the fifth that `train_reading.py` never sees (the number to quote);
* `--cross`: train without one city, test on it: what texts of another city can expect. Needs numpy.

`--misses` prints the texts whose first guess is wrong; never among the held-out fifth.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "scripts"))

from conversations.reading.request_types.lexicon import weights_of  # noqa: E402
from conversations.reading.request_types.reader import TypeReader  # noqa: E402
from conversations.reading.result import TypeGuess  # noqa: E402
from conversations.reading.text import fold, tokens  # noqa: E402
from integrations.cities import load_city  # noqa: E402

DEV = Path(os.environ.get("CITYHELPER_DEV_DATA", ROOT.parent / "shared/data/dev"))
KEYWORDS = Path(
    os.environ.get(
        "CITYHELPER_KEYWORDS", ROOT.parent / "shared/contracts/vectors/sms_keywords.json"
    )
)
REF = Path(os.environ.get("CITYHELPER_REF_DATA", DEV.parent / "ref"))
OWN = ROOT / "tests/conversations/reading/request_texts.jsonl"

Read = Callable[[str, str], tuple[TypeGuess, ...]]


def read_with(reader: TypeReader) -> Read:
    """Return a function from text and language to guesses."""

    def read(text: str, language: str) -> tuple[TypeGuess, ...]:
        folded = fold(text)
        return reader.read(folded, tokens(folded), language)

    return read


def load_complaints() -> list[dict[str, Any]]:
    """Return the labelled English rows whose text alone says what it is about."""
    rows = []
    for path in sorted(DEV.glob("complaints_*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["lang"] == "en" and not row["needs_title"]:
                rows.append(row)
    return rows


def load_own() -> list[dict[str, Any]]:
    """Return our own texts: what NYC residents report and the issue trackers lack."""
    lines = OWN.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def right(row: dict[str, Any], guesses: Iterable[TypeGuess]) -> bool:
    """Say whether one of the guesses is among the right types, compared without case."""
    wanted = {name.casefold() for name in row["nyc_types"]}
    return any(guess.complaint_type.casefold() in wanted for guess in guesses)


def score_types(title: str, rows: list[dict[str, Any]], read: Read, misses: bool = False) -> None:
    """Print top-1, top-3 and microseconds per source and for all rows."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    began = time.process_time()
    found = [read(row["text"], row["lang"]) for row in rows]
    spent = (time.process_time() - began) / max(1, len(rows)) * 1e6
    for row, guesses in zip(rows, found, strict=True):
        first = right(row, guesses[:1])
        for name in (row["source"], "ALL"):
            count = counts[name]
            count[0] += 1
            count[1] += first
            count[2] += right(row, guesses)
        if misses and not first:
            told = ", ".join(f"{guess.key} {guess.score:.2f}" for guess in guesses)
            print(f"    [{row['family']}] {row['text'][:120]!r} -> {told or 'nothing'}")
    print(f"{title}: {spent:.0f} us a message")
    for name, (texts, one, three) in sorted(counts.items()):
        print(f"  {name:28} {texts:5}  top-1 {one / texts:6.1%}  top-3 {three / texts:6.1%}")


def score_cross(rows: list[dict[str, Any]]) -> None:
    """Print the scores on each city of weights learned from the other cities alone."""
    import train_reading

    city = load_city("nyc")
    plain = TypeReader(city)
    for name in sorted(set(map(train_reading.city_of, rows))):
        other = [row for row in rows if train_reading.city_of(row) != name]
        test = [row for row in rows if train_reading.city_of(row) == name]
        learned = weights_of(train_reading.train(other, plain, cities=1))
        score_types(f"trained without {name}", test, read_with(TypeReader(city, learned)))


def score_signals() -> None:
    """Print addresses, emergencies and opt-out, through the whole reader."""
    from bench_where import score_where

    from conversations.reading.reader import Reader

    reader = Reader(load_city("nyc"))
    if REF.is_dir():
        scores = score_where(lambda text: reader.read(text).address, DEV, REF)
        for name, score in scores.items():
            print(f"addresses {name:24} {score.share:6.1%}")
    cases = [json.loads(x) for x in (DEV / "crisis_cases.jsonl").read_text().splitlines()]
    good = sum((reader.read(case["text"]).emergency or "none") == case["expect"] for case in cases)
    print(f"emergencies {good}/{len(cases)}")
    if KEYWORDS.is_file():
        wanted = {"opt_out": ("yes",), "ambiguous_ask_or_opt_out": ("yes", "ask")}
        words = json.loads(KEYWORDS.read_text(encoding="utf-8"))["cases"]
        good = sum(
            reader.read(case["body"]).opt_out in wanted.get(case["expect"], ("no",))
            for case in words
        )
        print(f"opt-out {good}/{len(words)}")
    rows = load_complaints()[:2000]
    began = time.process_time()
    for row in rows:
        reader.read(row["text"])
    spent = (time.process_time() - began) / max(1, len(rows)) * 1e6
    alarmed = sum(reader.read(row["text"]).opt_out != "no" for row in rows)
    print(f"whole reader: {spent:.0f} us a message; reports taken for an opt-out: {alarmed}")


def main() -> None:
    """Print every measure the data at hand allows."""
    parser = argparse.ArgumentParser(description="Measures how well texts are understood.")
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--cross", action="store_true")
    parser.add_argument("--misses", action="store_true")
    given = parser.parse_args()
    read = read_with(TypeReader(load_city("nyc")))
    score_types("own texts", load_own(), read, given.misses)
    if not DEV.is_dir():
        print(f"no texts of residents at {DEV}: set CITYHELPER_DEV_DATA to measure on them")
        return
    from train_reading import held_out

    rows = load_complaints()
    held = [row for row in rows if held_out(row)]
    seen = [row for row in rows if not held_out(row)]
    score_types("held-out fifth, never trained on", held, read)
    if given.held_out:
        return
    score_types("the other four fifths (trained on)", seen, read, given.misses)
    if given.cross:
        score_cross(seen)
    try:
        import conversations.reading.reader  # noqa: F401
    except ModuleNotFoundError:
        print("conversations.reading.reader is not there: addresses and signals not measured")
        return
    score_signals()


if __name__ == "__main__":
    main()
