"""Slack: where staff see, decide and answer.

`adapter.py` calls the Web API and `wire.py` knows what its answers mean; `signature.py` and
`inbound.py` read what Slack posts to us; `text.py` escapes and reads its markup; `sandbox.py` is
its twin. What a card looks like and what a press does is said in `bot/channels/slack`. Facts are
from contracts/messaging.md, section 5.
"""
