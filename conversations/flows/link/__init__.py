"""Linking: a mail address or phone that is the resident's too, and where they want news."""
