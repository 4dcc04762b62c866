"""Databases as earlier versions had them."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

import feeds.store.migrations


def brought_to(url: str, revision: str) -> str:
    """The database with the tables of a revision."""
    engine = create_engine(url)
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(Path(feeds.store.migrations.__file__ or "").parent))
        command.upgrade(config, revision)
    engine.dispose()
    return url
