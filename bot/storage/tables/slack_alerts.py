"""Alerts in staff's ops channel: what is wrong, since when, and where it was said."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String, Table

from bot.storage.metadata import ID_LENGTH, metadata

slack_alerts = Table(
    "slack_alerts",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True, doc="also our intent"),
    Column("name", String(80), nullable=False, index=True, doc="what is wrong"),
    Column("since", BigInteger, nullable=False),
    Column("over_at", BigInteger, doc="empty while it is wrong"),
    Column("said", String(20), nullable=False, doc="what Slack shows: nothing, begun, over"),
    Column("ts", String(24)),
)
