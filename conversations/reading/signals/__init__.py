"""Signals: the short answers a message may hold besides what it reports.

Emergency, opt-out, yes and no, numbers, words that work anywhere, corrections, tracking numbers,
intent. Each reads the whole message and says nothing when unsure. Word lists are TOML by language
in `words/`. What a report is about and where lives in `request_types/` and `where/`.
"""
