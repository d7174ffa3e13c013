"""What a mail holds: text, HTML, files, reports."""

from __future__ import annotations

import base64
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.kit.mail.bodies import Bodies, read_bodies
from integrations.kit.mail.bounds import MAX_DEPTH, MAX_FILES, MAX_FILES_SIZE, MAX_PARTS, MAX_TEXT
from integrations.kit.mail.child import HEAD_BYTES, pack
from tests.integrations.mails import write_mail


def _multipart(kind: str, *parts: str) -> bytes:
    body = "".join(f"--b\r\n{part}\r\n" for part in parts) + "--b--\r\n"
    return write_mail(body, Content_Type=f"multipart/{kind}; boundary=b")


def _plain(text: str) -> str:
    return f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}"


def test_a_mail_of_the_standard_library() -> None:
    """Text, HTML, a picture and a named file, as Python's own writer makes them, come back."""
    mail = EmailMessage()
    mail["From"] = "jane@example.org"
    mail.set_content("Hay un bache en la Séptima.\n")
    mail.add_alternative("<p>Hay un <b>bache</b></p>", subtype="html")
    mail.add_attachment(b"\xff\xd8\xff", maintype="image", subtype="jpeg", filename="señal ñ.jpg")
    mail.add_attachment("a,b\n", subtype="csv", filename="list.csv")

    found = read_bodies(mail.as_bytes())

    assert found.text == "Hay un bache en la Séptima.\n"
    assert found.html == "<p>Hay un <b>bache</b></p>\n"
    assert found.files == [
        ("señal ñ.jpg", "image/jpeg", b"\xff\xd8\xff"), ("list.csv", "text/csv", b"a,b\n"),
    ]  # fmt: skip
    assert not found.cut


def test_text_around_a_picture_is_joined() -> None:
    """What a phone writes as text, picture, text is one text and one file."""
    picture = "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\naGk="

    found = read_bodies(_multipart("mixed", _plain("above"), picture, _plain("below")))

    assert found.text == "above\nbelow"
    assert found.files == [("file1", "image/png", b"hi")]


@pytest.mark.parametrize(
    "head",
    ["Content-Type: text/plain; name=notes.txt",
     "Content-Type: text/html\r\nContent-Disposition: attachment"],
)  # fmt: skip
def test_a_text_that_is_a_file_is_a_file(head: str) -> None:
    """A text with a name, or attached, is not mixed into what was written."""
    found = read_bodies(_multipart("mixed", _plain("hello"), f"{head}\r\n\r\nnotes"))

    assert (found.text, found.html) == ("hello", "")
    assert [content for _, _, content in found.files] == [b"notes"]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="../../plan.pdf"', "plan.pdf"),
        ("attachment; filename*=utf-8''se%C3%B1al.pdf", "señal.pdf"),
        ("attachment; filename*0*=utf-8''se%C3; filename*1*=%B1al.pdf", "señal.pdf"),
        ('attachment; filename="=?utf-8?q?se=C3=B1al=2Epdf?="', "señal.pdf"),
        ('attachment; filename="señal.pdf"', "señal.pdf"),
        ("attachment; filename*=nonsense''%ff.pdf", "ÿ.pdf"),
        ('attachment; filename=""', "file1"),
        ("attachment", "file1"),
    ],
)
def test_names_of_attachments(header: str, name: str) -> None:
    """RFC 2231 and RFC 2047 names are decoded, paths taken off."""
    part = f"Content-Type: application/pdf\r\nContent-Disposition: {header}\r\n\r\nx"

    assert [file[0] for file in read_bodies(_multipart("mixed", part)).files] == [name]


@pytest.mark.parametrize(
    ("encoding", "body", "text"),
    [
        ("base64", base64.b64encode("¡Sí!".encode()).decode(), "¡Sí!"),
        ("quoted-printable", "=C2=A1S=\r\n=C3=AD!", "¡Sí!"),
        ("Quoted-Printable ;", "a=ZZ=", "a=ZZ"),
        ("8bit", "¡Sí!", "¡Sí!"),
        ("x-unknown", "plain", "plain"),
    ],
)
def test_transfer_encodings(encoding: str, body: str, text: str) -> None:
    """Bodies are decoded; a broken or unknown encoding leaves what can be read."""
    kind = "text/plain; charset=utf-8"
    mail = write_mail(body, Content_Type=kind, Content_Transfer_Encoding=encoding)

    assert read_bodies(mail).text.rstrip("=") == text


@pytest.mark.parametrize(
    "kind", ["multipart/mixed", "multipart/mixed; boundary=other", "nonsense", "text/plain; x"]
)  # fmt: skip
def test_a_strange_type_is_still_text(kind: str) -> None:
    """A multipart without its boundary, or no type at all, is read as the text it looks like."""
    assert "hello" in read_bodies(write_mail("hello", Content_Type=kind)).text


def test_an_open_multipart_is_read_to_its_end() -> None:
    """Without the last boundary the last part reaches to the end; a preamble is no text."""
    mail = write_mail("preamble\r\n--b\r\n\r\nhello", Content_Type="multipart/mixed; boundary=b")

    assert read_bodies(mail).text == "hello"


