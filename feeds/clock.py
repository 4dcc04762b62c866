"""The present instant, for the edges that run the service; everything else takes ``now`` or a clock as an argument."""

from __future__ import annotations

import datetime as dt


def utc_now() -> dt.datetime:
    """Now, aware, UTC."""
    return dt.datetime.now(dt.UTC)
