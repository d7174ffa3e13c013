"""`main.py dlq`: look at dead letters, replay, discard or export them.

Nothing personal is printed, and payloads leave sealed. Who did what stands in the audit log. When
to do which: docs/runbooks/dead-letters.md.
"""

from __future__ import annotations

import asyncio
import functools
import getpass
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from bot.records import Records

dlq = typer.Typer(
    help="Look after dead letters: docs/runbooks/dead-letters.md", no_args_is_help=True
)

Which = Annotated[list[str], typer.Argument(help="Ids, as `list` prints them.")]
Provider = Annotated[str, typer.Option(help="Only the letters of this provider.")]
MEANINGS = {
    "replayed": "will be tried again now",
    "discarded": "is settled; nothing more happens to it",
    "unknown": "there is no such dead letter",
    "not_dead": "is not dead: it was replayed before, or has ended",
    "expired": "would come too late to be of use; discard it",
    "in_doubt": "may have been sent: look at the provider, then use --not-sent or discard it",
    "opted_out": "its resident has said stop; discard it",
    "notices_off": "its resident wants no notices; discard it",
    "unreachable": "nothing arrives at its handle; discard it",
    "overtaken": "a later message has gone out in its place; discard it",
    "settled": "its report was settled in another way; discard it",
}


@dlq.command("list")
def list_letters(provider: Provider = "") -> None:
    """Print the letters nobody has settled, oldest first."""

    async def look(records: Records) -> None:
        from bot.storage import dead_letters

        letters = await records.storage.read(lambda c: dead_letters.list_open(c, provider))
        for letter in letters:
            typer.echo(_line(letter))
        typer.echo(f"{len(letters)} dead letters")

    _run(look)


@dlq.command("show")
def show_letter(outbox_id: Annotated[str, typer.Argument(help="Id, as `list` prints it.")]) -> None:
    """Print what is known of one letter; nothing personal."""

    async def look(records: Records) -> None:
        from bot.storage import dead_letters

        letter = await records.storage.read(lambda c: dead_letters.find(c, outbox_id))
        if letter is None:
            typer.echo(f"{outbox_id}: {MEANINGS['unknown']}", err=True)
            raise typer.Exit(1)
        for name, value in describe(letter).items():
            typer.echo(f"{name:12} {value}")

    _run(look)


@dlq.command("replay")
def replay_letters(
    outbox_ids: Which,
    not_sent: Annotated[
        bool, typer.Option("--not-sent", help="I have looked: what is in doubt was not sent.")
    ] = False,
) -> None:
    """Try letters once more; doing it twice does it once."""
    from bot.dlq.replay import replay

    async def act(records: Records, outbox_id: str) -> str:
        now = _now(records)

        def write(connection: Any) -> Any:
            done = replay(connection, records.vault, outbox_id, now, not_sent=not_sent)
            _audit(connection, records, "dlq_replay", done.word, outbox_id)
            return done

        done = await records.storage.write(write)
        if done.ready is not None:
            await records.wakes.publish((), [done.ready])
        return str(done.word)

    _act_on(outbox_ids, act, "replayed")


@dlq.command("discard")
def discard_letters(outbox_ids: Which) -> None:
    """Settle letters without doing anything more."""
    from bot.storage import dead_letters

    async def act(records: Records, outbox_id: str) -> str:
        now = _now(records)

        def write(connection: Any) -> str:
            gone = dead_letters.discard(connection, outbox_id, now)
            word = "discarded" if gone else "unknown"
            _audit(connection, records, "dlq_discard", word, outbox_id)
            return word

        return await records.storage.write(write)

    _act_on(outbox_ids, act, "discarded")


@dlq.command("export")
def export_letters(
    folder: Annotated[Path, typer.Argument(help="A folder; the file in it is a new one.")],
    provider: Provider = "",
) -> None:
    """Write the open letters to a file of JSON lines, their payloads sealed."""

    async def act(records: Records) -> None:
        from bot.dlq.export import write_export
        from bot.storage import dead_letters

        letters = await records.storage.read(
            lambda c: dead_letters.list_open(c, provider, most=100_000)
        )
        try:
            path = await asyncio.to_thread(write_export, folder, letters, records.clock.now())
        except OSError as error:
            typer.echo(f"cannot write to {folder}: {error.strerror}", err=True)
            raise typer.Exit(1) from None
        await records.storage.write(
            lambda c: _audit(c, records, "dlq_export", "done", "", count=len(letters))
        )
        typer.echo(f"{len(letters)} dead letters in {path}")

    _run(act)


def describe(letter: Any) -> dict[str, Any]:
    """Return what may be told of a letter: our own words and times."""
    from bot.storage.metadata import from_ms

    def when(stored: int | None) -> str:
        return "" if stored is None else f"{from_ms(stored):%Y-%m-%d %H:%M:%S} UTC"

    return {
        "id": letter.outbox_id,
        "provider": letter.provider,
        "what": f"{letter.kind} {letter.name}",
        "error": letter.error_code,
        "state": "discarded" if letter.discarded_at else letter.state,
        "attempts": letter.attempts,
        "queued": when(letter.queued_at),
        "buried": when(letter.buried_at),
        "useful till": when(letter.expires_at),
        "replayed": when(letter.replayed_at),
        "trace": letter.trace_id,
        "conversation": letter.conversation_id,
    }


def _line(letter: Any) -> str:
    told = describe(letter)
    names = ("id", "provider", "error", "what", "buried", "useful till", "replayed")
    return "  ".join(str(told[name]) for name in names).rstrip()


def _act_on(
    outbox_ids: list[str], act: Callable[[Records, str], Awaitable[str]], good: str
) -> None:
    """Act on each letter and say what it came to; the exit code is 1 unless all went well."""

    async def each(records: Records) -> None:
        from bot.storage import dead_letters

        words = []
        for outbox_id in outbox_ids:
            words.append(await act(records, outbox_id))
            read = functools.partial(dead_letters.find, outbox_id=outbox_id)
            letter = await records.storage.read(read)
            if words[-1] == good and letter is not None:
                await records.wakes.forget_dead([letter])
            typer.echo(f"{outbox_id}: {MEANINGS[words[-1]]}")
        if any(word != good for word in words):
            raise typer.Exit(1)

    _run(each)


def _run(main: Callable[[Records], Awaitable[None]]) -> None:
    """Open the database, do it, and say in a line why that cannot be."""
    from bot.bootstrap import StartError
    from bot.records import open_records

    async def body() -> None:
        async with open_records() as records:
            await main(records)

    try:
        _run_here(body())
    except StartError as error:
        for line in str(error).splitlines():
            typer.echo(f"cityhelper: {line}", err=True)
        raise typer.Exit(2) from None


_run_here = asyncio.run
"""Apart, so that a test can run a command in its own loop."""


def _now(records: Records) -> int:
    from bot.storage.metadata import to_ms

    return to_ms(records.clock.now())


def _audit(
    connection: Any, records: Records, action: str, outcome: str, outbox_id: str, count: int = 1
) -> None:
    """Write down who did what: the account of the machine."""
    from bot.storage import audit

    actor = f"os:{getpass.getuser()}"[:26]
    detail = {"outbox_id": outbox_id, "count": count}
    line = audit.AuditLine(_now(records), actor, action, outcome, detail=detail)
    audit.add(connection, records.vault, line)
