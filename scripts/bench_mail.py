# ruff: noqa: T201
"""Measures how well and how fast mails are cut to what was typed. `make bench-reading`.

    python scripts/bench_mail.py [--misses]

Reads the labelled mails in CITYHELPER_DEV_DATA (default `../shared/data/dev` beside the repository)
and prints, per source: how many are exactly right, how many typed sentences were lost, and
microseconds (of processor time) a mail. A third of them, chosen by the hash of the id, was not
looked at while the rules were first written; it is printed apart. `--misses` prints the wrong ones.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from conversations.reading.mail.lines import HR  # noqa: E402
from conversations.reading.mail.markup import html_lines  # noqa: E402
from conversations.reading.mail.trim import trim  # noqa: E402

DEV = Path(os.environ.get("CITYHELPER_DEV_DATA", ROOT.parent / "shared/data/dev"))
VECTORS = Path(
    os.environ.get(
        "CITYHELPER_MAIL_VECTORS", ROOT.parent / "shared/contracts/vectors/email_reply.json"
    )
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n")


def held_out(row: dict[str, Any]) -> bool:
    """Say whether a row is of the third that was kept aside."""
    return hashlib.sha256(row["id"].encode()).digest()[0] % 3 == 0


def expected(row: dict[str, Any]) -> str | None:
    """Return the text that a row wants; of a page, what is seen of it."""
    wanted: str | None = row["expected"]
    if wanted is None or row["format"] != "html" or "<" not in wanted:
        return wanted
    return "\n".join(line.text for line in html_lines(wanted)).replace(HR, "")


def is_right(row: dict[str, Any], reply: str) -> bool:
    """Say whether a reply is as labelled, compared as the row says."""
    wanted = expected(row)
    if wanted is not None:
        if row["format"] == "html" or row["compare"] == "ignore_whitespace":
            if wanted.split() != reply.split() and "".join(wanted.split()) != "".join(
                reply.split()
            ):
                return False
        elif [x.rstrip() for x in wanted.strip().splitlines()] != [
            x.rstrip() for x in reply.strip().splitlines()
        ]:
            return False
    return all(text in reply for text in row["must_contain"]) and not any(
        text in reply for text in row["must_not_contain"]
    )


def lost_sentences(row: dict[str, Any], reply: str) -> list[str]:
    """Return the labelled sentences that are not in the reply."""
    wanted = expected(row)
    sentences = row["must_contain"] if wanted is None else _SENTENCE.split(wanted)
    found = "".join(reply.split())
    return [x for x in sentences if x.strip() and "".join(x.split()) not in found]


def score_dev(rows: list[dict[str, Any]], misses: bool) -> None:
    """Print exact, lost and microseconds per source, and for each part of the rows."""
    counts: dict[str, list[float]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in rows:
        trim(row["raw"], row["format"])  # the first reading also reads the words of all languages
        began = time.process_time()
        reply = trim(row["raw"], row["format"]).reply
        spent = (time.process_time() - began) * 1e6
        right, lost = is_right(row, reply), lost_sentences(row, reply)
        part = "HELD-OUT THIRD" if held_out(row) else "OTHER TWO THIRDS"
        for name in (row["source"], part, "ALL"):
            for at, more in enumerate((1, right, len(lost), spent)):
                counts[name][at] += more
        if misses and (lost or not right):
            print(f"    {row['id']}: {reply[-160:]!r} lost {lost}")
    for name, (mails, right, lost, spent) in sorted(counts.items()):
        print(
            f"mails {name:20} {mails:4.0f}  exact {right / mails:6.1%}  "
            f"lost sentences {lost:3.0f}  {spent / mails:5.0f} us a mail"
        )


def score_vectors() -> None:
    """Print how many of the contract's intro lines are cut, and of its traps left whole."""
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))
    intros, traps = vectors["intro_line_variants"], vectors["must_not_truncate"]
    cut = sum(trim(case["input"], "plain").reply == case["expected_reply"] for case in intros)
    whole = sum(
        trim(case["input"], "plain").reply.split() == case["input"].split() for case in traps
    )
    print(f"mails intro lines {cut}/{len(intros)}, left whole {whole}/{len(traps)}")


def main() -> None:
    """Print every measure the data at hand allows."""
    parser = argparse.ArgumentParser(description="Measures how well mails are trimmed.")
    parser.add_argument("--misses", action="store_true")
    given = parser.parse_args()
    path = DEV / "email_replies.jsonl"
    if not path.is_file():
        print(f"no labelled mails at {DEV}: set CITYHELPER_DEV_DATA to measure on them")
        return
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    score_dev(rows, given.misses)
    if VECTORS.is_file():
        score_vectors()


if __name__ == "__main__":
    main()
