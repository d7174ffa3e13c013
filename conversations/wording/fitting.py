"""Joining what a turn says into one reply of at most two segments."""

from __future__ import annotations

from collections.abc import Sequence

from conversations.reading.segments import count_segments
from conversations.vocabulary.effects import Say
from conversations.wording.catalogue import MAX_SEGMENTS, Catalogue
from conversations.wording.cleaning import lighten


def _fits(text: str) -> bool:
    return count_segments(text).segments <= MAX_SEGMENTS


def compose(catalogue: Catalogue, language: str, says: Sequence[Say]) -> str:
    """Return the one text for what a turn says, or an empty text for nothing.

    Long values are shortened first: a tracking number must not go because of a long place. What is
    told is dropped from the end while the whole is still too long; the question never is, but
    beside an answer that was asked for it is only pointed to.

    Args:
        catalogue: all phrases.
        language: ISO 639-1 code.
        says: after `engine.settle.settle`, in the order to be read.
    """
    for scale in (1.0, 0.7, 0.45):
        text = "\n".join(catalogue.text(language, say, scale) for say in says)
        for version in (text, lighten(text)):
            if _fits(version):
                return version
    kept = [say for say in says if say.keep]
    if kept and len(kept) < len(says):
        return compose(catalogue, language, [*kept, Say("help.go_on")])
    pieces = [(say.asks, catalogue.text(language, say)) for say in says]
    while True:
        text = "\n".join(piece for _, piece in pieces)
        if _fits(text):
            return text
        if _fits(lighten(text)):
            return lighten(text)
        told = [index for index, (asks, _) in enumerate(pieces) if not asks]
        if len(pieces) <= 1:
            return text
        del pieces[told[-1] if told else 0]
