"""Photo links: they open one photo until their day, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.photo_links import LIFETIME_S, PhotoLinks

START = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Hand:
    """A clock set by hand."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        """Return the set time."""
        return self.at


def test_a_link_opens_its_photo_until_it_ends() -> None:
    """A made link checks out, and no longer after its lifetime."""
    hand = Hand()
    links = PhotoLinks(b"k" * 32, "https://city.example", hand.now)
    link = links.make("photo1")
    token = link.rpartition("/")[2]

    assert link.startswith("https://city.example/photos/photo1.")
    assert links.check(token) == "photo1"
    hand.at += timedelta(seconds=LIFETIME_S + 1)
    assert links.check(token) is None


def test_a_changed_link_opens_nothing() -> None:
    """Another photo, a later end, another key, garbage: None, never an exception."""
    links = PhotoLinks(b"k" * 32, "https://city.example", Hand().now)
    photo, end, mark = links.make("photo1").rpartition("/")[2].split(".")
    other = PhotoLinks(b"x" * 32, "https://city.example", Hand().now)

    for token in (
        f"photo2.{end}.{mark}", f"{photo}.{int(end, 16) + 1:x}.{mark}", f"{photo}.{end}.é",
        f"{photo}.zz.{mark}", "", "..", "a.b.c.d", f"{photo}.{end}.",
        f"{photo}.{'f' * 5000}.{mark}", f"{photo}.{'9' * 5000}.{mark}", f"{photo}.{end}.{mark}\n",
        f"{photo}.0x{end}.{mark}", f"{photo}. {end}.{mark}", f"{photo}.٣.{mark}",
    ):  # fmt: skip
        assert links.check(token) is None
    assert other.check(f"{photo}.{end}.{mark}") is None
