"""Inside Slack's twin: the Web API it offers, the workspace it keeps, the requests it signs.

`api.py` takes our calls, `views.py` the modals and homes among them, `limits.py` checks Block Kit
as the real one does, `hooks.py` signs and posts events, commands and presses, `people.py` does what
staff do in Slack, `control.py` and `page.py` let a person or a test do it, `store.py` remembers.
"""
