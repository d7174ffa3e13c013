"""The playground: a phone to text from, and beside it everything that happens.

Served in the embedded form only, and only to this machine. It talks to the sandbox twins over
HTTP as a provider's control panel would, reads the conversation through `bot.inspect`, and never
reaches into the engine.
"""

from webhooks.pages.playground.console import Console
from webhooks.pages.playground.routes import playground_mount

__all__ = ["Console", "playground_mount"]
