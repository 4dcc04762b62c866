"""A path in, an answer out: the pages, pictures and feeds of the magazine as it stands now."""

from __future__ import annotations

import datetime as dt
import re
from http import HTTPStatus
from typing import Protocol

from feeds.newsroom import pages, pictures, sitemaps, syndication
from feeds.newsroom.articles import NewsroomArticle
from feeds.newsroom.editions import BY_LANGUAGE, EDITIONS, SECTIONS, Edition
from feeds.newsroom.holdings import Holdings
from feeds.newsroom.messages import Answer
from feeds.newsroom.misbehaviour import Manner
from feeds.newsroom.offers import Offers

_LISTING = re.compile(r"/(?P<edition>[a-z]{2})/(?P<section>\w+)/(?:index(?:_(?P<page>[1-9][0-9]{0,6}))?\.html)?")
_FRONT = re.compile(r"/(?P<edition>[a-z]{2})/(?:index\.html)?")
_FEED = re.compile(r"/(?P<edition>[a-z]{2})/(?P<file>rss\.xml|atom\.xml|feed\.json|full\.xml)")
_SITEMAP = re.compile(r"/[a-z]{2}/sitemap-(?P<number>[0-9]{1,4})\.xml\.gz")
_SELECTION = 3
_RELATED = 3


class _Maker(Protocol):
    def __call__(self, edition: Edition, articles: list[NewsroomArticle], base_url: str, /) -> str: ...


_FEEDS: dict[str, tuple[str, _Maker]] = {
    "rss.xml": ("application/rss+xml; charset=utf-8", syndication.rss),
    "atom.xml": ("application/atom+xml; charset=utf-8", syndication.atom),
    "feed.json": ("application/feed+json", syndication.json_feed),
    "full.xml": ("application/rss+xml; charset=utf-8", syndication.full_rss),
}


