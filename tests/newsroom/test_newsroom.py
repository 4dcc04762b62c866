"""Publishing, editing, the clock, determinism, and what a hundred thousand articles cost."""

from __future__ import annotations

import datetime as dt
import tracemalloc

import pytest
from lxml import html

from feeds.errors import StartError
from feeds.newsroom import Newsroom, newsroom_sources

from .conftest import Clock, OpenReader, Reader


def paths(newsroom: Newsroom) -> list[str]:
    return [article.path for article in newsroom.articles()]


def test_the_same_seed_gives_the_same_newsroom(clock: Clock) -> None:
    first, second = (Newsroom(articles=120, every_s=0, seed=4, clock=clock) for _ in range(2))
    for newsroom in (first, second):
        newsroom.publish("ja", "Keizai")
        newsroom.publish()
    assert first.articles() == second.articles()
    other = Newsroom(articles=120, every_s=0, seed=5, clock=clock)
    assert {a.paragraphs for a in other.articles()}.isdisjoint({a.paragraphs for a in first.articles()})


def test_the_archive_keeps_its_addresses_and_texts_from_one_day_to_the_next(clock: Clock) -> None:
    today = Newsroom(articles=100, every_s=0, clock=clock)
    clock.now += dt.timedelta(days=1)
    tomorrow = Newsroom(articles=100, every_s=0, clock=clock)
    kept = set(paths(today)) & set(paths(tomorrow))
    assert len(kept) == 75  # one day of 25 has gone, one has come
    assert all(today.article_at(path) == tomorrow.article_at(path) for path in kept)


def test_no_title_comes_twice_in_a_section_for_a_long_time(clock: Clock) -> None:
    newsroom = Newsroom(articles=25 * 90, every_s=0, clock=clock)
    for _ in range(25 * 30):
        newsroom.publish()
    titles = [(article.edition, article.section, article.title) for article in newsroom.articles()]
    assert len(titles) == len(set(titles)) == 25 * 120


def test_a_published_article_stands_first_dated_today_in_shanghai(
    newsroom: Newsroom, reader: Reader, clock: Clock
) -> None:
    clock.now = dt.datetime(2026, 11, 22, 17, 0, tzinfo=dt.UTC)  # already the 23rd there
    article = newsroom.publish("de", "Wirtschaft")
    first = html.fromstring(reader.text("/de/Wirtschaft/index.html")).xpath("//li[.//table]")[0]
    assert first.xpath("string(.//a[normalize-space()])") == article.title
    assert first.xpath("string(.//span)") == "23.11.2026"
    assert article.path.startswith("/de/Wirtschaft/202611/t20261123_")
    assert article.paragraphs[0] in reader.text(article.path)
    assert article.title in reader.text("/de/")


def test_articles_are_published_in_turn_one_story_for_all_editions_of_a_round(newsroom: Newsroom) -> None:
    published = [newsroom.publish() for _ in range(75)]
    assert [a.edition for a in published[:6]] == ["de", "ja", "fr", "en", "zh", "de"]
    assert [a.section for a in published[::5][:6]] == [
        "China",
        "International",
        "Wirtschaft",
        "Kultur",
        "Meinungen",
        "China",
    ]
    last = [newsroom.article_at(article.path) for article in published]
    linked = [article for article in last if article and article.translations]
    assert linked
    assert all(len(article.translations) == 4 for article in linked)


def test_new_articles_appear_by_themselves(open_reader: OpenReader) -> None:
    with Newsroom(articles=0, every_s=0.01) as newsroom:
        reader = open_reader(newsroom)
        for _ in range(200):
            if html.fromstring(reader.text("/fr/Chine/")).xpath("//li[.//table]"):
                break
        else:
            pytest.fail("nothing was published")


def test_an_edit_keeps_the_address_and_shows_on_page_and_listing(
    newsroom: Newsroom, reader: Reader, clock: Clock
) -> None:
    article = newsroom.publish("de", "Kultur")
    before = reader.get(article.path)
    clock.now += dt.timedelta(minutes=5)
    edited = newsroom.edit(article, title="Ein anderer Titel", paragraphs=["Neuer Text.", "Und noch einer."])
    page = reader.get(article.path)
    assert edited.path == article.path
    assert "Neuer Text." in page.body.decode()
    assert page.headers["etag"] != before.headers["etag"]
    assert page.headers["last-modified"] == "Sun, 22 Nov 2026 04:05:00 GMT"
    assert "Ein anderer Titel" in reader.text("/de/Kultur/")


