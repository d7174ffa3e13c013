"""Reading a form body from its raw bytes, once, for the signature and for the message.

Both must read alike, or what is checked is not what is used. Blank values and names
without value are kept: Twilio signs them (vector `NEG-blank-params-dropped-by-parser`).
"""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

MAX_BODY = 64 * 1024
"""The longest body that is looked at. A genuine one with ten photos is below 8 KB."""
MAX_FIELDS = 200

Pairs = list[tuple[bytes, bytes]]


def read_form(raw_body: bytes) -> Pairs:
    """Return the fields in their order, percent-decoded, not yet text.

    Raises:
        ValueError: too long, or too many fields.
    """
    if len(raw_body) > MAX_BODY:
        raise ValueError("form is too long")
    pieces = raw_body.replace(b"+", b" ").split(b"&", MAX_FIELDS + 1)
    if len(pieces) > MAX_FIELDS:
        raise ValueError("form has too many fields")
    pairs: Pairs = []
    for piece in pieces:
        if not piece:
            continue
        name, _, value = piece.partition(b"=")
        if b"%" in piece:
            name, value = unquote_to_bytes(name), unquote_to_bytes(value)
        pairs.append((name, value))
    return pairs
