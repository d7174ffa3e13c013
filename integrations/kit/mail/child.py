"""The program that takes a mail apart: a mail on standard input, its content on standard output.

Started by `opening.py` with a bare environment. It limits itself before it reads a byte: processor
time, memory, no files written, no core dump (which would hold a resident's mail).

The answer: eight bytes with the length of a JSON object, the object, the files' contents one
after the other.
"""

from __future__ import annotations

import contextlib
import json
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from integrations.kit.mail.bodies import Bodies

HEAD_BYTES = 8


def main(cpu_s: int, memory: int) -> None:
    """Read one mail, write its answer."""
    limit(cpu_s, memory)
    # The interpreter runs isolated: our own folder is all it gets besides the standard library.
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
    from integrations.kit.mail.bodies import read_bodies

    answer = pack(read_bodies(sys.stdin.buffer.read()))
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()


def limit(cpu_s: int, memory: int) -> None:
    """Bound this process. A system that knows a limit not (macOS: memory) goes without it."""
    for kind, most in (
        ("RLIMIT_CPU", cpu_s),
        ("RLIMIT_AS", memory),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_FSIZE", 0),
    ):
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, kind), (most, most))


def pack(found: Bodies) -> bytes:
    """Return the answer."""
    head = json.dumps(
        {
            "text": found.text,
            "html": found.html,
            "files": [[name, kind, len(content)] for name, kind, content in found.files],
            "reports": found.reports,
            "cut": found.cut,
        }
    ).encode("ascii")
    contents = [content for _name, _kind, content in found.files]
    return b"".join((len(head).to_bytes(HEAD_BYTES, "big"), head, *contents))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
