"""The one error of mail that comes in."""

from __future__ import annotations


class MalformedMail(Exception):  # noqa: N818  says what it is
    """What was delivered is no mail we can take. `reason` is one of our own words."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
