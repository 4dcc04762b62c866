"""The store's contract: what a poll reads and writes, and what the web asks.

Every implementation passes ``tests/contracts/``. Methods raise ``StoreError`` when the database fails, and
``LeaseLost`` when a write comes from a poll whose lease another poll has taken over. All are safe to call from
several threads and several processes at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

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


class Store(Protocol):
    """Articles, their change log, and the memory of what was polled."""

    # --- who is due -------------------------------------------------------------------------------------------

    def register(self, sources: Sequence[Source], now: dt.datetime, *, complete: bool = True) -> None:
        """Makes ``sources`` the ones that are polled; a new one is due at once.

        With ``complete``, every other source is retired: never claimed again, its articles stay. A disabled
        source is registered but never claimed. A returning source is due at once, and so is one that was polled
        later than ``now``: the clock was wrong then. One that is to be read elsewhere or otherwise (url, sections,
        kind, recipe, api, path) is due at once too, and a poll of it that still runs loses its lease; one whose
        ``interval_s`` became shorter is due unless it is being polled. What is stored so already is not written;
        polls go on while many others are.
        """

    def claim_due(self, now: dt.datetime, *, limit: int, lease_s: float) -> list[Claim]:
        """Leases up to ``limit`` due sources, oldest first, at most one for each registered domain at a time.

        A source whose lease has run out is due again: the lease is the retry.
        """

    def claim(self, source_id: str, now: dt.datetime, *, lease_s: float) -> Claim | None:
        """Leases this one whether due or not; None while its domain is being polled, or when it is not registered."""

    def begin(self, source_id: str, token: str, now: dt.datetime, *, lease_s: float) -> Claim | None:
        """Takes up a claim that was handed on by its token: leases it anew, under a token that nobody else knows.

        None when the token no longer holds the source: the message came twice, the lease ran out and somebody else has
        it, or it was configured otherwise meanwhile. So of two that take one claim up, one polls.
        """

    def renew(self, claim: Claim, now: dt.datetime, *, lease_s: float) -> None:
        """Prolongs the lease; raises LeaseLost when the token no longer holds it.

        Also when the lease ran out and another source of the domain is polled meanwhile.
        """

    def finish(self, claim: Claim, outcome: Outcome) -> None:
        """Gives the claim back and records how the poll ended; raises LeaseLost and writes nothing otherwise."""

    def status(
        self,
        source_ids: Collection[str] | None = None,
        *,
        states: Collection[SourceState] | None = None,
        after: str = "",
        limit: int | None = None,
    ) -> list[SourceStatus]:
        """Sources by id: these or all ever registered, of them those after the id ``after``, at most ``limit``.

        With ``states`` only those that are in one of them; a page of a few is quick among a million others.
        """

    def states(self) -> Mapping[SourceState, int]:
        """How many sources are in each state."""

    def events(self, *, after_seq: int = 0, limit: int, newest: bool = False) -> list[SourceEvent]:
        """Changes of state after that one, oldest first; with ``newest`` the last ``limit`` of them, newest first.

        ``finish`` records one whenever the state changes, ``register`` when a source is retired or returns.
        """

    def cursor(self, name: str) -> int:
        """How far the reader called ``name`` has come; 0 at first."""

    def move_cursor(self, name: str, before: int, after: int) -> bool:
        """Moves it from ``before`` to ``after``; False when somebody else moved it: then what follows is theirs."""

    def lead(self, duty: str) -> bool:
        """Whether this store object has a duty that one process at a time has; takes it where nobody does.

        It is given up by ``close``, and lost with the process or with its connection to the database: ask each time
        before acting. Among the threads of one store object it is the same for all.
        """

    # --- what the operator should know --------------------------------------------------------------------------

    def note_mistakes(self, mistakes: Sequence[str], now: dt.datetime) -> None:
        """Keeps what is wrong in the configuration, in place of what was noted before; none when all is right."""

    def mistakes(self) -> list[str]:
        """What is wrong in the configuration, as last noted."""

    # --- what a poll needs to know ----------------------------------------------------------------------------

    def targets(self, source_id: str, urls: Collection[str]) -> Mapping[str, TargetRecord]:
        """What is remembered of listing pages, feeds and sitemaps, for those that were read to the end once."""

    def pages(self, source_id: str, urls: Collection[str]) -> Mapping[str, PageRecord]:
        """What is remembered of these article pages."""

    def pages_due(
        self, source_id: str, now: dt.datetime, *, recheck_since: dt.datetime | None, limit: int
    ) -> list[PageRecord]:
        """Pages to look at again though no listing asks for it, those fetched longest ago first.

        Failed pages whose ``retry_at`` has come, and, with ``recheck_since``, pages that were read and first
        seen at or after that instant.
        """

    def pages_like(self, source_id: str, listed_hashes: Collection[str]) -> Mapping[str, str]:
        """For each hash, the address of the page that was read and listed so; the one fetched last of several."""

    def known(self, source_id: str, identities: Collection[str]) -> Mapping[str, Known]:
        """For each identity or alias already stored for this source, the article that it belongs to."""

    def elsewhere(self, source_id: str, identities: Collection[str]) -> Mapping[str, str]:
        """For each identity or alias that another source stored, the id of its article; the first stored of several.

        An article that is itself marked as ``Twin.SAME`` is never the answer.
        """

    def alike(self, bands: Collection[int], *, since: dt.datetime, limit: int) -> Mapping[str, int]:
        """Articles, of every source, first seen at or after ``since``, that share bands; with how many they share.

        At most ``limit``, those that share most first.
        """

    def activity(self, source_ids: Collection[str], since: dt.date) -> Mapping[str, Mapping[dt.date, int]]:
        """How many articles each source published on each day (UTC) from ``since`` on; days without any are absent.

        An article counts on the day it is dated, and never on a later one than that on which it was first seen.
        """

    # --- what a poll writes -----------------------------------------------------------------------------------

    def write(self, claim: Claim, update: Update, now: dt.datetime) -> int:
        """Writes an update in one transaction and returns the change counter after it.

        Each NEW or UPDATED article takes the next change number, in the order given; an UPDATED or SAME article
        keeps its row, its ``first_seen_at`` and its id. A NEW article whose id is already stored is taken as an
        update, or as SAME when its content hash is equal. A stored article of another source that a marking names
        takes a change number as well, unless it is marked so already; an update of an article leaves its marking.
        Raises LeaseLost, having written nothing.
        """

    # --- what is kept, and for how long -----------------------------------------------------------------------

    def make_room(self, now: dt.datetime) -> None:
        """Prepares for the articles of this month and those that follow; cheap when that is done already.

        Nothing is lost without it: it keeps months apart, so that they can be dropped as a whole.
        """

    def drop_before(self, month: dt.date, *, limit: int) -> int:
        """Drops articles that were first seen before a month begins (UTC), at most ``limit``; returns how many.

        0 when none is left. The oldest go first. A dropped article is in no feed, count or answer any more; its
        identity stays, so a site that still lists it does not bring it back: what a poll writes of it is passed over.
        Archives that were written stay as they are; those that were not hold what is left. What is shown changed, so
        the change counter moves, though nothing stands at its number.
        """

    # --- what readers ask -------------------------------------------------------------------------------------

    def change_seq(self) -> int:
        """The number of the last change; 0 in an empty store. Nothing can be stale while it stands still."""

    def await_change(self, timeout_s: float) -> bool:
        """Waits for a hint that something changed, at most so long; whether one came.

        Only a hint: one may be lost, and one may come for nothing new. ``change_seq`` is the truth.
        """

    def window(
        self, query: FeedQuery, *, limit: int, before_seq: int | None = None, after_seq: int | None = None
    ) -> list[tuple[str, int]]:
        """``(article id, seq)`` of the newest changes that answer the query, newest first. Cheap: index only.

        With ``after_seq`` the oldest changes after that one, oldest first: numbers are given in the order of commits,
        so whoever goes on from the last one seen misses none; an article that changes again comes again.
        """

    def load(self, article_ids: Collection[str]) -> dict[str, StoredArticle]:
        """Whole articles by id; unknown ids are absent."""

    def addresses(self, article_ids: Collection[str]) -> dict[str, str]:
        """Where the pages of articles are, by id; unknown ids are absent. Cheap beside ``load``."""

    def count(self, query: FeedQuery, *, at_most: int | None = None) -> int:
        """How many articles answer the query; where counting costs, no more than ``at_most`` are counted."""

    def languages(self) -> dict[str, int]:
        """BCP 47 tag of every stored language -> number of articles."""

    def keywords(self, language: str | None = None, *, limit: int | None = None) -> list[KeywordCount]:
        """Keywords of a language (as in FeedQuery: ``zh`` holds ``zh-Hans``), most used first, ties by key.

        With None: of every language together, one row a key, ``language`` being the one that uses it most.
        """

    def labels(self, keys: Collection[str]) -> dict[str, str]:
        """The display form that most articles have of each key; of several the one that was so before the others."""

    def sections(self) -> list[tuple[str, str, int]]:
        """(language, section slug, number of articles) of every section that has articles."""

    # --- the history of feeds (RFC 5005) ------------------------------------------------------------------------

    def newest_archive(self, feed: str, chain: str, query: FeedQuery, *, reached_seq: int, limit: int) -> int | None:
        """The number of the archive behind a feed that shows its answers down to ``reached_seq``.

        A new one is announced where the newest so far leaves an answer out that is not shown any more either; it will
        hold ``limit`` articles at most. None while everything is shown. ``chain`` stands for what the feed means.
        """

    def archive(self, feed: str, number: int, query: FeedQuery, *, limit: int) -> Archive | None:
        """What an archive holds, decided when someone first asks; None when none of this number was announced.

        Raises StoreError as well while the full text that answers the query is not complete.
        """

    def archive_document(self, feed: str, number: int, format_: Format) -> ArchiveDocument | None:
        """An archive as it was written in this format; None while it was not."""

    def keep_archive_document(
        self, feed: str, number: int, format_: Format, written: ArchiveDocument
    ) -> ArchiveDocument:
        """Keeps an announced archive as it is written now, for good, and returns it.

        Where one is kept already that is returned, so all who write it at once answer the same bytes.
        """

    # --- who is told of changes ---------------------------------------------------------------------------------

    def ask_topics(self, asked: Mapping[str, str], day: dt.date) -> None:
        """Remembers that these feeds were asked for on a day: by address the mark of the window that each held then.

        Of one that is known already only the day is new. There are no more than ``topics.MOST_TOPICS``.
        """

    def topics(self) -> list[Topic]:
        """All feeds that were asked for, by address."""

    def tell_topics(self, told: Mapping[str, str]) -> None:
        """Remembers, by address, the mark of what the hub was now told that a feed holds."""

    def forget_topics(self, before: dt.date) -> int:
        """Forgets the topics that nobody asked for on that day or later; returns how many."""

    def placed_after(self, seq: int, *, limit: int) -> list[Placed]:
        """Where the articles stand that changed after ``seq``, oldest change first, each once with its last one."""

    def note_hub(self, record: HubRecord, now: dt.datetime) -> None:
        """Keeps how telling the hub went so far."""

    def hub_record(self) -> HubRecord:
        """How it went, as last noted."""

    def ping(self) -> None:
        """Raises StoreError unless the database answers."""

    def close(self) -> None:
        """Gives every connection back; whatever is asked from now on is a StoreError."""
