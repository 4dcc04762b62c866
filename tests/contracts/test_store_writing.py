from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from feeds.folding import keyword_key
from feeds.model import (
    Article,
    ArticleUpdate,
    Change,
    Enclosure,
    FeedQuery,
    PageRecord,
    PageState,
    TargetRecord,
    Update,
    Validators,
)
from feeds.store import Store

Make = Callable[..., Article]
LATER = dt.timedelta(minutes=5)
SHANGHAI = dt.timezone(dt.timedelta(hours=8))


def whole(article: Make, **more: Any) -> Article:
    """An article with something in every field."""
    fields = {
        "title": "BMW in Schenyang – 寶馬",
        "authors": ("Li Wei", "Anna Weiß"),
        "published": dt.datetime(2020, 7, 7, 14, 3, tzinfo=SHANGHAI),
        "updated": dt.date(2020, 7, 8),
        "keywords": ("BMW", "中国", "Straße"),
        "section": "wirtschaft",
        "summary": "Kurz.",
        "content_html": "<p>Text 😀</p>",
        "content_text": "Text 😀",
        "image": "https://daily.example/a.jpg",
        "image_caption": "Ein Werk",
        "image_credit": "Foto: 李伟",
        "enclosures": (
            Enclosure(
                url="https://daily.example/a.mp3",
                media_type="audio/mpeg",
                length_bytes=10**10,
                duration_s=61.5,
                title="Zum Hören 😀",
            ),
            Enclosure(url="https://daily.example/a.pdf"),
        ),
        "rights": "© 2020 Daily",
        "declared_language": "de-AT",
        "detected_language": "de",
        "language_certainty": 0.9999999999999998,
        "origin": "German.people.cn",
        "zone": "Asia/Shanghai",
        "is_free": True,
        "alternates": {"zh": "https://cn.example/1", "fr": "https://fr.example/1"},
        "aliases": ("guid-1", "//daily.example/amp/1"),
        "provenance": {"title": "json-ld", "keywords": "label:Stichwörter"},
    }
    return article("one", **(fields | more))


# --- what is written comes back -----------------------------------------------------------------------------------


def test_an_article_comes_back_as_it_was_written(store: Store, desk: Any, article: Make, now: dt.datetime) -> None:
    written = whole(article)
    assert desk.put(written, now=now) == 1

    stored = store.load(["one", "unknown"])
    assert list(stored) == ["one"]
    assert stored["one"].article == written
    assert (stored["one"].seq, stored["one"].first_seen_at, stored["one"].changed_at) == (1, now, now)
    assert stored["one"].first_seen_at.tzinfo is dt.UTC


@pytest.mark.parametrize(
    "published",
    [
        None,
        dt.date(2020, 7, 7),
        dt.date(1, 1, 1),
        dt.datetime(2020, 7, 7, 0, 0, tzinfo=SHANGHAI),
        dt.datetime(2020, 7, 7, 14, 3, 9, 250, tzinfo=dt.UTC),
        dt.datetime(2020, 7, 7, 14, 3, tzinfo=dt.timezone(-dt.timedelta(hours=3, minutes=30))),
        dt.datetime(1, 1, 1, 0, 0, tzinfo=SHANGHAI),
        dt.datetime(9999, 12, 31, 23, 59, tzinfo=dt.timezone(-dt.timedelta(hours=8))),
    ],
)
def test_a_date_comes_back_exactly_as_written(
    store: Store, desk: Any, article: Make, published: dt.datetime | dt.date | None
) -> None:
    desk.put(article("one", published=published, zone="Asia/Shanghai"))
    back = store.load(["one"])["one"].article.published
    assert (type(back), back) == (type(published), published)
    if isinstance(back, dt.datetime) and isinstance(published, dt.datetime):
        assert back.utcoffset() == published.utcoffset()


