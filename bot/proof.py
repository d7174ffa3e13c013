"""What a message may do that nothing proves to be its sender's: ask, and be answered.

The answer goes to the address on file. What would change something is held until the sender presses
the link that we send there. A mail that not even its sender's domain signed may besides leave no
trace in a conversation that others' mails have begun: whoever writes `From` would steer it.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.storage.inbox import Waiting
from conversations.engine.talk import Talk
from conversations.vocabulary.effects import Do, Effect


def must_prove(waiting: Waiting, before: Talk) -> bool:
    """Return whether a message is held unthought: it would answer, or change, what is under way."""
    return not waiting.proven and (before.top is not None or before.doubt is not None)


def leaves_no_trace(waiting: Waiting, fresh: bool) -> bool:
    """Return whether the conversation is to remember nothing of a message.

    `fresh` is True when the conversation began with it: then there is nobody it could harm.
    """
    return not waiting.proven and not waiting.signed and not fresh


def changes(
    waiting: Waiting, before: Talk, after: Talk, effects: Sequence[Effect], fresh: bool
) -> bool:
    """Return whether a message that was thought through is held after all."""
    if waiting.proven:
        return False
    if any(isinstance(effect, Do) for effect in effects):
        return True
    return leaves_no_trace(waiting, fresh) and _course(before) != _course(after)


def _course(talk: Talk) -> tuple[object, ...]:
    """Return what decides how a conversation goes on."""
    return (
        talk.language,
        talk.language_chosen,
        talk.frames,
        talk.draft,
        talk.offer,
        talk.waiting,
        talk.doubt,
    )