def test_parts_end_where_their_parents_part_ends() -> None:
    """An inner multipart that is not closed does not swallow its parent's next part."""
    inner = "Content-Type: multipart/alternative; boundary=bb\r\n\r\n--bb\r\n\r\none"

    assert read_bodies(_multipart("mixed", inner, _plain("two"))).text == "one\ntwo"


def test_parts_beyond_the_bound_are_left_out() -> None:
    """Of 150 parts the first hundred are read, and the mail is cut."""
    found = read_bodies(_multipart("mixed", *(_plain(f"<{at}>") for at in range(150))))

    assert found.text.count("<") == MAX_PARTS
    assert found.cut


@pytest.mark.parametrize(
    ("depth", "text", "cut"), [(MAX_DEPTH, "hi", False), (MAX_DEPTH + 1, "", True)]
)
def test_depth_is_bounded(depth: int, text: str, cut: bool) -> None:
    """Ten levels are walked, the eleventh is left out."""
    mail = "".join(
        f"Content-Type: multipart/mixed; boundary=b{at}\r\n\r\n--b{at}\r\n" for at in range(depth)
    ) + "\r\nhi"  # fmt: skip

    found = read_bodies(mail.encode())

    assert (found.text, found.cut) == (text, cut)


def test_files_are_bounded_in_number_and_size() -> None:
    """Twenty files and ten megabytes are kept; a small file after a too large one still is."""
    many = [f"Content-Type: image/png; name={at}.png\r\n\r\nx" for at in range(MAX_FILES + 1)]
    large = "Content-Type: image/png; name=large.png\r\n\r\n" + "x" * (MAX_FILES_SIZE + 1)
    mixed = read_bodies(_multipart("mixed", large, many[0]))

    assert len(read_bodies(_multipart("mixed", *many)).files) == MAX_FILES
    assert read_bodies(_multipart("mixed", *many)).cut
    assert [name for name, _, _ in mixed.files] == ["0.png"]
    assert mixed.cut


def test_texts_are_bounded() -> None:
    """A megabyte of text is kept, also when it comes in pieces."""
    piece = _plain("x" * (MAX_TEXT // 2 + 10))

    for mail in (write_mail("x" * (MAX_TEXT + 1)), _multipart("mixed", piece, piece)):
        found = read_bodies(mail)

        assert MAX_TEXT - 20 <= len(found.text) <= MAX_TEXT + 1
        assert found.cut


def test_an_attached_mail_is_a_file() -> None:
    """A forwarded mail is kept as a file, its parts not taken for the sender's own."""
    forwarded = "Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\ninner"

    found = read_bodies(_multipart("mixed", _plain("hello"), forwarded))

    assert found.text == "hello"
    assert [(kind, content) for _, kind, content in found.files] == [
        ("message/rfc822", b"Subject: x\r\n\r\ninner")
    ]


def test_a_report_is_no_file() -> None:
    """The machine readable part of a delivery report and the mail it returns stand apart."""
    status = "Content-Type: message/delivery-status\r\n\r\nAction: failed"
    returned = "Content-Type: message/rfc822\r\n\r\nMessage-ID: <a@b>\r\n\r\nx"

    found = read_bodies(_multipart("report", _plain("sorry"), status, returned))

    assert [kind for kind, _ in found.reports] == ["message/delivery-status", "message/rfc822"]
    assert found.files == []


def _is_bounded(found: Bodies) -> bool:
    return (
        len(found.text) <= MAX_TEXT + 1
        and len(found.html) <= MAX_TEXT + 1
        and len(found.files) <= MAX_FILES
        and sum(len(content) for _, _, content in found.files) <= MAX_FILES_SIZE
    )


HEADS = st.lists(
    st.sampled_from(
        [
            b"Content-Type: multipart/mixed; boundary=b",
            b'Content-Type: multipart/digest; boundary="b"',
            b"Content-Type: multipart/x; boundary*0*=utf-8''b%",
            b"Content-Type: message/rfc822",
            b"Content-Type: text/html; charset=utf-7",
            b"Content-Type: text/plain; charset*=x'",
            b"Content-Type: ;;=",
            b"Content-Transfer-Encoding: base64",
            b"Content-Transfer-Encoding: quoted-printable",
            b"Content-Disposition: attachment; filename*0*=utf-8''%ff; filename*1=\xff",
            b"\xff: \x00",
            b"",
            b"--b",
            b"--b--",
            b"no header",
        ]
    ),
    max_size=8,
)


@settings(max_examples=300)
@given(st.lists(st.tuples(HEADS, st.binary(max_size=40)), max_size=6))
def test_any_mail_is_taken_apart(parts: list[tuple[list[bytes], bytes]]) -> None:
    """Whatever bytes a mail is made of: nothing is raised, what comes out is bounded and packs."""
    raw = b"\r\n".join(b"\r\n".join(heads) + b"\r\n\r\n" + body for heads, body in parts)

    found = read_bodies(raw)

    assert _is_bounded(found)
    assert int.from_bytes(pack(found)[:HEAD_BYTES], "big") > 0


@given(st.binary(max_size=500))
def test_any_bytes_are_a_mail(raw: bytes) -> None:
    """Plain noise is a mail too."""
    assert _is_bounded(read_bodies(raw))
