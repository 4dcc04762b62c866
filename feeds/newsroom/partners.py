"""Articles in, what others make of them out: an agency that republishes them, and the site's own second forms.

The agency prints the same text under its own name and address, with its own first words and without the last
paragraph: a copy that no comparison of bytes finds. AMP and mobile pages say which page they are a form of.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from xml.sax.saxutils import escape as xml_escape

from feeds.newsroom.articles import NewsroomArticle
from feeds.newsroom.editions import Edition

AGENCY = "Seven Winds Wire"
_SHORTEST = 2  # paragraphs left of an article


def agency_path(article: NewsroomArticle) -> str:
    """Where the agency prints it."""
    return f"/wire/{article.edition}/{article.number}-{article.section.lower()}.html"


def agency_front(language: str, articles: Sequence[NewsroomArticle]) -> str:
    """The agency's page of newest stories in one language."""
    rows = "".join(
        f'<li><a href="{agency_path(article)}">{escape(article.title)}</a> <time>{article.day}</time></li>\n'
        for article in articles
    )
    return _page(AGENCY, language, f"<main><h1>{AGENCY}</h1><ul>{rows}</ul></main>")


def agency_article(article: NewsroomArticle) -> str:
    """The agency's version of an article, a day's wire later."""
    kept = article.paragraphs[:-1] if len(article.paragraphs) > _SHORTEST else article.paragraphs
    first = f"({AGENCY}) – {kept[0]}"
    body = "\n".join(f"<p>{escape(text)}</p>" for text in (first, *kept[1:]))
    head = (
        f'<meta property="og:type" content="article"><meta property="article:published_time" content="{article.day}">'
    )
    return _page(
        article.title,
        article.edition,
        f"<main><article><h1>{escape(article.title)}</h1>\n{body}</article></main>",
        head,
    )


def agency_feed(language: str, articles: Sequence[NewsroomArticle], base_url: str) -> str:
    """The agency's RSS, titles and links only."""
    items = "".join(
        f"<item><title>{xml_escape(article.title)}</title><link>{base_url}{agency_path(article)}</link></item>\n"
        for article in articles
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>{AGENCY}</title>'
        f"<link>{base_url}/wire/{language}/</link><description>Stories</description>\n{items}</channel></rss>\n"
    )


def second_form(article: NewsroomArticle, *, amp: bool) -> str:
    """An article as AMP or for mobiles; its canonical link names the real one."""
    body = "\n".join(f"<p>{escape(text)}</p>" for text in article.paragraphs)
    head = f'<link rel="canonical" href="{article.path}"><meta name="viewport" content="width=device-width">'
    content = f"<article><h1>{escape(article.title)}</h1><p>{article.day}</p>\n{body}</article>"
    page = _page(article.title, article.edition, content, head)
    return page.replace("<html ", "<html amp ", 1) if amp else page


def api_page(edition: Edition, articles: Sequence[NewsroomArticle], *, page: int, pages: int, base_url: str) -> str:
    """One page of the site's own API, ``page`` counts from 1: names and shapes as such APIs have them."""
    address = f"{base_url}/api/{edition.language}/articles"
    return (
        json.dumps(
            {
                "meta": {"page": page, "pages": pages, "next": f"{address}?page={page + 1}" if page < pages else None},
                "articles": [
                    {
                        "id": article.number,
                        "link": article.path,
                        "headline": {"rendered": escape(article.title)},
                        "publishedAt": f"{article.day}T00:00:00+08:00",
                        "teaser": article.teaser,
                        "tags": [{"name": keyword} for keyword in article.keywords],
                        "section": {"name": article.section},
                        "image": {"src": article.picture},
                    }
                    for article in articles
                ],
            },
            ensure_ascii=False,
            indent=1,
        )
        + "\n"
    )


def _page(title: str, language: str, body: str, head: str = "") -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>{head}'
        f"</head><body>{body}</body></html>\n"
    )
