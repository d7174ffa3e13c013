"""How a mail can be refused, whoever was to carry it."""

from __future__ import annotations

from integrations.kit.errors import HandleUnreachable, NotSent, Refused


class MailboxBad(HandleUnreachable):
    """There is no such mailbox, or the address is none that mail can be sent to."""


class SenderRefused(Refused):
    """Our address or account may not send there: a person must look."""

    pages = True
    label = "mis_set_up"


class PutOff(NotSent):
    """The server takes no mail just now (greylisting, a full disk) and says so: later."""

    label = "put_off"
