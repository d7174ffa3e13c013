"""What stands in Slack: the card of each case, and every message that was posted for it.

A post is tried under a claim (`tried_at`), and one that may have landed is looked up before another
try, so that the same card or line never stands there twice.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table

from bot.storage.metadata import HASH_LENGTH, metadata

slack_cards = Table(
    "slack_cards",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("team", String(40), nullable=False),
    Column("channel", String(40), nullable=False),
    Column("ts", String(24), doc="empty until it stands there"),
    Column("generation", Integer, nullable=False, doc="grows when somebody deleted the card"),
    Column("shown_at", BigInteger, nullable=False, doc="news up to here are on the card"),
    Column("shown_hash", String(HASH_LENGTH), doc="of what it shows"),
)
Index("ix_slack_cards_ts", slack_cards.c.channel, slack_cards.c.ts)

slack_posts = Table(
    "slack_posts",
    metadata,
    Column("name", String(60), primary_key=True, doc="which card or line; also our intent"),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("tried_at", BigInteger, nullable=False),
    Column("ts", String(24), doc="empty until it is known to stand there"),
)
