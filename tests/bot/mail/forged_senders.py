"""Kinds of forged mails: who they say they are from, and what is said to prove it."""

from __future__ import annotations

from tests.bot.mail.forging import (
    EVIL,
    EVIL_PASS,
    VICTIM,
    VICTIM_FAIL,
    VICTIM_PASS,
    Kinds,
    forge,
)
from tests.bot.mail.real import BOX

SIGNATURES: Kinds = {
    "no signature": lambda _, t: forge(t, dkim="none"),
    "no word of a signature": lambda _, t: forge(t, dkim=""),
    "a signature that fails": lambda _, t: forge(t, dkim=VICTIM_FAIL),
    "the forger's signature": lambda _, t: forge(t),
    "only SPF passes, for the victim's envelope": lambda _, t: forge(
        t, envelope_from=VICTIM, dkim="none"
    ),
    "one signature passes, hers fails": lambda _, t: forge(t, dkim=EVIL_PASS + VICTIM_FAIL),
    "a domain below the victim's name": lambda _, t: forge(t, dkim="{@home.example.evil : pass}"),
    "a domain that ends like the victim's": lambda _, t: forge(t, dkim="{@myhome.example : pass}"),
    "the victim's top domain": lambda _, t: forge(t, dkim="{@example : pass}"),
    "a report of a pass inside a failure": lambda _, t: forge(
        t, dkim="{@home.example : fail ({@home.example : pass})}"
    ),
    "a report cut short": lambda _, t: forge(t, dkim="{@home.example : pass"),
    "a list server's signature": lambda _, t: forge(t, dkim="{@lists.example : pass}"),
    "a DKIM header of its own": lambda _, t: forge(
        t, f"<{VICTIM}>", ("DKIM-Signature", "v=1; d=home.example; s=a; b=AAAA")
    ),
    "results written by the forger": lambda _, t: forge(
        t, f"<{VICTIM}>", ("Authentication-Results", "mx; dkim=pass header.d=home.example")
    ),
}

SENDERS: Kinds = {
    "two From lines, the victim's first": lambda _, t: forge(
        t, VICTIM, ("From", EVIL), dkim=VICTIM_PASS
    ),
    "two From lines, the victim's last": lambda _, t: forge(t, EVIL, ("From", VICTIM)),
    "two addresses": lambda _, t: forge(t, f"{VICTIM}, {EVIL}"),
    "two addresses, turned round": lambda _, t: forge(t, f"{EVIL}, {VICTIM}"),
    "the victim as the name": lambda _, t: forge(t, f"{VICTIM} <{EVIL}>"),
    "the victim as a quoted name": lambda _, t: forge(t, f'"{VICTIM}" <{EVIL}>'),
    "the victim as an encoded name": lambda _, t: forge(
        t, f"=?utf-8?q?victim=40home=2Eexample?= <{EVIL}>"
    ),
    "an encoded address": lambda _, t: forge(t, "=?utf-8?q?victim=40home=2Eexample?="),
    "a name that ends the address": lambda _, t: forge(t, f'"x" <{VICTIM}> <{EVIL}>'),
    "a route": lambda _, t: forge(t, f"<@evil.example:{VICTIM}>"),
    "a group": lambda _, t: forge(t, f"Friends: {VICTIM};"),
    "a comment": lambda _, t: forge(t, f"{EVIL} ({VICTIM})"),
    "a comment that nests": lambda _, t: forge(t, f"({EVIL} (a)) {VICTIM}"),
    "a quoted local part": lambda _, t: forge(t, '"victim"@home.example'),
    "a full stop of another script": lambda _, t: forge(t, "victim@home\u3002example"),
    "a letter of another script": lambda _, t: forge(t, "vict\u0456m@home.example"),
    "a domain in another script": lambda _, t: forge(t, "victim@h\u043eme.example"),
    "a domain that looks the same": lambda _, t: forge(
        t, "victim@xn--hme-tkc.example", dkim="{@xn--hme-tkc.example : pass}"
    ),
    "nothing to see in the address": lambda _, t: forge(t, "victim@home.exa\u200bmple"),
    "a direction turned round": lambda _, t: forge(t, f"\u202e{VICTIM}"),
    "a NUL": lambda _, t: forge(t, f"{VICTIM}\x00 <{EVIL}>"),
    "a line break in From": lambda _, t: forge(t, f"{EVIL}\r\nFrom: {VICTIM}"),
    "a folded line in From": lambda _, t: forge(t, f"{VICTIM}\r\n <{EVIL}>"),
    "a bare CR in From": lambda _, t: forge(t, f"{EVIL}\rFrom: {VICTIM}"),
    "no From at all": lambda _, t: forge(t, ""),
    "an empty address": lambda _, t: forge(t, "Victim <>"),
    "capital letters": lambda _, t: forge(t, VICTIM.upper()),
    "a tag in the address": lambda _, t: forge(t, "victim+x@home.example", dkim="none"),
    "Sender is the victim": lambda _, t: forge(t, EVIL, ("Sender", VICTIM)),
    "Reply-To is the forger": lambda _, t: forge(t, VICTIM, ("Reply-To", EVIL)),
    "Reply-To is the victim": lambda _, t: forge(t, EVIL, ("Reply-To", VICTIM)),
    "sent again by the victim": lambda _, t: forge(
        t, EVIL, ("Resent-From", VICTIM), ("Resent-To", BOX), ("Resent-Message-ID", "<r@x>")
    ),
    "sent again by the forger": lambda _, t: forge(t, VICTIM, ("Resent-From", EVIL)),
    "the envelope is the victim's": lambda _, t: forge(t, EVIL, envelope_from=VICTIM),
    "X-Original-From and the like": lambda _, t: forge(
        t, EVIL, ("X-Original-From", VICTIM), ("X-Sender", VICTIM), ("Return-Path", f"<{VICTIM}>")
    ),
    "from our own mailbox": lambda _, t: forge(t, BOX, dkim="none"),
    "from our own domain": lambda _, t: forge(t, "staff@reply.city.example", dkim="none"),
}
