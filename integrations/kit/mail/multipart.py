"""Reading a multipart form as bytes: SendGrid's fields come in several charsets (messaging.md 3.2).

Never through Starlette's form: it makes text of every field and guesses how, which cannot be
undone. The parser is linear; even so, call this in a thread when the body may be long.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from integrations.kit.mail.bounds import MAX_DELIVERY, MAX_FIELDS, MAX_FILES, MAX_PIECES
from integrations.kit.mail.errors import MalformedMail

MAX_HEADERS_OF_PIECE = 8
MAX_HEADER_OF_PIECE = 4096


@dataclass(frozen=True, slots=True)
class Piece:
    """One field or file of a form; `filename` and `content_type` are empty for a field."""

    name: str
    value: bytes
    filename: str = ""
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A form, its pieces in the order in which they came.

    Attributes:
        fields: each name once.
        files: at most 20.
        cut: files beyond that were left out.
    """

    fields: tuple[Piece, ...]
    files: tuple[Piece, ...]
    cut: bool = False

    def get(self, name: str) -> bytes:
        """Return a field's bytes, empty when there is none."""
        return next((piece.value for piece in self.fields if piece.name == name), b"")

    def place(self, name: str) -> int:
        """Return how many fields came before the one of this name, or -1."""
        names = [piece.name for piece in self.fields]
        return names.index(name) if name in names else -1


def read_multipart(body: bytes, content_type: str) -> Form:
    """Return the form in a request's body.

    Raises:
        MalformedMail: no form, not complete, more than the bounds allow, or a name twice: a mail
            that contains the form's boundary could bring fields of its own.
    """
    kind, options = _read_options(content_type[:MAX_HEADER_OF_PIECE])
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not boundary:
        raise MalformedMail("no_form")
    if len(body) > MAX_DELIVERY:
        raise MalformedMail("too_long")
    reader = _Reader()
    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": reader.begin,
                "on_header_field": reader.add_to_header_name,
                "on_header_value": reader.add_to_header_value,
                "on_header_end": reader.end_header,
                "on_headers_finished": reader.end_headers,
                "on_part_data": reader.add,
                "on_part_end": reader.end,
                "on_end": reader.finish,
            },
            max_header_count=MAX_HEADERS_OF_PIECE,
            max_header_size=MAX_HEADER_OF_PIECE,
        )
        parser.write(body)
    except (
        FormParserError,
        ValueError,
    ):  # the library's errors are ValueErrors, and so is a bad name
        raise MalformedMail("broken_form") from None
    if not reader.finished or _has_more(body, boundary):
        raise MalformedMail("broken_form")
    return Form(tuple(reader.fields), tuple(reader.files), reader.cut)


def _has_more(body: bytes, boundary: bytes) -> bool:
    """Tell whether something follows the form's end: the mail in it could have ended the form."""
    closing = b"--" + boundary + b"--"
    at = body.find(b"\r\n" + closing)
    end = at + 2 + len(closing) if at >= 0 else len(closing)
    return body[end : end + MAX_HEADER_OF_PIECE].strip() != b""


def _read_options(header: str | bytes) -> tuple[bytes, dict[bytes, bytes]]:
    try:
        return parse_options_header(header)
    except (ValueError, AssertionError):
        raise MalformedMail("broken_form") from None


@dataclass(slots=True)
class _Reader:
    """Gathers the parser's calls into pieces."""

    fields: list[Piece] = field(default_factory=list)
    files: list[Piece] = field(default_factory=list)
    cut: bool = False
    finished: bool = False
    _names: set[str] = field(default_factory=set)
    _count: int = 0
    _headers: dict[bytes, bytes] = field(default_factory=dict)
    _header: tuple[bytes, bytes] = (b"", b"")
    _content: list[bytes] = field(default_factory=list)
    _piece: Piece = Piece("", b"")
    _is_file: bool = False

    def begin(self) -> None:
        """A piece begins."""
        self._count += 1
        if self._count > MAX_PIECES:
            raise MalformedMail("too_many_fields")
        self._headers, self._header, self._content = {}, (b"", b""), []

    def add_to_header_name(self, data: bytes, start: int, end: int) -> None:
        """More of a header's name."""
        self._header = (self._header[0] + data[start:end], self._header[1])

    def add_to_header_value(self, data: bytes, start: int, end: int) -> None:
        """More of a header's value."""
        self._header = (self._header[0], self._header[1] + data[start:end])

    def end_header(self) -> None:
        """A header is complete."""
        self._headers[self._header[0].lower()] = self._header[1]
        self._header = (b"", b"")

    def end_headers(self) -> None:
        """All headers of the piece are there: find out what it is."""
        kind, options = _read_options(self._headers.get(b"content-disposition", b""))
        name = options.get(b"name", b"").decode("ascii", "replace")
        if kind != b"form-data" or not name or name in self._names:
            raise MalformedMail("repeated_name" if name in self._names else "broken_form")
        self._names.add(name)
        self._is_file = b"filename" in options
        self._piece = Piece(
            name,
            b"",
            options.get(b"filename", b"").decode("utf-8", "replace"),
            self._headers.get(b"content-type", b"").decode("ascii", "replace")
            if self._is_file
            else "",
        )

    def add(self, data: bytes, start: int, end: int) -> None:
        """More of the piece's content; of a file too many, nothing is kept."""
        if not self._is_file or len(self.files) < MAX_FILES:
            self._content.append(data[start:end])

    def end(self) -> None:
        """The piece is complete."""
        piece = self._piece
        done = Piece(piece.name, b"".join(self._content), piece.filename, piece.content_type)
        self._content = []
        if not self._is_file:
            self.fields.append(done)
            if len(self.fields) > MAX_FIELDS:
                raise MalformedMail("too_many_fields")
        elif len(self.files) < MAX_FILES:
            self.files.append(done)
        else:
            self.cut = True

    def finish(self) -> None:
        """The last boundary came."""
        self.finished = True
