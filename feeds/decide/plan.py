"""Which articles a poll reads: what is listed and what is remembered in, an ordered plan out.

Pure: no input or output, no clock.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from feeds.decide.joining import origin_of
from feeds.errors import (
    Blocked,
    FetchError,
    PolyfeedError,
)
from feeds.model import (
    Item,
    PageRecord,
    PageState,
    Validators,
)

MOST_FAILURES_IN_A_ROW = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An article to read; ``before`` is what is remembered of it, None when it was never seen.

    ``again``: nothing says that it changed, it is only looked at again. ``key`` is the name it is remembered by
    where that is not its address.
    """

    item: Item
    before: PageRecord | None
    again: bool = False
    key: str = ""

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
    listed: Sequence[Item],
    seen: Mapping[str, PageRecord],
    due: Iterable[PageRecord],
    *,
    now: dt.datetime,
    limit: int,
    read_as: str = "",
    rereads: int = 0,
) -> Plan:
    """Which article pages to fetch now, at most ``limit``.

    First new ones and those whose listing says something else than when they were read. ``listed`` is newest first,
    as listings are; when there are more than ``limit``, the newest go first, and what goes is fetched oldest first,
    so that change numbers follow time. Then failed ones whose time has come, so that they never stand in the way of
    new ones; then, of the ``rereads`` newest, those that were read under another configuration than ``read_as``;
    and last those that are only looked at again. Retries and second looks are never ``left``: they come back by
    themselves, and waiting for them would never end.
    """
    fresh, retried, otherwise = [], [], []
    for place, item in enumerate(listed):
        record = seen.get(item.url)
        want = Wanted(item=_filed(item, record), before=record)
        if record is None or says_otherwise(item, record):
            fresh.append(want)
        elif _is_retry(record, now):
            retried.append(want)
        elif place < rereads and was_read_otherwise(record, read_as):
            otherwise.append(want)
    by_url = {item.url: item for item in listed}
    asked = {want.item.url for want in (*fresh, *retried, *otherwise)}
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
    pages = (*reversed(first), *retried, *reversed(otherwise), *again)[:limit]
    put_off = max(0, len(first) + len(retried) + len(otherwise) - limit) if otherwise else 0
    return Plan(pages=pages, left=len(fresh) - len(first) + min(put_off, len(otherwise)))


def plan_entries(entries: Iterable[Wanted], *, read_as: str) -> tuple[Wanted, ...]:
    """Of feed entries that bring their whole text, those to read: new ones, changed ones, and those read otherwise."""
    return tuple(
        want
        for want in entries
        if want.before is None
        or want.before.state in (PageState.FAILED, PageState.GIVEN_UP, PageState.NOT_ARTICLE)
        or says_otherwise(want.item, want.before)
        or was_read_otherwise(want.before, read_as)
    )


def _filed(item: Item, record: PageRecord | None) -> Item:
    """An article that several sections list stays in the one where it was first seen."""
    return replace(item, section=record.section) if record and record.section else item


def says_otherwise(item: Item, record: PageRecord) -> bool:
    """Whether what lists the article changed what it says of it.

    Two sections may well tell one article in different words, and so may a section page, a feed and a sitemap: only
    words of the same origin are compared.
    """
    if record.state is PageState.SKIPPED or not record.listed_hash:
        return False
    if record.section and item.section != record.section:
        return False
    said = listed_hash(item)
    return said != record.listed_hash and _origin(said) == _origin(record.listed_hash)


def was_listed_elsewhere(item: Item, record: PageRecord) -> bool:
    """Whether the article was remembered as named by a page of another kind than the one that names it now."""
    return bool(record.listed_hash) and _origin(listed_hash(item)) != _origin(record.listed_hash)


def _origin(hashed: str) -> str:
    return hashed.rpartition(":")[0]


def was_read_otherwise(record: PageRecord, read_as: str) -> bool:
    """Whether the page was read under another configuration; what does not say under which counts as this one."""
    if record.state in (PageState.SKIPPED, PageState.FAILED):
        return False
    return bool(read_as and record.read_as) and record.read_as != read_as


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
    entry counts too, and so do its files. What another kind of page of the source added (``joining``) does not count:
    it may be absent the next time. The kind stands before a colon, unless it is a section page.
    """
    origin = origin_of(item)
    title, published, updated, content, summary = (
        (getattr(item, name) or "") if _is_own(item, name, origin) else ""
        for name in ("title", "published", "updated", "content_html", "summary")
    )
    date = updated or published
    if not re.search(r"\d{4}", date) and sum(character.isdigit() for character in date) < 6:  # noqa: PLR2004
        date = ""
    files = sorted({each.place for each in item.enclosures}) if _is_own(item, "enclosures", origin) else ()
    said = "\x1f".join(("".join(title.split()), date, content or summary, *files))
    hashed = hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
    return hashed if origin == "listing" else f"{origin}:{hashed}"


def _is_own(item: Item, name: str, origin: str) -> bool:
    where = item.provenance.get(name, origin)
    return ("listing" if where == "recipe" else where) == origin


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
