"""What conversations change: in our own tables (with the turn) and outside (from the outbox).

`inside.py` is part of the turn's own transaction and therefore happens exactly once. `outside.py`
calls adapters from the outbox, where a call may fail, or end in doubt.
"""
