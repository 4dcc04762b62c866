"""The store over SQLAlchemy Core: each method one transaction, each failure of the database a StoreError.

What the methods do stands in the rooms beside this: schedule, memory, writing, questions, reading. Here are only the
transactions. A read sees one state of the database from beginning to end.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from feeds.errors import StoreError
from feeds.model import (
    Claim,
    FeedQuery,
    KeywordCount,
    Known,
    Outcome,
    PageRecord,
    Source,
    SourceStatus,
    StoredArticle,
    Update,
    Validators,
)
from feeds.store import memory, numbering, questions, reading, schedule, writing

WRITES = "polyfeed_writes"  # execution option: the transaction takes the write lock as it begins (SQLite)
_STEADY = {"isolation_level": "REPEATABLE READ"}


class SqlStore:
    """A ``Store`` over an engine whose database has this version's tables; made by ``open_store``.

    Safe for threads. Processes each open their own: an open store must not be carried over a fork.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # one state from the first statement to the last; a SQLite transaction is that by itself
        self._reader = engine if engine.dialect.name == "sqlite" else engine.execution_options(**_STEADY)
        self._writer = engine.execution_options(**{WRITES: True})
        # SQLite has one writer at a time and makes the others poll for their turn; threads here queue instead
        self._turn: contextlib.AbstractContextManager[object] = (
            threading.Lock() if engine.dialect.name == "sqlite" else contextlib.nullcontext()
        )

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Connection]:
        with told(self._engine), self._reader.connect() as connection:
            yield connection

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        with told(self._engine), self._turn, self._writer.begin() as connection:
            yield connection

    def register(self, sources: Sequence[Source], now: dt.datetime, *, complete: bool = True) -> None:
        """Makes ``sources`` the ones that are polled."""
        with self._writing() as connection:
            schedule.register(connection, sources, now, complete=complete)

    def claim_due(self, now: dt.datetime, *, limit: int, lease_s: float) -> list[Claim]:
        """Leases due sources."""
        with self._writing() as connection:
            return schedule.claim_due(connection, now, limit=limit, lease_s=lease_s)

    def claim(self, source_id: str, now: dt.datetime, *, lease_s: float) -> Claim | None:
        """Leases this source, due or not."""
        with self._writing() as connection:
            return schedule.claim(connection, source_id, now, lease_s=lease_s)

    def renew(self, claim: Claim, now: dt.datetime, *, lease_s: float) -> None:
        """Prolongs a lease, also one that ran out while nobody else took the source."""
        with self._writing() as connection:
            schedule.renew(connection, claim, now, lease_s=lease_s)

    def finish(self, claim: Claim, outcome: Outcome) -> None:
        """Gives a claim back, also one that ran out while nobody else took the source."""
        with self._writing() as connection:
            schedule.finish(connection, claim, outcome)

    def status(self) -> list[SourceStatus]:
        """Every source ever registered."""
        with self._reading() as connection:
            return schedule.status(connection)

    def validators(self, source_id: str, urls: Collection[str]) -> Mapping[str, Validators]:
        """Validators of listing or feed addresses."""
        with self._reading() as connection:
            return memory.validators(connection, source_id, urls)

    def pages(self, source_id: str, urls: Collection[str]) -> Mapping[str, PageRecord]:
        """What is remembered of these article pages."""
        with self._reading() as connection:
            return memory.pages(connection, source_id, urls)

    def pages_due(
        self, source_id: str, now: dt.datetime, *, recheck_since: dt.datetime | None, limit: int
    ) -> list[PageRecord]:
        """Pages to look at again."""
        with self._reading() as connection:
            return memory.pages_due(connection, source_id, now, recheck_since=recheck_since, limit=limit)

    def pages_like(self, source_id: str, listed_hashes: Collection[str]) -> Mapping[str, str]:
        """Addresses of pages that were listed so."""
        with self._reading() as connection:
            return memory.pages_like(connection, source_id, listed_hashes)

    def known(self, source_id: str, identities: Collection[str]) -> Mapping[str, Known]:
        """The articles that these identities belong to."""
        with self._reading() as connection:
            return memory.known(connection, source_id, identities)

    def write(self, claim: Claim, update: Update, now: dt.datetime) -> int:
        """Writes an update, all or nothing, and returns the change counter.

        The claim's token decides, not the clock: a poll whose lease ran out may still write while nobody else has
        taken its source; once someone has, it raises LeaseLost and writes nothing. Writing the same update twice
        changes nothing. NUL and lone surrogates in any text are kept as U+FFFD (``columns``).
        """
        with self._writing() as connection:
            return writing.write(connection, claim, update, now)

    def change_seq(self) -> int:
        """The number of the last change."""
        with self._reading() as connection:
            return numbering.last_seq(connection)

    def window(self, query: FeedQuery, *, limit: int, before_seq: int | None = None) -> list[tuple[str, int]]:
        """The newest changes that answer the query."""
        with self._reading() as connection:
            return questions.window(connection, query, limit=limit, before_seq=before_seq)

    def load(self, article_ids: Collection[str]) -> dict[str, StoredArticle]:
        """Whole articles by id."""
        with self._reading() as connection:
            return reading.load(connection, article_ids)

    def count(self, query: FeedQuery) -> int:
        """How many articles answer the query."""
        with self._reading() as connection:
            return questions.count(connection, query)

    def languages(self) -> dict[str, int]:
        """Language tag -> number of articles."""
        with self._reading() as connection:
            return reading.languages(connection)

    def keywords(self, language: str | None = None, *, limit: int | None = None) -> list[KeywordCount]:
        """Keywords by use."""
        with self._reading() as connection:
            return reading.keywords(connection, language, limit=limit)

    def labels(self, keys: Collection[str]) -> dict[str, str]:
        """The display form under which each key was first stored."""
        with self._reading() as connection:
            return reading.labels(connection, keys)

    def sections(self) -> list[tuple[str, str, int]]:
        """(language, section slug, number of articles)."""
        with self._reading() as connection:
            return reading.sections(connection)

    def ping(self) -> None:
        """Asks the database for an answer."""
        with self._reading() as connection:
            connection.execute(select(1))

    def close(self) -> None:
        """Gives every connection back."""
        self._engine.dispose()


@contextlib.contextmanager
def told(engine: Engine) -> Iterator[None]:
    """Turns what the database says into a StoreError of one line; a statement that is wrong in itself stays a bug."""
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        raise StoreError(f"database {where(engine)}: {reason(error)}") from error


def where(engine: Engine) -> str:
    """The database as an operator names it: the file, or the address without its password."""
    if engine.dialect.name == "sqlite":
        return engine.url.database or str(engine.url)
    return engine.url.render_as_string(hide_password=True)


def reason(error: DBAPIError | PoolTimeout) -> str:
    """What went wrong, in one line, without the statement."""
    said = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    return " ".join(said.split())
