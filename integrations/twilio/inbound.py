"""Reading a resident's text from a webhook whose signature was right. Strict, and on purpose.

Twilio joins names and values without separators before it signs, so the same signature
fits a body cut at other places (RELIABILITY, "boundary shift"): `Body=hi&From=+1...` and
`Body=hiFrom+1...`. What is accepted here can be cut in one way only:

* every name once, all required ones there, every value but the text of a narrow form;
* no name that sorts between `Body` and `From`: only there could a piece of the text become
  a field of its own;
* no field but the text holds another message's `MessageSid`: a text that contains a whole
  forged tail would have to hide the true one in some field.

New parameters appear without notice and are let through, except in the gap named above
(`extra_names` opens it for one that Twilio should add there).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime

from conversations.vocabulary.handles import tel
from conversations.vocabulary.messages import InboundMessage, Media
from integrations.kit import logs
from integrations.twilio.form import read_form

PROVIDER = "twilio"
MAX_TEXT = 1600
MAX_MEDIA = 10
REQUIRED = ("MessageSid", "AccountSid", "From", "To", "Body", "NumMedia")
OPT_OUT_TYPES = frozenset({"STOP", "START", "HELP"})

_SID = re.compile(r"(?:SM|MM)[0-9a-f]{32}")
_ACCOUNT = re.compile(r"AC[0-9a-f]{32}")
_SENDER = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{3,6}")
_NAME = re.compile(r"[A-Z][A-Za-z0-9]{0,63}")
_MEDIA_URL = re.compile(r"https?://[\x21-\x7e]{1,2000}")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9.+-]{1,60}/[A-Za-z0-9.+-]{1,80}")
_OTHER_SID = re.compile(r"MessageSid(?:SM|MM)[0-9a-f]{32}")
_FORMS = {
    "MessageSid": _SID,
    "SmsSid": _SID,
    "SmsMessageSid": _SID,
    "AccountSid": _ACCOUNT,
    "From": _SENDER,
    "To": _SENDER,
    "NumMedia": re.compile(r"[0-9]|10"),
    "NumSegments": re.compile(r"[0-9]{1,3}"),
    "SmsStatus": re.compile(r"received|receiving"),
    "ApiVersion": re.compile(r"2010-04-01"),
    "MessagingServiceSid": re.compile(r"(?:MG[0-9a-f]{32})?"),
}


class MalformedInbound(Exception):  # noqa: N818  says what it is
    """The webhook is not a text message we can take. `reason` is one of our own words."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def parse_inbound(
    raw_body: bytes,
    *,
    account_sid: str | None = None,
    extra_names: Collection[str] = (),
    received_at: datetime | None = None,
) -> InboundMessage:
    """Return the message of a webhook body.

    Args:
        raw_body: the form as it came; its signature has been checked.
        account_sid: our account; another one's is refused. None takes any.
        extra_names: parameters to be let through in the gap between `Body` and `From`.
        received_at: when it came, with zone; None for now.

    A text of more than 1,600 characters (Twilio's own limit) is kept to that length, and
    that it was cut is logged.

    Raises:
        MalformedInbound: not a text message, or it could be read in two ways.
    """
    fields = _read_fields(raw_body)
    _check_names(fields, extra_names)
    for name, form in _FORMS.items():
        if name in fields and form.fullmatch(fields[name]) is None:
            raise MalformedInbound(_reason(name, fields[name]))
    sid = fields["MessageSid"]
    if any(fields.get(name, sid) != sid for name in ("SmsSid", "SmsMessageSid")):
        raise MalformedInbound("sids_differ")
    if account_sid is not None and fields["AccountSid"] != account_sid:
        raise MalformedInbound("foreign_account")
    text = fields["Body"]
    if len(text) > MAX_TEXT:
        logs.note("inbound_text_cut", **{"integration.provider": PROVIDER, "count": len(text)})
    opt_out = fields.get("OptOutType")
    return InboundMessage(
        provider=PROVIDER,
        provider_message_id=sid,
        channel="sms",
        sender=tel(fields["From"]),
        recipient=tel(fields["To"]),
        text=text[:MAX_TEXT],
        received_at=received_at or datetime.now(UTC),
        media=_read_media(fields),
        opt_out_type=opt_out if opt_out in OPT_OUT_TYPES else None,
    )


def _read_fields(raw_body: bytes) -> dict[str, str]:
    try:
        pairs = read_form(raw_body)
        fields = {
            name.decode("ascii"): value.decode("utf-8", "replace" if name == b"Body" else "strict")
            for name, value in pairs
        }
    except ValueError:  # too long, or not text
        raise MalformedInbound("unreadable_form") from None
    if len(fields) != len(pairs):
        raise MalformedInbound("repeated_name")
    return fields


def _check_names(fields: dict[str, str], extra_names: Collection[str]) -> None:
    if any(name not in fields for name in REQUIRED):
        raise MalformedInbound("missing_name")
    for name, value in fields.items():
        if _NAME.fullmatch(name) is None:
            raise MalformedInbound("strange_name")
        if "Body" < name < "From" and name not in extra_names:
            raise MalformedInbound("name_in_gap")
        if name != "Body" and _OTHER_SID.search(value):
            raise MalformedInbound("hidden_fields")


def _reason(name: str, value: str) -> str:
    if name in ("From", "To") and value.partition(":")[0] in ("whatsapp", "rcs", "messenger"):
        return "other_channel"
    return f"bad_{name}"


def _read_media(fields: dict[str, str]) -> tuple[Media, ...]:
    count = int(fields["NumMedia"])
    named = sum(name.startswith("MediaUrl") for name in fields)
    if named != count:
        raise MalformedInbound("media_count")
    media = []
    for index in range(count):
        url = fields.get(f"MediaUrl{index}", "")
        kind = fields.get(f"MediaContentType{index}", "application/octet-stream")
        if _MEDIA_URL.fullmatch(url) is None or _MEDIA_TYPE.fullmatch(kind) is None:
            raise MalformedInbound("bad_media")
        media.append(Media(url=url, content_type=kind))
    return tuple(media)