class Site:
    """The magazine over its holdings. Not locked: the newsroom calls it under its own lock.

    ``base_url`` stands before the paths in the feeds, which must be absolute; pages do without it.
    """

    def __init__(self, holdings: Holdings, *, started_at: dt.datetime) -> None:
        self.base_url = ""
        self._holdings = holdings
        self._started_at = started_at
        self._offers = Offers(holdings, started_at=started_at)

    def answer(self, path: str, manner: Manner | None = None, *, query: str = "") -> Answer:
        """The answer to GET ``path``, in the given manner when the site misbehaves."""
        edition = BY_LANGUAGE.get(path.split("/")[1]) if path.startswith("/") else None
        shown = edition or EDITIONS[0]
        match manner:
            case Manner.VANISH:
                return _not_found()
            case Manner.CHALLENGE:
                return _page(shown, pages.challenge_page(shown), None, status=HTTPStatus.FORBIDDEN)
            case Manner.REDESIGN if edition and not path.endswith((".png", ".xml", ".json")):
                return _page(edition, pages.redesigned_page(edition), self._started_at)
        if edition:
            return self._of_edition(edition, path, manner)
        return self._offers.answer(path, query, self.base_url) or self._common(path)

    def _of_edition(self, edition: Edition, path: str, manner: Manner | None) -> Answer:
        """Front page, feeds, listings, articles and their pictures."""
        if path == f"/{edition.language}":
            return Answer(status=HTTPStatus.MOVED_PERMANENTLY, headers={"Location": f"{path}/"})
        if _FRONT.fullmatch(path):
            return self._front(edition)
        if match := _FEED.fullmatch(path):
            return self._feed(edition, match["file"])
        if match := _SITEMAP.fullmatch(path):
            return self._offers.sitemap(edition, int(match["number"]), self.base_url) or _not_found()
        if match := _LISTING.fullmatch(path):
            return self._listing(edition, match["section"], int(match["page"] or 0), manner) or _not_found()
        article = self._holdings.find(path)
        return self._article(edition, article, path, manner) if article else _not_found()

    def _common(self, path: str) -> Answer:
        """What belongs to no edition."""
        match path:
            case "/":
                links = "".join(f'<p><a href="/{e.language}/">{e.native}: {e.site}</a></p>' for e in EDITIONS)
                text = (
                    f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>Jade Bridge</title></head><body>{links}'
                )
                return Answer(body=f"{text}</body></html>".encode(), modified_at=self._started_at)
            case "/robots.txt":
                return Answer(content_type="text/plain", body=sitemaps.robots(self.base_url).encode())
            case "/images/style.css":
                style = pages.template("style.css").substitute()
                return Answer(content_type="text/css", body=style.encode(), modified_at=self._started_at)
        return _not_found()

    def _front(self, edition: Edition) -> Answer:
        index = EDITIONS.index(edition)
        sections = [self._holdings.listed(index, section, limit=5) for section in range(SECTIONS)]
        return _page(edition, pages.front_page(edition, sections, self._selection(index)), self._changed_at(index))

    def _listing(self, edition: Edition, name: str, page: int, manner: Manner | None) -> Answer | None:
        names = [path for path, _ in edition.sections]
        if name not in names:
            return None
        index, section = EDITIONS.index(edition), names.index(name)
        count = max(1, -(-self._holdings.count(index, section) // pages.PER_PAGE))
        if manner is Manner.ENDLESS:
            same = self._holdings.listed(index, section, limit=pages.PER_PAGE)
            turn = page % max(1, len(same))
            text = pages.listing_page(edition, section, [*same[turn:], *same[:turn]], page=page, pages=page + 6)
            return _page(edition, text, self._started_at)
        if page >= count:
            return None
        articles = self._holdings.listed(index, section, start=page * pages.PER_PAGE, limit=pages.PER_PAGE)
        if manner is Manner.RESTYLE:
            text = pages.restyled_listing_page(edition, section, articles)
        else:
            text = pages.listing_page(edition, section, articles, page=page, pages=count)
        return _page(edition, text, self._holdings.changed_at(index, section) or self._started_at)

    def _article(self, edition: Edition, article: NewsroomArticle, path: str, manner: Manner | None) -> Answer:
        if path == article.picture:
            picture = pictures.landscape(article.number)
            return Answer(content_type="image/png", body=picture, modified_at=article.modified_at)
        if manner is Manner.RESTYLE:
            return _page(edition, pages.restyled_article_page(edition, article), article.modified_at)
        related = self._holdings.older(article, limit=_RELATED)
        selection = self._selection(EDITIONS.index(edition))
        text = pages.article_page(edition, article, related=related, selection=selection)
        return _page(edition, text, article.modified_at)

    def _feed(self, edition: Edition, file: str) -> Answer:
        index = EDITIONS.index(edition)
        content_type, make = _FEEDS[file]
        articles = self._holdings.newest(index, limit=syndication.FEED_ENTRIES)
        return Answer(
            content_type=content_type,
            body=make(edition, articles, self.base_url).encode(),
            modified_at=self._changed_at(index),
        )

    def _selection(self, edition: int) -> list[NewsroomArticle]:
        """The oldest article of some sections: a box that stays as it is while articles are published."""
        chosen = []
        for section in range(_SELECTION):
            last = self._holdings.count(edition, section) - 1
            chosen += self._holdings.listed(edition, section, start=max(0, last), limit=1)
        return chosen

    def _changed_at(self, edition: int) -> dt.datetime:
        """When anything of the edition last changed."""
        changes = (self._holdings.changed_at(edition, section) for section in range(SECTIONS))
        return max((at for at in changes if at), default=self._started_at)


def _page(edition: Edition, text: str, modified_at: dt.datetime | None, *, status: int = 200) -> Answer:
    body = text.encode(edition.encoding)
    return Answer(status=status, content_type=edition.content_type, body=body, modified_at=modified_at)


def _not_found() -> Answer:
    text = "<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>"
    return Answer(status=HTTPStatus.NOT_FOUND, content_type="text/html", body=text.encode())
