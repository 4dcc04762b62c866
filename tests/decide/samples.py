"""What the tests of deciding are about: one source, its items, records and articles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from feeds.decide.plan import listed_hash
from feeds.model import Article, Item, Kind, Known, PageRecord, PageState, Source

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)  # a Sunday
SOURCE = Source(id="s", name="S", kind=Kind.LISTING, url="https://example.org/", interval_s=600)


def item(number: int, *, title: str = "", published: str | None = "07.07.2020") -> Item:
    return Item(url=f"https://example.org/{number}", title=title or f"Title {number}", published=published)


def entry(number: int, **given: object) -> Item:
    """As a feed names it."""
    made = replace(item(number), guid=f"guid-{number}", content_html=f"<p>Text {number}</p>")
    names = ("url", "guid", "title", "published", "content_html")
    return replace(made, provenance=dict.fromkeys(names, "feed"), **given)  # type: ignore[arg-type]  # a test's fields


def record(of: Item, state: PageState = PageState.READ, **given: object) -> PageRecord:
    seen = PageRecord(url=of.url, state=state, first_seen_at=NOW, fetched_at=NOW, listed_hash=listed_hash(of))
    return replace(seen, **given)  # type: ignore[arg-type]  # a test's fields


def article(name: str, *, text: str = "words", aliases: tuple[str, ...] = (), title: str = "T") -> Article:
    return Article(
        id=f"urn:uuid:{name}",
        source_id="s",
        identity=name,
        url=f"https://example.org/{name}",
        title=title,
        language="de",
        content_text=text,
        aliases=aliases,
    )


def known(*articles: Article) -> Mapping[str, Known]:
    return {
        name: Known(article_id=one.id, content_hash=one.content_hash, seq=1)
        for one in articles
        for name in (one.identity, *one.aliases)
    }


def days(counts: list[int], *, today: int = 0) -> dict[dt.date, int]:
    """Activity: the last of ``counts`` was yesterday's."""
    dates = {NOW.date() - dt.timedelta(days=back): count for back, count in enumerate(reversed(counts), start=1)}
    return {date: count for date, count in ({NOW.date(): today} | dates).items() if count}
