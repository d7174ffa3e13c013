"""Codes: drawn by chance, kept as a hash, three tries, a quarter of an hour, used once."""

from __future__ import annotations

from typing import Any

from bot.storage import codes, residents
from bot.storage.crypto import Vault
from bot.storage.engine import Storage
from conversations.vocabulary.handles import mailto, tel


def _people(connection: Any, vault: Vault) -> tuple[str, str]:
    handles = [tel("+17185550100"), mailto("jane@home.example")]
    found = residents.find_or_open(connection, vault, handles, 1)
    return found[handles[0]].id, found[handles[1]].id


async def test_the_right_code_proves_its_handle_once(storage: Storage, vault: Vault) -> None:
    """Only what was drawn is right, and it can be used a single time."""

    def play(connection: Any) -> None:
        asks, gets = _people(connection, vault)
        assert codes.check(connection, vault, asks, "000000", 1) == "over"
        code = codes.draw(connection, vault, asks, gets, 1)
        assert len(code) == codes.DIGITS and code.isdigit()
        wrong = f"{(int(code) + 1) % 10**codes.DIGITS:06}"
        assert codes.use(connection, asks, 2) is None
        assert codes.check(connection, vault, asks, wrong, 2) == "wrong"
        assert codes.check(connection, vault, gets, code, 2) == "over"  # not who asked
        assert codes.check(connection, vault, asks, code, 2) == "right"
        assert codes.use(connection, asks, 3) == gets
        assert codes.use(connection, asks, 4) is None
        assert codes.check(connection, vault, asks, code, 4) == "over"

    await storage.write(play)


async def test_three_tries_and_a_quarter_of_an_hour(storage: Storage, vault: Vault) -> None:
    """After three wrong tries, or fifteen minutes, the right code is worth nothing."""

    def play(connection: Any) -> None:
        asks, gets = _people(connection, vault)
        code = codes.draw(connection, vault, asks, gets, 1)
        wrong = f"{(int(code) + 1) % 10**codes.DIGITS:06}"
        tried = [codes.check(connection, vault, asks, wrong, 2) for _ in range(3)]
        assert tried == ["wrong", "wrong", "over"]
        assert codes.check(connection, vault, asks, code, 3) == "over"
        late = codes.draw(connection, vault, asks, gets, 10)
        assert codes.check(connection, vault, asks, late, 10 + codes.KEEP_MS) == "over"
        assert (
            codes.asked_today(connection, asks, 20) == codes.sent_today(connection, gets, 20) == 2
        )
        assert codes.asked_today(connection, asks, codes.DAY_MS + 20) == 0

    await storage.write(play)