def test_any_text_can_be_written_and_found_again(store: Store, desk: Any, article: Make) -> None:
    dirty = "a\0b\ud800c\udfff \ud83d\ude00"
    clean = "a\ufffdb\ufffdc\ufffd 😀"
    desk.put(
        article(
            "one",
            identity=f"id {dirty}",
            title=dirty,
            authors=(dirty,),
            keywords=(dirty,),
            section=dirty,
            image_credit=dirty,
            rights=dirty,
            enclosures=(Enclosure(url=f"https://daily.example/{dirty}", title=dirty),),
            content_html=dirty,
            alternates={"fr": dirty},
            aliases=(f"alias {dirty}",),
            provenance={"title": dirty},
        )
    )
    back = store.load(["one"])["one"].article
    assert (back.title, back.authors, back.keywords, back.content_html) == (clean, (clean,), (clean,), clean)
    assert (back.image_credit, back.rights) == (clean, clean)
    assert back.enclosures == (Enclosure(url=f"https://daily.example/{clean}", title=clean),)
    assert (back.alternates, back.provenance) == ({"fr": clean}, {"title": clean})
    assert set(store.known("daily", [f"id {dirty}", f"alias {dirty}"])) == {f"id {dirty}", f"alias {dirty}"}
    assert desk.ids(section=dirty) == desk.ids(section=clean) == ["one"]
    key = store.keywords()[0].key
    assert store.labels([key]) == {key: clean}
    assert desk.ids(keywords=(key,)) == ["one"]


# --- change numbers -----------------------------------------------------------------------------------------------


def test_changes_are_numbered_in_the_order_given(store: Store, desk: Any, article: Make) -> None:
    assert store.change_seq() == 0
    assert desk.put(*(article(name) for name in "cab")) == 3
    assert desk.put(article("d", source_id="weekly")) == 4
    assert store.window(FeedQuery(), limit=9) == [("d", 4), ("b", 3), ("a", 2), ("c", 1)]
    assert store.change_seq() == 4


def test_an_update_keeps_the_row_and_moves_it_to_the_front(
    store: Store, desk: Any, article: Make, now: dt.datetime
) -> None:
    desk.put(article("one"), article("two"), now=now)
    assert desk.put(article("one", title="Corrected"), change=Change.UPDATED, now=now + LATER) == 3

    after = store.load(["one"])["one"]
    assert (after.article.title, after.seq) == ("Corrected", 3)
    assert (after.first_seen_at, after.changed_at) == (now, now + LATER)
    assert store.window(FeedQuery(), limit=9) == [("one", 3), ("two", 2)]


def test_a_same_article_changes_nothing_but_may_bring_aliases(
    store: Store, desk: Any, article: Make, now: dt.datetime
) -> None:
    one = article("one", aliases=("guid-1",))
    desk.put(one, now=now)
    before = store.load(["one"])["one"]
    again = replace(one, title="Ignored", aliases=("guid-1", "moved-1", "amp-1"))
    assert desk.put(again, change=Change.SAME, now=now + LATER) == 1

    after = store.load(["one"])["one"]
    assert after == replace(before, article=replace(one, aliases=("guid-1", "moved-1", "amp-1")))
    assert set(store.known("daily", ["guid-1", "moved-1", "amp-1", one.identity, "else"])) == {
        "guid-1",
        "moved-1",
        "amp-1",
        one.identity,
    }


def test_a_new_article_that_is_stored_already_is_same_or_updated(
    store: Store, desk: Any, article: Make, now: dt.datetime
) -> None:
    desk.put(article("one"), now=now)
    assert desk.put(article("one", content_html="<b>new markup, same words</b>"), now=now + LATER) == 1
    assert desk.put(article("one", title="Another title"), now=now + LATER) == 2
    after = store.load(["one"])["one"]
    assert (after.article.title, after.first_seen_at, after.changed_at) == ("Another title", now, now + LATER)
    assert store.count(FeedQuery()) == 1


