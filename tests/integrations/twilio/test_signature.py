"""The webhook signature: Twilio's own vectors, the SDK as oracle, hostile input."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from integrations.twilio.signature import SharedKey, sign, verify

TOKEN = "0123456789abcdef0123456789abcdef"
URL = "https://city.example.org/in/twilio"
VECTORS = Path(__file__).with_name("vectors") / "twilio_signature.json"


def _vectors() -> list[dict]:
    return json.loads(VECTORS.read_text(encoding="utf-8"))["vectors"]


def _body(vector: dict) -> bytes:
    if vector.get("raw_json_body") is not None:
        return vector["raw_json_body"].encode()
    if vector["expect_valid_with_sdk"] and vector.get("raw_form_body") is not None:
        return vector["raw_form_body"].encode()
    # A negative vector's raw body is the true one; what its parser made of it is in `params`.
    return urlencode([tuple(pair) for pair in vector["params"] or []]).encode()


@pytest.mark.parametrize("vector", _vectors(), ids=lambda vector: vector["name"])
def test_vectors(vector: dict) -> None:
    """Every vector of the contract ends as the SDK says."""
    key = vector["auth_token"]
    if vector.get("algorithm"):
        key = SharedKey(key, vector["algorithm"])
    ok = verify(vector["url_app_reconstructs"], _body(vector), vector["signature"], [key])
    assert ok is vector["expect_valid_with_sdk"]


def test_official_example() -> None:
    """The example of Twilio's documentation verifies, with and without the port."""
    body = (
        b"CallSid=CA1234567890ABCDE&Digits=1234&From=%2B14158675309"
        b"&To=%2B18005551212&Caller=%2B14158675309"
    )
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert verify(url, body, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", ["12345"])
    assert verify(url, body, "kvajT1Ptam85bY51eRf/AJRuM3w=", ["12345"])
    assert not verify(url, body + b"&X=", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", ["12345"])


names = st.text(st.characters(min_codepoint=48, max_codepoint=122), min_size=1, max_size=8)
values = st.text(max_size=20)
urls = st.sampled_from(
    [
        URL,
        "https://city.example.org:8443/in/twilio?a=%2Fb&c=d",
        "http://city.example.org/in/twilio",
        "https://city.example.org:443/x",
        "https://u:p@city.example.org/x",
    ]
)


@given(url=urls, fields=st.dictionaries(names, values, max_size=8))
@example(url=URL, fields={"Body": "", "A": "é + &=%"})
def test_agrees_with_the_sdk(url: str, fields: dict[str, str]) -> None:
    """What the SDK signs we accept, and what we sign it accepts."""
    theirs = RequestValidator(TOKEN)
    body = urlencode(fields).encode()
    assert verify(url, body, theirs.compute_signature(url, fields), [TOKEN])
    assert theirs.validate(url, fields, sign(url, body, TOKEN))


@given(
    url=st.one_of(urls, st.text(max_size=40)),
    body=st.binary(max_size=200),
    header=st.one_of(st.none(), st.text(max_size=64)),
)
def test_hostile_input_is_false_never_an_exception(
    url: str, body: bytes, header: str | None
) -> None:
    """No URL, body or header makes an exception or is taken for genuine."""
    assert verify(url, body, header, [TOKEN]) is False


@given(body=st.binary(max_size=60), at=st.integers(0, 27), to=st.sampled_from("ABCxyz+/0"))
def test_one_changed_character_is_refused(body: bytes, at: int, to: str) -> None:
    """A signature with one character changed is refused."""
    good = sign(URL, body, TOKEN)
    bad = good[:at] + to + good[at + 1 :]
    assert verify(URL, body, good, [TOKEN])
    assert verify(URL, body, bad, [TOKEN]) is (bad == good)


def test_any_of_several_tokens_while_rotating() -> None:
    """While a token is being rotated the old and the new one are both good."""
    body = b"Body=hi"
    for key in ("a" * 32, "b" * 32):
        assert verify(URL, body, sign(URL, body, key), ["a" * 32, "b" * 32])
    assert not verify(URL, body, sign(URL, body, "c" * 32), ["a" * 32, "b" * 32])
    assert not verify(URL, body, sign(URL, body, "a" * 32), [])


def test_an_empty_token_never_verifies() -> None:
    """A signature made with an empty key is refused also when our configuration is empty."""
    body = b"Body=hi"
    assert not verify(URL, body, RequestValidator("").compute_signature(URL, {"Body": "hi"}), [""])


def test_the_algorithm_is_pinned_by_us() -> None:
    """A SHA-1 signature over a key pinned to SHA-256 is refused, and the other way round."""
    body = b"Body=hi"
    new, old = SharedKey(TOKEN, "HMAC_SHA256"), SharedKey(TOKEN, "HMAC_SHA1")
    assert verify(URL, body, sign(URL, body, new), [new])
    assert not verify(URL, body, sign(URL, body, old), [new])
    assert not verify(URL, body, sign(URL, body, new), [old])


def test_keys_do_not_show_themselves() -> None:
    """A key that is printed by accident does not show its secret."""
    assert TOKEN not in repr(SharedKey(TOKEN))


def test_too_long_is_refused() -> None:
    """A body above the cap is refused even when it is signed."""
    body = b"Body=" + b"a" * 70_000
    signature = RequestValidator(TOKEN).compute_signature(URL, {"Body": "a" * 70_000})
    assert not verify(URL, body, signature, [TOKEN])
