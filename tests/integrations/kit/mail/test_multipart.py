"""The form around a mail, as bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.kit.mail.bounds import MAX_DELIVERY, MAX_FIELDS, MAX_FILES, MAX_PIECES
from integrations.kit.mail.errors import MalformedMail
from integrations.kit.mail.multipart import read_multipart
from tests.integrations.mails import BOUNDARY, CONTENT_TYPE, write_form


def _refuse(body: bytes, content_type: str = CONTENT_TYPE) -> str:
    with pytest.raises(MalformedMail) as caught:
        read_multipart(body, content_type)
    return caught.value.reason


def test_bytes_stay_as_they_are() -> None:
    """Every byte value, line breaks and near boundaries come through a field unchanged."""
    value = bytes(range(256)) + b"\r\n--testBoundary\r\n\n--" + BOUNDARY.encode()

    form = read_multipart(write_form([("email", value), ("SPF", b"")]), CONTENT_TYPE)

    assert form.get("email") == value
    assert form.get("SPF") == b""
    assert form.place("SPF") == 1
    assert form.place("dkim") == -1


def test_files_have_name_and_type() -> None:
    """A piece with a file name is a file, its name taken as UTF-8."""
    body = write_form([("text", b"x")], [("attachment1", "plañ.pdf", "application/pdf", b"\xff")])

    form = read_multipart(body, CONTENT_TYPE)

    (file,) = form.files
    assert (file.name, file.filename, file.content_type, file.value) == (
        "attachment1", "plañ.pdf", "application/pdf", b"\xff",
    )  # fmt: skip
    assert [piece.name for piece in form.fields] == ["text"]


@pytest.mark.parametrize(
    "content_type",
    ["", "application/json", "multipart/form-data", "multipart/form-data; boundary=",
     "multipart/form-data; boundary=" + "b" * 300, "multipart/form-data; boundary=other",
     "multipart/mixed; boundary=" + BOUNDARY, "multipart/form-data; boundary=\u4e2d"],
)  # fmt: skip
def test_other_content_types_are_refused(content_type: str) -> None:
    """What is no form, or not delimited as its header says, is refused."""
    assert _refuse(write_form([("a", b"b")]), content_type) in ("no_form", "broken_form")


def test_an_incomplete_form_is_refused() -> None:
    """A form cut anywhere before its last boundary is refused, not read in part."""
    body = write_form([("email", b"hello"), ("SPF", b"pass")])

    for end in range(len(body) - 4):
        assert _refuse(body[:end]) == "broken_form"


def test_a_name_twice_is_refused() -> None:
    """A mail that brings the form's boundary and a field of its own is refused as a whole."""
    forged = f'x\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name="envelope"\r\n\r\n{{}}'

    assert _refuse(write_form([("email", forged.encode()), ("envelope", b"{}")])) == "repeated_name"


def test_a_form_that_ends_early_is_refused() -> None:
    """A mail that ends the form itself cannot hide the true fields behind the end."""
    forged = f"x\r\n--{BOUNDARY}--"

    assert _refuse(write_form([("email", forged.encode()), ("envelope", b"{}")])) == "broken_form"


def test_too_much_is_refused() -> None:
    """Too many bytes, fields, pieces, or headers of one piece are refused."""
    many = [(f"f{at}", b"") for at in range(MAX_FIELDS + 1)]
    files = [(f"a{at}", "f", "text/plain", b"") for at in range(MAX_PIECES + 1)]
    long_name = "n" * 5000

    assert _refuse(b"x" * (MAX_DELIVERY + 1)) == "too_long"
    assert _refuse(write_form(many)) == "too_many_fields"
    assert _refuse(write_form([], files)) == "too_many_fields"
    assert _refuse(write_form([(long_name, b"")])) == "broken_form"
    assert len(read_multipart(write_form(many[:-1]), CONTENT_TYPE).fields) == MAX_FIELDS


def test_more_files_than_the_bound_are_left_out() -> None:
    """The twenty-first file costs only itself; the form says that it was cut."""
    files = [(f"a{at}", "f", "text/plain", b"%d" % at) for at in range(MAX_FILES + 5)]

    form = read_multipart(write_form([("text", b"x")], files), CONTENT_TYPE)

    assert [file.value for file in form.files] == [b"%d" % at for at in range(MAX_FILES)]
    assert form.cut


@given(st.binary(max_size=400), st.integers(0, 200), st.binary(max_size=20))
def test_any_bytes_are_read_or_refused(noise: bytes, at: int, content_type: bytes) -> None:
    """Whatever stands in a form or is one: it is read, or refused with the one error."""
    whole = write_form([("email", noise), ("SPF", b"pass")])
    broken = whole[:at] + noise + whole[at + 3 :]

    for body, kind in (
        (noise, CONTENT_TYPE),
        (broken, CONTENT_TYPE),
        (whole, content_type.decode("latin-1")),
    ):
        try:
            form = read_multipart(body, kind)
        except MalformedMail:
            continue
        assert sum(len(piece.value) for piece in form.fields) <= len(body)
