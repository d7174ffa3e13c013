"""`main.py slack-socket`: takes what staff do in Slack where no door can be open."""

from __future__ import annotations

import asyncio

import typer


def slack_socket() -> None:
    """Take what staff do in Slack over Socket Mode (`SLACK_APP_TOKEN`), until asked to stop."""
    from bot.bootstrap import StartError, open_shell
    from bot.until_signal import run_until_signal
    from integrations.slack.socket_mode import listen

    async def main(stop: asyncio.Event) -> None:
        async with open_shell() as shell:
            token = shell.settings.slack_app_token.get_secret_value()
            if shell.slack is None or not token:
                raise StartError("SLACK_CHANNELS or SLACK_APP_TOKEN is missing")
            front, base = shell.slack.front, shell.settings.slack_base_url
            await listen(token, front.accept, stop, base_url=base)

    try:
        run_until_signal(main)
    except StartError as error:
        for line in str(error).splitlines():
            typer.echo(f"cityhelper: {line}", err=True)
        raise typer.Exit(2) from None
