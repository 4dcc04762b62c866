"""What the store knows + what was found + now in, what to do out. Pure: no input or output, no clock.

Which pages to fetch, what an article's change is, when a failed page is tried again, what state a source is in and
when it is polled next.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from feeds.errors import (
    Blocked,
    FetchError,
    NothingFound,
    PolyfeedError,
    RateLimited,
    RobotsRefused,
    SourceGone,
)
from feeds.model import (
    Article,
    ArticleUpdate,
    Change,
    Item,
    Known,
    PageRecord,
    PageState,
    Source,
    SourceState,
    Validators,
)

# what a listing or feed entry may give and an article page lack
_FROM_LISTINGS = ("published", "section", "image", "image_caption")
LONGEST_WAIT_S = 86_400.0
SHORTEST_RETRY_S = 30.0
# backing off doubles the interval with each failure in a row, up to a day
MAX_DOUBLINGS = 10
JITTER = 0.1
MOST_FAILURES_IN_A_ROW = 5
NONE = Validators()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An article page to fetch; ``before`` is what is remembered of it, None when it was never seen.

    ``again``: nothing says that it changed, it is only looked at again.
    """

    item: Item
    before: PageRecord | None
    again: bool = False

    @property
    def is_first(self) -> bool:
        """Whether no article of this page is stored yet."""
        return self.before is None or self.before.article_id is None

    @property
    def validators(self) -> Validators | None:
        """What makes the request conditional: an unchanged page need not be sent again."""
        return self.before.validators if self.again and self.before else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The pages of one poll in the order to fetch them, and how many new ones had to wait for the next one."""

    pages: tuple[Wanted, ...]
    left: int


def plan_pages(
    listed: Sequence[Item], seen: Mapping[str, PageRecord], due: Iterable[PageRecord], *, now: dt.datetime, limit: int
) -> Plan:
    """Which article pages to fetch now, at most ``limit``.

    First new ones and those whose listing says something else than when they were read. ``listed`` is newest first,
    as listings are; when there are more than ``limit``, the newest go first, and what goes is fetched oldest first,
    so that change numbers follow time. Then failed ones whose time has come, so that they never stand in the way of
    new ones, and last those that are only looked at again. Neither of these two is ever ``left``: they come back by
    themselves, and waiting for them would never end.
    """
    fresh, retried = [], []
    for item in listed:
        record = seen.get(item.url)
        if record is None or _says_otherwise(item, record):
            fresh.append(Wanted(item=_filed(item, record), before=record))
        elif _is_retry(record, now):
            retried.append(Wanted(item=_filed(item, record), before=record))
    by_url = {item.url: item for item in listed}
    asked = {want.item.url for want in (*fresh, *retried)}
    again = []
    for record in due:
        if record.url in asked:
            continue
        item = _filed(by_url.get(record.url, Item(url=record.url)), record)
        if record.state is PageState.READ:
            again.append(Wanted(item=item, before=record, again=True))
        else:
            retried.append(Wanted(item=item, before=record))
    first = fresh[:limit]
    pages = (*reversed(first), *retried, *again)
    return Plan(pages=pages[:limit], left=len(fresh) - len(first))


def _filed(item: Item, record: PageRecord | None) -> Item:
    """An article that several sections list stays in the one where it was first seen."""
    return replace(item, section=record.section) if record and record.section else item


def _says_otherwise(item: Item, record: PageRecord) -> bool:
    """Whether the listing changed what it says; two sections may well tell one article in different words."""
    if not record.listed_hash or (record.section and item.section != record.section):
        return False
    return listed_hash(item) != record.listed_hash


def _is_retry(record: PageRecord, now: dt.datetime) -> bool:
    return record.state is PageState.FAILED and record.retry_at is not None and record.retry_at <= now


def is_in_trouble(in_a_row: Sequence[PolyfeedError]) -> bool:
    """Whether the errors of the last pages, one after the other, say that it is the host and not the pages.

    A page that is gone, or no article, is the page's own matter.
    """
    last = in_a_row[-MOST_FAILURES_IN_A_ROW:]
    return len(last) == MOST_FAILURES_IN_A_ROW and all(isinstance(error, FetchError | Blocked) for error in last)


def listed_hash(item: Item) -> str:
    """Stands for what a listing says of an article: its title, and its date when that is a date.

    A date counts from six digits or a year on: "2 hours ago" and "14:03" change by themselves. The text of a feed
    entry counts too.
    """
    date = item.updated or item.published or ""
    if not re.search(r"\d{4}", date) and sum(character.isdigit() for character in date) < 6:  # noqa: PLR2004
        date = ""
    said = "\x1f".join(("".join((item.title or "").split()), date, item.content_html or item.summary or ""))
    return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def tell_apart(entries: Sequence[Item]) -> tuple[list[Item], frozenset[str]]:
    """What names the entries of one feed: the entries, and the addresses that several of them share.

    Some feeds give one guid to every entry: it names none. Others link every entry to one page, such as a list of
    releases: then the guid names it, and the page is no page of the entry's own.
    """
    links: dict[str, set[str]] = {}
    guids: dict[str, set[str]] = {}
    for entry in entries:
        if entry.guid:
            links.setdefault(entry.guid, set()).add(entry.url)
            guids.setdefault(entry.url, set()).add(entry.guid)
    named = [replace(entry, guid=None) if entry.guid and len(links[entry.guid]) > 1 else entry for entry in entries]
    own = {entry.guid for entry in named if entry.guid}
    return named, frozenset(url for url, names in guids.items() if len(names & own) > 1)


def decide_changes(articles: Iterable[Article], known: Mapping[str, Known]) -> tuple[ArticleUpdate, ...]:
    """What became of each article: NEW, UPDATED or SAME. One that is known by any alias keeps its id.

    ``known`` maps identities of the same source to what is stored. Articles of the batch that share an identity
    become one, the later reading wins.
    """
    ids: dict[str, tuple[str, str | None]] = {key: (fact.article_id, fact.content_hash) for key, fact in known.items()}
    updates: dict[str, ArticleUpdate] = {}
    for article in articles:
        names = (article.identity, *article.aliases)
        found = next((ids[name] for name in names if name in ids), None)
        article_id, stored_hash = found if found is not None else (article.id, None)
        kept = article if article.id == article_id else replace(article, id=article_id)
        if stored_hash is None:
            change = Change.NEW
        else:
            change = Change.SAME if stored_hash == kept.content_hash else Change.UPDATED
        earlier = updates.pop(article_id, None)
        if earlier is not None:
            aliases = dict.fromkeys((*earlier.article.aliases, earlier.article.identity, *kept.aliases))
            aliases.pop(kept.identity, None)
            kept = replace(kept, aliases=tuple(aliases))
        updates[article_id] = ArticleUpdate(article=kept, change=change)
        ids.update(dict.fromkeys(names, (article_id, stored_hash)))
    return tuple(updates.values())


def keep_known(article: Article, stored: Article) -> Article:
    """A later reading, with what the page itself does not give kept from the first.

    When a page is looked at again its listing may name it no longer: the date, section and picture that only the
    listing gave stay, and so do authors and keywords that a feed gave.
    """
    names = [name for name in _FROM_LISTINGS if not getattr(article, name)]
    names += [
        name
        for name in ("authors", "keywords")
        if not getattr(article, name) and stored.provenance.get(name, "").startswith("feed")
    ]
    kept = {name: getattr(stored, name) for name in names if getattr(stored, name)}
    if not kept:
        return article
    named = {name: stored.provenance[name] for name in kept if name in stored.provenance}
    return replace(article, **kept, provenance={**article.provenance, **named})


def read_record(want: Wanted, *, now: dt.datetime, article_id: str, validators: Validators = NONE) -> PageRecord:
    """What to remember of a page that was read."""
    return replace(_record(want, PageState.READ, now=now, article_id=article_id), validators=validators)


def failed_record(want: Wanted, error: PolyfeedError, *, now: dt.datetime, source: Source, attempts: int) -> PageRecord:
    """What to remember of a page that was not read: when to try again, or that it was tried ``attempts`` times.

    A page that answers and is no article is left alone until its listing changes. One that was read before stays
    read: its article is kept.
    """
    before = want.before
    article_id = before.article_id if before else None
    if isinstance(error, NothingFound):
        return _record(want, PageState.NOT_ARTICLE, now=now, reason=str(error), article_id=article_id)
    tried = before.attempts if before and before.state is PageState.FAILED else 0
    is_listed = not _is_hollow(want.item)
    if not (isinstance(error, RateLimited) or (isinstance(error, RobotsRefused) and is_listed)):
        tried += 1  # being told to wait says nothing of the page, and asking robots.txt's rules costs nobody anything
    if tried >= attempts:
        return _record(want, PageState.GIVEN_UP, now=now, reason=str(error), article_id=article_id, attempts=tried)
    wait_s = min(
        LONGEST_WAIT_S, max(SHORTEST_RETRY_S, source.interval_s) * 2.0 ** min(max(0, tried - 1), MAX_DOUBLINGS)
    )
    if isinstance(error, RateLimited) and error.retry_after_s is not None:
        wait_s = max(wait_s, error.retry_after_s)
    if isinstance(error, RobotsRefused):
        wait_s = 0.0
    record = _record(want, PageState.FAILED, now=now, reason=str(error), article_id=article_id, attempts=tried)
    return replace(record, retry_at=now + dt.timedelta(seconds=wait_s))


def unchanged_record(record: PageRecord, *, now: dt.datetime) -> PageRecord:
    """What to remember of a page that answered "not modified"."""
    return replace(record, fetched_at=now)


def _is_hollow(item: Item) -> bool:
    """Whether the page is looked at again without being listed."""
    return item.title is None and item.published is None


def _record(
    want: Wanted,
    state: PageState,
    *,
    now: dt.datetime,
    reason: str = "",
    article_id: str | None = None,
    attempts: int = 0,
) -> PageRecord:
    before, item = want.before, want.item
    return PageRecord(
        url=item.url,
        state=state,
        first_seen_at=before.first_seen_at if before else now,
        fetched_at=now,
        listed_hash=before.listed_hash if before and _is_hollow(item) else listed_hash(item),
        attempts=attempts,
        reason=reason,
        article_id=article_id,
        section=item.section or (before.section if before else None),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What happened in one poll, as counted while it ran.

    ``targets`` is the number of listing pages or feeds asked, ``failures`` what went wrong with them, by section
    name; ``pages_asked`` the article pages asked for the first time, ``pages_read`` how many of them could be read,
    ``page_errors`` what went wrong with the others. ``listed`` are the records of what is listed, as they were
    before; ``state`` is how the poll before ended. ``stopped`` is the error that ended the poll early, ``notes`` what
    else the operator should know.
    """

    targets: int
    failures: Mapping[str, PolyfeedError]
    pages_asked: int = 0
    pages_read: int = 0
    page_errors: tuple[PolyfeedError, ...] = ()
    listed: tuple[PageRecord, ...] = ()
    state: SourceState = SourceState.WAITING
    stopped: PolyfeedError | None = None
    notes: tuple[str, ...] = ()


