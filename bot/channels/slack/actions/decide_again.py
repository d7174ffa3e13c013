"""Send again: a filing in doubt is surely not at the city."""

from __future__ import annotations

from bot.channels.slack.actions.decide_filed import offered as offered

NAME, DESK, LABEL = "decide_again", "decide", "Send again"
UP_FRONT = True
CONFIRM = "Do this only when you looked and the city does not have it. It will be filed anew."
