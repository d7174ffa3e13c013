"""The tables, one file each. Importing this package makes the metadata complete.

Columns that end in `_box` are sealed (`bot/storage/crypto.py`), columns that end in `_hash` are
keyed hashes, columns that end in `_at` or `_until` are milliseconds since 1970.
"""

from bot.storage.tables.audit import audit
from bot.storage.tables.case_messages import case_messages
from bot.storage.tables.cases import case_streets, cases
from bot.storage.tables.chores import chores
from bot.storage.tables.codes import codes
from bot.storage.tables.consents import consents
from bot.storage.tables.conversations import conversations
from bot.storage.tables.dead_letters import dead_letters
from bot.storage.tables.deliveries import deliveries
from bot.storage.tables.followers import followers
from bot.storage.tables.guesses import guesses
from bot.storage.tables.hand_overs import hand_overs
from bot.storage.tables.inbox import inbox
from bot.storage.tables.mails import mails
from bot.storage.tables.outbox import outbox
from bot.storage.tables.photos import photos
from bot.storage.tables.pulse import pulse
from bot.storage.tables.quotas import quotas
from bot.storage.tables.residents import residents
from bot.storage.tables.service_requests import service_requests
from bot.storage.tables.slack import slack_cards, slack_posts
from bot.storage.tables.slack_alerts import slack_alerts
from bot.storage.tables.staff import staff
from bot.storage.tables.staff_inbox import staff_inbox
from bot.storage.tables.text_budgets import text_budgets
from bot.storage.tables.timeline import timeline
from bot.storage.tables.timers import timers
from bot.storage.tables.tokens import tokens
from bot.storage.tables.transcript import transcript

__all__ = [
    "audit",
    "case_messages",
    "case_streets",
    "cases",
    "chores",
    "codes",
    "consents",
    "conversations",
    "dead_letters",
    "deliveries",
    "followers",
    "guesses",
    "hand_overs",
    "inbox",
    "mails",
    "outbox",
    "photos",
    "pulse",
    "quotas",
    "residents",
    "service_requests",
    "slack_alerts",
    "slack_cards",
    "slack_posts",
    "staff",
    "staff_inbox",
    "text_budgets",
    "timeline",
    "timers",
    "tokens",
    "transcript",
]
