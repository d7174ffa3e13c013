"""Bounces and what a mail provider reports later: they end mail to an address, or change nothing.

A report is believed only when it names a mail of ours: a Message-ID with our own mark in it, or the
intent of one of our attempts in a batch that the provider signed. A hard bounce means that nothing
arrives there; a spam report is a stop like any other.
"""

from __future__ import annotations

from bot.stopping import stop_by_provider
from bot.storage import mails, persons
from bot.storage.crypto import Vault
from bot.storage.engine import Connection
from bot.storage.residents import note_unreachable
from conversations.vocabulary.mail import InboundMail, Machine


def take_bounce(connection: Connection, vault: Vault, mail: InboundMail, now: int) -> bool:
    """Take a delivery report, or a complaint, in; return whether it ended mail to an address."""
    bounce = mail.bounce
    complaint = mail.machine is Machine.COMPLAINT
    if bounce is None or not (bounce.hard or complaint) or not bounce.message_id:
        return False
    thread = mails.find(connection, vault, (bounce.message_id,))
    if thread is None or not thread.ours:
        return False
    resident_id = persons.of_conversation(connection, thread.conversation_id)
    if complaint:
        stop_by_provider(connection, vault, resident_id, mail.provider, "complaint", now)
    else:
        note_unreachable(connection, resident_id, f"bounce {bounce.status}"[:40], now)
    return True
