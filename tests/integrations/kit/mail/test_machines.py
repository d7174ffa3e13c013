"""Mails that no person wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conversations.vocabulary.mail import Machine
from integrations.kit.mail.head import Head, read_head
from integrations.kit.mail.machines import recognise, wants_quiet
from tests.integrations.mails import write_mail

VECTORS = json.loads((Path(__file__).parent / "vectors/email_auto_detection.json").read_text())
OWN = ("reply.city.example.org",)


def _head(**headers: str) -> Head:
    return read_head(write_mail(**headers))


@pytest.mark.parametrize(
    "case", VECTORS["cases"], ids=lambda case: json.dumps(case["headers"])[:50]
)
def test_vectors(case: dict[str, Any]) -> None:
    """Every header set of the shared vectors is told right, with its kind where it has one."""
    head = Head(tuple((name.lower(), value) for name, value in case["headers"].items()), 0)

    machine = recognise(head, case.get("envelope_from"), OWN)

    assert (machine is not None) is case["auto"]
    assert wants_quiet(head) is (case.get("may_reply") is False)
    if "kind" in case:
        assert machine is {"bounce": Machine.BOUNCE, "arf": Machine.COMPLAINT}[case["kind"]]


@pytest.mark.parametrize(
    ("headers", "machine"),
    [
        ({"From": "Mail Delivery Subsystem <MAILER-DAEMON>"}, Machine.BOUNCE),
        ({"X_Failed_Recipients": "jane@example.org"}, Machine.BOUNCE),
        ({"From": "postmaster@example.org", "Subject": "Undeliverable: x"}, Machine.BOUNCE),
        ({"From": "postmaster@example.org", "Subject": "Pothole"}, Machine.NO_REPLY),
        ({"From": "account-noreply@example.org"}, Machine.NO_REPLY),
        ({"From": "Do_Not_Reply@example.org"}, Machine.NO_REPLY),
        ({"Subject": "Out of Office: on holiday"}, Machine.AUTO_REPLY),
        ({"Subject": "=?utf-8?q?Respuesta_autom=C3=A1tica=3A_bache?="}, Machine.AUTO_REPLY),
        ({"List_Help": "<mailto:x@example.org>"}, Machine.BULK),
        ({"Auto_Submitted": "auto-replied", "Precedence": "bulk"}, Machine.AUTO_REPLY),
    ],
)  # fmt: skip
def test_kinds(headers: dict[str, str], machine: Machine) -> None:
    """Each kind of machine is told by the headers it is known for."""
    assert recognise(_head(**headers), "someone@example.org") is machine


@pytest.mark.parametrize(
    "headers",
    [
        {"Subject": "Out of order street light"},
        {"Subject": "The office is out of order"},
        {"Subject": "Automatic door broken"},
        {"Subject": "Delayed garbage pickup"},
        {"Subject": "Undelivered recycling bin"},
        {"From": "Noreen Reply <noreen.reply@example.org>"},
        {"From": "nobodyknows@example.org"},
        {"Auto_Submitted": "no"},
        {"Precedence": "normal"},
    ],
)
def test_people_are_people(headers: dict[str, str]) -> None:
    """Words that residents use about the street do not make them machines."""
    assert recognise(_head(**headers), "jane@example.org", OWN) is None


def test_a_null_sender_with_a_failure_is_a_bounce() -> None:
    """Without envelope sender it is a machine; what it says tells which."""
    assert recognise(_head(Subject="failure notice"), "") is Machine.BOUNCE
    assert recognise(_head(Subject="Re: Pothole"), "") is Machine.AUTO_REPLY
    assert recognise(_head(Subject="failure notice"), None) is None