def test_an_unlisted_edit_shows_on_the_page_only(newsroom: Newsroom, reader: Reader) -> None:
    article = newsroom.articles()[0]
    listing = reader.get("/de/China/")
    edited = newsroom.edit(article, listed=False)
    assert edited.title == f"{article.title} (aktualisiert)"
    assert edited.paragraphs[:-1] == article.paragraphs
    assert edited.title in reader.text(article.path)
    assert reader.get("/de/China/").headers["etag"] == listing.headers["etag"]


def test_a_new_day_given_by_an_edit_is_listed(newsroom: Newsroom, reader: Reader) -> None:
    article = newsroom.articles()[0]
    newsroom.edit(article, day=dt.date(2026, 11, 22))
    first = html.fromstring(reader.text("/de/China/")).xpath("//li[.//table]")[0]
    assert first.xpath("string(.//span)") == "22.11.2026"
    assert article.title in reader.text(article.path)


def test_editing_what_it_does_not_hold_is_an_error(newsroom: Newsroom) -> None:
    with Newsroom(articles=0, every_s=0, clock=lambda: dt.datetime(2025, 1, 1, tzinfo=dt.UTC)) as other:
        stranger = other.publish("de")
    with pytest.raises(KeyError, match="t20250101"):
        newsroom.edit(stranger)


def test_a_hundred_thousand_articles_take_no_room_until_they_are_read(open_reader: OpenReader, clock: Clock) -> None:
    tracemalloc.start()
    try:
        with Newsroom(articles=100_000, every_s=0, clock=clock) as newsroom:
            reader = open_reader(newsroom)
            assert reader.get("/zh/caijing/index_399.html").status == 200
            assert reader.get("/zh/caijing/index_400.html").status == 404
            assert html.fromstring(reader.text("/de/China/index_250.html")).xpath("count(//li[.//table])") == 10
            held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 5_000_000  # bytes; 100,000 of anything would be more


def test_a_port_in_use_is_one_clear_line(newsroom: Newsroom) -> None:
    port = int(newsroom.url.rsplit(":", 1)[1])
    with pytest.raises(StartError, match=rf"cannot listen on 127.0.0.1:{port}: .*in use"):
        Newsroom(every_s=0).start(port=port)


def test_start_and_stop_are_told_apart(clock: Clock, open_reader: OpenReader) -> None:
    newsroom = Newsroom(articles=1, every_s=0, clock=clock)
    with pytest.raises(RuntimeError, match="call start"):
        _ = newsroom.url
    newsroom.stop()  # nothing to stop
    with newsroom.start(), pytest.raises(RuntimeError, match="already"):
        newsroom.start()
    with newsroom.start():
        assert open_reader(newsroom).get("/de/").status == 200  # it can be opened again


@pytest.mark.parametrize(
    ("edition", "section", "reason"),
    [
        ("it", None, "no edition 'it'; there are: de, ja, fr, en, zh"),
        ("de", "Sport", "no section 'Sport' in de; there are: China, "),
        (None, "China", "name the edition"),
    ],
)
def test_publishing_nowhere_is_an_error(
    newsroom: Newsroom, edition: str | None, section: str | None, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        newsroom.publish(edition, section)


def test_negative_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="articles and every_s"):
        Newsroom(articles=-1)


def test_the_sources_cover_every_section_of_every_edition(newsroom: Newsroom, reader: Reader) -> None:
    sources = newsroom_sources(newsroom.url + "/")
    assert [source.id for source in sources] == [f"newsroom-{language}" for language in ("de", "ja", "fr", "en", "zh")]
    for source in sources:
        assert source.allow_private
        assert source.zone == "Asia/Shanghai"
        assert len(source.sections) == 5
        for section in source.sections:
            reply = reader.get(section.url.removeprefix(newsroom.url))
            page = html.fromstring(reply.body.decode("gb18030" if source.language == "zh" else "utf-8"))
            for entry in page.xpath(str(source.recipe.entry)):
                assert entry.xpath(str(source.recipe.link))
                assert entry.xpath(str(source.recipe.listed_title))
                assert entry.xpath(str(source.recipe.listed_date))
            assert page.xpath(str(source.recipe.entry))


@pytest.mark.parametrize("day", range(6))
def test_on_every_day_some_of_the_newest_are_translated(clock: Clock, day: int) -> None:
    clock.now += dt.timedelta(days=day)
    newest = Newsroom(articles=25, every_s=0, clock=clock).articles()
    linked = [article for article in newest if article.translations]
    assert [len(article.translations) for article in linked] == [4] * 5
