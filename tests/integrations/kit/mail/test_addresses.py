"""Who a mail is from, beyond doubt."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.kit.mail.addresses import check_address, find_sole_address

VICTIM = "victim@nyc.gov"


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("jane@example.org", "jane@example.org"),
        (" <Jane@Example.ORG> ", "jane@example.org"),
        ("Jane Q. Doe <jane@example.org>", "jane@example.org"),
        ('"Doe, Jane" <jane@example.org>', "jane@example.org"),
        ('"a \\" <b@c.org>" <jane@example.org>', "jane@example.org"),
        ("José Núñez <jane@example.org>", "jane@example.org"),
        ("=?utf-8?q?Jos=C3=A9?= <jane@example.org>", "jane@example.org"),
        ("jane@example.org (Jane)", "jane@example.org"),
        ("Jane (at (home)) <jane@example.org>", "jane@example.org"),
        ("jane@example.org <jane@example.org>", "jane@example.org"),
        ("\"jane@example.org\" <jane@example.org>", "jane@example.org"),
        ("O'Neil <o'neil+311@mail.example.org>", "o'neil+311@mail.example.org"),
        ("x <a@xn--bcher-kva.example>", "a@xn--bcher-kva.example"),
    ],
)  # fmt: skip
def test_a_clear_sender_is_found(value: str, address: str) -> None:
    """The forms that mail programs write give their one address."""
    assert find_sole_address([value]) == address


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Jane",
        "victim@nyc.gov <evil@x.test>",  # CVE-2023-27043
        "victim@nyc.gov, evil@x.test",
        "victim@nyc.gov,",
        "Jane <victim@nyc.gov>, <evil@x.test>",
        "<victim@nyc.gov> <evil@x.test>",
        "<victim@nyc.gov><evil@x.test>",
        "Jane <<victim@nyc.gov>>",
        "City: victim@nyc.gov;",
        "undisclosed recipients:;",
        "victim@nyc.gov(<evil@x.test>)",
        "(victim@nyc.gov) evil@x.test",
        "victim@nyc.gov (unclosed",
        '"unclosed <victim@nyc.gov>',
        'a "b" victim@nyc.gov',
        '"victim"@nyc.gov',
        '"a b"@nyc.gov',
        "victim@evil.test@nyc.gov",
        "<@x.test:victim@nyc.gov>",
        "victim@[127.0.0.1]",
        "victim@127.0.0.1",
        "victim@localhost",
        "victim@nyc。gov",
        "victim@nyc.gov\u200b",
        "victim＠nyc.gov",
        "victim@ոyc.gov",
        "victim@nyc.gov\x00",
        "victim@nyc.gov\x00<evil@x.test>",
        "evil@x.test\rvictim@nyc.gov",
        "=?utf-8?q?victim=40nyc=2Egov?=",
        "=?utf-8?q?victim@nyc.gov?=",
        "=?utf-8?q?victim?=@nyc.gov",
        "vic tim@nyc.gov",
        "vic..tim@nyc.gov",
        ".victim@nyc.gov",
        "victim@-nyc.gov",
        "victim@nyc..gov",
        "victim@nyc.gov.",
        "Jane <victim@nyc.gov> evil@x.test",
        "a" * 65 + "@nyc.gov",
        "a@" + "b." * 130 + "gov",
        "J" * 2000 + " <victim@nyc.gov>",
    ],
)
def test_doubt_is_nobody(value: str) -> None:
    """What two programs could read in two ways, or nobody should write, is nobody's."""
    assert find_sole_address([value]) == ""


def test_a_name_never_becomes_the_sender() -> None:
    """An address in a quoted or encoded name does not replace the true one."""
    assert find_sole_address([f'"{VICTIM}" <evil@x.test>']) == "evil@x.test"
    assert find_sole_address(["=?utf-8?q?victim=40nyc=2Egov?= <evil@x.test>"]) == "evil@x.test"


def test_two_headers_are_nobody() -> None:
    """Two From headers, or none, name nobody, even when they say the same."""
    assert find_sole_address([]) == ""
    assert find_sole_address([VICTIM, VICTIM]) == ""
    assert find_sole_address([VICTIM, "evil@x.test"]) == ""


@given(st.text(alphabet='ab@.<>",;:()\\= ?\t\u3002é', max_size=60))
def test_forgeries_never_name_the_victim(noise: str) -> None:
    """No text before, behind or around an attacker's address makes it a plain other one."""
    for value in (f"{noise} <evil@x.test>", f"<evil@x.test> {noise}"):
        assert find_sole_address([value]) in ("", "evil@x.test")


@given(st.text(max_size=300))
def test_whatever_is_found_is_plain(value: str) -> None:
    """Nothing is raised, and what is found is an address that reads the same again."""
    found = find_sole_address([value])

    assert found == "" or check_address(found) == found


@pytest.mark.parametrize("unit", ['"', "(", "\\", "<", "a.", "a@", "a-", '"\\', "(\\"])
def test_long_nonsense_is_quick(unit: str) -> None:
    """A value of one repeated sign, as long as is looked at, costs no time worth a name."""
    began = time.process_time()

    find_sole_address([(unit * 1000)[:1000]])
    check_address((unit * 1000)[:254])

    assert time.process_time() - began < 1
