"""Polls of several sources of one store: moved articles, copies, the same page twice, entries that are files."""

from __future__ import annotations

import random
from dataclasses import replace

from feeds.model import FeedQuery, Kind, Twin

from .conftest import House, Page, Site, listing, rss, story

SYLLABLES = ["ka", "lo", "mir", "ten", "bu", "ras", "vel", "no", "shi", "gan", "dor", "pe"]


def text(seed: int) -> str:
    chance = random.Random(seed)
    return " ".join(" ".join("".join(chance.choices(SYLLABLES, k=3)) for _ in range(9)) + "." for _ in range(25))


def test_a_new_slug_without_a_redirect_is_the_same_article(house: House, site: Site) -> None:
    house.source = replace(house.source, url=f"{site.url}/")
    title, day = "The long tale of harbour number 7", "2026-11-20"
    site.pages["/2026/11/20/old-tale-of-a-harbour.html"] = story(title, text=text(7), day=day)
    site.pages["/"] = listing(("/2026/11/20/old-tale-of-a-harbour.html", title))
    assert house.poll().new == 1
    before = house.articles()[0].article
    del site.pages["/2026/11/20/old-tale-of-a-harbour.html"]
    site.pages["/2026/11/20/new-tale-of-a-harbour.html"] = story(title, text=text(7), day=day)
    site.pages["/2026/11/20/another-tale-of-a-harbour.html"] = story(title, text=text(8), day=day)
    site.pages["/"] = listing(
        ("/2026/11/20/new-tale-of-a-harbour.html", title), ("/2026/11/20/another-tale-of-a-harbour.html", title)
    )
    assert house.poll(minutes=10).new == 1
    assert house.poll(minutes=10).new == 0
    ids = {one.article.id for one in house.articles()}
    assert before.id in ids
    assert len(ids) == 2


def test_a_copy_at_another_source_is_marked_and_the_same_page_is_shown_once(house: House, site: Site) -> None:
    agency = replace(house.source, id="agency", url=f"{site.url}/agency")
    site.pages["/a/2026/the-tale-of-a-harbour-1.html"] = story("A tale of harbours", text=text(1))
    site.pages["/agency"] = listing(("/a/2026/the-tale-of-a-harbour-1.html", "A tale of harbours"))
    paper = replace(house.source, id="paper", url=f"{site.url}/paper")
    printed = story("A harbour and its tale", text="Town (agency). " + text(1), day="2026-11-21")
    site.pages["/p/2026/a-harbour-and-its-tale-1.html"] = printed
    site.pages["/paper"] = listing(("/p/2026/a-harbour-and-its-tale-1.html", "A harbour and its tale"))
    again = replace(house.source, id="again", url=f"{site.url}/again")
    site.pages["/again"] = listing(("/a/2026/the-tale-of-a-harbour-1.html?utm_source=x", "A tale of harbours"))
    for source in (agency, paper, again):
        house.source = source
        assert house.poll(minutes=1).new == 1
    found = house.store.load([one for one, _ in house.store.window(FeedQuery(source="paper"), limit=9)])
    found |= house.store.load([one for one, _ in house.store.window(FeedQuery(source="again"), limit=9)])
    assert sorted((one.article.source_id, one.twin) for one in found.values()) == [
        ("again", Twin.SAME),
        ("paper", Twin.COPY),
    ]
    assert {one.article.source_id for one in house.articles()} == {"agency", "paper"}


def test_a_podcasts_sound_is_linked_and_never_fetched(house: House, site: Site) -> None:
    house.source = replace(house.source, kind=Kind.FEED, url=f"{site.url}/feed")
    site.pages["/sound.mp3"] = Page(body="ID3", kind="audio/mpeg")
    sound = f'<enclosure url="{site.url}/sound.mp3" type="audio/mpeg" length="3"/>'
    item = f"<title>Episode one</title><guid isPermaLink='false'>e1</guid><description>In short.</description>{sound}"
    site.pages["/feed"] = rss(item)
    assert house.poll().new == 1
    assert house.articles()[0].article.url == f"{site.url}/sound.mp3"
    assert house.poll(minutes=10).new == 0
    assert site.asked["/sound.mp3"] == 0
