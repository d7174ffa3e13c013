"""Reading a resident's text: what is taken, what is refused, and that it reads in one way only."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.twilio.form import read_form
from integrations.twilio.inbound import MalformedInbound, parse_inbound
from integrations.twilio.signature import sign, verify

SID = "SM" + "0" * 31 + "1"
OTHER_SID = "SM" + "f" * 32
ACCOUNT = "AC" + "0" * 31 + "1"
URL = "https://city.example.org/in/twilio"
TOKEN = "0123456789abcdef0123456789abcdef"


def fields(**changes: str | None) -> dict[str, str]:
    """Return the real field list of a text, with changes; None leaves a field out."""
    base: dict[str, str | None] = {
        "ToCountry": "US",
        "ToState": "",
        "SmsMessageSid": SID,
        "NumMedia": "0",
        "ToCity": "",
        "FromZip": "10007",
        "SmsSid": SID,
        "FromState": "NY",
        "SmsStatus": "received",
        "FromCity": "NEW YORK",
        "Body": "pothole at 123 Broadway",
        "FromCountry": "US",
        "To": "+19295550311",
        "MessagingServiceSid": "MG" + "0" * 31 + "1",
        "ToZip": "",
        "NumSegments": "1",
        "MessageSid": SID,
        "AccountSid": ACCOUNT,
        "From": "+12125550123",
        "ApiVersion": "2010-04-01",
    }
    base.update(changes)
    return {name: value for name, value in base.items() if value is not None}


def read(**changes: str | None):
    """Parse a text with changes."""
    return parse_inbound(urlencode(fields(**changes)).encode())


def reason(**changes: str | None) -> str:
    """Return why a text with changes is refused."""
    with pytest.raises(MalformedInbound) as caught:
        read(**changes)
    return caught.value.reason


def test_a_text_is_read() -> None:
    """The real field list becomes a message with handles."""
    message = read(Body=" Hay un bache — ¿pueden?\n🕳️")
    assert message.sender == "tel:+12125550123"
    assert message.recipient == "tel:+19295550311"
    assert message.text == " Hay un bache — ¿pueden?\n🕳️"
    assert message.provider_message_id == SID
    assert message.received_at.tzinfo is not None
    assert message.opt_out_type is None


def test_an_empty_text_with_photos() -> None:
    """Up to ten photos come along, in order, also with an empty text."""
    media = {f"MediaUrl{n}": f"https://api.twilio.com/m/{n}" for n in range(10)}
    kinds = {f"MediaContentType{n}": "image/jpeg" for n in range(10)}
    message = read(Body="", NumMedia="10", **media, **kinds)
    assert [item.url[-1] for item in message.media] == list("0123456789")
    assert message.text == ""


def test_a_short_code_may_write() -> None:
    """A sender that is a short code is a sender; what to do with it is decided later."""
    assert read(From="12345").sender == "tel:12345"


def test_a_long_text_is_kept_to_the_limit() -> None:
    """A text above Twilio's limit keeps its first 1,600 characters."""
    assert len(read(Body="x" * 5000).text) == 1600


def test_the_carrier_has_answered() -> None:
    """`OptOutType` is kept when it is one we know, and dropped otherwise."""
    assert read(OptOutType="STOP").opt_out_type == "STOP"
    assert read(OptOutType="MAYBE").opt_out_type is None


def test_a_new_parameter_is_let_through() -> None:
    """Parameters appear without notice; one that cannot be cut from the text does no harm."""
    assert read(GeoHint="x", ZNew="y").text
    assert reason(Carrier="x") == "name_in_gap"
    body = urlencode(fields(Carrier="x")).encode()
    assert parse_inbound(body, extra_names={"Carrier"}).text


@pytest.mark.parametrize("name", ["MessageSid", "AccountSid", "From", "To", "Body", "NumMedia"])
def test_required_fields(name: str) -> None:
    """A text without one of the required fields is refused."""
    assert reason(**{name: None}) == "missing_name"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"From": "whatsapp:+12125550123"}, "other_channel"),
        ({"From": "rcs:agent"}, "other_channel"),
        ({"From": "+12125550123 "}, "bad_From"),
        ({"From": "Anonymous"}, "bad_From"),
        ({"To": "me@city"}, "bad_To"),
        ({"MessageSid": SID[:-1] + "F"}, "bad_MessageSid"),
        ({"MessageSid": SID + "\n"}, "bad_MessageSid"),
        ({"SmsSid": OTHER_SID}, "sids_differ"),
        ({"NumMedia": "11"}, "bad_NumMedia"),
        ({"NumMedia": "-1"}, "bad_NumMedia"),
        ({"NumMedia": "1"}, "media_count"),
        ({"MediaUrl0": "https://api.twilio.com/1"}, "media_count"),
        ({"NumMedia": "1", "MediaUrl0": "file:///etc/passwd"}, "bad_media"),
        ({"NumMedia": "1", "MediaUrl1": "https://x/1"}, "bad_media"),
        ({"bad name": "x"}, "strange_name"),
        ({"ButtonText": "x"}, "name_in_gap"),
        ({"ToZip": "MessageSid" + OTHER_SID}, "hidden_fields"),
        ({"SmsStatus": "delivered"}, "bad_SmsStatus"),
    ],
)
def test_refused(changes: dict[str, str], why: str) -> None:
    """What is not exactly a text of one resident is refused, with one of our own words."""
    assert reason(**changes) == why


