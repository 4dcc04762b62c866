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
    NothingFound,
    PolyfeedError,
    RateLimited,
    RobotsRefused,
    SourceGone,
)
from feeds.model import Article, ArticleUpdate, Change, Item, Known, PageRecord, PageState, Source, SourceState

# what a listing or feed entry may give and an article page lack
_FROM_LISTINGS = ("published", "section", "image", "image_caption")
LONGEST_WAIT_S = 86_400.0
SHORTEST_RETRY_S = 30.0
# backing off doubles the interval with each failure in a row, up to a day
MAX_DOUBLINGS = 10
JITTER = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An article page to fetch; ``before`` is what is remembered of it, None when it was never seen."""

    item: Item
    before: PageRecord | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The pages of one poll, oldest first, and how many had to wait for the next one."""

    pages: tuple[Wanted, ...]
    left: int


def plan_pages(
    listed: Sequence[Item], seen: Mapping[str, PageRecord], due: Iterable[PageRecord], *, now: dt.datetime, limit: int
) -> Plan:
    """Which article pages to fetch now.

    New ones, those whose listing says something else than when they were read, failed ones whose time has come, and
    ``due`` ones that no listing names any more. ``listed`` is newest first, as listings are; when there are more
    than ``limit``, the newest go first, and what goes is fetched oldest first, so that change numbers follow time.
    """
    wanted = [
        Wanted(item=item, before=seen.get(item.url)) for item in listed if _asks_for_page(item, seen.get(item.url), now)
    ]
    named = {item.url for item in listed}
    asked = {want.item.url for want in wanted}
    for record in due:
        if record.url not in asked:
            item = next((item for item in listed if item.url == record.url), None) if record.url in named else None
            wanted.append(Wanted(item=item or Item(url=record.url, section=record.section), before=record))
    return Plan(pages=tuple(reversed(wanted[:limit])), left=max(0, len(wanted) - limit))


def _asks_for_page(item: Item, record: PageRecord | None, now: dt.datetime) -> bool:
    if record is None:
        return True
    if record.listed_hash and listed_hash(item) != record.listed_hash:
        return True
    return record.state is PageState.FAILED and record.retry_at is not None and record.retry_at <= now


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


def read_record(want: Wanted, *, now: dt.datetime, article_id: str) -> PageRecord:
    """What to remember of a page that was read."""
    return _record(want, PageState.READ, now=now, article_id=article_id)


def failed_record(want: Wanted, error: PolyfeedError, *, now: dt.datetime, source: Source, attempts: int) -> PageRecord:
    """What to remember of a page that was not read: when to try again, or that it was tried ``attempts`` times.

    A page that answers and is no article is left alone until its listing changes. One that was read before stays
    read: its article is kept.
    """
    before = want.before
    article_id = before.article_id if before else None
    if isinstance(error, NothingFound):
        return _record(want, PageState.NOT_ARTICLE, now=now, reason=str(error), article_id=article_id)
    tried = (before.attempts if before and before.state is PageState.FAILED else 0) + 1
    if tried >= attempts:
        return _record(want, PageState.GIVEN_UP, now=now, reason=str(error), article_id=article_id, attempts=tried)
    wait_s = min(LONGEST_WAIT_S, max(SHORTEST_RETRY_S, source.interval_s) * 2.0 ** min(tried - 1, MAX_DOUBLINGS))
    if isinstance(error, RateLimited) and error.retry_after_s is not None:
        wait_s = max(wait_s, error.retry_after_s)
    record = _record(want, PageState.FAILED, now=now, reason=str(error), article_id=article_id, attempts=tried)
    return replace(record, retry_at=now + dt.timedelta(seconds=wait_s))


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
    hollow = item.title is None and item.published is None  # looked at again without being listed
    return PageRecord(
        url=item.url,
        state=state,
        first_seen_at=before.first_seen_at if before else now,
        fetched_at=now,
        listed_hash=before.listed_hash if before and hollow else listed_hash(item),
        attempts=attempts,
        reason=reason,
        article_id=article_id,
        section=item.section or (before.section if before else None),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What happened in one poll, as counted while it ran.

    ``targets`` is the number of listing pages or feeds asked, ``failures`` what went wrong with them, by section
    name; ``page_errors`` what went wrong with article pages; ``stopped`` the error that ended the poll early.
    """

    targets: int
    failures: Mapping[str, PolyfeedError]
    pages_asked: int = 0
    pages_read: int = 0
    page_errors: tuple[PolyfeedError, ...] = ()
    stopped: PolyfeedError | None = None


def decide_state(tally: Tally) -> tuple[SourceState, str]:
    """The source's state and its reason in words, empty when there is nothing to say."""
    if tally.stopped is not None:
        return state_of(tally.stopped), str(tally.stopped)
    if tally.failures and len(tally.failures) == tally.targets:
        worst = max(tally.failures.values(), key=lambda error: _GRAVITY.index(state_of(error)))
        return state_of(worst), str(worst)
    if tally.pages_asked >= _ENOUGH_PAGES and not tally.pages_read:
        states = {state_of(error) for error in tally.page_errors}
        state = max(states, key=_GRAVITY.index)
        return state, f"{tally.pages_asked} article pages fetched, none could be read: {tally.page_errors[-1]}"
    if tally.failures:
        named = "; ".join(f"{name or 'the page'}: {error}" for name, error in tally.failures.items())
        return SourceState.OK, f"{len(tally.failures)} of {tally.targets} sections failed: {named}"
    return SourceState.OK, ""


# fewer pages than this say nothing about the source
_ENOUGH_PAGES = 3
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
