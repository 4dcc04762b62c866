"""What Alembic runs: a connection comes in by the configuration's attributes, already in a transaction."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
