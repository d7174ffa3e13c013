"""Bringing what staff do in Slack to the desk, and what happens to cases to Slack.

How it looks is said in `bot/channels/slack`. At the doors: `front.py` keeps what came and opens
modals. In the worker: `clerk.py` takes it up, `presses.py`, `submissions.py`, `messages.py`,
`slash.py` and `homes.py` bring it to the desk; `cards.py` and `posting.py` draw cards and threads;
`commands/` has one file per slash command. `workspaces.py`, `routes.py`, `people.py`: which token,
which channel, who is staff.
"""
