"""How truly Polyfeed reads real pages: an adapter for the scoring tool."""

from __future__ import annotations

from typing import Any

from feeds import read_article


def polyfeed(html: bytes, url: str) -> dict[str, Any]:
    """One page read by Polyfeed, in the scoring tool's terms."""
    article = read_article(html, url)
    return {
        "title": article.title,
        "authors": list(article.authors),
        "published": article.published,
        "keywords": list(article.keywords),
        "language": article.language,
        "body_text": article.content_text,
        "image": article.image,
    }