def decide_state(tally: Tally) -> tuple[SourceState, str]:
    """The source's state and its reason in words, empty when there is nothing to say."""
    if tally.stopped is not None:
        return state_of(tally.stopped), str(tally.stopped)
    if tally.failures and len(tally.failures) == tally.targets:
        worst = max(tally.failures.values(), key=lambda error: _GRAVITY.index(state_of(error)))
        return state_of(worst), str(worst)
    trouble = _trouble_with_pages(tally)
    if trouble is not None:
        return trouble
    notes = list(tally.notes)
    if tally.failures:
        named = "; ".join(f"{name or 'the page'}: {error}" for name, error in tally.failures.items())
        notes.insert(0, f"{len(tally.failures)} of {tally.targets} sections failed: {named}")
    return SourceState.OK, "; ".join(notes)


def _trouble_with_pages(tally: Tally) -> tuple[SourceState, str] | None:
    """What the article pages say: none of those listed can be read, or a good number of new ones cannot."""
    was_read = any(record.article_id is not None for record in tally.listed)
    if tally.pages_read or (was_read and not tally.pages_asked):
        return None
    if tally.pages_asked >= _ENOUGH_PAGES:
        state = max((_page_state(error) for error in tally.page_errors), key=_GRAVITY.index)
        if state is SourceState.EMPTY and was_read and tally.pages_asked < _MANY_PAGES:
            return None  # players and galleries come in threes; a site of other pages comes in tens
        return state, f"none of {tally.pages_asked} new article pages can be read; the last: {tally.page_errors[-1]}"
    if was_read or len(tally.listed) < _ENOUGH_PAGES or tally.state not in _GRAVITY[1:]:
        return None
    return tally.state, f"none of the {len(tally.listed)} article pages listed can be read: {tally.listed[-1].reason}"


