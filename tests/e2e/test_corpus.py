"""Real pages of many publishers, served on loopback, polled, and found again in the feeds of their languages."""

from __future__ import annotations

import gzip
import html
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from feeds.folding import keyword_key
from feeds.model import FeedQuery, Kind, Source, SourceState
from feeds.query import spell_address
from feeds.web.addresses import Moved, Place, find_place
from feeds.web.app import create_app
from feeds.web.services import NAME, Services

LANGUAGES = 21


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_real_pages_come_out_in_the_feeds_of_their_languages(
    house: Any, serve_pages: Callable[[Mapping[str, tuple[bytes, str]]], Any], shared: Path
) -> None:
    corpus = shared / "corpus"
    records = [json.loads(line) for line in (corpus / "pages.jsonl").read_text(encoding="utf-8").splitlines()]
    pages: dict[str, tuple[bytes, str]] = {}
    rows = []
    for number, record in enumerate(records):
        path = f"/news/2024/05/story-{number:04}.html"
        pages[path] = (gzip.decompress((corpus / record["page"]).read_bytes()), "text/html")
        rows.append(f"<li><a href='{path}'>{html.escape(record['title'] or 'A story without a known title')}</a></li>")
    listing = f"<html><head><meta charset='utf-8'></head><body><ul>{''.join(rows)}</ul></body></html>"
    site = serve_pages({**pages, "/": (listing.encode(), "text/html; charset=utf-8")})
    house.settings = replace(house.settings, feed_entries=len(records))
    house.add(Source(id="world", name="World", kind=Kind.LISTING, url=site.url + "/", allow_private=True, delay_s=0.0))

    report = house.poll_one("world")
    assert report.state is SourceState.OK
    assert report.found == len(records)
    assert report.new >= len(records) - 2, report

    by_language: dict[str, set[str]] = defaultdict(set)
    for record in records:
        if record["title"]:
            by_language[record["language"]].add(" ".join(record["title"].split()))
    assert len(by_language) == LANGUAGES
    there = {tag.split("-")[0] for tag in house.store.languages()}
    missing: dict[str, set[str]] = {}
    found = 0
    for language, titles in by_language.items():
        address = "nb" if language == "no" and "nb" in there else language
        shown = {" ".join(title.split()) for title in house.titles(f"/feeds/{address}.atom")}
        found += len(titles & shown)
        assert shown, f"no article in /feeds/{address}.atom"
        missing[language] = titles - shown
    # a title may be told otherwise than the page's own editor would: how exactly is measured elsewhere
    assert found >= 0.75 * sum(len(titles) for titles in by_language.values()), dict(missing)

    again = house.poll_one("world")
    assert (again.new, again.updated) == (0, 0)
    _keywords_lead_back(house)


def _keywords_lead_back(house: Any) -> None:
    """Every keyword of every article leads to feeds that hold the article: in its language, and in all."""
    app = create_app(house.settings, house.store)
    shared: Services = app.extensions[NAME]
    ids = [one for one, _ in house.store.window(FeedQuery(), limit=10_000)]
    holds: dict[str, set[str]] = {}
    asked = 0
    for stored in house.store.load(ids).values():
        article = stored.article
        for keyword in (*article.keywords, *article.inferred):
            for languages in ((article.language,), ()):
                query = FeedQuery(languages=languages, keywords=(keyword_key(keyword),))
                path = spell_address(query, None, {query.keywords[0]: keyword})
                if path not in holds:
                    place = find_place(path, "", shared.catalogue, shared.named)
                    if isinstance(place, Moved):
                        place = find_place(unquote(place.to), "", shared.catalogue, shared.named)
                    assert isinstance(place, Place), path
                    held = shared.answers.loader.articles(place.address.query, limit=10_000)
                    holds[path] = {each.article.id for each in held}
                assert article.id in holds[path], (path, article.url)
                asked += 1
    assert asked > 500
