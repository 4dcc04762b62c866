"""What changes can concern, against a store that is asked: whenever nothing can, every window is as it was."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.folding import keyword_key
from feeds.model import (
    Article,
    ArticleUpdate,
    Change,
    FeedQuery,
    Marking,
    Match,
    Outcome,
    SourceState,
    Synonym,
    Twin,
    Update,
)
from feeds.store import open_store
from feeds.store.base import Store
from feeds.web import changes as web_changes
from feeds.web.changes import AT_ONCE, Changes, marks_of

from .conftest import NOW, make_article, make_source

LANGUAGES = ("de", "zh", "zh-Hans", "zh-Hant", "nb", "en")
WORDS = ("BMW", "ＢＭＷ", "中国", "中國", "Tee", "tee\x07", "C++")
SECTIONS = (None, "wirtschaft", "Wirtschaft")
LIMIT = 3
SOURCES = ("eins", "zwei")

contents = st.fixed_dictionaries(
    {
        "language": st.sampled_from(LANGUAGES),
        "keywords": st.lists(st.sampled_from(WORDS), max_size=2, unique=True).map(tuple),
        "inferred": st.lists(st.sampled_from(WORDS), max_size=1).map(tuple),
        "section": st.sampled_from(SECTIONS),
    }
)
# which article, from which source, what it says, and what else it is marked as
writes = st.lists(
    st.tuples(st.integers(1, 8), contents, st.sampled_from([None, None, None, Twin.SAME, Twin.COPY])),
    min_size=1,
    max_size=4,
)


@st.composite
def questions(draw: st.DrawFn) -> FeedQuery:
    keys: list[str] = draw(st.lists(st.sampled_from([*map(keyword_key, WORDS), "tee\x07"]), max_size=2, unique=True))
    other = draw(st.sampled_from([*map(keyword_key, WORDS)]))
    with_synonym = draw(st.booleans())
    return FeedQuery(
        languages=tuple(sorted(draw(st.sets(st.sampled_from(("de", "no", "nb", "zh", "zh-Hans")), max_size=2)))),
        keywords=tuple(sorted(keys)),
        match=draw(st.sampled_from(Match)),
        section=draw(st.sampled_from(SECTIONS[:2])),
        source=draw(st.sampled_from([None, None, "eins"])),
        copies=draw(st.booleans()),
        inferred=draw(st.booleans()),
        synonyms=(Synonym(keyword=keys[0], key=other),) if keys and with_synonym else (),
    )


def changes_of(store: Store) -> Changes:
    return Changes(store, lambda window: [*store.load([name for name, _ in window]).values()])


Batch = list[tuple[int, dict[str, object], Twin | None]]


def poll(store: Store, batch: Batch, known: set[int]) -> None:
    """Writes a batch as polls of the two sources do: odd numbers are of one, even ones of the other."""
    for source_id in SOURCES:
        own = {number: (said, twin) for number, said, twin in batch if SOURCES[number % 2] == source_id}
        if not own:
            continue
        articles = {number: article_of(number, source_id, said) for number, (said, _) in own.items()}
        claim = store.claim(source_id, NOW, lease_s=60)
        assert claim is not None
        changes = {number: Change.UPDATED if number in known else Change.NEW for number in own}
        store.write(
            claim,
            Update(
                articles=tuple(ArticleUpdate(article=articles[each], change=changes[each]) for each in own),
                markings=tuple(
                    Marking(article_id=articles[number].id, twin=twin, original_id="original")
                    for number, (_, twin) in own.items()
                    if twin is not None
                ),
            ),
            NOW,
        )
        store.finish(claim, Outcome(state=SourceState.OK, polled_at=NOW, next_poll_at=NOW, found=len(own)))
        known |= own.keys()


def article_of(number: int, source_id: str, said: dict[str, object]) -> Article:
    article = make_article(number, source_id, "de", f"{number} {sorted(map(str, said.items()))}")
    return dataclasses.replace(article, **said)  # type: ignore[arg-type]  # values of several types by name


def opened(folder: Path, new_file: Path) -> Store:
    store = open_store(f"sqlite:///{shutil.copy(new_file, folder)}")
    store.register([make_source(source_id, source_id, None) for source_id in SOURCES], NOW)
    return store


@settings(max_examples=15, deadline=None)
@given(st.lists(writes, min_size=2, max_size=6), st.lists(questions(), min_size=12, max_size=12))
def test_a_window_that_no_change_can_concern_is_as_it_was(
    new_file: Path, batches: list[Batch], asked: list[FeedQuery]
) -> None:
    with TemporaryDirectory() as folder:
        store = opened(Path(folder), new_file)
        changes, known, seq = changes_of(store), set[int](), 0
        windows = [(0, store.window(query, limit=LIMIT)) for query in asked]
        for batch in batches:
            poll(store, batch, known)
            before, seq = seq, store.change_seq()
            changes.learn(before, seq)
            for place, query in enumerate(asked):
                since, window = windows[place]
                now = store.window(query, limit=LIMIT)
                if not changes.concern(query, marks_of(window), since):
                    assert now == window, (query, since, seq)
                elif place % 2:  # the others fall behind, as feeds do that nobody asks for
                    windows[place] = seq, now
        store.close()


@pytest.fixture
def store(tmp_path: Path, new_file: Path) -> Iterator[Store]:
    store = opened(tmp_path, new_file)
    yield store
    store.close()


def said(language: str, *keywords: str) -> dict[str, object]:
    return {"language": language, "keywords": keywords}


def test_feeds_of_other_languages_keywords_and_sections_are_spared(store: Store) -> None:
    changes, known = changes_of(store), set[int]()
    poll(store, [(1, said("de", "Tee"), None), (2, said("zh-Hans", "中国"), None)], known)
    since = store.change_seq()
    changes.learn(0, since)
    poll(store, [(4, said("de", "BMW") | {"section": "wirtschaft"}, None)], known)
    changes.learn(since, store.change_seq())

    def concerned(**asked: Any) -> bool:
        query = FeedQuery(**asked)
        return changes.concern(query, marks_of(store.window(query, limit=LIMIT)), since)

    assert not concerned(languages=("zh",))
    assert not concerned(keywords=("tee",))
    assert not concerned(section="kultur")
    assert concerned(languages=("de",))
    assert concerned(keywords=("bmw",))
    assert concerned(languages=("zh",), keywords=("bmw",)), "how the keyword is spelled may have changed"
    assert concerned(section="wirtschaft")
    assert concerned()
    assert concerned(source="eins"), "which also holds what others publish at the same address"
    assert concerned(languages=("zh",), fallback=("en",))


def test_an_article_that_leaves_a_feed_is_noticed(store: Store) -> None:
    changes, known = changes_of(store), set[int]()
    poll(store, [(1, said("de", "Tee"), None)], known)
    since = store.change_seq()
    changes.learn(0, since)
    query = FeedQuery(keywords=("tee",))
    marks = marks_of(store.window(query, limit=LIMIT))
    poll(store, [(1, said("de", "Kaffee"), None)], known)
    changes.learn(since, store.change_seq())
    assert changes.concern(query, marks, since)


def test_what_is_hidden_or_too_much_concerns_every_feed(store: Store) -> None:
    changes, known = changes_of(store), set[int]()
    poll(store, [(1, said("de", "Tee"), None)], known)
    since = store.change_seq()
    changes.learn(0, since)
    other = FeedQuery(languages=("ja",))
    poll(store, [(1, said("de", "Tee", "BMW"), Twin.SAME)], known)
    changes.learn(since, store.change_seq())
    assert changes.concern(other, marks_of([]), since), "the store does not list it"
    since = store.change_seq()
    for start in range(3, 3 + AT_ONCE + 2, 64):
        poll(store, [(number, said("de"), None) for number in range(start, start + 64)], known)
    changes.learn(since, store.change_seq())
    assert changes.concern(other, marks_of([]), since)
    assert not changes.concern(other, marks_of([]), store.change_seq())


def test_what_changed_too_long_ago_concerns_every_feed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_changes, "KEPT", 3)
    changes, known, seqs = changes_of(store), set[int](), [0]
    tea, other = FeedQuery(keywords=("tee",)), FeedQuery(keywords=("bmw",))
    marks = marks_of([])
    for number, word in enumerate(["Tee", "BMW", "C++", "BMW", "C++"], start=1):
        poll(store, [(number, said("de", word), None)], known)
        seqs.append(store.change_seq())
        changes.learn(seqs[-2], seqs[-1])
    assert changes.concern(tea, marks, seqs[1]), "the second change is no longer known"
    assert not changes.concern(tea, marks, seqs[2])
    assert changes.concern(other, marks, seqs[3]), "what its keyword had before is forgotten, not what came since"
    assert not changes.concern(other, marks, seqs[4])
