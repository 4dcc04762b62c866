"""What a database says when it fails, as an operator reads it: a StoreError of one line that says what to do."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from feeds.errors import StoreError

# by PostgreSQL's own codes, in any language (Appendix A of its manual), or by the names of SQLite's
_BY_CODE = {
    "25006": "this is a standby: name the primary server",
    "42501": "give this user the right to it, or name the owner of the tables",
    "53100": "make room on the disk of the server",
    "55P03": "another transaction held what this one needs: ask again, and look for long ones in pg_stat_activity",
    "SQLITE_FULL": "make room on the disk that it is on; what is stored stays, and it goes on by itself",
    "57014": "it took longer than is allowed: ask again when less is going on",
}
# a connection that cannot be had has no code, only words
_BY_WORDS = {
    "password authentication failed": "check the user and the password in the address",
    "no password supplied": "write the password into the address, or into a password file",
    "no pg_hba.conf entry": "let this user in from this machine in the server's pg_hba.conf",
    'database "': "make it with createdb, or name another",
    'role "': "make the user with createuser, or name another",
    "too many clients": "start fewer processes, or raise max_connections of the server",
    "remaining connection slots": "start fewer processes, or raise max_connections of the server",
    "Connection refused": "start PostgreSQL there, or check host and port in the address",
    # it ended meanwhile; now and then what libpq makes of a port at which nobody listens
    "server closed the connection": "start PostgreSQL there, or look in its log for why it ended",
    "resolve host": "check the host in the address",
    "timeout expired": "check that the host is up and that no firewall is in between",
}


@contextlib.contextmanager
def told(engine: Engine) -> Iterator[None]:
    """Turns what the database says into a StoreError of one line; a statement that is wrong in itself stays a bug."""
    try:
        yield
    except (DBAPIError, PoolTimeout, psycopg.Error) as error:
        raise StoreError(f"database {where(engine)}: {reason(error)}") from error


def where(engine: Engine) -> str:
    """The database as an operator names it: the file, or the address without its password."""
    if engine.dialect.name == "sqlite":
        return engine.url.database or str(engine.url)
    return engine.url.render_as_string(hide_password=True)


def reason(error: DBAPIError | PoolTimeout | psycopg.Error) -> str:
    """What went wrong and what to do, in one line, without the statement."""
    if isinstance(error, PoolTimeout):
        return "every connection of this process is in use: ask again in a moment"
    original = error.orig if isinstance(error, DBAPIError) else error
    said = " ".join(str(original).split())
    advice = _advice(getattr(original, "sqlstate", None) or getattr(original, "sqlite_errorname", None), said)
    return f"{said}: {advice}" if advice else said


def _advice(code: str | None, said: str) -> str:
    if code is not None:
        return _BY_CODE.get(code, "")
    if "connection failed" not in said and "resolve host" not in said:
        return ""
    return next((advice for words, advice in _BY_WORDS.items() if words in said), "")
