"""Whether the sender's own domain signed a mail. Only DKIM counts, and only aligned (RFC 7489).

SPF never counts alone: it passes for every customer of a shared sender. This reads what the
provider reports, it checks no signature itself.
"""

from __future__ import annotations

import re

from integrations.kit.mail.addresses import domain_of
from integrations.kit.mail.head import Head

MAX_REPORT = 4000

SINGLE = (
    "from", "sender", "reply-to", "to", "date", "message-id", "in-reply-to", "references",
    "subject", "mime-version", "content-type", "content-transfer-encoding",
)  # fmt: skip
"""Headers that a mail has once (RFC 5322, 2045)."""

_ENTRY = re.compile(
    r"\{\s*@([A-Za-z0-9_.-]{1,253})\s*:\s*([A-Za-z]{1,20})"
    r"(?:\s*\([^(){}]{0,200}\))?\s*\}"
)
_SECOND_LEVEL = frozenset(
    ["ac", "co", "com", "edu", "ed", "go", "gob", "gouv", "gov", "gv", "id", "ltd", "me", "mil",
     "ne", "net", "nhs", "nom", "or", "org", "plc", "police", "re", "sch", "school", "web"]
)  # fmt: skip
_SHARED = frozenset(
    ["azurewebsites.net", "blogspot.com", "cloudfront.net", "eu.com", "eu.org", "firebaseapp.com",
     "github.io", "gitlab.io", "gov.us", "herokuapp.com", "mailgun.org", "netlify.app",
     "onmicrosoft.com", "pages.dev", "sendgrid.net", "uk.com", "uk.net", "us.com", "vercel.app",
     "web.app", "workers.dev"]
)  # fmt: skip
"""Names under which strangers get names of their own; no full list, the usual ones."""


def is_signed(dkim: str, sender: str) -> bool:
    """Tell whether a valid signature of the sender's domain was seen.

    Args:
        dkim: as SendGrid reports it: `{@example.com : pass}`, several joined; `none`, or empty.
        sender: the one address of `From`.

    One entry that did not pass, or that cannot be read, spoils all: the domain in it is what a
    forger wrote, and may hold what looks like another entry.
    """
    domain = domain_of(sender)
    if not domain or len(dkim) > MAX_REPORT:
        return False
    entries = _ENTRY.findall(dkim)
    if not entries or _ENTRY.sub("", dkim).strip(" ,;\t\r\n"):
        return False
    if any(result.lower() != "pass" for _, result in entries):
        return False
    return any(is_aligned(name.lower().rstrip("."), domain) for name, _ in entries)


def has_doubles(head: Head) -> bool:
    """Tell whether a header stands twice that may stand once.

    A signature covers the last of them, a reader takes the first: who has a signed mail could put
    another subject, another Message-ID or another boundary before it, and it stays signed.
    """
    names = [name for name, _ in head.fields]
    return head.cut or any(names.count(name) > 1 for name in SINGLE)


def is_aligned(signer: str, domain: str) -> bool:
    """Tell whether two domains are one's: the same, or one below the other.

    Never on a name below which anybody can have a domain (`co.uk`, `github.io`). Two sisters
    below one parent do not count, which is stricter than DMARC's relaxed mode.
    """
    shorter, longer = sorted((signer, domain), key=len)
    if is_public_suffix(shorter):
        return False
    if shorter == longer:
        return True
    first, _, rest = shorter.partition(".")
    # `xy.zz` with a country's ending may be such a name though it is on no list of ours.
    if "." not in rest and len(rest) == 2 and len(first) <= 3:
        return False
    return longer.endswith("." + shorter)


def is_public_suffix(domain: str) -> bool:
    """Tell whether anybody may have a domain below this one, as far as we know."""
    labels = domain.split(".")
    if len(labels) < 2 or domain in _SHARED:
        return True
    if len(labels) == 2:
        country, second = labels[1], labels[0]
        return len(country) == 2 and (
            second in _SECOND_LEVEL or (country == "us" and len(second) == 2)
        )
    # The old places of the United States: k12.ny.us, ci.nyc.ny.us stands below nyc.ny.us.
    return len(labels) == 3 and labels[2] == "us" and len(labels[1]) == 2
