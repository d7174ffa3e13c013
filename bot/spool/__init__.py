"""The spool: what came in while the database was away, kept on disk until it is back.

`spool.py` appends, `drain.py` brings what was kept into the database, `watch.py` is what senders
look at; `files.py` and `frames.py` are the files. docs/adr/0013 says why.
"""
