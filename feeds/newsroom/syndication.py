"""Articles in, the newsroom's own feeds out: RSS, Atom and JSON Feed, with teasers as such sites do, or whole."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

from feeds.newsroom.articles import NewsroomArticle
from feeds.newsroom.editions import ZONE, Edition

FEED_ENTRIES = 20


def rss(edition: Edition, articles: Sequence[NewsroomArticle], base_url: str) -> str:
    """RSS 2.0; ``base_url`` has no slash at the end."""
    items = "".join(
        f"<item><title>{escape(article.title)}</title><link>{base_url}{article.path}</link>"
        f'<guid isPermaLink="true">{base_url}{article.path}</guid>'
        f"<pubDate>{format_datetime(_midnight(article.day))}</pubDate>"
        + "".join(f"<category>{escape(keyword)}</category>" for keyword in article.keywords)
        + f"<description>{escape(article.teaser)}</description></item>\n"
        for article in articles
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
        f"<title>{escape(edition.site)}</title><link>{base_url}/{edition.language}/</link>"
        f"<description>{escape(edition.invented)}</description><language>{edition.language}</language>\n"
        f"{items}</channel></rss>\n"
    )


def atom(edition: Edition, articles: Sequence[NewsroomArticle], base_url: str) -> str:
    """Atom 1.0 (RFC 4287)."""
    entries = "".join(
        f"<entry><title>{escape(article.title)}</title><id>{base_url}{article.path}</id>"
        f"<link href={quoteattr(base_url + article.path)}/>"
        f"<published>{_midnight(article.day).isoformat()}</published>"
        f"<updated>{article.modified_at.isoformat(timespec='seconds')}</updated>"
        + "".join(f"<category term={quoteattr(keyword)}/>" for keyword in article.keywords)
        + f"<summary>{escape(article.teaser)}</summary></entry>\n"
        for article in articles
    )
    newest = max((article.modified_at for article in articles), default=_midnight(dt.date(2000, 1, 1)))
    address = f"{base_url}/{edition.language}/"
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
        f'xml:lang="{edition.language}"><title>{escape(edition.site)}</title><id>{address}</id>'
        f'<link href={quoteattr(address)}/><link rel="self" href={quoteattr(address + "atom.xml")}/>'
        f"<author><name>{escape(edition.site)}</name></author>"
        f"<updated>{newest.isoformat(timespec='seconds')}</updated>\n{entries}</feed>\n"
    )


def full_rss(edition: Edition, articles: Sequence[NewsroomArticle], base_url: str) -> str:
    """RSS 2.0 with every article's whole text."""
    items = "".join(
        f"<item><title>{escape(article.title)}</title><link>{base_url}{article.path}</link>"
        f'<guid isPermaLink="false">jade-{article.number}</guid>'
        f"<pubDate>{format_datetime(_midnight(article.day))}</pubDate><description>{escape(article.teaser)}</description>"
        f"<content:encoded>{escape(''.join(f'<p>{escape(text)}</p>' for text in article.paragraphs))}</content:encoded>"
        "</item>\n"
        for article in articles
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{escape(edition.site)}</title><link>{base_url}/{edition.language}/</link>"
        f"<description>{escape(edition.invented)}</description><language>{edition.language}</language>\n"
        f"{items}</channel></rss>\n"
    )


def json_feed(edition: Edition, articles: Sequence[NewsroomArticle], base_url: str) -> str:
    """JSON Feed 1.1."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": edition.site,
        "home_page_url": f"{base_url}/{edition.language}/",
        "language": edition.language,
        "items": [
            {
                "id": base_url + article.path,
                "url": base_url + article.path,
                "title": article.title,
                "summary": article.teaser,
                "content_text": article.teaser,
                "date_published": _midnight(article.day).isoformat(),
                "tags": list(article.keywords),
            }
            for article in articles
        ],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"


def _midnight(day: dt.date) -> dt.datetime:
    """Feeds of such sites state a time that nobody meant: the start of the day."""
    return dt.datetime.combine(day, dt.time(), tzinfo=ZoneInfo(ZONE))
