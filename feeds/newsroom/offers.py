"""A path in, an answer out: what the magazine offers beside its pages and feeds.

/sitemap.xml  /news-sitemap.xml  /de/sitemap-0.xml.gz       sitemaps
/api/de/articles?page=2                                     an API
/wire/de/  /wire/de/rss.xml  /wire/de/<number>-china.html   an agency that republishes articles
/amp/de/…  /m/de/…                                          every article's second forms
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Callable
from urllib.parse import parse_qs

from feeds.newsroom import partners, sitemaps
from feeds.newsroom.editions import BY_LANGUAGE, EDITIONS, SECTIONS, Edition
from feeds.newsroom.holdings import Holdings
from feeds.newsroom.messages import Answer

_PER_PAGE = 20
_XML = "application/xml; charset=utf-8"
_API = re.compile(r"/api/(?P<edition>[a-z]{2})/articles")
_WIRE = re.compile(r"/wire/(?P<edition>[a-z]{2})/(?P<rest>|rss\.xml|(?P<number>[0-9]{9,10})-\w+\.html)")
_FORM = re.compile(r"/(?P<form>amp|m)(?P<path>/.+)")


class Offers:
    """What belongs to no single edition's pages. Not locked: the newsroom calls it under its own lock."""

    def __init__(self, holdings: Holdings, *, started_at: dt.datetime) -> None:
        self._holdings = holdings
        self._started_at = started_at

    def answer(self, path: str, query: str, base_url: str) -> Answer | None:
        """The answer to GET ``path``; None where nothing of this is there."""
        if path == "/sitemap.xml":
            text = sitemaps.index(enumerate(EDITIONS), self._holdings, base_url)
            return self._text(text, _XML)
        if path == "/news-sitemap.xml":
            newest = [
                (edition, article)
                for position, edition in enumerate(EDITIONS)
                for article in self._holdings.newest(position, limit=sitemaps.NEWS_ENTRIES // len(EDITIONS))
            ]
            return self._text(sitemaps.news(newest, base_url), _XML)
        for form, make in self._makers():
            if match := form.fullmatch(path):
                return make(match, query, base_url)
        return None

    def sitemap(self, edition: Edition, number: int, base_url: str) -> Answer | None:
        """One of an edition's packed sitemaps, sent as a file."""
        body = sitemaps.packed(EDITIONS.index(edition), number, self._holdings, base_url)
        return Answer(content_type="binary/x-gzip", body=body, modified_at=self._changed_at()) if body else None

    def _makers(self) -> tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str, str], Answer | None]], ...]:
        return (_API, self._api), (_WIRE, self._wire), (_FORM, self._form)

    def _api(self, match: re.Match[str], query: str, base_url: str) -> Answer | None:
        edition = BY_LANGUAGE.get(match["edition"])
        written = parse_qs(query).get("page", ["1"])[0]
        if edition is None or not written.isdecimal() or int(written[:6]) < 1:
            return None
        position, page = EDITIONS.index(edition), int(written[:6])
        count = len(self._holdings.archive(position)) + len(self._holdings.published(position))
        pages = -(-count // _PER_PAGE)
        shown = self._holdings.newest(position, limit=page * _PER_PAGE)[(page - 1) * _PER_PAGE :]
        text = partners.api_page(edition, shown, page=page, pages=pages, base_url=base_url)
        return self._text(text, "application/json")

    def _wire(self, match: re.Match[str], _query: str, base_url: str) -> Answer | None:
        edition = BY_LANGUAGE.get(match["edition"])
        if edition is None:
            return None
        articles = self._holdings.newest(EDITIONS.index(edition), limit=_PER_PAGE)
        if match["number"]:
            found = next((article for article in articles if article.number == int(match["number"])), None)
            return self._text(partners.agency_article(found)) if found else None
        if match["rest"]:
            return self._text(partners.agency_feed(edition.language, articles, base_url), "application/rss+xml")
        return self._text(partners.agency_front(edition.language, articles))

    def _form(self, match: re.Match[str], _query: str, _base_url: str) -> Answer | None:
        article = self._holdings.find(match["path"])
        if article is None or match["path"] != article.path:
            return None
        return self._text(partners.second_form(article, amp=match["form"] == "amp"))

    def _text(self, text: str, content_type: str = "text/html; charset=utf-8") -> Answer:
        return Answer(content_type=content_type, body=text.encode(), modified_at=self._changed_at())

    def _changed_at(self) -> dt.datetime:
        """When anything was last published or edited."""
        places = itertools.product(range(len(EDITIONS)), range(SECTIONS))
        changes = (self._holdings.changed_at(edition, section) for edition, section in places)
        return max((at for at in changes if at), default=self._started_at)
