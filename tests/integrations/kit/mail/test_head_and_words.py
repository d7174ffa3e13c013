"""Heads of mails and the words in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.kit.mail.bounds import MAX_HEAD, MAX_HEADER, MAX_HEADERS, MAX_NAME, MAX_SUBJECT
from integrations.kit.mail.head import read_head
from integrations.kit.mail.words import (
    clean_line,
    clean_type,
    decode_base64,
    decode_text,
    decode_words,
    find_codec,
    name_file,
)


@pytest.mark.parametrize("line", ["\n", "\r\n"])
def test_headers_are_read_and_unfolded(line: str) -> None:
    """Names are lower case, folded values on one line, the body found, with either line break."""
    raw = line.join(["Subject: a", "\tb", " c", "X-Empty:", "TO : x", "", "body"]).encode()

    head = read_head(raw)

    assert head.fields == (("subject", "a\tb c"), ("x-empty", ""), ("to", "x"))
    assert raw[head.body_at :] == b"body"
    assert not head.cut


def test_every_header_of_a_name_is_kept() -> None:
    """A header that is there twice stays twice: two From lines must be seen."""
    head = read_head(b"From: a@x.org\r\nfrom: b@x.org\r\n\r\n")

    assert head.every("from") == ("a@x.org", "b@x.org")
    assert head.first("from") == "a@x.org"
    assert head.first("to") == ""


def test_a_head_ends_before_what_is_no_header() -> None:
    """A line that is no header begins the body; a mailbox's From line is passed over."""
    raw = b"From jane Mon Nov 2\r\nSubject: a\r\nhello there\r\nFrom: b@x.org\r\n"

    head = read_head(raw)

    assert head.fields == (("subject", "a"),)
    assert raw[head.body_at :].startswith(b"hello there")


def test_raw_8_bit_values_are_unicode() -> None:
    """A header that is not encoded is UTF-8, or else Windows-1252."""
    head = read_head("A: José\r\n".encode() + "B: José\r\n".encode("cp1252") + b"\r\n")

    assert head.first("a") == head.first("b") == "José"


def test_a_long_header_costs_only_itself() -> None:
    """A header over the bound is left out, and the rest of the head still read."""
    raw = b"To: " + b'"' * MAX_HEADER + b"\r\nSubject: a\r\n\r\nbody"

    head = read_head(raw)

    assert head.fields == (("subject", "a"),)
    assert raw[head.body_at :] == b"body"
    assert head.cut


@pytest.mark.parametrize("unit", [b"X: y\r\n", b"X: " + b"y" * 1000 + b"\r\n", b"X: y\r\n z\r\n"])
def test_an_endless_head_is_cut(unit: bytes) -> None:
    """Headers beyond the bounds are not read; the body is found all the same."""
    raw = b"Subject: a\r\n" + unit * 200_000 + b"\r\nbody"

    head = read_head(raw)

    assert head.first("subject") == "a"
    assert raw[head.body_at :] == b"body"
    assert head.cut
    assert len(head.fields) <= MAX_HEADERS
    assert sum(len(value) for _, value in head.fields) <= MAX_HEAD


@given(st.binary(max_size=300), st.sampled_from([b"", b"From: a\r\n", b"A:\r\n "]))
def test_any_bytes_have_a_head(noise: bytes, before: bytes) -> None:
    """Nothing is raised, and the body begins inside of the mail."""
    raw = before + noise

    assert 0 <= read_head(raw).body_at <= len(raw)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=?utf-8?b?UmU6IEJhY2hlIPCflbPvuI8=?=", "Re: Bache 🕳️"),
        ("=?iso-8859-1?q?Jos=E9_y?= Ana", "José y Ana"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=  c", "ab c"),
        ("=?iso-2022-jp?b?GyRCRnxLXDhsGyhC?=", "日本語"),
        ("=?utf-8*es?q?hola?=", "hola"),
        ("=?nonsense?q?a=C3=A9?=", "aé"),
        ("=?utf-8?q?a=0D=0ABcc:_x@y.org?=", "a Bcc: x@y.org"),
        ("=?utf-8?x?a?= =?utf-8?q?", "=?utf-8?x?a?= =?utf-8?q?"),
        ("=?utf-8?b?!!!?=", ""),
        ("plain", "plain"),
    ],
)
def test_encoded_words(value: str, text: str) -> None:
    """Encoded words are decoded in their charset; line breaks hidden in them are gone."""
    assert decode_words(value) == text