def _page_state(error: PolyfeedError) -> SourceState:
    """Articles that are gone from a list that is there: the list is broken, the source is not gone."""
    state = state_of(error)
    return SourceState.BROKEN if state is SourceState.GONE else state


# fewer pages than this say nothing about the source; and how many must be no articles where others were
_ENOUGH_PAGES = 3
_MANY_PAGES = 10
_GRAVITY = (SourceState.OK, SourceState.EMPTY, SourceState.BROKEN, SourceState.GONE, SourceState.BLOCKED)


def state_of(error: PolyfeedError) -> SourceState:
    """The state a source is in when this is what its poll met."""
    if isinstance(error, RateLimited | Blocked | RobotsRefused):
        return SourceState.BLOCKED
    if isinstance(error, SourceGone):
        return SourceState.GONE
    if isinstance(error, NothingFound):
        return SourceState.EMPTY
    return SourceState.BROKEN


def next_poll(
    source: Source, state: SourceState, *, now: dt.datetime, failures: int, left: int, error: PolyfeedError | None
) -> dt.datetime:
    """When the source is polled next.

    After its interval when all is well, at once when pages had to wait, later with each failure in a row, and never
    before a Retry-After. A jitter of up to ±10 %, fixed for each source, keeps sources apart.
    """
    if state is SourceState.OK:
        wait_s = min(source.interval_s, SHORTEST_RETRY_S) if left else source.interval_s
    else:
        wait_s = min(LONGEST_WAIT_S, source.interval_s * 2.0 ** min(max(0, failures - 1), MAX_DOUBLINGS))
    spread = int.from_bytes(hashlib.blake2b(source.id.encode(), digest_size=2).digest()) / 0xFFFF
    wait_s *= 1 + JITTER * (2 * spread - 1)
    if isinstance(error, RateLimited) and error.retry_after_s is not None:
        wait_s = max(wait_s, error.retry_after_s)
    return now + dt.timedelta(seconds=wait_s)