@pytest.mark.parametrize("change", list(Change))
def test_writing_the_same_update_twice_changes_nothing(
    store: Store, desk: Any, article: Make, now: dt.datetime, change: Change
) -> None:
    desk.put(article("one", title="Before"), article("two"), now=now)
    page = PageRecord(url="https://daily.example/1", state=PageState.READ, first_seen_at=now, fetched_at=now)
    update = Update(
        articles=(
            ArticleUpdate(article=whole(article), change=change),
            ArticleUpdate(article=article("three", identity="three", keywords=("x", "y")), change=Change.NEW),
        ),
        pages=(page,),
        targets={"https://daily.example/": TargetRecord(read_at=now)},
    )

    def everything() -> list[object]:
        return [
            store.change_seq(),
            store.window(FeedQuery(), limit=9),
            store.load(["one", "two", "three"]),
            store.keywords(),
            store.languages(),
            store.sections(),
            store.status(),
            store.pages("daily", [page.url]),
            store.targets("daily", ["https://daily.example/"]),
        ]

    first = store.write(desk.claims["daily"], update, now)
    before = everything()
    assert store.write(desk.claims["daily"], update, now) == first
    assert everything() == before


def test_an_article_twice_in_one_update_is_written_once_as_it_came_last(store: Store, desk: Any, article: Make) -> None:
    desk.put(article("one", keywords=("a",), aliases=("x",)), article("one", keywords=("b",), aliases=("y",)))
    assert store.window(FeedQuery(), limit=9) == [("one", 1)]
    assert store.load(["one"])["one"].article.keywords == ("b",)
    assert set(store.known("daily", ["x", "y"])) == {"x", "y"}
    assert [each.key for each in store.keywords()] == ["b"]


