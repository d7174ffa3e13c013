"""The cap on forged requests: windows, bounded memory."""

from __future__ import annotations

from webhooks.limits import ForgeryCap


def test_window_passes_and_the_address_starts_afresh() -> None:
    """After the window an address may again send its share."""
    now = [0.0]
    cap = ForgeryCap(per_window=2, window_s=60, clock=lambda: now[0])
    assert [cap.count("a") for _ in range(3)] == [False, False, True]
    now[0] = 61
    assert cap.count("a") is False


def test_memory_is_bounded() -> None:
    """A flood from many addresses forgets the oldest instead of growing."""
    cap = ForgeryCap(per_window=1, addresses=100)
    for n in range(1000):
        cap.count(str(n))
    assert len(cap._seen) == 100
    assert cap.count("999") is True
