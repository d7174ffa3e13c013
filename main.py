"""The front door: one command line over the whole house.

`python main.py run` starts everything on loopback; `serve`, `work` and `chores` are the processes
of the production form; `sandbox` serves the providers' twins; `chat`, `read`, `trim` and
`segments` are for trying things; `dlq` looks after what was given up. Each command imports only
what it needs: `read` does not wait for a web server.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.dlq.commands import dlq
from bot.slack.socket_command import slack_socket
from bot.until_signal import run_until_signal

app = typer.Typer(
    help="CityHelper: a text message becomes a 311 service request.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
flow_app = typer.Typer(help="Draw the flows: `flow draw report`.", no_args_is_help=True)
app.add_typer(flow_app, name="flow")
staff_app = typer.Typer(help="Who works at the desk: `staff add`.", no_args_is_help=True)
app.add_typer(staff_app, name="staff")
app.add_typer(dlq, name="dlq")
app.command("slack-socket")(slack_socket)

City = Annotated[str, typer.Option(help="Folder name of the city pack.")]


def _refuse(problem: str) -> typer.Exit:
    """Print why the process does not start, one line per problem, and return the exit to raise."""
    for line in problem.splitlines():
        typer.echo(f"cityhelper: {line}", err=True)
    return typer.Exit(2)


@app.command()
def run() -> None:
    """Start the whole service on loopback: web, worker, chores, Valkey and the sandbox twins."""
    from bot.embedded import start_embedded
    from bot.supervisor import EmbeddedError

    try:
        start_embedded([sys.executable, str(Path(__file__).resolve())])
    except EmbeddedError as error:
        raise _refuse(str(error)) from None


@app.command()
def serve(
    host: str = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="PORT")] = 8311,
) -> None:
    """Serve the doors: webhooks of the providers, health, metrics."""
    import uvicorn

    from bot.bootstrap import StartError, open_shell
    from webhooks.app import create_app
    from webhooks.connections import GuardedProtocol

    async def main(stop: asyncio.Event) -> None:
        async with open_shell(doors=True) as shell:
            draining = asyncio.create_task(shell.drain().run(stop))
            doors = create_app(shell)
            config = uvicorn.Config(
                doors,
                host=host,
                port=port,
                http=GuardedProtocol,
                ws="none",
                access_log=False,
                log_config=None,
                server_header=False,
                limit_concurrency=1000,
                timeout_graceful_shutdown=10,
            )
            server = uvicorn.Server(config)
            task = asyncio.create_task(server._serve())  # signals are ours
            await asyncio.wait(
                [task, asyncio.create_task(stop.wait())], return_when=asyncio.FIRST_COMPLETED
            )
            doors.state.stopping.set()
            server.should_exit = True
            await task
            stop.set()
            await draining

    try:
        run_until_signal(main)
    except StartError as error:
        raise _refuse(str(error)) from None


@app.command()
def work() -> None:
    """Work: think the turns and deliver the outbox, until asked to stop."""
    from bot.bootstrap import StartError, open_shell
    from bot.breakers import post_states
    from webhooks.instruments import serve_instruments

    async def main(stop: asyncio.Event) -> None:
        async with open_shell() as shell:
            own = shell.settings
            posting = post_states(shell.redis, shell.name, shell.breakers, stop)
            token = own.metrics_token.get_secret_value()
            telling = serve_instruments(own.metrics_host, own.metrics_port_work, token, stop)
            await asyncio.gather(
                shell.worker().run(stop), shell.drain().run(stop), posting, telling
            )

    try:
        run_until_signal(main)
    except StartError as error:
        raise _refuse(str(error)) from None


@app.command()
def chores() -> None:
    """Do the scheduled work: poll statuses, reconcile what is in doubt, and so on."""
    from bot.bootstrap import StartError, open_shell
    from bot.registry import RegistryError
    from bot.scheduler import Scheduler
    from webhooks.instruments import serve_instruments

    async def main(stop: asyncio.Event) -> None:
        async with open_shell() as shell:
            own = shell.settings
            token = own.metrics_token.get_secret_value()
            telling = serve_instruments(own.metrics_host, own.metrics_port_chores, token, stop)
            await asyncio.gather(Scheduler(shell).run(stop), telling)

    try:
        run_until_signal(main)
    except (StartError, RegistryError) as error:
        raise _refuse(str(error)) from None


@app.command()
def sandbox(
    host: str = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="SANDBOX_PORT")] = 8312,
) -> None:
    """Serve the sandbox twins of all providers, with `/_sandbox/{log,faults,clock}`."""
    import uvicorn

    from bot.bootstrap import StartError, build_sandbox

    try:
        twins = build_sandbox()
    except StartError as error:
        raise _refuse(str(error)) from None
    uvicorn.run(twins, host=host, port=port, access_log=False, log_level="warning")


@app.command()
def migrate() -> None:
    """Bring the database's schema up to date."""
    from bot.bootstrap import StartError, migrate_database

    try:
        asyncio.run(migrate_database())
    except StartError as error:
        raise _refuse(str(error)) from None


