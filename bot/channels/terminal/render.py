"""Putting what a turn says into the text of one reply: as in an SMS, so that both read alike."""

from __future__ import annotations

from collections.abc import Sequence

from conversations.vocabulary.effects import Say
from conversations.wording.catalogue import Catalogue
from conversations.wording.fitting import compose


def render(catalogue: Catalogue, language: str, says: Sequence[Say]) -> str:
    """Return the text of a reply, empty when there is nothing to say.

    Args:
        catalogue: all phrases.
        language: ISO 639-1 code of the conversation.
        says: what the turn says, settled, in reading order.
    """
    return compose(catalogue, language, says)