def test_a_line_is_one_clean_line() -> None:
    """Controls, direction marks and doubled spaces go; emoji and other scripts stay."""
    assert (
        clean_line(" a\r\n\x00b\u202e c\u2028d 👩‍👩‍👧 \x1b[31m日本 ") == "a b c d 👩‍👩‍👧 [31m日本"
    )
    assert len(clean_line("a" * 5000)) == MAX_SUBJECT


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("../../plan.pdf", "plan.pdf"),
        ("..\\..\\plan.pdf", "plan.pdf"),
        ("C:\\x\\plan.pdf", "plan.pdf"),
        ("/etc/passwd", "passwd"),
        ("=?utf-8?b?Li4vLi4vcGxhbi5wZGY=?=", "plan.pdf"),
        ("..", "file1"),
        ("a/", "file1"),
        ("", "file1"),
        (".htaccess", "htaccess"),
        ("a\r\nb\x00c.jpg", "a b c.jpg"),
        ("gpj.\u202eexe", "gpj.exe"),
        ("$(rm -rf).jpg", "_(rm -rf).jpg"),
        ("foto señal.jpg", "foto señal.jpg"),
    ],
)
def test_names_of_files_are_harmless(given_name: str, name: str) -> None:
    """No path, control, hidden direction or shell character is left in a name."""
    assert name_file(given_name, "file1") == name


def test_long_names_keep_their_ending() -> None:
    """A name over the bound is shortened before its ending."""
    assert name_file("a" * 500 + ".jpeg", "x") == "a" * (MAX_NAME - 5) + ".jpeg"


@pytest.mark.parametrize(
    ("charset", "raw", "text"),
    [
        ("utf-8", "é€".encode(), "é€"),
        ("UTF8", b"\xff", "\ufffd"),
        ("", "é".encode(), "é"),
        ("", b"\xe9", "é"),
        ("us-ascii", b"\x93hi\x94", "“hi”"),
        ("iso-8859-1", b"\x93hi\x94", "“hi”"),
        ("windows-1251", "Да".encode("cp1251"), "Да"),
        ("koi8-r", "Да".encode("koi8-r"), "Да"),
        ("gb2312", "坑洞".encode("gb18030"), "坑洞"),
        ("ks_c_5601-1987", "한국".encode("cp949"), "한국"),
        ("Shift_JIS", "①".encode("cp932"), "①"),
        ("utf-16", "hé".encode("utf-16"), "hé"),
        ("no-such-charset", b"a\xe9", "a\ufffd"),
        ("zlib", b"x", "x"),
        ("punycode", b"bcher-kva", "bcher-kva"),
        ("unicode_escape", b"\\x41", "\\x41"),
        ("rot13", b"abc", "abc"),
        ("../../x", b"abc", "abc"),
        ("\x00", b"abc", "abc"),
        ("utf-8", b"a\x00b", "ab"),
        ("utf-16-le", b"\x00\xd8a\x00", "\ufffda"),
    ],
)
def test_charsets(charset: str, raw: bytes, text: str) -> None:
    """Text is decoded in the charset that is meant, and never by what is no charset."""
    assert decode_text(raw, charset) == text


@given(st.binary(max_size=100), st.text(max_size=30))
def test_any_bytes_in_any_charset_are_text(raw: bytes, charset: str) -> None:
    """Nothing is raised, and the text can be stored: no NUL, no lone surrogate."""
    decode_text(raw, charset).encode("utf-8")

    assert "\x00" not in decode_text(raw, charset)
    assert "".encode(find_codec(charset)) is not None


@given(st.text(max_size=200))
def test_any_value_is_one_line_and_a_name(value: str) -> None:
    """Whatever a header holds, its text is one line and its file name has no path."""
    line, name = decode_words(value), name_file(value, "file")

    assert not set("\r\n\x00") & set(line)
    assert name
    assert not set("/\\\r\n\x00") & set(name)
    assert len(name) <= MAX_NAME


@pytest.mark.parametrize(
    ("value", "kind"),
    [("Image/JPEG; name=x", "image/jpeg"), ("", "application/octet-stream"),
     ("text/pl ain", "application/octet-stream"), ("a/b/c", "application/octet-stream")],
)  # fmt: skip
def test_content_types_are_plain(value: str, kind: str) -> None:
    """What is no content type is the unknown one."""
    assert clean_type(value) == kind


@pytest.mark.parametrize("raw", [b"aGVsbG8=", b"aGVs\r\nbG8", b"aG!Vs bG8=", b"aGVsbG8=====aaaa"])
def test_base64_is_read_leniently(raw: bytes) -> None:
    """Line breaks, foreign characters and wrong padding do not cost the content."""
    assert decode_base64(raw) == b"hello"
