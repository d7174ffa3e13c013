"""Checking `X-Slack-Signature` over the raw bytes of a request (messaging.md 5.1).

`v0=` and the hex HMAC-SHA256 of `v0:<timestamp>:<raw body>`, with the app's signing secret; the
same for events, commands and interactions. The SDK's own check raises on an odd timestamp, a
signature outside ASCII and a body outside UTF-8; this one never raises, whatever comes.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

SIGNATURE_HEADER = "X-Slack-Signature"
TIMESTAMP_HEADER = "X-Slack-Request-Timestamp"
TOLERANCE_S = 300
MAX_BODY = 1 << 20
_LENGTH = len("v0=") + hashlib.sha256().digest_size * 2
_MAX_STAMP = 12


def verify(
    raw_body: bytes,
    signature: str | None,
    timestamp: str | None,
    secrets: Sequence[str],
    now: float,
) -> bool:
    """Tell whether one of our secrets signed this request within the last five minutes.

    Args:
        raw_body: the body as it came, never one that was parsed and written again.
        signature: value of its header, or None.
        timestamp: value of its header, or None.
        secrets: signing secrets, the current and the next one while rotating.
        now: seconds since 1970.
    """
    try:
        return _verify(raw_body, signature, timestamp, secrets, now)
    except Exception:
        return False


def sign(raw_body: bytes, timestamp: str, secret: str) -> str:
    """Return the signature of a request as Slack makes it; for the twin and for tests."""
    base = b"v0:" + timestamp.encode("ascii") + b":" + raw_body
    return "v0=" + hmac.digest(secret.encode(), base, "sha256").hex()


def _verify(
    raw_body: bytes,
    signature: str | None,
    timestamp: str | None,
    secrets: Sequence[str],
    now: float,
) -> bool:
    if not isinstance(signature, str) or len(signature) != _LENGTH or not signature.isascii():
        return False
    if not isinstance(timestamp, str) or not 0 < len(timestamp) <= _MAX_STAMP:
        return False
    if not timestamp.isascii() or not timestamp.isdigit() or len(raw_body) > MAX_BODY:
        return False
    if abs(now - int(timestamp)) > TOLERANCE_S:
        return False
    given = signature.encode("ascii")
    # An empty secret would accept what anybody signs with an empty secret.
    made = [sign(raw_body, timestamp, secret).encode("ascii") for secret in secrets if secret]
    return any(hmac.compare_digest(one, given) for one in made)
