"""Kinds of forged mails: machines and their reports, and bodies of every strange shape."""

from __future__ import annotations

from tests.bot.mail.forging import EVIL, VICTIM, Kinds, Loot, forge, tagged
from tests.bot.mail.real import BOX, Post

GUESSED = "<01m8djfet6tt977bpj79y520b2.aaaaaaaaaaaa@reply.city.example>"


def report(kind: str, message_id: str, status: str = "5.1.1", origin: str = "") -> Post:
    """Return a delivery report, or a complaint, about a mail to the victim."""
    machine = (
        f"Final-Recipient: rfc822; {VICTIM}\r\nAction: failed\r\nStatus: {status}\r\n"
        if kind == "delivery-status"
        else f"Feedback-Type: abuse\r\nOriginal-Rcpt-To: {VICTIM}\r\n"
    )
    body = (
        "--b\r\nContent-Type: text/plain\r\n\r\nUser unknown\r\n"
        f"--b\r\nContent-Type: message/{kind}\r\n\r\n"
        f"Reporting-MTA: dns; evil.example\r\n\r\n{machine}\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\n\r\n--b--\r\n"
    )
    sender = origin or "Mail Delivery Subsystem <mailer-daemon@evil.example>"
    return forge(
        "", sender,
        ("Subject", "Undelivered Mail Returned to Sender"),
        ("Content-Type", f"multipart/report; report-type={kind}; boundary=b"),
        body=body.encode(), envelope_from="", dkim="none", raw=True,
    )  # fmt: skip


def mixed(text: str, kind: str, content: bytes, subtype: str = "mixed") -> Post:
    """Return a whole mail with one more part."""
    body = (
        f"--b\r\nContent-Type: text/plain\r\n\r\n{text}\r\n--b\r\nContent-Type: {kind}\r\n\r\n"
    ).encode()
    return forge(
        "", VICTIM, ("Content-Type", f"multipart/{subtype}; boundary=b"),
        body=body + content + b"\r\n--b--\r\n", raw=True, dkim="none",
    )  # fmt: skip


def _invite(text: str) -> Post:
    event = f"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nATTENDEE:mailto:{VICTIM}\r\nEND:VCALENDAR"
    return mixed(text, "text/calendar; method=REPLY", event.encode())


def _guess(kind: str) -> Kinds:
    return {
        f"a {kind} with a guessed Message-ID": lambda _, _t: report(kind, GUESSED),
        f"a {kind} that names the victim's own mail": lambda loot, _t: report(kind, loot.theirs),
        f"a {kind} that names no mail": lambda _, _t: report(kind, ""),
    }


MACHINES: Kinds = {
    **_guess("delivery-status"),
    **_guess("feedback-report"),
    "a report in the victim's own name": lambda _, _t: report(
        "delivery-status", GUESSED, origin=VICTIM
    ),
    "an automatic answer": lambda _, t: forge(t, VICTIM, ("Auto-Submitted", "auto-replied")),
    "an automatic answer with her token": lambda loot, t: forge(
        t, VICTIM, ("Auto-Submitted", "auto-replied"), to=tagged(loot.token), dkim="none"
    ),
    "a list": lambda _, t: forge(t, VICTIM, ("List-Id", "<l.evil.example>")),
    "bulk": lambda _, t: forge(t, VICTIM, ("Precedence", "bulk")),
    "an empty envelope": lambda _, t: forge(t, VICTIM, envelope_from="", dkim="none"),
    "out of office": lambda _, t: forge(t, VICTIM, ("Subject", "Automatic reply: hello")),
    "our own loop header": lambda _, t: forge(t, VICTIM, ("X-CityHelper-Loop", "1")),
}

BODIES: Kinds = {
    "our marker line spoofed": lambda _, t: forge(f"{t}\r\n##- Reply above this line -##\r\n{t}"),
    "the marker line first": lambda _, t: forge(f"##- Reply above this line -##\r\n{t}"),
    "hidden text": lambda _, t: forge(
        "", html=f'<p>hello</p><div style="display:none">{t}</div>'.encode(), dkim="none"
    ),
    "a page that posts to us": lambda loot, _t: forge(
        "", html=f'<form action="https://city.example/u/{loot.unsubscribe}">'.encode()
    ),
    "an empty mail": lambda _, _t: forge("", dkim="none"),
    "a huge mail": lambda _, t: forge(t + "\r\n" + "x" * 300_000, dkim="none"),
    "a huge subject": lambda _, t: forge(t, VICTIM, ("Subject", "y" * 9_000), dkim="none"),
    "headers beyond count": lambda _, t: forge(
        t, VICTIM, *((f"X-{n}", "y" * 100) for n in range(900)), dkim="none"
    ),
    "only an attachment": lambda _, t: forge(
        "", files=(("attachment1", "stop.txt", "text/plain", t.encode()),), dkim="none"
    ),
    "a calendar invitation": lambda _, t: _invite(t),
    "signed by S/MIME, says the mail": lambda _, t: mixed(
        t, "application/pkcs7-signature", b"MIIB", "signed"
    ),
    "signed by PGP, says the mail": lambda _, t: mixed(
        t, "application/pgp-signature", b"-----BEGIN PGP SIGNATURE-----", "signed"
    ),
    "another's mail inside": lambda _, t: mixed(
        t, "message/rfc822", f"From: {VICTIM}\r\nTo: {BOX}\r\n\r\n{t}".encode()
    ),
    "an unsubscribe header": lambda loot, t: forge(
        t, EVIL, ("List-Unsubscribe", f"<https://city.example/u/{loot.unsubscribe}>")
    ),
    "a subject that injects a header": lambda _, t: forge(
        t, VICTIM, ("Subject", f"hello\r\nBcc: {EVIL}"), dkim="none"
    ),
    "a form inside the form": lambda _, t: forge(
        f'{t}\r\n--testBoundaryOfTheForm\r\nContent-Disposition: form-data; name="dkim"\r\n\r\n'
        "{@home.example : pass}", dkim="none",
    ),
    "the end of the form inside": lambda _, t: forge(f"{t}\r\n--testBoundaryOfTheForm--\r\n"),
    "bytes that are no text": lambda _, t: forge(
        "", body=b"\xff\xfe\x00" + t.encode("utf-16-le"), dkim="none"
    ),
}  # fmt: skip


def loot_words(loot: Loot) -> tuple[str, ...]:
    """Return the victim's secrets: nobody else may be sent one."""
    return (loot.token, loot.page, loot.unsubscribe)
