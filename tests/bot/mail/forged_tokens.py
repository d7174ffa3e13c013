"""Kinds of forged mails: words that are not theirs, threads of others, the victim's own mails."""

from __future__ import annotations

from tests.bot.mail.forging import (
    EVIL,
    EVIL_PASS,
    OTHER,
    VICTIM,
    VICTIM_FAIL,
    VICTIM_PASS,
    Kinds,
    forge,
    tagged,
)
from tests.bot.mail.real import BOX


def change_one(word: str) -> str:
    """Return a token with its last letter changed."""
    return word[:-1] + ("a" if word[-1] != "a" else "b")


TOKENS: Kinds = {
    "the victim's token, not signed": lambda loot, t: forge(t, to=tagged(loot.token), dkim="none"),
    "the victim's token, in capitals": lambda loot, t: forge(
        t, to=tagged(loot.token.upper()), dkim=VICTIM_FAIL
    ),
    "the victim's token from a stranger": lambda loot, t: forge(t, EVIL, to=tagged(loot.token)),
    "the victim's token and two senders": lambda loot, t: forge(
        t, f"{VICTIM}, {EVIL}", to=tagged(loot.token)
    ),
    "the victim's token, signed, with a second From": lambda loot, t: forge(
        t, VICTIM, ("From", EVIL), to=tagged(loot.token), dkim=VICTIM_PASS
    ),
    "the victim's token, signed, with a second Subject": lambda loot, t: forge(
        t, VICTIM, ("Subject", "a"), ("Subject", "b"), to=tagged(loot.token), dkim=VICTIM_PASS
    ),
    "the victim's token, signed, with a second Message-ID": lambda loot, t: forge(
        t,
        VICTIM,
        ("Message-ID", "<new@x>"),
        ("Message-ID", loot.theirs),
        to=tagged(loot.token),
        dkim=VICTIM_PASS,
    ),
    "the victim's token, signed, with a second boundary": lambda loot, t: forge(
        t,
        VICTIM,
        ("Content-Type", "text/plain"),
        ("Content-Type", "text/html"),
        to=tagged(loot.token),
        dkim=VICTIM_PASS,
    ),
    "the victim's token and the forger's": lambda loot, t: forge(
        t, EVIL, to=(*tagged(loot.token), *tagged(loot.own))
    ),
    "the forger's token and the victim's": lambda loot, t: forge(
        t, EVIL, to=(*tagged(loot.own), *tagged(loot.token))
    ),
    "the forger's token in the victim's name": lambda loot, t: forge(t, to=tagged(loot.own)),
    "a third person's token, signed by the victim": lambda loot, t: forge(
        t, VICTIM, to=tagged(loot.other), dkim=VICTIM_PASS
    ),
    "a token that has ended": lambda loot, t: forge(t, to=tagged(loot.ended), dkim="none"),
    "a token with one letter changed": lambda loot, t: forge(
        t, to=tagged(change_one(loot.token)), dkim="none"
    ),
    "half a token": lambda loot, t: forge(t, to=tagged(loot.token[:13]), dkim="none"),
    "a token and something more": lambda loot, t: forge(t, to=tagged(loot.token + "+x")),
    "no token, but the plus sign": lambda _, t: forge(t, to=tagged("")),
    "a guessed token": lambda _, t: forge(t, to=tagged("a" * 26), dkim="none"),
    "the word of the page": lambda loot, t: forge(t, to=tagged(loot.page), dkim="none"),
    "the word that unsubscribes": lambda loot, t: forge(
        t, to=tagged(loot.unsubscribe), dkim="none"
    ),
    "a token in To alone": lambda loot, t: forge(t, f"<{VICTIM}>", ("To", tagged(loot.token)[0])),
    "a token in Cc alone": lambda loot, t: forge(t, EVIL, ("Cc", tagged(loot.token)[0])),
    "a token in the subject": lambda loot, t: forge(t, EVIL, ("Subject", loot.token)),
    "a token in the text": lambda loot, t: forge(f"{t}\r\n\r\n{loot.token}", EVIL),
    "a token at another mailbox": lambda loot, t: forge(
        t, to=(f"police+{loot.token}@reply.city.example",)
    ),
    "Delivered-To with a token": lambda loot, t: forge(
        t, EVIL, ("Delivered-To", tagged(loot.token)[0]), ("X-Envelope-To", tagged(loot.token)[0])
    ),
}

THREADS: Kinds = {
    "an answer to our mail, from a stranger": lambda loot, t: forge(
        t, EVIL, ("In-Reply-To", loot.ours)
    ),
    "an answer to our mail, in the victim's name": lambda loot, t: forge(
        t, VICTIM, ("In-Reply-To", loot.ours), dkim="none"
    ),
    "the thread's references, from a stranger": lambda loot, t: forge(
        t, EVIL, ("References", f"{loot.root} {loot.theirs} {loot.ours}")
    ),
    "the thread's references, in the victim's name": lambda loot, t: forge(
        t, VICTIM, ("References", f"{loot.root} {loot.theirs} {loot.ours}"), dkim=EVIL_PASS
    ),
    "guessed Message-IDs": lambda _, t: forge(
        t, EVIL, ("In-Reply-To", "<01m8djfet6tt977bpj79y520b2.aaaaaaaaaaaa@reply.city.example>")
    ),
    "the Message-ID of the victim's mail": lambda loot, t: forge(
        t, VICTIM, ("Message-ID", loot.theirs), dkim="none"
    ),
    "the Message-ID of our own mail": lambda loot, t: forge(t, EVIL, ("Message-ID", loot.ours)),
    "the victim's mail once more": lambda loot, t: forge(
        t, VICTIM, ("Message-ID", loot.theirs), to=tagged(loot.token), dkim=VICTIM_PASS
    ),
    "the victim's mail once more, to one more": lambda loot, t: forge(
        t, VICTIM, ("Message-ID", loot.theirs), to=(*tagged(loot.token), BOX), dkim=VICTIM_PASS
    ),
    "the thread of a third person": lambda loot, t: forge(
        t, OTHER, ("In-Reply-To", loot.ours), to=tagged(loot.other), dkim="none"
    ),
}