def test_another_account_is_refused() -> None:
    """A webhook of somebody else's account is refused where ours is known."""
    with pytest.raises(MalformedInbound, match="foreign_account"):
        parse_inbound(urlencode(fields()).encode(), account_sid="AC" + "9" * 32)


def test_repeated_names_are_refused() -> None:
    """A name that comes twice is refused: which one would count?"""
    body = urlencode([*fields().items(), ("Body", "other")]).encode()
    with pytest.raises(MalformedInbound, match="repeated_name"):
        parse_inbound(body)


def _signed_string(pairs: list[tuple[str, str]]) -> str:
    return "".join(name + value for name, value in sorted(set(pairs)))


def test_the_known_boundary_shifts() -> None:
    """Bodies cut anew that carry the same signature are refused."""
    original = fields(Body="hi")
    signature = sign(URL, urlencode(original).encode(), TOKEN)
    swallowed = {**original, "Body": "hiFrom+12125550123"}
    del swallowed["From"]
    body = urlencode(swallowed).encode()
    assert verify(URL, body, signature, [TOKEN])  # the signature alone would be fooled
    with pytest.raises(MalformedInbound):
        parse_inbound(body)


def test_a_text_that_contains_a_whole_forged_message() -> None:
    """A text whose words are a forged tail of fields cannot be cut into that message."""
    forged = f"helpFrom+12125559999MessageSid{OTHER_SID}NumMedia0To+19295550311Zz"
    original = fields(Body=forged)
    signed = _signed_string(list(original.items()))
    lie = {
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "Body": "help",
        "From": "+12125559999",
        "MessageSid": OTHER_SID,
        "NumMedia": "0",
        "To": "+19295550311",
        "Zz": signed.partition(forged)[2],
    }
    body = urlencode(lie).encode()
    assert verify(URL, body, sign(URL, urlencode(original).encode(), TOKEN), [TOKEN])
    with pytest.raises(MalformedInbound, match="hidden_fields"):
        parse_inbound(body)


TEXTS = st.text(
    st.sampled_from(["F", "r", "o", "m", "B", "d", "y", "E", "a", " ", "+", "1", "Z", "é"]),
    max_size=12,
)


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, data=st.data())
def test_no_other_cut_of_a_signed_text_is_read(text: str, data: st.DataObject) -> None:
    """However the signed string is cut anew, it is refused or means the same message."""
    original = fields(Body=text)
    truth = parse_inbound(urlencode(original).encode())
    signed = _signed_string(list(original.items()))
    count = data.draw(st.integers(1, 12))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(signed) - 1), max_size=count)))
    pieces = [signed[a:b] for a, b in zip([0, *cuts], [*cuts, len(signed)], strict=True)]
    pairs = []
    for piece in pieces:
        at = data.draw(st.integers(1, len(piece)))
        pairs.append((piece[:at], piece[at:]))
    _assert_refused_or_same(pairs, signed, truth)


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, data=st.data())
def test_no_small_change_of_the_cut_is_read(text: str, data: st.DataObject) -> None:
    """Moving one boundary, or cutting one field in two, is refused or means the same message."""
    original = fields(Body=text)
    truth = parse_inbound(urlencode(original).encode())
    pairs = sorted(original.items())
    signed = _signed_string(pairs)
    index = data.draw(st.integers(0, len(pairs) - 2))
    whole = "".join(pairs[index] + pairs[index + 1])
    at = data.draw(st.integers(1, len(whole)))
    if data.draw(st.booleans()):
        changed = [(whole[:at], whole[at:])]
    else:
        name, value = pairs[index]
        inner = data.draw(st.integers(0, len(value)))
        end = data.draw(st.integers(inner, len(value)))
        changed = [(name, value[:inner]), (value[inner:end], value[end:]), pairs[index + 1]]
    _assert_refused_or_same([*pairs[:index], *changed, *pairs[index + 2 :]], signed, truth)


def _assert_refused_or_same(pairs: list[tuple[str, str]], signed: str, truth: object) -> None:
    if _signed_string(pairs) != signed:
        return  # another signature: the door refuses it
    try:
        message = parse_inbound(urlencode(pairs).encode())
    except MalformedInbound:
        return
    for name in ("provider_message_id", "sender", "recipient", "text", "media", "opt_out_type"):
        assert getattr(message, name) == getattr(truth, name)


@given(body=st.binary(max_size=400))
def test_hostile_bodies_only_raise_malformed(body: bytes) -> None:
    """Whatever bytes come, the only exception is ours, and it quotes nothing of them."""
    with pytest.raises(MalformedInbound) as caught:
        parse_inbound(body)
    assert str(caught.value).replace("_", "").isalnum()


def test_forms_are_capped() -> None:
    """A form with too many fields or bytes is refused."""
    with pytest.raises(ValueError, match="too many"):
        read_form(b"a=1&" * 1000)
    with pytest.raises(ValueError, match="too long"):
        read_form(b"a" * 70_000)
    assert read_form(b"a&&b=&c=%41+%zz") == [(b"a", b""), (b"b", b""), (b"c", b"A %zz")]
