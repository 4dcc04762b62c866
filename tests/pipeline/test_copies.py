"""Updates of several sources in, what is stored of them out: bands, markings, moved articles. A real SQLite file."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from feeds.decide.changes import decide_changes
from feeds.model import Article, Claim, FeedQuery, Kind, Source, StoredArticle, Twin, Update
from feeds.pipeline.copies import WINDOW, find_repeats, recognise_moved
from feeds.store import Store, open_store

NOW = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
SYLLABLES = ["ka", "lo", "mir", "ten", "bu", "ras", "vel", "no", "shi", "gan", "dor", "pe"]


def text(seed: int, sentences: int = 30) -> str:
    chance = random.Random(seed)
    return " ".join(" ".join("".join(chance.choices(SYLLABLES, k=3)) for _ in range(8)) + "." for _ in range(sentences))


def article(source_id: str, path: str, content: str, **fields: Any) -> Article:
    url = f"https://{source_id}.example/{path}"
    plain: dict[str, Any] = {"identity": url, "url": url, "title": content[:60], "language": "en", "published": NOW}
    return Article(**({"id": f"{source_id}/{path}", "source_id": source_id, "content_text": content} | plain | fields))


class Desk:
    """Several sources that write what they read, as their polls do."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.claims: dict[str, Claim] = {}

    def write(self, *articles: Article, now: dt.datetime = NOW, listed: tuple[str, ...] = ()) -> int:
        """One batch of one source: moved? new? a copy? Then it is stored."""
        source_id = articles[0].source_id
        if source_id not in self.claims:
            self.store.register(
                [Source(id=source_id, name=source_id, kind=Kind.FEED, url=f"https://{source_id}.example/")],
                now,
                complete=False,
            )
            claim = self.store.claim(source_id, now, lease_s=1e7)
            assert claim
            self.claims[source_id] = claim
        known = self.store.known(source_id, {name for one in articles for name in (one.identity, *one.aliases)})
        told, known_now = recognise_moved(self.store, articles, known, is_listed=set(listed).__contains__, now=now)
        updates, markings = find_repeats(self.store, decide_changes(told, known_now), now=now)
        return self.store.write(self.claims[source_id], Update(articles=updates, markings=markings), now)

    def get(self, article_id: str) -> StoredArticle:
        return self.store.load([article_id])[article_id]

    def original(self, article_id: str) -> tuple[str | None, Twin | None]:
        stored = self.get(article_id)
        return stored.original_id, stored.twin

    def shown(self, **query: Any) -> set[str]:
        return {article_id for article_id, _ in self.store.window(FeedQuery(**query), limit=100)}


@pytest.fixture
def desk(tmp_path: Path, new_sqlite: Callable[[Path], str]) -> Iterator[Desk]:
    store = open_store(new_sqlite(tmp_path))
    yield Desk(store)
    store.close()


def test_a_syndicated_copy_stays_and_names_its_original(desk: Desk) -> None:
    desk.write(article("agency", "1", text(1)))
    desk.write(article("paper", "a", "Town (agency). " + text(1), published=NOW + HOUR), article("paper", "b", text(2)))
    assert desk.original("paper/a") == ("agency/1", Twin.COPY)
    assert desk.original("paper/b") == (None, None)
    assert desk.original("agency/1") == (None, None)
    assert desk.shown() == {"agency/1", "paper/a", "paper/b"}
    assert desk.shown(copies=False) == {"agency/1", "paper/b"}


def test_an_original_that_is_read_later_marks_the_stored_copy_as_a_change(desk: Desk) -> None:
    before = desk.write(article("paper", "a", text(1), published=NOW + HOUR))
    after = desk.write(article("agency", "1", text(1), published=NOW), now=NOW + 2 * HOUR)
    assert desk.original("paper/a") == ("agency/1", Twin.COPY)
    assert desk.get("paper/a").seq > before
    assert after == max(desk.get("paper/a").seq, desk.get("agency/1").seq)


def test_one_batch_marks_each_copy_with_the_first(desk: Desk) -> None:
    desk.write(article("agency", "1", text(1)), article("agency", "2", text(2)))
    desk.write(article("paper", "a", text(1), published=NOW + HOUR))
    portal = [article("portal", str(seed), text(seed), published=NOW + 2 * HOUR) for seed in (1, 2, 3)]
    desk.write(*portal, now=NOW + 3 * HOUR)
    assert desk.original("portal/1") == ("agency/1", Twin.COPY)
    assert desk.original("portal/2") == ("agency/2", Twin.COPY)
    assert desk.original("portal/3") == (None, None)


