"""Settling what one turn says: everything told once, and only the last question."""

from __future__ import annotations

from collections.abc import Iterable

from conversations.vocabulary.effects import Say


def settle(says: Iterable[Say]) -> tuple[Say, ...]:
    """Return what is to be sent of all that a turn's events said, in reading order.

    Told things come first and each once; of several questions only the last is still waited on.
    """
    told: list[Say] = []
    question: Say | None = None
    for say in says:
        if say.asks:
            question = say
        elif say not in told:
            told.append(say)
    return (*told, question) if question else tuple(told)
