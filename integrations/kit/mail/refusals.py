"""How a mail can be refused, whoever was to carry it."""

from __future__ import annotations

from conversations.vocabulary.requests import SendOutcome
from integrations.kit.errors import HandleUnreachable, NotSent, Refused


class MailboxBad(HandleUnreachable):
    """There is no such mailbox, or the address is none that mail can be sent to."""


class SenderRefused(Refused):
    """Our address or account may not send there: a person must look."""

    pages = True
    label = "mis_set_up"


class PutOff(Refused):
    """Not this mail just now (greylisting, a full mailbox), says a server that is well: later.

    One recipient's matter: it must not open the breaker for all the others.
    """

    outcome = SendOutcome.NOT_SENT
    label = "put_off"


class Busy(NotSent):
    """The server takes no mail from anybody just now, and says so: later."""

    label = "busy"
