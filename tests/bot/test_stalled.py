"""What got stuck is put before staff, once."""

from __future__ import annotations

from typing import Any

from bot.chores import find_stalled

DAY_S = 24 * 3600


async def _reasons(house: Any) -> list[str]:
    rows = await house.rows("SELECT reason FROM hand_overs ORDER BY asked_at, reason")
    return [row[0] for row in rows]


async def _filed(house: Any) -> None:
    await house.hear("submit here")
    await house.work()


async def test_no_news_for_a_month(house: Any, clock: Any) -> None:
    """A request of which the city says nothing new is put before staff after 30 days, once."""
    await _filed(house)
    clock.advance(29 * DAY_S)
    await find_stalled.run(house.shell)
    early = await _reasons(house)
    clock.advance(2 * DAY_S)
    for _ in range(2):
        await find_stalled.run(house.shell)

    assert early == []
    assert await _reasons(house) == ["no_news"]


async def test_not_again_until_something_happens(house: Any, clock: Any) -> None:
    """A hand-over that staff have closed is not made again for the same silence."""
    await _filed(house)
    clock.advance(31 * DAY_S)
    await find_stalled.run(house.shell)
    await house.change("UPDATE hand_overs SET state = 'closed'")
    clock.advance(DAY_S)
    await find_stalled.run(house.shell)
    still_one = await _reasons(house)
    moment = round(clock.now().timestamp() * 1000)
    await house.change(f"UPDATE service_requests SET updated_at = {moment}")
    clock.advance(31 * DAY_S)
    await find_stalled.run(house.shell)

    assert still_one == ["no_news"]
    assert await _reasons(house) == ["no_news", "no_news"]


async def test_a_closed_request_is_not_stalled(house: Any, clock: Any) -> None:
    """What has ended needs nobody."""
    await _filed(house)
    await house.change("UPDATE service_requests SET status = 'Closed'")
    clock.advance(60 * DAY_S)
    await find_stalled.run(house.shell)

    assert await _reasons(house) == []


async def test_reports_without_a_number(house: Any, clock: Any) -> None:
    """On its way for a day, waiting for its resident's number for a week, never confirmed."""
    for filing, days, reason in (
        ("filing", 1, "no_number"),
        ("handed_off", 7, "no_number_back"),
        ("unconfirmed", 0, "filing_unconfirmed"),
    ):
        await house.change("UPDATE cases SET hand_over_id = NULL")
        await house.change("DELETE FROM hand_overs")
        await _filed(house)
        await house.change(f"UPDATE service_requests SET filing = '{filing}', number = NULL")
        clock.advance(days * DAY_S + 3601)
        await find_stalled.run(house.shell)

        assert set(await _reasons(house)) == {reason}
        await house.change("UPDATE service_requests SET filing = 'superseded'")
        clock.advance(1000)
