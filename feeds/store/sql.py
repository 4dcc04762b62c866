"""The store over SQLAlchemy Core: each method one transaction, each failure of the database a StoreError.

What the methods do stands in the rooms beside this: registering, schedule, watching, memory, copies, activity, writing,
questions, reading, topics. Here are only the transactions. A read sees one state of the database from beginning to end.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import Connection, Engine, select

from feeds.errors import StoreError
from feeds.model import (
    Archive,
    ArchiveDocument,
    Claim,
    FeedQuery,
    Format,
    HubRecord,
    KeywordCount,
    Known,
    Outcome,
    PageRecord,
    Placed,
    Source,
    SourceEvent,
    SourceState,
    SourceStatus,
    StoredArticle,
    TargetRecord,
    Topic,
    Update,
)
from feeds.store import (
    activity,
    archives,
    copies,
    dropping,
    memory,
    naming,
    numbering,
    partitions,
    questions,
    reading,
    registering,
    rekeying,
    schedule,
    standins,
    topics,
    watching,
    writing,
)
from feeds.store.catching_up import CatchingUp, catch_up
from feeds.store.connecting import WRITES, disconnect
from feeds.store.dialect import set_limits
from feeds.store.duties import open_duties
from feeds.store.failures import told, where
from feeds.store.hints import Hints
from feeds.store.plain import Side, unhurried

_STEADY = {"isolation_level": "REPEATABLE READ"}
# A question costs at most one pass through the lists of its terms: milliseconds, but seconds for thirty of the most
# frequent words among ten million articles. So few are searched at once, and plain feeds never wait for them.
_SEARCHES_AT_ONCE = 2
_SEARCH_WAIT_S = 5.0
_SEARCH_TIMEOUT_MS = 10_000  # where the database can stop in the middle


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
        self._searches = threading.BoundedSemaphore(_SEARCHES_AT_ONCE)
        self._duties = open_duties(engine)
        self._hints = Hints(engine)
        self._catching_up: CatchingUp | None = None

    @property
    def side(self) -> Side:
        """This store as one side of a copy."""
        return Side(name=where(self._engine), reading=unhurried(self._reading), writing=unhurried(self._writing))

    def make_keys_anew(self) -> None:
        """Compares keywords by this version's folding, also those stored under another one."""
        rekeying.make_keys_anew(self._reading, self._writing)

    def catch_up(self) -> None:
        """Has every article that earlier versions stored come into the full text."""
        self._catching_up = catch_up(self._reading, self._writing)

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Connection]:
        with told(self._engine), self._reader.connect() as connection:
            yield connection

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        with told(self._engine), self._turn, self._writer.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def _searching(self, query: FeedQuery) -> Iterator[int | None]:
        """A question of the full text waits for its turn, and never holds up the others for long: its limit in ms."""
        if not questions.is_searched(query):
            yield None
            return
        if not self._searches.acquire(timeout=_SEARCH_WAIT_S):
            raise StoreError(f"database {where(self._engine)}: too many searches at once; ask again in a moment")
        try:
            yield _SEARCH_TIMEOUT_MS
        finally:
            self._searches.release()

    @contextlib.contextmanager
    def _asking(self, query: FeedQuery) -> Iterator[Connection]:
        """Reads for a question."""
        with self._searching(query) as limit_ms, self._reading() as connection:
            if limit_ms is not None:
                set_limits(connection, statement_timeout=limit_ms)
            yield connection

    def register(self, sources: Sequence[Source], now: dt.datetime, *, complete: bool = True) -> None:
        """Makes ``sources`` the ones that are polled.

        Not in one transaction: polls and claims come in between, and what is registered so far counts.
        """
        with self._reading() as connection:
            difference = registering.compare(connection, sources, now, complete=complete)
        for some in registering.batches(difference.changed):
            prepared = registering.prepare(some)
            with self._writing() as connection:
                registering.configure(connection, prepared, now)
        for names in registering.batches(difference.gone):
            with self._writing() as connection:
                registering.retire(connection, names, now)

    def claim_due(self, now: dt.datetime, *, limit: int, lease_s: float) -> list[Claim]:
        """Leases due sources."""
        with self._writing() as connection:
            return schedule.claim_due(connection, now, limit=limit, lease_s=lease_s)

    def claim(self, source_id: str, now: dt.datetime, *, lease_s: float) -> Claim | None:
        """Leases this source, due or not."""
        with self._writing() as connection:
            return schedule.claim(connection, source_id, now, lease_s=lease_s)

    def begin(self, source_id: str, token: str, now: dt.datetime, *, lease_s: float) -> Claim | None:
        """Takes up a claim that was handed on."""
        with self._writing() as connection:
            return schedule.begin(connection, source_id, token, now, lease_s=lease_s)

    def renew(self, claim: Claim, now: dt.datetime, *, lease_s: float) -> None:
        """Prolongs a lease, also one that ran out while nobody else took the source."""
        with self._writing() as connection:
            schedule.renew(connection, claim, now, lease_s=lease_s)

    def finish(self, claim: Claim, outcome: Outcome) -> None:
        """Gives a claim back, also one that ran out while nobody else took the source."""
        with self._writing() as connection:
            schedule.finish(connection, claim, outcome)

    def status(
        self,
        source_ids: Collection[str] | None = None,
        *,
        states: Collection[SourceState] | None = None,
        after: str = "",
        limit: int | None = None,
    ) -> list[SourceStatus]:
        """Sources by id."""
        with self._reading() as connection:
            return watching.status(connection, source_ids, states=states, after=after, limit=limit)

    def states(self) -> Mapping[SourceState, int]:
        """How many sources are in each state."""
        with self._reading() as connection:
            return watching.states(connection)

    def events(self, *, after_seq: int = 0, limit: int, newest: bool = False) -> list[SourceEvent]:
        """Changes of state; those older than ``watching.EVENTS_KEPT`` are forgotten as new ones come."""
        with self._reading() as connection:
            return watching.events(connection, after_seq=after_seq, limit=limit, newest=newest)

    def cursor(self, name: str) -> int:
        """How far a reader has come."""
        with self._reading() as connection:
            return watching.cursor_of(connection, name)

    def move_cursor(self, name: str, before: int, after: int) -> bool:
        """Moves it unless somebody else did."""
        with self._writing() as connection:
            return watching.move_cursor(connection, name, before, after)

    def lead(self, duty: str) -> bool:
        """Whether this process has the duty."""
        with told(self._engine):
            return self._duties.has(duty)

    def note_mistakes(self, mistakes: Sequence[str], now: dt.datetime) -> None:
        """Keeps what is wrong in the configuration."""
        with self._writing() as connection:
            watching.note_mistakes(connection, mistakes, now)

    def mistakes(self) -> list[str]:
        """What was noted last."""
        with self._reading() as connection:
            return watching.noted_mistakes(connection)

    def targets(self, source_id: str, urls: Collection[str]) -> Mapping[str, TargetRecord]:
        """What is remembered of listing pages, feeds and sitemaps."""
        with self._reading() as connection:
            return memory.targets(connection, source_id, urls)

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
            return naming.known(connection, source_id, identities)

    def elsewhere(self, source_id: str, identities: Collection[str]) -> Mapping[str, str]:
        """Articles of other sources that have these identities."""
        with self._reading() as connection:
            return copies.elsewhere(connection, source_id, identities)

    def alike(self, bands: Collection[int], *, since: dt.datetime, limit: int) -> Mapping[str, int]:
        """Articles that share bands."""
        with self._reading() as connection:
            return copies.alike(connection, bands, since, limit)

    def activity(self, source_ids: Collection[str], since: dt.date) -> Mapping[str, Mapping[dt.date, int]]:
        """Articles a day; days longer ago than ``activity.KEPT_DAYS`` are forgotten as new articles come."""
        with self._reading() as connection:
            return activity.activity_of(connection, source_ids, since)

    def write(self, claim: Claim, update: Update, now: dt.datetime) -> int:
        """Writes an update, all or nothing, and returns the change counter.

        The claim's token decides, not the clock: a poll whose lease ran out may still write while nobody else has
        taken its source; once someone has, it raises LeaseLost and writes nothing. Writing the same update twice
        changes nothing. NUL and lone surrogates in any text are kept as U+FFFD (``columns``).
        """
        with self._writing() as connection:
            return writing.write(connection, claim, update, now)

    def make_room(self, now: dt.datetime) -> None:
        """Makes the partitions that new articles need."""
        with self._writing() as connection:
            partitions.make_room(connection, now)

    def drop_before(self, month: dt.date, *, limit: int) -> int:
        """Drops old articles, and the partitions that hold none any more."""
        with self._writing() as connection:
            number = dropping.drop(connection, month, limit)
        if number < limit:
            with self._writing() as connection:
                partitions.drop_passed(connection, month)
        return number

    def change_seq(self) -> int:
        """The number of the last change."""
        with self._reading() as connection:
            return numbering.last_seq(connection)

    def await_change(self, timeout_s: float) -> bool:
        """Waits for a hint."""
        return self._hints.wait(timeout_s)

    def window(
        self, query: FeedQuery, *, limit: int, before_seq: int | None = None, after_seq: int | None = None
    ) -> list[tuple[str, int]]:
        """The newest changes that answer the query, or the oldest after one."""
        with self._asking(query) as connection:
            return standins.window(connection, query, limit=limit, before_seq=before_seq, after_seq=after_seq)

    def load(self, article_ids: Collection[str]) -> dict[str, StoredArticle]:
        """Whole articles by id."""
        with self._reading() as connection:
            return reading.load(connection, article_ids)

    def addresses(self, article_ids: Collection[str]) -> dict[str, str]:
        """Where the pages of articles are."""
        with self._reading() as connection:
            return reading.addresses(connection, article_ids)

    def count(self, query: FeedQuery, *, at_most: int | None = None) -> int:
        """How many articles answer the query."""
        with self._asking(query) as connection:
            return standins.count(connection, query, at_most=at_most)

    def languages(self) -> dict[str, int]:
        """Language tag -> number of articles."""
        with self._reading() as connection:
            return reading.languages(connection)

    def keywords(self, language: str | None = None, *, limit: int | None = None) -> list[KeywordCount]:
        """Keywords by use."""
        with self._reading() as connection:
            return reading.keywords(connection, language, limit=limit)

    def labels(self, keys: Collection[str]) -> dict[str, str]:
        """The most used display form of each key."""
        with self._reading() as connection:
            return reading.labels(connection, keys)

    def sections(self) -> list[tuple[str, str, int]]:
        """(language, section slug, number of articles)."""
        with self._reading() as connection:
            return reading.sections(connection)

    def newest_archive(self, feed: str, chain: str, query: FeedQuery, *, reached_seq: int, limit: int) -> int | None:
        """The newest archive of a feed; writes only where a new one is needed."""
        with self._searching(query):
            with self._reading() as connection:
                number, cut = archives.newest(connection, feed, chain)
                if not archives.leaves_out(connection, query, cut, reached_seq):
                    return number
            with self._writing() as connection:
                return archives.announce(connection, feed, chain, query, reached_seq=reached_seq, limit=limit)

    def archive(self, feed: str, number: int, query: FeedQuery, *, limit: int) -> Archive | None:
        """What an archive holds; writes the first time only, and never for a number that was not announced."""
        with self._reading() as connection:
            if not archives.is_announced(connection, feed, number):
                return None
            found = archives.find(connection, feed, number)
        if found is not None:
            return found
        with self._searching(query), self._writing() as connection:
            return archives.fill(connection, feed, number, query, limit=limit)

    def archive_document(self, feed: str, number: int, format_: Format) -> ArchiveDocument | None:
        """An archive as it was written."""
        with self._reading() as connection:
            return archives.document(connection, feed, number, format_)

    def keep_archive_document(
        self, feed: str, number: int, format_: Format, written: ArchiveDocument
    ) -> ArchiveDocument:
        """Keeps an archive as it is written."""
        with self._writing() as connection:
            return archives.keep(connection, feed, number, format_, written)

    def ask_topics(self, asked: Mapping[str, str], day: dt.date) -> None:
        """Remembers which feeds were asked for."""
        with self._writing() as connection:
            topics.ask(connection, asked, day)

    def topics(self) -> list[Topic]:
        """All feeds that were asked for."""
        with self._reading() as connection:
            return topics.topics(connection)

    def tell_topics(self, told: Mapping[str, str]) -> None:
        """Remembers what the hub was told."""
        with self._writing() as connection:
            topics.tell(connection, told)

    def forget_topics(self, before: dt.date) -> int:
        """Forgets what nobody asked for any more."""
        with self._writing() as connection:
            return topics.forget(connection, before)

    def placed_after(self, seq: int, *, limit: int) -> list[Placed]:
        """Where articles stand that changed after one."""
        with self._reading() as connection:
            return topics.placed_after(connection, seq, limit)

    def note_hub(self, record: HubRecord, now: dt.datetime) -> None:
        """Keeps how telling the hub went."""
        with self._writing() as connection:
            topics.note_hub(connection, record, now)

    def hub_record(self) -> HubRecord:
        """How it went."""
        with self._reading() as connection:
            return topics.hub_record(connection)

    def ping(self) -> None:
        """Asks the database for an answer."""
        with self._reading() as connection:
            connection.execute(select(1))

    def close(self) -> None:
        """Gives every connection back, as soon as those who still ask have their answer."""
        if self._catching_up is not None:
            self._catching_up.stop()
        self._duties.close()
        self._hints.close()
        disconnect(self._engine)
