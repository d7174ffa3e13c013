"""What the database remembers. The only package that imports sqlalchemy.

`tables/` holds one file per table; the files beside it hold what can be done with each, as plain
functions over a connection; `engine.py` opens SQLite or PostgreSQL; `crypto.py` seals personal
data; `group.py` commits what waits together. Decisions about residents live one floor of files up.
"""
