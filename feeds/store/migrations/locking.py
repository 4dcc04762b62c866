"""Strong locks on PostgreSQL's tables, so taken that nobody waits long: tables in, all of them held or none."""

from __future__ import annotations

import time

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

# below the second after which PostgreSQL looks for deadlocks: whoever else holds a part of what is asked for goes on
_PATIENCE_MS = 500
_PAUSE_S = 0.5
_TRIES = 240
_NOT_TO_BE_HAD = "55P03"


def hold_tables(connection: Connection, **modes: str) -> None:
    """Locks each of these tables in its mode; lets go of all and tries again where one is not soon to be had.

    Who asks for a lock makes everybody queue behind who has it now, so it is asked for briefly and again and again.
    """
    for left in reversed(range(_TRIES)):
        try:
            with connection.begin_nested():
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {_PATIENCE_MS}")
                for table, mode in modes.items():
                    connection.exec_driver_sql(f"LOCK TABLE {table} IN {mode} MODE")
        except OperationalError as error:
            if not left or getattr(error.orig, "sqlstate", None) != _NOT_TO_BE_HAD:
                raise
            time.sleep(_PAUSE_S)
        else:
            return
