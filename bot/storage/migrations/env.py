"""Alembic's environment: runs on the connection that `migrate` gives it."""

from alembic import context

from bot.storage import tables
from bot.storage.metadata import metadata

assert tables.__all__  # importing the tables completes the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
