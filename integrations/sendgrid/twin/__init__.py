"""Inside SendGrid's twin: the API it offers, the mailboxes, the webhooks it sends.

`api.py` takes our mails, `postmen.py` brings them or not and tells what became of them,
`clients.py` writes residents' mails as mail programs do, `parsing.py` makes Inbound Parse requests
of them, `hooks.py` signs and posts, `control.py` has the twin's own switches, `store.py` remembers.
"""
