"""How things look in Slack: cards, modals, the home tab. Pure: from values to blocks.

`cards/` has one file per card, `actions/` one per thing staff can do with a case. What residents
wrote stands only in `plain_text`, tamed and escaped (`blocks.py`); all is cut to Block Kit's
limits (`limits.py`). What a press does is the desk's (`bot/desk`), who brings it there is
`bot/slack`.
"""
