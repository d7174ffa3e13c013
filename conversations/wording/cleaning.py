"""Making text fit for a text message: plain blanks and quotes, nothing unseen, GSM letters.

Works on characters only; lengths in segments are `fitting`'s business.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

# Babel and phone keyboards bring blanks and typography that would cost a UCS-2 message.
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008", " "),
        **dict.fromkeys("\u2009\u200a\u202f\u205f\u3000\t", " "),
        **dict.fromkeys("‘’‚′`´", "'"),
        **dict.fromkeys("“”„″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": "...",
        "•": "-",
    }
)
# Controls, what turns the direction of writing (overrides, isolates), blanks without width, tags
# that hide text within text, and halves of characters, which no message can carry.
_UNSEEN = re.compile(
    "[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_BLANKS = re.compile(r" {2,}")
_DOTS = re.compile(r"\.{4,}")
_ACUTE = str.maketrans("áíóúÁÍÓÚçâêîôûãõ", "aiouAIOUcaeiouao")
_ELLIPSIS = "..."
LONGEST_UPSTREAM = 400
"""Characters of a text of the city's systems that are shown at most."""

_ANY_DOT = re.compile("[\u3002\uff0e\uff61]")  # what an address bar takes for a dot
_GLUED = re.compile(r"(?<=[^\W\d_]{2})\.(?=[A-Z][a-z]+(?:$|[^\w.@/:]))")
_AROUND = "()[]<>{}\"',.;:!?"
_OWN_LINK = re.compile(r"(?:https?://)?([a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+)(?:[/?#][^\s@\\]*)?")
_LINK = re.compile(
    r"//|\\|@|\bwww\.|\b(?:mailto|tel|sms|https?|ftp|data|javascript|intent|market|file):"
    r"|\w\.[^\W\d_][\w-]+|\bxn--|\b\d{1,3}(?:\.\d{1,3}){3}\b",
    re.IGNORECASE,
)
_PREMIUM = re.compile(r"(?:\+?1[-. ]?)?\(?900\)?[-. ]?\d{3}[-. ]?\d{4}\b")


def clean(text: str) -> str:
    """Return `text` with plain blanks, quotes and dashes and without control characters."""
    return _DOTS.sub("...", _BLANKS.sub(" ", _UNSEEN.sub("", text.translate(_PLAIN))))


def clean_value(text: str) -> str:
    """Return a value from outside as one clean line."""
    return clean(" ".join(text.split())).strip()


def clean_upstream(text: str, hosts: Collection[str]) -> str:
    """Return a text that a city's system wrote, fit to be shown to a resident as the city's words.

    Whoever can write there could write to every phone, so links lead to the city's own hosts or
    are gone: addresses with and without scheme, mail addresses, premium numbers. A full stop
    without a blank after it ("done.It") is given one, since phones make a link of it.

    Args:
        text: as it came.
        hosts: lower case; these and hosts below them may be linked to.
    """
    plain = _PREMIUM.sub("", clean_value(_ANY_DOT.sub(".", text)))
    words = [_without_link(word, hosts) for word in plain.split()]
    return shorten(" ".join(word for word in words if word), LONGEST_UPSTREAM)


def _without_link(word: str, hosts: Collection[str]) -> str:
    """Return a word as it is, or empty when it is a link that leads elsewhere."""
    word = _GLUED.sub(". ", word)
    bare = word.strip(_AROUND)
    own = _OWN_LINK.fullmatch(bare)
    if own is not None and _is_of(own[1].lower(), hosts):
        return word
    return "" if _LINK.search(word) else word


def _is_of(host: str, hosts: Collection[str]) -> bool:
    return any(host == known or host.endswith(f".{known}") for known in hosts)


def lighten(text: str) -> str:
    """Return `text` with the accents gone that the GSM alphabet lacks (á í ó ú, not é ñ ü)."""
    return text.translate(_ACUTE)


def to_latin(text: str) -> str:
    """Return the part of `text` that plain Latin letters can write, for when nothing else fits."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return " ".join(bare.split())


def shorten(text: str, limit: int) -> str:
    """Return `text` in at most `limit` characters, cut between words where there is one near."""
    if len(text) <= limit:
        return text
    room = max(limit - len(_ELLIPSIS), 1)
    cut = text[:room]
    blank = cut.rfind(" ")
    return (cut[:blank] if blank >= room * 0.6 else cut).rstrip(" ,.;:-") + _ELLIPSIS
