"""Putting what a turn says into the text of a mail: nothing shortened, nothing left out."""

from __future__ import annotations

from collections.abc import Sequence

from conversations.vocabulary.effects import Say
from conversations.wording.catalogue import ROOMY, Catalogue
from conversations.wording.cleaning import clean_value


def render(catalogue: Catalogue, language: str, says: Sequence[Say]) -> str:
    """Return the text of a reply, empty when there is nothing to say.

    Args:
        catalogue: all phrases.
        language: ISO 639-1 code of the conversation.
        says: what the turn says, settled, in reading order; an empty line between any two.
    """
    said = catalogue.on("email")
    return "\n\n".join(_write(said, language, say) for say in says)


def _write(catalogue: Catalogue, language: str, say: Say) -> str:
    lead = str(say.values.get("lead") or "")
    body = catalogue.phrase(language, say.phrase, say.values, ROOMY)
    lines = [f"{lead} {body}" if lead else body]
    lines += [f"{number}. {clean_value(item)}" for number, item in enumerate(say.choices, 1)]
    return "\n".join(lines)
