"""Keywords that an article's title and lead name, though its publisher gave none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from feeds.concepts import Concepts, load_concepts
from feeds.model import Article, ArticleUpdate, Change, Kind, Source, Update
from feeds.pipeline import tagging
from feeds.pipeline.tagging import Tagger
from feeds.store import Store, open_store

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
SHIPPED = Path(__file__).resolve().parents[2] / "config"
Put = Callable[..., None]


@pytest.fixture(scope="module")
def concepts() -> Concepts:
    return load_concepts(SHIPPED).concepts


@pytest.fixture
def store(tmp_path: Path, new_sqlite: Callable[[Path], str]) -> Iterator[Store]:
    opened = open_store(new_sqlite(tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def put(store: Store) -> Put:
    """Stores articles of one language, each with these keywords."""
    store.register([Source(id="s", name="S", kind=Kind.FEED, url="https://s.example/")], NOW)
    claim = store.claim("s", NOW, lease_s=86400)
    assert claim is not None

    def write(language: str, *keywords: str, name: str = "") -> None:
        known = article(language=language, keywords=keywords, name=name or f"{language} {keywords}")
        store.write(claim, Update(articles=(ArticleUpdate(article=known, change=Change.NEW),)), NOW)

    return write


def article(
    title: str = "Title", *, summary: str = "", language: str = "en", keywords: tuple[str, ...] = (), name: str = "x"
) -> Article:
    return Article(
        id=name,
        source_id="s",
        identity=name,
        url="https://s.example/x",
        title=title,
        language=language,
        keywords=keywords,
        summary=summary,
    )


def test_keywords_in_use_and_countries_are_found(store: Store, put: Put, concepts: Concepts) -> None:
    put("en", "BMW", "Harbour")
    tagger = Tagger(store, lambda: concepts)
    said = article("Why the BMW plant in Iceland closes", summary="The harbour of the town stays open.")
    tagged = tagger.tag(said)
    assert tagged.inferred == ("BMW", "Iceland")
    assert tagged.content_hash == said.content_hash  # for readers the text is the same
    assert replace(tagged, inferred=()) == said


def test_what_is_carried_is_not_inferred_by_whatever_word(store: Store, concepts: Concepts) -> None:
    tagger = Tagger(store, lambda: concepts)
    said = article("Großbritannien und die Vereinigten Staaten: was die USA wollen", language="de")
    assert tagger.tag(said).inferred == ("Großbritannien", "USA")
    assert tagger.tag(replace(said, keywords=("US", "Vereinigtes Königreich"))).inferred == ()


def test_each_language_has_its_own_vocabulary(store: Store, put: Put, concepts: Concepts) -> None:
    put("de", "Tiger", "Allianz")
    tagger = Tagger(store, lambda: concepts)
    assert tagger.tag(article("Die Allianz in Island baut", language="de-AT")).inferred == ("Allianz", "Island")
    assert tagger.tag(article("The Allianz on an Island of its own", language="en")).inferred == ()
    assert tagger.tag(article("中国与日本举行会谈", language="zh-Hans")).inferred == ("中国", "日本")
    assert tagger.tag(article("中國與日本舉行會談", language="zh-Hant")).inferred != ()
    assert tagger.tag(article("China and Japan", language="und")).inferred == ()


def test_a_vocabulary_is_looked_at_now_and_then(
    store: Store, put: Put, concepts: Concepts, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    tagger = Tagger(store, lambda: concepts, clock=lambda: now)
    said = article("How Alibaba grew")
    assert tagger.tag(said).inferred == ()
    put("en", "Alibaba")
    assert tagger.tag(said).inferred == ()  # not looked again yet
    now = tagging.SOON_S
    assert tagger.tag(said).inferred == ("Alibaba",)
    monkeypatch.setattr(tagging, "FEW", 0)  # from now on the store counts as one that is long in use
    put("en", *(f"Word {number}" for number in range(40)))
    now += tagging.LOOK_EVERY_S - 1
    assert tagger.tag(article("What Word 7 means")).inferred == ()
    now += 1
    assert tagger.tag(article("What Word 7 means")).inferred == ("Word 7",)


def test_a_change_of_the_operators_words_counts_at_the_next_look(store: Store, tmp_path: Path) -> None:
    now, text = 0.0, ""
    file = tmp_path / "keywords.toml"

    def current() -> Concepts:
        file.write_text(text, encoding="utf-8")
        return load_concepts(tmp_path).concepts

    tagger = Tagger(store, current, clock=lambda: now)
    said = article("宝马在华销量增长", language="zh-Hans")
    assert tagger.tag(said).inferred == ()
    text, now = 'BMW = ["宝马"]\n', tagging.SOON_S
    assert tagger.tag(said).inferred == ("宝马",)


def test_only_so_many_vocabularies_are_kept(
    store: Store, put: Put, concepts: Concepts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tagging, "VOCABULARIES", 2)
    tagger = Tagger(store, lambda: concepts)
    for language in ("de", "fr", "it", "de"):
        put(language, "Alibaba", name=language + str(len(tagger._kept)))
        tagger.tag(article("Alibaba", language=language))
    assert set(tagger._kept) == {"it", "de"}
