"""Wording: phrases in every language, and how a `Say` becomes the exact text of a message.

`catalogue` turns phrase keys and values into text, `fitting` keeps a reply within two segments,
`checking` proves laws about all phrases. Nothing here decides what to say.
"""
