"""Putting what a turn says into the text of one Slack message: escaped, without any markup."""

from __future__ import annotations

from collections.abc import Sequence

from bot.channels.slack.blocks import escape
from conversations.vocabulary.effects import Say
from conversations.wording.catalogue import Catalogue
from conversations.wording.fitting import compose


def render(catalogue: Catalogue, language: str, says: Sequence[Say]) -> str:
    """Return the text of a reply, empty when there is nothing to say; see the SMS channel's."""
    return escape(compose(catalogue, language, says))
