"""Two nodes over one store, asked for different feeds at different times: in the end both answer the same bytes."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from feeds.model import Change, Content, FeedQuery, Format
from feeds.query import Address, Part
from feeds.settings import Settings
from feeds.store import open_store
from feeds.store.base import Store
from feeds.web.answers import COMPARE_EVERY_MIN, Answers
from feeds.web.catalogue import FRESH_S, Catalogue
from feeds.web.encodings import Encoding
from feeds.web.ready import Ready

from .conftest import ARTICLES, NOW, SOURCES, Clock, make_article, write

QUERIES = [
    FeedQuery(),
    FeedQuery(languages=("de",)),
    FeedQuery(languages=("en",)),
    FeedQuery(languages=("de",), keywords=("bmw",)),
    FeedQuery(keywords=("china",)),
    FeedQuery(languages=("en",), keywords=("china",)),
    FeedQuery(languages=("de",), section="wirtschaft"),
    FeedQuery(source="rundschau"),
    FeedQuery(languages=("de", "en")),  # has pages
]
ADDRESSES = [Address(query=query, format=form) for query in QUERIES for form in (Format.ATOM, Format.JSON)]
SPELLINGS = ["BMW", "bmw", "Bmw", "China", "CHINA", "Kunst", "KUNST"]


def said(ready: Ready) -> tuple[object, ...]:
    """All that a client can tell."""
    whole = ready.whole(Encoding.GZIP)
    return whole, ready.plain, ready.last_modified, ready.twin, ready.parts and ready.parts.trace


def rename(store: Store, name: str, content: Content) -> None:
    sources = [
        dataclasses.replace(
            source,
            name=f"{source.name} {name}",
            content=content,
            sections=tuple(replace(each, name=f"{each.name} {name}") for each in source.sections),
        )
        for source in SOURCES
    ]
    store.register(sources, NOW)


@hypothesis_settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_equal_bytes_from_each_node(filled: Path, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for file in filled.glob("polyfeed.sqlite3*"):
            shutil.copy(file, folder)
        settings = Settings(data=Path(folder), public_url="http://feeds.test", feed_entries=3)
        clock = Clock()
        stores = [open_store(settings.store_url) for _ in range(2)]
        nodes = [Answers(settings, store, Catalogue(store, clock), clock=clock, now=lambda: NOW) for store in stores]
        try:
            live(data, stores[0], nodes, clock)
            clock.now_s += 60 * COMPARE_EVERY_MIN + FRESH_S
            compare(data, nodes)
        finally:
            for store in stores:
                store.close()


def live(data: st.DataObject, store: Store, nodes: Sequence[Answers], clock: Clock) -> None:
    for number in range(data.draw(st.integers(5, 25))):
        step = data.draw(st.sampled_from(["ask", "ask", "ask", "new", "new", "edit", "rename", "wait"]))
        now = NOW + dt.timedelta(minutes=number)
        words = tuple(data.draw(st.lists(st.sampled_from(SPELLINGS), max_size=2)))
        if step == "ask":
            data.draw(st.sampled_from(nodes)).ready(data.draw(st.sampled_from(ADDRESSES)))
        elif step == "new":
            source, language = data.draw(st.sampled_from([("rundschau", "de"), ("review", "en"), ("revue", "fr")]))
            section = data.draw(st.sampled_from(["wirtschaft", None]))
            new = make_article(100 + number, source, language, f"N {number}", keywords=words, section=section)
            write(store, [new], now)
        elif step == "edit":
            edited = dataclasses.replace(data.draw(st.sampled_from(ARTICLES[:5])), title=f"E {number}", keywords=words)
            write(store, [edited], now, Change.UPDATED)
        elif step == "rename":
            rename(store, str(number), data.draw(st.sampled_from(Content)))
        clock.now_s += data.draw(st.sampled_from([0.1, 0.6, 3.0]))


def compare(data: st.DataObject, nodes: Sequence[Answers]) -> None:
    found = []
    for node in nodes:
        order = data.draw(st.permutations(range(len(ADDRESSES))))
        answers = {number: said(node.ready(ADDRESSES[number])) for number in order}
        # what a feed announces, each node makes or has
        archives = {
            (number, archive): ready and said(ready)
            for number in (0, 2)
            for archive in (1, 2)
            for ready in [node.archive(replace(ADDRESSES[number], part=Part(archive=archive)))]
        }
        found.append((answers, archives))
    assert found[0] == found[1]


def test_what_has_no_change_number_differs_for_ten_minutes_at_most(settings: Settings, store: Store) -> None:
    clock, address = Clock(), Address(query=FeedQuery(source="review"), format=Format.ATOM)
    one, other = (Answers(settings, store, Catalogue(store, clock), clock=clock, now=lambda: NOW) for _ in range(2))
    before = one.ready(address)
    rename(store, "(new)", Content.FULL)
    clock.now_s += 60
    assert said(one.ready(address)) == said(before) != said(other.ready(address))
    clock.now_s += 60 * COMPARE_EVERY_MIN + FRESH_S
    one.change_seq()
    assert said(one.ready(address)) == said(other.ready(address))
    assert b"Review (new)" in one.ready(address).plain
