"""Saying how long something has been, for staff, in English."""

from __future__ import annotations


def say_age(seconds: int) -> str:
    """Return `5 min`, `3 h`, `2 days`."""
    minutes = max(0, seconds) // 60
    if minutes < 60:
        return f"{minutes} min"
    hours = minutes // 60
    if hours < 48:
        return f"{hours} h"
    return f"{hours // 24} days"
