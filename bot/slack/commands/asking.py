"""What a command is given, and how it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.channels.slack import limits
from bot.channels.slack.blocks import Block, context, escape, header, section, tame
from bot.channels.slack.limits import cut, fit
from bot.slack.letters import Letters
from bot.slack.room import Room
from bot.storage.staff import Staff
from conversations.vocabulary.handles import Handle
from integrations.slack.adapter import Message


@dataclass(frozen=True, slots=True)
class Ask:
    """One command of somebody.

    Attributes:
        room: what there is to ask; letters: what was given up.
        handle, who: who asks.
        words: what stands behind the command's name.
    """

    room: Room
    letters: Letters
    handle: Handle
    who: Staff
    words: tuple[str, ...]


def lay_out(title: str, lines: Sequence[str], foot: str = "") -> Message:
    """Return a list with a head line, as a message."""
    blocks: list[Block] = [header(title), *(section(line) for line in lines), *context(foot)]
    text = cut(escape(tame(" · ".join((title, *lines)))), limits.FALLBACK)
    return Message(text, tuple(fit(blocks)))