def test_articles_of_another_source_are_refused(store: Store, desk: Any, article: Make) -> None:
    desk.open("daily", "weekly")
    update = Update(articles=(ArticleUpdate(article=article("one", source_id="weekly"), change=Change.NEW),))
    with pytest.raises(ValueError, match="weekly"):
        store.write(desk.claims["daily"], update, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert store.change_seq() == 0


# --- identities ---------------------------------------------------------------------------------------------------


def test_an_identity_and_every_alias_find_the_article(store: Store, desk: Any, article: Make) -> None:
    one = article("one", aliases=("guid-1",))
    desk.put(one)
    found = store.known("daily", [one.identity, "guid-1", "nothing"])
    assert set(found) == {one.identity, "guid-1"}
    assert {(each.article_id, each.content_hash, each.seq) for each in found.values()} == {("one", one.content_hash, 1)}
    assert store.known("weekly", ["guid-1"]) == {}, "another source's guid is another article"


def test_more_identities_than_fit_in_one_question(store: Store, desk: Any, article: Make) -> None:
    desk.put(*(article(f"a{number}") for number in range(1200)))
    names = [article(f"a{number}").identity for number in range(1200)]
    assert len(store.known("daily", [*names, "nothing"])) == 1200
    assert len(store.load([f"a{number}" for number in range(1300)])) == 1200


def test_an_updated_article_under_another_id_keeps_its_row(
    store: Store, desk: Any, article: Make, now: dt.datetime
) -> None:
    one = article("one", aliases=("guid-1",))
    desk.put(one, now=now)
    moved = article("other id", identity="moved-1", title="Moved", aliases=("guid-1",))
    page = PageRecord(
        url="https://daily.example/1",
        state=PageState.READ,
        first_seen_at=now,
        fetched_at=now,
        article_id="other id",
    )
    update = Update(articles=(ArticleUpdate(article=moved, change=Change.UPDATED),), pages=(page,))
    assert store.write(desk.claims["daily"], update, now + LATER) == 2

    assert store.count(FeedQuery()) == 1
    after = store.load(["one"])["one"]
    assert (after.article.id, after.article.identity, after.article.title) == ("one", one.identity, "Moved")
    assert after.first_seen_at == now
    assert store.known("daily", ["moved-1"])["moved-1"].article_id == "one"
    assert store.pages("daily", [page.url])[page.url].article_id == "one"


def test_an_alias_stays_with_the_article_that_had_it_first(store: Store, desk: Any, article: Make) -> None:
    desk.put(article("one", aliases=("shared",)))
    desk.put(article("two", aliases=("shared", "own")))
    found = store.known("daily", ["shared", "own"])
    assert (found["shared"].article_id, found["own"].article_id) == ("one", "two")


def test_a_new_articles_own_identity_finds_it_even_if_it_was_an_alias(store: Store, desk: Any, article: Make) -> None:
    desk.put(article("one", aliases=("//daily.example/two",)))
    desk.put(article("two"))
    assert store.known("daily", ["//daily.example/two"])["//daily.example/two"].article_id == "two"
    assert store.load(["one"])["one"].article.aliases == ()


# --- what else a poll remembers -----------------------------------------------------------------------------------


def test_targets_come_back_as_they_were_written(store: Store, desk: Any, now: dt.datetime) -> None:
    desk.open("daily", "weekly")
    urls = ["https://daily.example/", "https://daily.example/\udc80"]

    def remember(*each: TargetRecord) -> dict[str, TargetRecord]:
        store.write(desk.claims["daily"], Update(targets=dict(zip(urls, each, strict=True))), now)
        return dict(store.targets("daily", [*urls, "https://daily.example/never"]))

    tagged = TargetRecord(validators=Validators(etag='W/"1"'), read_at=now, lastmod="2026-11-22", read_as="a1")
    dated = TargetRecord(validators=Validators(last_modified="Tue, 07 Jul 2020 06:03:00 GMT"), read_at=now + LATER)
    bare = TargetRecord(read_at=now + 2 * LATER)
    assert remember(tagged, dated) == {urls[0]: tagged, urls[1]: dated}
    assert remember(dated, tagged) == {urls[0]: dated, urls[1]: tagged}
    assert remember(bare, tagged) == {urls[0]: bare, urls[1]: tagged}, "also what sends no validators was read once"
    assert store.targets("weekly", urls) == {}


def test_pages_come_back_as_they_were_written(store: Store, desk: Any, now: dt.datetime) -> None:
    desk.open("daily", "weekly")
    failed = PageRecord(
        url="https://daily.example/1",
        state=PageState.FAILED,
        first_seen_at=now,
        fetched_at=now + LATER,
        listed_hash="h",
        attempts=2,
        retry_at=now + 2 * LATER,
        reason="answered 500",
        validators=Validators(etag='"x"', last_modified="now"),
        section="china",
    )
    store.write(desk.claims["daily"], Update(pages=(failed,)), now)
    assert store.pages("daily", [failed.url, "https://daily.example/2"]) == {failed.url: failed}
    assert store.pages("weekly", [failed.url]) == {}

    read = replace(failed, state=PageState.READ, retry_at=None, reason="", article_id="one", validators=Validators())
    store.write(desk.claims["daily"], Update(pages=(read,)), now)
    assert store.pages("daily", [failed.url]) == {failed.url: read}


def test_pages_like_are_those_read_and_listed_in_the_same_words(store: Store, desk: Any, now: dt.datetime) -> None:
    desk.open("daily", "weekly")

    def page(name: str, listed: str, fetched: int, state: PageState = PageState.READ) -> PageRecord:
        return PageRecord(
            url=name, state=state, first_seen_at=now, fetched_at=now + fetched * LATER, listed_hash=listed
        )

    pages = (page("b", "h", 2), page("a", "h", 1), page("c", "i", 1), page("d", "j", 1, PageState.FAILED))
    store.write(desk.claims["daily"], Update(pages=pages), now)
    assert store.pages_like("daily", ["h", "i", "j", "k"]) == {"h": "b", "i": "c"}
    assert store.pages_like("daily", []) == {}
    assert store.pages_like("weekly", ["h"]) == {}


def test_pages_due_are_failed_ones_whose_time_has_come_and_young_ones(
    store: Store, desk: Any, now: dt.datetime
) -> None:
    desk.open("daily", "weekly")

    def page(name: str, state: PageState, fetched: int, seen: int = 0, retry: int | None = None) -> PageRecord:
        return PageRecord(
            url=name,
            state=state,
            first_seen_at=now + seen * LATER,
            fetched_at=now + fetched * LATER,
            retry_at=None if retry is None else now + retry * LATER,
        )

    pages = (
        page("due", PageState.FAILED, 3, retry=5),
        page("due too", PageState.FAILED, 1, retry=4),
        page("not yet", PageState.FAILED, 0, retry=6),
        page("given up", PageState.GIVEN_UP, 0, retry=1),
        page("old", PageState.READ, 0, seen=1),
        page("young", PageState.READ, 2, seen=2),
        page("no article", PageState.NOT_ARTICLE, 0, seen=3),
    )
    store.write(desk.claims["daily"], Update(pages=pages), now)
    store.write(desk.claims["weekly"], Update(pages=pages), now)
    at = now + 5 * LATER

    def due(since: int | None, limit: int = 9) -> list[str]:
        recheck_since = None if since is None else now + since * LATER
        return [each.url for each in store.pages_due("daily", at, recheck_since=recheck_since, limit=limit)]

    assert due(None) == ["due too", "due"]
    assert due(2) == ["due too", "young", "due"]
    assert due(2, limit=2) == ["due too", "young"]


def test_the_last_article_is_when_a_new_one_came(store: Store, desk: Any, article: Make, now: dt.datetime) -> None:
    desk.put(article("one"), now=now)
    desk.put(article("one", title="Edited"), change=Change.UPDATED, now=now + LATER)
    desk.put(article("one", title="Edited"), change=Change.SAME, now=now + LATER)
    status = store.status()[0]
    assert (status.last_article_at, status.articles) == (now, 1)
    desk.put(article("two"), now=now + LATER)
    status = store.status()[0]
    assert (status.last_article_at, status.articles) == (now + LATER, 2)


def test_names_of_any_length_are_kept_and_found_again(desk: Any, article: Make, now: dt.datetime) -> None:
    """Longer than an index of PostgreSQL takes, and none like the other: what begins alike is not the same."""
    # of what no compression makes short
    noise = "".join(hashlib.sha512(bytes([number])).hexdigest() for number in range(80))
    urls = [f"https://daily.example/{noise}{end}" for end in "ab"]
    words = [f"中国{noise}{end}" for end in "ab"]
    records = [
        PageRecord(
            url=url,
            state=PageState.FAILED,
            first_seen_at=now,
            fetched_at=now,
            listed_hash=url[-1],
            retry_at=now,
            article_id=url[-1],
        )
        for url in urls
    ]
    read = [
        article(url[-1], url=url, identity=url, aliases=(f"{url}/alias",), keywords=(word,))
        for url, word in zip(urls, words, strict=True)
    ]
    desk.put(*read)
    target = TargetRecord(read_at=now)
    desk.store.write(desk.claims["daily"], Update(pages=tuple(records), targets=dict.fromkeys(urls, target)), now)
    store = desk.store
    assert store.pages("daily", urls) == dict(zip(urls, records, strict=True))
    assert store.pages_due("daily", now, recheck_since=None, limit=9) == records
    done = [replace(each, state=PageState.READ, retry_at=None) for each in records]
    store.write(desk.claims["daily"], Update(pages=tuple(done)), now)
    assert store.pages_like("daily", ["a", "b"]) == {"a": urls[0], "b": urls[1]}
    assert store.targets("daily", urls) == dict.fromkeys(urls, target)
    names = [*urls, *(f"{url}/alias" for url in urls)]
    assert [store.known("daily", names)[name].article_id for name in names] == ["a", "b", "a", "b"]
    assert store.elsewhere("weekly", names).keys() == set(names)
    loaded = store.load(["a", "b"])
    assert [loaded[name].article.url for name in "ab"] == urls
    keys = [keyword_key(word) for word in words]
    for name, key in zip("ab", keys, strict=True):
        assert desk.ids(keywords=(key,)) == [name]
        assert desk.ids(keywords=(key,), source="daily") == [name], "by the full text"
        assert store.count(FeedQuery(keywords=(key,), languages=("de",))) == 1
    assert store.labels(keys).keys() == set(keys)
    desk.put(*(replace(each, title="again") for each in read), change=Change.UPDATED)
    assert [each.articles for each in store.keywords()] == [1, 1]
    assert [desk.ids(keywords=(each.key,)) for each in store.keywords()] in ([["a"], ["b"]], [["b"], ["a"]])
