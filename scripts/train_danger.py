# ruff: noqa: T201, S311
"""Counts the weights of `conversations/reading/signals/hunch.py` anew.

    python scripts/train_danger.py

Examples: the texts of `tests/conversations/reading/signals/emergencies.toml` and our own reports;
and, when CITYHELPER_DEV_DATA names the folder (default `../shared/data/dev` beside the repository),
residents' complaints and small talk in which the rules see no danger. Logistic regression by
stochastic gradient descent (Adagrad), always in the same order. Texts of a tenth are held out, and
what a hunch would find and spoil among them at several thresholds is printed.
"""

from __future__ import annotations

import json
import math
import os
import random
import sys
import tomllib
from collections import Counter
from pathlib import Path
from zlib import crc32

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from conversations.reading.signals.emergency import find_by_rules, meant_concepts  # noqa: E402
from conversations.reading.signals.hunch import LONGEST, features  # noqa: E402
from conversations.reading.signals.spelling import mend  # noqa: E402
from conversations.reading.signals.spoken import spoken  # noqa: E402

DEV = Path(os.environ.get("CITYHELPER_DEV_DATA", ROOT.parent / "shared/data/dev"))
READING = ROOT / "tests/conversations/reading"
OUT = ROOT / "conversations/reading/signals/words/danger_weights.toml"
ROUNDS, STEP, SHRINK = 12, 0.3, 2e-4
DANGER_COUNTS = 2.0  # a missed danger weighs as much as two false fears
LOOKS_ALIKE = 2  # harmless texts with words of danger are learned twice
RARE, SMALL = 3, 0.8  # features met less often, or that weigh less, are left out
MOST_STRANGERS = 6000

Row = tuple[tuple[str, ...], bool]


def load() -> list[tuple[str, bool]]:
    """Return every example and whether it is danger."""
    cases = tomllib.loads((READING / "signals/emergencies.toml").read_text("utf-8"))
    rows = [(text, True) for name in ("emergency", "self_harm") for text in cases[name]]
    rows += [(text, False) for text in cases["neither"]] * LOOKS_ALIKE
    rows += [(text, False) for text in _other_talk() if not find_by_rules(text)] * LOOKS_ALIKE
    lines = (READING / "request_texts.jsonl").read_text("utf-8").splitlines()
    strangers = [json.loads(line)["text"] for line in lines]
    for path in sorted(
        [*DEV.glob("complaints_*.jsonl"), *DEV.glob("sms_nus_en.jsonl"), *DEV.glob("dialog*.jsonl")]
    ):
        strangers += [json.loads(x).get("text") for x in path.read_text("utf-8").splitlines()]
    calm = [text for text in strangers if isinstance(text, str) and not find_by_rules(text)]
    random.Random(1).shuffle(calm)
    return rows + [(text, False) for text in calm[:MOST_STRANGERS]]


def _other_talk() -> list[str]:
    """Return our examples of all that is said besides reports: greetings, questions, stops."""
    intents = tomllib.loads((READING / "signals/intents.toml").read_text("utf-8"))
    stops = tomllib.loads((READING / "signals/opt_outs.toml").read_text("utf-8"))
    talk = [text for intent, texts in intents.items() if intent != "emergency" for text in texts]
    return talk + [text for texts in stops.values() for text in texts]


def read(text: str) -> tuple[str, ...]:
    """Return the features of a text."""
    return tuple(sorted(set(features(mend(spoken(text).line), meant_concepts))))


def train(rows: list[Row]) -> tuple[dict[str, float], float]:
    """Return the weights and the start."""
    count = Counter(name for names, _ in rows for name in names)
    seen = [([n for n in names if count[n] >= RARE], danger) for names, danger in rows]
    weights, slopes = dict.fromkeys(count, 0.0), dict.fromkeys(count, 1e-6)
    start, start_slope, order = -2.0, 1e-6, random.Random(2)
    for _ in range(ROUNDS):
        order.shuffle(seen)
        for names, danger in seen:
            share = 1 / max(1, len(names)) ** 0.5
            score = start + sum(weights[name] for name in names) * share
            error = 1 / (1 + math.exp(-max(-30.0, min(30.0, score)))) - danger
            error *= DANGER_COUNTS if danger else 1.0
            for name in names:
                slope = error * share + SHRINK * weights[name]
                slopes[name] += slope * slope
                weights[name] -= STEP * slope / math.sqrt(slopes[name])
            start_slope += error * error
            start -= STEP * error / math.sqrt(start_slope)
    return {name: weight for name, weight in weights.items() if abs(weight) >= SMALL}, start


def score(names: tuple[str, ...], weights: dict[str, float], start: float) -> float:
    """Return the log odds of danger."""
    known = [weights[name] for name in names if name in weights]
    return start + sum(known) / max(1, len(known)) ** 0.5


def main() -> None:
    """Print what a hunch brings among texts held out, then write the weights of all texts."""
    texts = load()
    rows = [(read(text), danger) for text, danger in texts]
    held = [crc32(text.encode()) % 10 == 0 for text, _ in texts]
    weights, start = train([row for row, out in zip(rows, held, strict=True) if not out])
    for sure in (1.0, 1.5, 2.0, 2.5):
        tally: Counter[bool] = Counter()
        known: Counter[bool] = Counter()
        for (text, danger), (names, _), out in zip(texts, rows, held, strict=True):
            if out and len(spoken(text).words) <= LONGEST and not find_by_rules(text):
                tally[danger] += score(names, weights, start) >= sure
                known[danger] += 1
        print(
            f"from {sure}: {tally[True]} of {known[True]} dangers no rule sees, "
            f"{tally[False]} false fears among {known[False]} texts"
        )
    weights, start = train(rows)
    lines = [
        "# Written by scripts/train_danger.py from many texts: never by hand.",
        "",
        f"start = {start:.2f}",
        "",
        "[weights]",
        *(
            f"{json.dumps(name, ensure_ascii=False)} = {weights[name]:.2f}"
            for name in sorted(weights)
        ),
    ]
    OUT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(weights)} weights written to {OUT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
