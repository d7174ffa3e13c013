"""Followers: residents who follow a report that somebody else has made, instead of a second one."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Table

from bot.storage.metadata import metadata

followers = Table(
    "followers",
    metadata,
    Column("request_id", ForeignKey("service_requests.id"), primary_key=True),
    Column("resident_id", ForeignKey("residents.id"), primary_key=True, index=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("followed_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
)
