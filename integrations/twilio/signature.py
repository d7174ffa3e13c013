"""Checking `X-Twilio-Signature` over the raw bytes of a webhook (messaging.md 1.2).

`base64(HMAC(token, URL + names and values sorted))`: no separators, no timestamp. So a
right signature alone proves little: `inbound.py` refuses what could have been cut anew at
other places, and the store refuses a MessageSid it has seen. Never raises, whatever comes.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl

from integrations.twilio.form import MAX_BODY, Pairs, read_form

Algorithm = Literal["HMAC_SHA1", "HMAC_SHA256"]
_DIGESTS = {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}
MAX_URL = 4096


@dataclass(frozen=True, slots=True, repr=False)
class SharedKey:
    """A key of Twilio's shared-key beta, with the algorithm our configuration pins to it.

    Twilio names the algorithm in a request header; that header is the sender's to choose,
    so it is not read.
    """

    secret: str
    algorithm: Algorithm = "HMAC_SHA256"


def verify(
    url: str,
    raw_body: bytes,
    signature_header: str | None,
    tokens: Sequence[str | SharedKey],
) -> bool:
    """Tell whether one of our keys signed this request.

    Args:
        url: the configured public URL with the raw path and raw query of the request; never
            what a proxy's headers say.
        raw_body: the body as it came; empty for GET.
        signature_header: `X-Twilio-Signature`, or None.
        tokens: auth tokens, the current and the next one while rotating; or shared keys.
    """
    try:
        return _verify(url, raw_body, signature_header, tokens)
    except Exception:
        return False


def sign(url: str, raw_body: bytes, token: str | SharedKey) -> str:
    """Return the signature of a request, as Twilio makes it; for the twin and for tests."""
    key = token if isinstance(token, SharedKey) else SharedKey(token, "HMAC_SHA1")
    tail = b"" if _body_hash(url) is not None else _flatten(read_form(raw_body))
    return _digest(key, url.encode(), tail).decode("ascii")


def _verify(
    url: str, raw_body: bytes, header: str | None, tokens: Sequence[str | SharedKey]
) -> bool:
    if not isinstance(header, str) or not 20 <= len(header) <= 64 or not header.isascii():
        return False
    if len(url) > MAX_URL or len(raw_body) > MAX_BODY:
        return False
    claimed = _body_hash(url)
    if claimed is None:
        tail = _flatten(read_form(raw_body))
    else:
        actual = hashlib.sha256(raw_body).hexdigest()
        if not hmac.compare_digest(actual.encode(), claimed.encode()):
            return False
        tail = b""
    given = header.encode("ascii")
    for variant in _port_variants(url):
        for token in tokens:
            key = token if isinstance(token, SharedKey) else SharedKey(token, "HMAC_SHA1")
            # An empty key would accept what anybody signs with an empty key.
            if key.secret and hmac.compare_digest(_digest(key, variant.encode(), tail), given):
                return True
    return False


def _digest(key: SharedKey, url: bytes, tail: bytes) -> bytes:
    return b64encode(hmac.digest(key.secret.encode(), url + tail, _DIGESTS[key.algorithm]))


def _flatten(pairs: Pairs) -> bytes:
    """Return names and values in Twilio's order; a repeated name with its different values.

    Sorting the bytes of UTF-8 is sorting by code point, and sorting distinct pairs sorts
    by name, then by value.
    """
    return b"".join(name + value for name, value in sorted(set(pairs)))


def _body_hash(url: str) -> str | None:
    """Return the URL's `bodySHA256`, which only webhooks with a JSON body carry, or None."""
    if "bodySHA256" not in url:
        return None
    fields = dict(parse_qsl(url.partition("?")[2], keep_blank_values=True))
    return fields.get("bodySHA256")


def _port_variants(url: str) -> tuple[str, ...]:
    """Return the URL with and without port: Twilio signs either (the "port quirk")."""
    scheme, separator, rest = url.partition("://")
    cut = min((at for at in map(rest.find, "/?#") if at >= 0), default=len(rest))
    authority, tail = rest[:cut], rest[cut:]
    user, at_sign, host = authority.rpartition("@")
    name, colon, port = host.rpartition(":")
    head = f"{scheme}{separator}{user}{at_sign}"
    if colon and port.isascii() and port.isdigit() and not name.endswith(":"):
        return (url, f"{head}{name}{tail}")
    default = "443" if scheme == "https" else "80"
    return (url, f"{head}{host}:{default}{tail}")
