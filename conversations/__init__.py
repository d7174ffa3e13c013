"""The core: flows, the engine, reading of answers, wording and the shared vocabulary.

Pure: no network, no clock, no chance, no logging, no async. Its own data files
(phrases, lexicons) are read once, at load time, through `conversations.data`.
"""
