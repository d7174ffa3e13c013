"""The one address in `From`, beyond doubt, or none.

Not the standard library's reader: up to Python 3.11.9 it takes `victim@nyc.gov <evil@x.test>` for
the victim's (CVE-2023-27043), and no lenient reader is right for a value that a forger writes.
What two mail programs could read in two ways is read as nobody's here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

MAX_FROM = 1000
MAX_ADDRESS = 254

_LOCAL = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS = re.compile(rf"({_LOCAL})@((?:{_LABEL}\.)+{_LABEL})")
_ENCODED = re.compile(r"=\?[^?]*\?[bq]\?|\?=")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")
_NOT_IN_PHRASE = frozenset('<>@,;:\\[]")')


def find_sole_address(values: Sequence[str]) -> str:
    """Return the one address of a mail's `From`, lower case, or an empty string in doubt.

    Args:
        values: the value of every `From` header, unfolded, encoded words not decoded.

    Two headers, two addresses, a group, an address in the name that is not quoted, a quoted
    local part, an address with other than ASCII letters: all of that is doubt.
    """
    if len(values) != 1 or len(values[0]) > MAX_FROM or _CONTROL.search(values[0]):
        return ""
    bare = _drop_comments(values[0])
    if bare is None:
        return ""
    bare = bare.replace("\t", " ").strip()
    if not bare.endswith(">"):
        return check_address(bare)
    name, opened, rest = bare.partition("<") if '"' not in bare else _split_quoted(bare)
    address = check_address(rest[:-1])
    if not opened or not address:
        return ""
    # "jane@x.org <jane@x.org>": against the rules, but nobody else is meant.
    if name.strip().lower() == address or _is_phrase(name):
        return address
    return ""


def check_address(value: str) -> str:
    """Return a plain address in lower case, or an empty string when it is anything else."""
    address = value.strip(" ").lower() if value.isascii() else ""
    found = _ADDRESS.fullmatch(address) if len(address) <= MAX_ADDRESS else None
    if found is None or len(found[1]) > 64 or _ENCODED.search(address):
        return ""
    return "" if found[2].rpartition(".")[2].isdigit() else address


def domain_of(address: str) -> str:
    """Return the part after the last @, or an empty string."""
    return address.rpartition("@")[2]


def _drop_comments(value: str) -> str | None:
    """Return the value without `(comments)`, which may nest; None for one that is not closed.

    None too for one that holds an address: a careless reader would take that one.
    """
    kept: list[str] = []
    depth, quoted, at = 0, False, 0
    while at < len(value):
        char = value[at]
        if char == "\\" and (quoted or depth):
            if not depth:
                kept.append(value[at : at + 2])
            at += 2
            continue
        if char == '"' and not depth:
            quoted = not quoted
        if char == "(" and not quoted:
            depth += 1
            kept.append(" ")
        elif char == ")" and not quoted and depth:
            depth -= 1
        elif not depth:
            kept.append(char)
        elif char in "<>@":
            return None
        at += 1
    return None if depth or quoted else "".join(kept)


def _split_quoted(value: str) -> tuple[str, str, str]:
    """Split at the first `<` that is not in quotes."""
    quoted, at = False, 0
    while at < len(value):
        char = value[at]
        if char == "\\" and quoted:
            at += 1
        elif char == '"':
            quoted = not quoted
        elif char == "<" and not quoted:
            return value[:at], "<", value[at + 1 :]
        at += 1
    return value, "", ""


def _is_phrase(name: str) -> bool:
    """Tell whether this is a display name: quoted strings and words without special characters."""
    quoted, at = False, 0
    while at < len(name):
        char = name[at]
        if char == "\\" and quoted:
            at += 1
        elif char == '"':
            quoted = not quoted
        elif not quoted and char in _NOT_IN_PHRASE:
            return False
        at += 1
    return not quoted
