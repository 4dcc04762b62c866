"""The newsroom's holdings in, its sitemaps out: an index, packed sitemaps of many addresses, and a news sitemap.

Nothing but places is looked at, so that fifty thousand addresses are made in a second.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from feeds.newsroom.articles import NewsroomArticle
from feeds.newsroom.editions import Edition
from feeds.newsroom.holdings import Holdings

PER_SITEMAP = 10_000
NEWS_ENTRIES = 100
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


def robots(base_url: str) -> str:
    """robots.txt: everybody is welcome, and is told of the sitemaps."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {base_url}/sitemap.xml\nSitemap: {base_url}/news-sitemap.xml\n"


def index(editions: Iterable[tuple[int, Edition]], holdings: Holdings, base_url: str) -> str:
    """The index of every edition's sitemaps, the one of its newest articles last."""
    rows = "".join(
        f"<sitemap><loc>{base_url}/{edition.language}/sitemap-{number}.xml.gz</loc><lastmod>{lastmod}</lastmod></sitemap>\n"
        for position, edition in editions
        for number, lastmod in enumerate(_lastmods(holdings, position))
    )
    return f"{_HEAD}<sitemapindex {_SPACE}>\n{rows}</sitemapindex>\n"


def packed(edition: int, number: int, holdings: Holdings, base_url: str) -> bytes | None:
    """One sitemap of an edition as a gzip file; None where it has no such one.

    The archive comes by the ten thousand, what was published since in one more.
    """
    parts = _parts(holdings, edition)
    entries = holdings.archived(parts[number]) if number < len(parts) else []
    if number == len(parts):
        entries = holdings.published(edition)
    if not entries:
        return None
    rows = "".join(f"<url><loc>{base_url}{path}</loc><lastmod>{day}</lastmod></url>\n" for path, day in entries)
    return gzip.compress(f"{_HEAD}<urlset {_SPACE}>\n{rows}</urlset>\n".encode(), 5, mtime=0)


def news(articles: Sequence[tuple[Edition, NewsroomArticle]], base_url: str) -> str:
    """A news sitemap: the newest articles with title, language, day and keywords."""
    rows = "".join(
        f"<url><loc>{base_url}{article.path}</loc><news:news><news:publication><news:name>{escape(edition.site)}"
        f"</news:name><news:language>{edition.language}</news:language></news:publication>"
        f"<news:publication_date>{article.day}</news:publication_date><news:title>{escape(article.title)}</news:title>"
        f"<news:keywords>{escape(', '.join(article.keywords))}</news:keywords></news:news></url>\n"
        for edition, article in articles
    )
    return f"{_HEAD}<urlset {_SPACE} {_NEWS}>\n{rows}</urlset>\n"


def _parts(holdings: Holdings, edition: int) -> list[range]:
    archive = holdings.archive(edition)
    return [archive[start : start + PER_SITEMAP] for start in range(0, len(archive), PER_SITEMAP)]


def _lastmods(holdings: Holdings, edition: int) -> list[str]:
    live = [lastmod for _, lastmod in holdings.published(edition)]
    return [*map(holdings.last_changed, _parts(holdings, edition)), *([max(live)] if live else [])]
