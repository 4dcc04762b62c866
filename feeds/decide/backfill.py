"""What of a long list is wanted: entries, dates and what is remembered in; the newest, and what to leave, out.

Sitemaps list everything a site ever published. What is dated before the last reading needs no looking up, and of what
is undated only memory can say that it is old: so on a first reading the dated rest is forgotten, the undated rest
remembered as left out. Pure: no input or output, no clock.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from feeds.dates import read_date
from feeds.model import Item, TargetRecord, Validators

# an index lists this sitemap, and it was never read: no server sends such a validator, and no request can carry it
UNREAD = Validators(etag="∅")
# how late an entry may appear under its own date: days without a zone, and editors who publish what lay in a drawer
LATE = dt.timedelta(days=2)
_OLDEST = dt.datetime(1, 1, 1, tzinfo=dt.UTC)
_IN_ADDRESS = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[-_/.]?(0[1-9]|1[0-2])(?:[-_/.]?(0[1-9]|[12]\d|3[01]))?(?!\d)", re.ASCII
)
_PART_OF_DATE = re.compile(r"((?:19|20)\d\d)(?:-(0[1-9]|1[0-2]))?")  # W3C-DTF: a year or a month
_NEWS = re.compile(r"news|nachrichten|noticias|actu|latest|recent|today|aktuell", re.IGNORECASE)
_NO_ARTICLES = re.compile(
    r"(?:^|[-_./])(?:tags?|author|authors|users?|taxonom\w*|categor\w*|topics?|images?|videos?|products?|profiles?|"
    r"sections?|landing\w*|static)(?=[-_./\d]|\Z)",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"\d+")


class _Listed(Protocol):
    """What an index lists."""

    @property
    def url(self) -> str: ...
    @property
    def lastmod(self) -> str | None: ...


Child = TypeVar("Child", bound=_Listed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """``wanted`` are the entries to look at, newest first; ``left_out`` those to remember as not wanted."""

    wanted: tuple[Item, ...]
    left_out: tuple[Item, ...] = ()


def choose_entries(
    items: Sequence[Item],
    before: TargetRecord | None,
    *,
    room: int,
    now: dt.datetime,
    index_read_at: dt.datetime | None = None,
) -> Chosen:
    """Which entries of a sitemap are wanted.

    Args:
        items: its entries, in its order.
        before: what is remembered of it; None when it was never seen.
        room: how many are taken at most when it is read for the first time.
        now: an aware datetime.
        index_read_at: when the index that lists it was read before; None when it never was. A sitemap that is new in
            a known index holds new entries, and old ones that moved.
    """
    ordered = newest_first(items)
    if before is None and index_read_at is None:
        return _first(ordered, since=now - LATE, room=room)
    since = (before.read_at if before else index_read_at or now) - LATE
    recent = [item for item in ordered if (at := entry_date(item)) is None or at >= since]
    if before is None:
        return _first(recent, since=since, room=room)
    if before.validators == UNREAD:
        # it was there when the source was first read: what has no date may be as old
        return _first(recent, since=since, room=sum(entry_date(item) is not None for item in recent))
    return Chosen(wanted=tuple(recent))


def choose_children(children: Sequence[Child], known: Mapping[str, TargetRecord], *, most: int) -> tuple[Child, ...]:
    """Which sitemaps of an index to ask for now, at most ``most``, in that order.

    Those whose lastmod is as it was are left alone. First come new and changed ones, the latest first; then, of those
    without a lastmod, the likeliest to change by name, and those that were read longest ago, so that each has a turn.
    """
    changed, undated = [], []
    for child in children:
        before = known.get(child.url)
        if child.lastmod is None and before is not None:
            undated.append(child)
        elif before is None or child.lastmod != before.lastmod:
            changed.append(child)
    first = in_order(changed)[:most]
    room = most - len(first)
    likely = in_order(undated)[: max(1, room // 2)] if room else []
    by_turn = sorted((child for child in undated if child not in likely), key=lambda child: known[child.url].read_at)
    return (*first, *likely, *by_turn[: max(0, room - len(likely))])


def in_order(children: Iterable[Child]) -> list[Child]:
    """Sitemaps in the order in which they are likely to hold news: by name, date, and the numbers in the name."""

    def key(child: Child) -> tuple[bool, dt.datetime, bool, list[int]]:
        name = child.url.rsplit("/", 1)[-1]
        return (
            not _NO_ARTICLES.search(name),
            _instant(child.lastmod) or _OLDEST,
            bool(_NEWS.search(child.url.partition("://")[2].partition("/")[2])),
            [int(number[:9]) for number in _NUMBERS.findall(child.url.partition("://")[2])],
        )

    return sorted(children, key=key, reverse=True)


def newest_first(items: Sequence[Item]) -> list[Item]:
    """The entries by date, those without one last and in their own order."""
    return sorted(items, key=lambda item: entry_date(item) or _OLDEST, reverse=True)


def entry_date(item: Item) -> dt.datetime | None:
    """When an entry was last changed, published, or, by its address, written; None when nothing says."""
    return _instant(item.updated) or _instant(item.published) or _in_address(item.url)


def _first(ordered: Sequence[Item], *, since: dt.datetime, room: int) -> Chosen:
    """The first ``room`` of them; of the others, those that a later reading could take for new."""
    left_out = [item for item in ordered[room:] if (at := entry_date(item)) is None or at >= since]
    return Chosen(wanted=tuple(ordered[:room]), left_out=tuple(left_out))


def _instant(text: str | None) -> dt.datetime | None:
    if not text:
        return None
    part = _PART_OF_DATE.fullmatch(text.strip())
    if part:
        return _end_of_month(int(part[1]), int(part[2] or 12))
    try:
        found: dt.datetime | dt.date | None = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        found = read_date(text)
    if found is None:
        return None
    at = found if isinstance(found, dt.datetime) else dt.datetime(found.year, found.month, found.day, tzinfo=dt.UTC)
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)


def _in_address(url: str) -> dt.datetime | None:
    found = _IN_ADDRESS.search(url, url.find("/", 8))
    if found is None:
        return None
    if not found[3]:
        return _end_of_month(int(found[1]), int(found[2]))
    try:
        return dt.datetime(int(found[1]), int(found[2]), int(found[3]), 23, 59, tzinfo=dt.UTC)
    except ValueError:
        return None


def _end_of_month(year: int, month: int) -> dt.datetime:
    """The end, or a few days later: it lies before nothing that was written in that month."""
    return dt.datetime(year, month, 28, 23, 59, tzinfo=dt.UTC) + dt.timedelta(days=3)
