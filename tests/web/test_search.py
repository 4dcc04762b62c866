"""Questions at search addresses and named feeds: one address each, answers that keep up, mistakes pointed at."""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from lxml import etree, html

from feeds.settings import Settings
from feeds.store.base import Store
from feeds.web import feedpage
from feeds.web import named as named_feeds
from feeds.web.app import create_app

from .conftest import NOW, Answer, Both, make_article, write

ATOM = "{http://www.w3.org/2005/Atom}"
EVERYTHING = "/feeds/all/search.atom"


@pytest.fixture
def both(app: Flask) -> Both:
    return Both(app)


def titles(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.body.decode()
    return [entry.findtext(f"{ATOM}title") or "" for entry in etree.fromstring(answer.body).iter(f"{ATOM}entry")]


@pytest.mark.parametrize(
    ("question", "starts"),
    [
        ("alibaba+bmw", ["BMW und"]),
        ("%22gemeinsam+lagern%22", ["BMW und"]),
        ("museum+OR+%E9%AB%98%E9%93%81", ["Ein Abend", "高铁新线"]),
        ("%E4%BA%AC", ["北京の秋"]),
        ("%E7%BA%A2%E5%8F%B6", ["北京の秋"]),
        ("-lang:en+china", ["BMW und", "Ein Abend"]),
        ("before:2021-01-01", ["BMW und"]),
        ("keyword:bmw+lang:ja", None),
        ("nirgends", []),
    ],
)
def test_a_question_is_a_feed(both: Both, question: str, starts: list[str] | None) -> None:
    answer = both(EVERYTHING, query=f"q={question}")
    if starts is None:
        assert (answer.status, answer["Location"]) == (301, "/feeds/ja/keywords/BMW.atom")
        return
    found = titles(answer)
    assert len(found) == len(starts)
    assert all(any(title.startswith(start) for title in found) for start in starts)


def test_a_feed_says_what_it_was_asked(both: Both) -> None:
    answer = both("/feeds/de/search.atom", query="q=%22ein+abend%22+museum")
    feed = etree.fromstring(answer.body)
    assert feed.findtext(f"{ATOM}title") == 'Polyfeed · Deutsch · "ein abend" museum'
    assert feed.findtext(f"{ATOM}subtitle") == 'Polyfeed: Artikel auf Deutsch, Suche: "ein abend" museum.'
    links = {(link.get("rel"), link.get("type")): link.get("href") for link in feed.findall(f"{ATOM}link")}
    address = "http://feeds.test/feeds/de/search"
    assert links["self", "application/atom+xml"] == f"{address}.atom?q=%22ein+abend%22+museum"
    assert links["alternate", "text/html"] == f"{address}?q=%22ein+abend%22+museum"
    assert (
        both("/feeds/de/search.atom", query="q=%22ein+abend%22+museum", if_none_match=answer["ETag"] or "").status
        == 304
    )
    formats = [json.loads(both("/feeds/de/search.json", query="q=%22ein+abend%22+museum").body)]
    assert formats[0]["feed_url"] == f"{address}.json?q=%22ein+abend%22+museum"
    assert feed.findtext(f"{ATOM}id") != etree.fromstring(both("/feeds/de.atom").body).findtext(f"{ATOM}id")


@pytest.mark.parametrize(
    ("path", "query", "to"),
    [
        ("/feeds/de/search.atom", "q=Museum", "/feeds/de/search.atom?q=museum"),
        ("/feeds/DE/Search.ATOM", "q=museum", "/feeds/de/search.atom?q=museum"),
        ("/feeds/de/search.atom", "x=1&q=b+OR+a&utm=2", "/feeds/de/search.atom?q=a+OR+b"),
        ("/feeds/de/search.atom", "q=%EF%BC%88a%EF%BC%89", "/feeds/de/search.atom?q=a"),
        ("/feeds/de/search.atom", "q=keyword%3Aa+b", "/feeds/de/search.atom?q=b+keyword:a"),
        ("/feeds/de/search.atom", "q=%E7%B4%85%E8%91%89", "/feeds/de/search.atom?q=%E7%BA%A2%E5%8F%B6"),
        ("/feeds/de/search.atom", "q=since:24h", "/feeds/de/search.atom?q=since:1d"),
        ("/feeds/de/search.atom", "copies=hide&q=a", "/feeds/de/search.atom?q=a&copies=hide"),
        ("/feeds/de/search.atom", "q=a&inferred=NO", "/feeds/de/search.atom?q=a&inferred=no"),
        ("/feeds/de/search.atom", "q=a&q=b", "/feeds/de/search.atom?q=a"),
        ("/feeds/de/search.atom", "q=keyword:bmw", "/feeds/de/keywords/BMW.atom"),
        ("/feeds/de/search.atom", "q=section:Kultur", "/feeds/de/sections/kultur.atom"),
        ("/feeds/de/search.atom", "q=", "/feeds/de.atom"),
        ("/feeds/de/search.atom", "", "/feeds/de.atom"),
        ("/feeds/search", "q=lang:de+museum", "/feeds/de/search?q=museum"),
        ("/feeds/de/search", "lang=fr&q=Museum", "/feeds/de/search?q=museum&lang=fr"),
        ("/feeds/de/keywords/BMW.atom", "inferred=no&x", ""),
        ("/feeds/de.atom", "q=museum", ""),
        ("/feeds/de/search.atom", "q=museum&x=1", ""),
    ],
)
def test_a_question_has_one_address(both: Both, path: str, query: str, to: str) -> None:
    answer = both(path, query=query)
    assert (answer.status, answer["Location"] or "") == ((301, to) if to else (200, ""))


@pytest.mark.parametrize("ending", ["", ".atom", ".rss"])
def test_a_mistake_is_pointed_at(both: Both, ending: str) -> None:
    answer = both(f"/feeds/de/search{ending}", query="q=museum+AND+(a+OR)")
    assert (answer.status, answer["Content-Type"]) == (400, "text/plain; charset=utf-8")
    lines = answer.body.decode().splitlines()
    assert lines[1:3] == ["museum AND (a OR)", " " * 16 + "^"]
    assert lines[3].startswith("At character 17: expected a word")


def test_a_mistake_as_page_and_as_json(both: Both) -> None:
    page = both("/feeds/de/search", query="q=keywrod:%3Cb%3E&lang=de", accept="text/html")
    assert page.status == 400
    tree = html.fromstring(page.body)
    assert tree.xpath("//h1/text()") == ["Diese Frage lässt sich nicht lesen"]
    assert tree.xpath("//pre/text()") == ["keywrod:<b>\n^"]
    assert tree.xpath("//form/@action") == ["/feeds/de/search"]
    assert tree.xpath("//form//input[@name='q']/@value") == ["keywrod:<b>"], "to be mended at once"
    said = json.loads(both("/feeds/de/search.json", query="q=keywrod:x").body)
    assert (said["question"], said["position"]) == ("keywrod:x", 0)
    assert "expected one of keyword:" in said["reason"]
    assert both("/feeds/de/search.atom", query="q=%FF").status == 400
    endless = both("/feeds/de/search", query="q=" + "a" * 20_000, accept="text/html")
    assert (endless.status, len(endless.body) < 10_000) == (400, True), "what is too long is not told in full"


def test_the_page_searches_and_offers_the_feed(both: Both) -> None:
    tree = html.fromstring(both("/feeds/de/search", query="q=museum&lang=fr").body)
    (form,) = tree.xpath("//form[@role='search']")
    assert (form.get("method"), form.get("action")) == ("get", "/feeds/de/search")
    fields = {field.get("name"): field.get("value") for field in form.xpath(".//input")}
    assert fields == {"q": "museum", "lang": "fr"}
    assert form.xpath(".//button/text()") == ["Chercher"]
    assert tree.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert "http://feeds.test/feeds/de/search.atom?q=museum" in tree.xpath("//link[@rel='alternate']/@href")
    assert tree.xpath("//h1//text()") == ["Deutsch · museum"]
    assert [each.strip() for each in tree.xpath("//article//h2//text()")] == ["Ein Abend im Museum"]
    assert html.fromstring(both("/").body).xpath("//form/@action") == ["/feeds/all/search"]
    plain = html.fromstring(both("/feeds/all").body)
    assert plain.xpath("//form/@action") == ["/feeds/all/search"]
    assert plain.xpath("//form//input/@value") == [""]
    assert not plain.xpath("//meta[@name='robots']")
    assert "Disallow: /feeds/*/search?" in both("/robots.txt").body.decode()


def test_a_page_does_not_count_all_that_a_frequent_word_finds(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    def quantity(query: str) -> str:
        return str(html.fromstring(both("/feeds/all/search", query=query).body).xpath("string(//*[@class='quantity'])"))

    whole = quantity("q=-xyz&lang=en")
    assert whole.split()[0].isdigit()
    assert int(whole.split()[0]) > 1
    monkeypatch.setattr(feedpage, "COUNTED", 1)
    assert quantity("q=-xyzz&lang=en").startswith("1+ articles")


def test_addresses_are_shown_in_readable_letters(both: Both) -> None:
    tree = html.fromstring(both("/feeds/all/search", query="q=%E5%8C%97%E4%BA%AC+%E9%AB%98%E9%93%81").body)
    assert tree.xpath("//code/text()")[0] == "http://feeds.test/feeds/all/search.atom?q=北京+高铁"


def test_ages_move_on_with_the_hours(settings: Settings, store: Store) -> None:
    moment = [NOW]
    flask = create_app(settings, store, clock=lambda: moment[0])
    both = Both(flask)
    write(store, [make_article(60, "revue", "fr", "Hier", published=NOW - dt.timedelta(hours=23, minutes=30))], NOW)
    before = both("/feeds/fr/search.atom", query="q=since:1d")
    assert titles(before) == ["La Chine ouvre une nouvelle ligne à grande vitesse", "Hier"]
    assert before["Last-Modified"] is None, "articles leave by time alone, and no date of a change tells it"
    moment[0] = NOW + dt.timedelta(minutes=59)
    assert both("/feeds/fr/search.atom", query="q=since:1d", if_none_match=before["ETag"] or "").status == 304
    moment[0] = NOW + dt.timedelta(hours=1)
    after = both("/feeds/fr/search.atom", query="q=since:1d", if_none_match=before["ETag"] or "")
    assert titles(after) == ["La Chine ouvre une nouvelle ligne à grande vitesse"]


# --- named feeds ------------------------------------------------------------------------------------------------

CARS = '[cars]\ntitle = "Cars & <more>"\nq = "bmw OR 高铁"\n'


@pytest.fixture
def config(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(named_feeds, "LOOK_EVERY_S", 0.0)
    (settings.data / "feeds.toml").write_text(CARS, encoding="utf-8")
    return settings.data / "feeds.toml"


@pytest.fixture
def own(config: Path, settings: Settings, store: Store) -> Both:
    return Both(create_app(replace(settings, config=config.parent), store, clock=lambda: NOW))


def rewrite(config: Path, text: str) -> None:
    config.write_text(text, encoding="utf-8")
    changed_s = config.stat().st_mtime + 10 + len(text)
    os.utime(config, (changed_s, changed_s))


def test_a_named_feed_has_an_address_and_a_title(own: Both) -> None:
    answer = own("/feeds/named/cars.atom")
    feed = etree.fromstring(answer.body)
    assert feed.findtext(f"{ATOM}title") == "Polyfeed · Cars & <more>"
    assert len(titles(answer)) == 3
    assert '<http://feeds.test/feeds/named/cars.atom>; rel="self"' in (answer["Link"] or "")
    assert own("/feeds/named/cars.atom", if_none_match=answer["ETag"] or "").status == 304
    assert own("/feeds/named/cars.atom", query="q=x&copies=hide").body == answer.body, "no parameter changes it"
    assert own("/Feeds/NAMED/Cars.atom")["Location"] == "/feeds/named/cars.atom"
    assert own("/feeds/named/cars.atom", sec_fetch_dest="document")["Location"] == "/feeds/named/cars#subscribe"
    page = html.fromstring(own("/feeds/named/cars").body)
    assert page.xpath("//h1//text()") == ["Cars & <more>"]
    assert page.xpath("//form//input[@name='q']/@value") == ["bmw OR 高铁"]
    assert "http://feeds.test/feeds/named/cars.rss" in page.xpath("//link[@rel='alternate']/@href")


def test_named_feeds_are_listed(own: Both) -> None:
    directory = html.fromstring(own("/").body)
    assert directory.xpath("//section[@aria-labelledby='named']//a/@href") == ["/feeds/named/cars"]
    opml = etree.fromstring(own("/feeds.opml").body)
    (outline,) = opml.xpath("//outline[@text='Named feeds']/outline")
    assert (outline.get("text"), outline.get("xmlUrl")) == ("Cars & <more>", "http://feeds.test/feeds/named/cars.atom")


def test_named_feeds_are_read_again(own: Both, config: Path) -> None:
    before = own("/feeds/named/cars.atom")
    rewrite(config, CARS.replace("bmw OR 高铁", "museum"))
    after = own("/feeds/named/cars.atom")
    assert titles(after) == ["Ein Abend im Museum"]
    ids = [etree.fromstring(answer.body).findtext(f"{ATOM}id") for answer in (before, after)]
    assert ids[0] == ids[1], "it is still the same feed"
    rewrite(config, CARS.replace("bmw OR 高铁", "museum OR ("))
    assert own("/feeds/named/cars.atom").body == after.body, "what was right before stays"
    rewrite(config, "[")
    assert own("/feeds/named/cars.atom").body == after.body
    config.unlink()
    gone = own("/feeds/named/cars.atom")
    assert gone.status == 404
    assert "There is no named feed" in gone.body.decode()


def test_an_unknown_name_is_told_what_there_is(own: Both) -> None:
    answer = own("/feeds/named/bikes.atom")
    assert answer.status == 404
    assert "http://feeds.test/feeds/named/cars.atom" in answer.body.decode()
    assert own("/feeds/named").status == 404
