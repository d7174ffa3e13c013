"""What proves that a mail comes from its sender's domain."""

from __future__ import annotations

import pytest

from integrations.kit.mail.trust import is_aligned, is_signed

SENDER = "jane@example.org"


@pytest.mark.parametrize(
    "dkim",
    ["{@example.org : pass}", "{@Example.ORG : pass}", "{@example.org:pass}",
     "{@other.test : pass}{@example.org : pass}", "{@mail.example.org : pass}",
     "{@other.test : pass}, {@example.org : pass}"],
)  # fmt: skip
def test_an_aligned_signature_counts(dkim: str) -> None:
    """A passing signature of the sender's domain, or of one below it, counts."""
    assert is_signed(dkim, SENDER)


@pytest.mark.parametrize(
    "dkim",
    ["", "none", "pass", "{@example.org : fail}", "{@other.test : pass}", "{@org : pass}",
     "{@example.org.evil.test : pass}", "{@notexample.org : pass}", "{@example.org : passed}",
     "{@example.org : pass}{@x : fail}", "{@example.org : pass} {@nyc.gov", "@example.org : pass",
     "{@example.org : pass}" * 300, "{@example.org : fail (x)} {@other.test : pass}",
     "{@exa\u043cple.org : pass}"],
)  # fmt: skip
def test_nothing_else_counts(dkim: str) -> None:
    """Other domains, failed ones, and reports that a forged domain name may have shaped do not."""
    assert not is_signed(dkim, SENDER)


def test_without_a_sender_nothing_is_signed() -> None:
    """A mail whose sender is in doubt is not signed by anybody."""
    assert not is_signed("{@example.org : pass}", "")


@pytest.mark.parametrize(
    ("signer", "domain", "aligned"),
    [
        ("example.org", "example.org", True),
        ("example.org", "mail.example.org", True),
        ("mail.example.org", "example.org", True),
        ("a.example.org", "b.example.org", False),
        ("co.uk", "victim.co.uk", False),
        ("co.uk", "co.uk", False),
        ("uk", "victim.uk", False),
        ("evil.co.uk", "co.uk", False),
        ("com.br", "victim.com.br", False),
        ("gov.uk", "city.gov.uk", False),
        ("ibm.de", "ibm.de", True),
        ("xy.zz", "victim.xy.zz", False),
        ("ny.us", "nyc.ny.us", False),
        ("k12.ny.us", "school.k12.ny.us", False),
        ("ci.nyc.ny.us", "mail.ci.nyc.ny.us", True),
        ("github.io", "victim.github.io", False),
        ("evil.github.io", "victim.github.io", False),
        ("sendgrid.net", "u1.sendgrid.net", False),
        ("bbc.co.uk", "news.bbc.co.uk", True),
    ],
)
def test_alignment_stops_at_shared_names(signer: str, domain: str, aligned: bool) -> None:
    """The same domain or one below the other; never over a name that strangers share."""
    assert is_aligned(signer, domain) is aligned
