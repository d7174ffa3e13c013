"""The terminal: a channel for the person at the keyboard, to try the engine and write transcripts.

`render.py` makes the text, `messenger.py` prints it, `chat.py` is the conversation itself. It runs
the whole shell in one process against the twins; nothing here is part of a production start.
"""