@app.command()
def chat(
    city: City = "nyc",
    record: Annotated[Path | None, typer.Option(help="Write a transcript test here.")] = None,
) -> None:
    """Talk to the same engine in this terminal, against the sandbox twins."""
    from bot.channels.terminal.chat import ChatError, run_chat

    try:
        asyncio.run(run_chat(city, record))
    except ChatError as error:
        raise _refuse(str(error)) from None


@app.command()
def read() -> None:
    """Read texts: JSON lines {id, text, city, language?} in, what they say out, one line each."""
    from conversations.reading.jsonl import read_lines
    from conversations.reading.reader import Reader
    from integrations.cities import load_city

    readers: dict[str, Reader] = {}

    def reader_for(slug: str) -> Reader:
        if slug not in readers:
            readers[slug] = Reader(load_city(slug))
        return readers[slug]

    for line in read_lines(sys.stdin, reader_for):
        sys.stdout.write(line + "\n")


@app.command()
def trim() -> None:
    """Trim mails: JSON lines {id, raw, format} in, {id, reply} out: what was typed, no quotes."""
    from conversations.reading.jsonl import trim_lines

    for line in trim_lines(sys.stdin):
        sys.stdout.write(line + "\n")


@app.command()
def segments() -> None:
    """Count SMS segments: JSON lines {id, text} in, {id, encoding, segments, characters} out."""
    from conversations.reading.jsonl import segment_lines

    for line in segment_lines(sys.stdin):
        sys.stdout.write(line + "\n")


@app.command()
def desk() -> None:
    """Work as staff in this terminal: see cases, reply, resolve, decide."""
    from bot.bootstrap import StartError
    from bot.desk.terminal import sit_down

    try:
        known = asyncio.run(sit_down())
    except StartError as error:
        raise _refuse(str(error)) from None
    raise typer.Exit(0 if known else 2)


@staff_app.command("add")
def staff_add(
    handle: Annotated[str, typer.Argument(help="slack:T1/U1, mailto:... or term:<user>")],
    name: Annotated[str, typer.Option(help="As colleagues know them.")],
    role: Annotated[str, typer.Option(help="staff or admin")] = "staff",
    city: Annotated[str, typer.Option(help="Folder name of the city pack, or * for all.")] = "nyc",
    gone: Annotated[bool, typer.Option("--gone", help="They work here no more.")] = False,
) -> None:
    """Register a member of staff, or change what is known of one."""
    from bot.bootstrap import StartError
    from bot.desk.hiring import HiringError, hire

    try:
        asyncio.run(hire(handle, name, role, city, active=not gone))
    except (StartError, HiringError) as error:
        raise _refuse(str(error)) from None


@app.command("list")
def list_parts() -> None:
    """Print what was found: cities, providers, languages, flows, channels, chores."""
    from bot.registry import RegistryError, find_parts

    try:
        found = find_parts()
    except RegistryError as error:
        raise _refuse(str(error)) from None
    for kind, names in found.items():
        typer.echo(f"{kind:10} {', '.join(names)}")


@flow_app.command("draw")
def flow_draw(
    name: Annotated[str, typer.Argument(help="Flow to print; omit with --all.")] = "",
    all_flows: Annotated[bool, typer.Option("--all", help="Write docs/flows anew.")] = False,
) -> None:
    """Print a flow as Mermaid, or write all of them to docs/flows."""
    from conversations.engine.draw import draw, write_pages
    from conversations.engine.explore import explore
    from conversations.engine.registry import discover_flows
    from conversations.wording.catalogue import Catalogue

    flows = discover_flows()
    if not all_flows:
        if name not in flows:
            typer.echo(f"there is no flow {name!r}; there are {', '.join(sorted(flows))}", err=True)
            raise typer.Exit(2)
        typer.echo(draw(explore(flows[name], flows)))
        return
    folder = Path(__file__).resolve().parent / "docs" / "flows"
    folder.mkdir(parents=True, exist_ok=True)
    for page, text in write_pages(flows, Catalogue.load()).items():
        (folder / page).write_text(text, encoding="utf-8")
        typer.echo(f"docs/flows/{page}")


if __name__ == "__main__":
    app()
