"""How much of a mail is looked at. What is beyond is left out, and the mail says so."""

from __future__ import annotations

KB, MB = 1024, 1024 * 1024

MAX_DELIVERY = 35 * MB
"""The whole request; SendGrid forwards up to 30 MB of mail (messaging.md 3.1)."""
MAX_FIELDS = 100
MAX_PIECES = 200
"""Fields and files of one request together."""

MAX_HEADER = 10 * KB
MAX_HEAD = 64 * KB
MAX_HEADERS = 1000
MAX_DASH_LINES = 20_000
"""Lines that begin with `--`, each of which may be a boundary, in the whole mail."""
MAX_PARTS = 100
MAX_DEPTH = 10
MAX_TEXT = 1 * MB
MAX_FILES = 20
MAX_FILES_SIZE = 10 * MB
MAX_REPORTS = 4
MAX_REPORT = 64 * KB
MAX_SUBJECT = 998
MAX_NAME = 150
MAX_REFERENCES = 50

CHILD_CPU_S = 2
CHILD_MEMORY = 512 * MB
CHILD_WALL_S = 5.0
CHILDREN = 2
MAX_ANSWER = 2 * MB * 6 + MAX_FILES_SIZE + MB
"""Of the child: both bodies with every character escaped, the files, and some room."""