def test_the_page_that_two_sources_poll_is_one_article_to_readers(desk: Desk) -> None:
    url = "https://news.example/7"
    desk.write(article("front", "7", "Short.", identity=url, url=url))
    desk.write(article("rss", "7", "Short.", identity="guid 7", aliases=(url,), url=url))
    assert desk.original("rss/7") == ("front/7", Twin.SAME)
    assert desk.shown() == {"front/7"}
    assert desk.shown(source="rss") == {"rss/7"}
    # an update of either changes nothing of that
    desk.write(article("front", "7", "Short, mended.", identity=url, url=url), now=NOW + HOUR)
    desk.write(article("rss", "7", "Short, mended.", identity="guid 7", aliases=(url,), url=url), now=NOW + HOUR)
    assert desk.original("front/7") == (None, None)
    assert desk.original("rss/7") == ("front/7", Twin.SAME)


def test_a_page_that_names_another_site_as_canonical_is_a_copy_of_it_whichever_comes_first(desk: Desk) -> None:
    for number, order in enumerate((("agency", "paper"), ("paper", "agency"))):
        home = f"https://agency.example/{number}"
        made = {
            "agency": article("agency", str(number), "Short.", identity=home, url=home),
            "paper": article("paper", str(number), "Shorter.", identity=home),
        }
        for source_id in order:
            desk.write(made[source_id])
        assert desk.original(f"agency/{number}") == (None, None), order
        assert desk.original(f"paper/{number}") == (f"agency/{number}", Twin.COPY), order


def test_guids_that_two_sources_happen_to_share_mean_nothing(desk: Desk) -> None:
    desk.write(article("one", "1", text(1), identity="1"))
    desk.write(article("other", "1", text(2), identity="1"))
    assert desk.original("other/1") == (None, None)


def test_an_article_that_becomes_a_copy_by_an_update_is_marked(desk: Desk) -> None:
    desk.write(article("agency", "1", text(1)))
    desk.write(article("paper", "a", "Follows.", published=NOW + HOUR))
    assert desk.original("paper/a") == (None, None)
    desk.write(article("paper", "a", text(1), published=NOW + HOUR), now=NOW + 2 * HOUR)
    assert desk.original("paper/a") == ("agency/1", Twin.COPY)
    # and stays marked when it goes its own way: the marking is a matter of record
    desk.write(article("paper", "a", text(5), published=NOW + HOUR), now=NOW + 3 * HOUR)
    assert desk.original("paper/a") == ("agency/1", Twin.COPY)


def test_what_is_old_is_not_compared(desk: Desk) -> None:
    long_ago = NOW - WINDOW - HOUR
    desk.write(article("agency", "1", text(1), published=long_ago), now=long_ago)
    desk.write(article("paper", "a", text(1)))
    assert desk.original("paper/a") == (None, None)
    desk.write(article("portal", "x", text(1), published=long_ago))
    assert desk.original("portal/x") == (None, None)


def test_nothing_new_asks_nothing(desk: Desk) -> None:
    one = article("agency", "1", text(1))
    desk.write(one)
    known = desk.store.known("agency", [one.identity])
    updates = decide_changes([one], known)
    assert find_repeats(desk.store, updates, now=NOW) == (updates, ())
    assert find_repeats(desk.store, (), now=NOW) == ((), ())


# --- moved ------------------------------------------------------------------------------------------------------


def test_an_article_under_a_new_address_keeps_its_id(desk: Desk) -> None:
    old = article("paper", "old-slug", text(1))
    new = article("paper", "new-slug", text(1) + " Mended.", title=old.title)
    desk.write(old)
    desk.write(new, now=NOW + HOUR, listed=(new.url,))
    assert desk.shown() == {old.id}
    assert desk.get(old.id).article.url == new.url
    known = desk.store.known("paper", [old.identity, new.identity])
    assert {fact.article_id for fact in known.values()} == {old.id}
    assert len(known) == 2


def test_what_is_still_listed_has_other_words_or_another_day_is_another_article(desk: Desk) -> None:
    column = article("paper", "column-1", text(1), title="The column")
    desk.write(column)
    later = NOW + dt.timedelta(days=1)
    desk.write(article("paper", "column-2", text(2), title="The column", published=later), now=later)
    desk.write(article("paper", "column-3", text(1), title="The column", published=later), now=later)
    desk.write(article("paper", "column-4", text(1), title="The column"), now=later, listed=(column.url,))
    assert desk.shown() == {f"paper/column-{n}" for n in (1, 2, 3, 4)}


def test_an_article_of_another_source_never_gives_its_id_away(desk: Desk) -> None:
    desk.write(article("agency", "1", text(1), title="One title"))
    desk.write(article("paper", "a", text(1), title="One title"))
    assert desk.shown() == {"agency/1", "paper/a"}
