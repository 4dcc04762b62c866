"""What a poll knows, changes and leaves behind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from feeds.model.article import Article, Content, Twin
from feeds.model.document import Hints, Validators
from feeds.model.source import Section


class Change(StrEnum):
    """What became of an article in one poll."""

    NEW = "new"
    UPDATED = "updated"
    SAME = "same"


class SourceState(StrEnum):
    """How a source is doing, in the words of ``/sources``."""

    WAITING = "waiting"  # not polled yet
    OK = "ok"
    QUIET = "quiet"  # answers, but with fewer articles than its own rhythm leads one to expect
    EMPTY = "empty"  # the page answers, nothing found in it
    STALE = "recipe stale"  # the recipe finds nothing any more, reading without it does
    BLOCKED = "blocked"  # 401, 403, 429, a challenge, robots.txt
    BROKEN = "broken"  # network, TLS, 5xx, unreadable
    GONE = "gone"  # 404, 410
    RETIRED = "retired"  # no longer configured; its articles stay


# in these states a source answers and its articles come
WELL = frozenset({SourceState.OK, SourceState.QUIET, SourceState.STALE})


class PageState(StrEnum):
    """What became of an article page."""

    READ = "read"
    ENTRY = "entry"  # its feed entry brought the whole text, so the page was never fetched
    FAILED = "failed"  # will be tried again
    GIVEN_UP = "given_up"  # tried often enough
    NOT_ARTICLE = "not_article"  # answered, but is no article; looked at again only when its listing changes
    SKIPPED = "skipped"  # listed when the source was first read, beyond its backfill: never fetched


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRecord:
    """What is remembered of one article page of a source, so that it is fetched once.

    ``listed_hash`` stands for what the listing said of it (title, date): another hash means it changed there.
    ``retry_at`` is when a failed page may be tried again. ``validators`` serve the next conditional request.
    ``url`` is the guid where several entries of a feed share one page. ``read_as`` stands for the configuration by
    which it was read (recipe, zone, language): under another one it is read again. Empty: not known.
    """

    url: str
    state: PageState
    first_seen_at: dt.datetime
    fetched_at: dt.datetime
    listed_hash: str = ""
    attempts: int = 0
    retry_at: dt.datetime | None = None
    reason: str = ""
    validators: Validators = Validators()
    article_id: str | None = None
    section: str | None = None
    read_as: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRecord:
    """What is remembered of a listing page, feed or sitemap that was read to the end.

    ``read_at`` is when that was last so; ``lastmod`` what the index that lists it said of it then, as written;
    ``read_as`` as in PageRecord.
    """

    validators: Validators = Validators()
    read_at: dt.datetime
    lastmod: str | None = None
    read_as: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store knows of an identity: the article it belongs to."""

    article_id: str
    content_hash: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleUpdate:
    """One article of an update; a SAME article may still bring new aliases.

    ``bands`` are the locality-sensitive hashes of its text (signed 64-bit), by which near-duplicates are found again;
    None: leave those that are stored.
    """

    article: Article
    change: Change
    bands: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    """The article ``article_id``, stored or of the same update, repeats ``original_id``."""

    article_id: str
    original_id: str
    twin: Twin


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLink:
    """Two articles in different languages tell one story.

    ``evidence`` says in a word how that is known (``hreflang``, ``language switch``, ``inferred``), ``certainty`` how
    sure that is, from 0 to 1.
    """

    one_id: str
    other_id: str
    evidence: str
    certainty: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What one step of a poll writes, all or nothing.

    ``targets`` are the listing pages, feeds and sitemaps read to the end, ``pages`` what became of article pages,
    ``markings`` what repeats what, ``links`` what tells one story in several languages.
    """

    articles: tuple[ArticleUpdate, ...] = ()
    pages: tuple[PageRecord, ...] = ()
    targets: Mapping[str, TargetRecord] = field(default_factory=lambda: MappingProxyType({}))
    markings: tuple[Marking, ...] = ()
    links: tuple[StoryLink, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to poll one source until the lease runs out; ``token`` proves it.

    ``failures`` is how many polls in a row failed before this one, ``state`` how the last one ended, ``hints`` what
    the publisher asked for then, ``last_poll_at`` when that was.
    """

    source_id: str
    token: str
    failures: int = 0
    state: SourceState = SourceState.WAITING
    hints: Hints = Hints()
    last_poll_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a poll ended, written when its claim is given back. ``reason`` is empty when all is well.

    ``pace_s`` is the time between polls now in force, without jitter; ``suggestion`` the TOML of a recipe that would
    work where the source's own does not.
    """

    state: SourceState
    polled_at: dt.datetime
    next_poll_at: dt.datetime
    reason: str = ""
    failures: int = 0
    found: int = 0
    new: int = 0
    updated: int = 0
    failed_pages: int = 0
    hints: Hints = Hints()
    pace_s: float | None = None
    suggestion: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """One source as the operator sees it. ``home`` is the address people would open.

    ``content`` is how much of its articles feeds hand on at most.
    """

    id: str
    name: str
    kind: str
    url: str
    language: str | None
    sections: tuple[Section, ...]
    state: SourceState
    state_since: dt.datetime
    reason: str
    failures: int
    articles: int
    next_poll_at: dt.datetime | None
    last_poll_at: dt.datetime | None
    last_ok_at: dt.datetime | None
    last_article_at: dt.datetime | None
    pace_s: float | None = None
    suggestion: str = ""
    content: Content = Content.FULL


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEvent:
    """A source's state changed. ``seq`` counts such events, without gaps and in the order of commits."""

    seq: int
    source_id: str
    name: str
    at: dt.datetime
    before: SourceState
    after: SourceState
    reason: str
