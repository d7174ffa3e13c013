"""Taking a raw mail (RFC 5322) apart to the lines a person reads, whatever is wrong with it.

Plain text is preferred to HTML: programs write it for us to read. Attachments, mails passed on as
attachments, and delivery reports' data are not the writer's words. Nothing raises; what is costly
in hostile mail is bounded by the caller, which runs this in a bounded process.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import policy
from email.message import Message
from email.parser import BytesParser

from conversations.reading.mail import cues
from conversations.reading.mail.lines import Line, has_words, plain_lines
from conversations.reading.mail.markup import html_lines

_BOUNDARY = re.compile(r"^--([\w'()+,./:=?-]{1,70})\s*$", re.M)
_WIDER = {  # charsets that are claimed where a wider one is meant, as browsers know
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
    "iso-8859-9": "cp1254",
    "tis-620": "cp874",
}
_DEEPEST = 30
_MOST_PARTS = 200
_LATIN = frozenset(
    {
        "us-ascii",
        "ascii",
        "iso-8859-1",
        "latin-1",
        "latin1",
        "windows-1252",
        "cp1252",
        "unknown-8bit",
        "iso-8859-15",
        "",
    }
)


def mail_lines(raw: bytes) -> tuple[list[Line], bool]:
    """Return the lines of a raw mail, and whether its subject says it is passed on ("Fwd:")."""
    try:
        message: Message = BytesParser(policy=policy.default).parsebytes(raw)
        parts = list(_bodies(message, 0, [0]))
    except Exception:  # the parser of the standard library raises many things on broken mail
        return _without_parser(raw), False
    joined = [line for part in parts for line in part]
    return joined, cues.forward_subjects().match(_header(message, "subject")) is not None


def _without_parser(raw: bytes) -> list[Line]:
    """Return the lines of a mail that the parser cannot take: all below the headers."""
    text = decode(raw, "")
    head, _, body = text.replace("\r\n", "\n").partition("\n\n")
    return plain_lines(body if has_words(body) else head)


def _bodies(part: Message, depth: int, seen: list[int]) -> Iterator[list[Line]]:
    """Yield the lines of each readable body, in order; of alternatives the best one."""
    seen[0] += 1
    if depth > _DEEPEST or seen[0] > _MOST_PARTS:
        return
    kind = _kind(part)
    if kind.startswith("message/") or _header(part, "content-disposition").lower().startswith(
        "attach"
    ):
        return
    if not part.is_multipart():
        if kind.startswith("multipart/"):
            yield from _unbound(part, depth, seen)
        elif kind in ("text/plain", "text/html", "text/enriched", "text/richtext") or (
            kind == "text" and not depth
        ):
            yield _lines_of(part, kind)
        return
    children = [child for child in part.get_payload() if isinstance(child, Message)]
    if kind == "multipart/alternative":
        yield from _best(children, depth, seen)
    elif kind == "multipart/report":
        for child in children[:1]:
            yield from _bodies(child, depth + 1, seen)
    else:
        for child in children:
            yield from _bodies(child, depth + 1, seen)


def _unbound(part: Message, depth: int, seen: list[int]) -> Iterator[list[Line]]:
    """Yield the bodies of a mail whose parts are not bound as its header says."""
    text = str(part.get_payload())
    match = _BOUNDARY.search(text)
    if match is None:
        yield plain_lines(text)
        return
    kind = "alternative" if _kind(part) == "multipart/alternative" else "mixed"
    head = f'Content-Type: multipart/{kind}; boundary="{match[1]}"\n\n'
    bound = BytesParser(policy=policy.default).parsebytes(
        (head + text).encode("utf-8", "surrogateescape")
    )
    if bound.is_multipart():
        yield from _bodies(bound, depth + 1, seen)


def _best(children: list[Message], depth: int, seen: list[int]) -> Iterator[list[Line]]:
    """Yield the first alternative that says something, plain text before HTML."""
    for child in sorted(children, key=lambda child: _kind(child) != "text/plain"):
        found = list(_bodies(child, depth + 1, seen))
        if any(has_words(line.said) for lines in found for line in lines):
            yield from found
            return


def _lines_of(part: Message, kind: str) -> list[Line]:
    """Return the lines of one body."""
    try:
        content = part.get_payload(decode=True)
    except Exception:  # a transfer encoding that is not one
        content = None
    if not isinstance(content, bytes):
        content = str(part.get_payload()).encode("utf-8", "replace")
    text = decode(content, _charset(part))
    return html_lines(text) if kind == "text/html" else plain_lines(text)


def decode(content: bytes, charset: str) -> str:
    """Return bytes as text: as UTF-8 where a Latin or no charset is claimed and it is, else as
    claimed; unknown charsets and wrong bytes give replacement marks, never an error.
    """
    if charset in _LATIN:
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError:
            return content.decode("cp1252" if charset != "iso-8859-15" else charset, "replace")
    for name in (_WIDER.get(charset, charset), charset, "utf-8"):
        try:
            return content.decode(name)
        except (LookupError, ValueError):
            continue
    try:
        return content.decode(charset, "replace")
    except (LookupError, ValueError):
        return content.decode("cp1252", "replace")


def _charset(part: Message) -> str:
    """Return the charset a part claims, in lower case, or nothing."""
    try:
        return (part.get_content_charset() or "").lower()
    except Exception:  # broken parameters
        return ""


def _kind(part: Message) -> str:
    """Return the content type of a part, `text/plain` when it cannot be read."""
    try:
        return part.get_content_type()
    except Exception:  # broken headers
        return "text/plain"


def _header(part: Message, name: str) -> str:
    """Return a header as text, empty when there is none or it cannot be read."""
    try:
        return str(part.get(name) or "")
    except Exception:  # broken headers
        return ""
