"""The terminal (`main.py chat`): the same words as a text message."""
