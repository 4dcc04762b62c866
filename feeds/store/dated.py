"""When articles of a search are dated: a stretch of time in, conditions on ``entry`` with their values out."""

from __future__ import annotations

from typing import Any

from sqlalchemy import TextClause, bindparam, text

from feeds.store.expressions import Stretch
from feeds.store.tables import entry


def dated(stretch: Stretch, values: dict[str, Any]) -> list[str]:
    """What must hold of the date; adds to ``values`` what is bound in it."""
    ends = {"since": (">=", stretch.since), "before": ("<", stretch.before)}
    given = {name: (sign, at) for name, (sign, at) in ends.items() if at is not None}
    values |= {name: at for name, (_, at) in given.items()}
    return [f"entry.dated_at {sign} :{name}" for name, (sign, _) in given.items()]


def typed(statement: str, values: dict[str, Any]) -> TextClause:
    """The statement, with instants bound as they are stored."""
    instants = [bindparam(name, type_=entry.c.dated_at.type) for name in ("since", "before") if name in values]
    return text(statement).bindparams(*instants)
