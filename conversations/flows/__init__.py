"""Flows: one folder per conversation, each with `flow.py`, its questions and its phrases.

A flow knows its subject only. HELP, BACK, corrections, misses and idle time are the engine's.
"""
