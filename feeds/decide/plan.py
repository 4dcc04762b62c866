"""Which article pages a poll fetches: what is listed and what is remembered in, an ordered plan out.

Pure: no input or output, no clock.
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
