"""Our workspaces: which are ours, and the adapter that speaks for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from integrations.kit.caller import Caller
from integrations.kit.pacing import Pacer
from integrations.slack.adapter import SlackAdapter


class Workspaces:
    """Hands out adapters by workspace.

    Args:
        caller: of the provider.
        tokens: id of a workspace to its bot's token.
        base_url, hooks_url: Slack's, or its twin's.
        make_pacer: name to what keeps its pace over all processes.
    """

    def __init__(
        self,
        *,
        caller: Caller,
        tokens: Mapping[str, str],
        base_url: str,
        hooks_url: str,
        make_pacer: Callable[[str], Pacer] | None = None,
    ) -> None:
        self._adapters = {
            team: SlackAdapter(
                caller,
                token=token,
                base_url=base_url,
                hooks_url=hooks_url,
                make_pacer=make_pacer,
            )
            for team, token in tokens.items()
        }

    def of(self, team: str) -> SlackAdapter | None:
        """Return who speaks for a workspace, or None for one that is not ours."""
        return self._adapters.get(team)

    @property
    def teams(self) -> tuple[str, ...]:
        """Return the ids of our workspaces."""
        return tuple(self._adapters)
