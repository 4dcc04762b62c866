"""OPML 2.0: outlines by group, nothing invented."""

from __future__ import annotations

import datetime as dt

import pytest
from lxml import etree

from feeds.render import Outline, render_opml

from .rules.opml import opml_mistakes

FEED = Outline(
    text="BMW & <mehr>\x00",
    title="Polyfeed · BMW & <mehr>\x00",
    xml_url="https://feeds.example/feeds/de/keywords/BMW.atom",
    html_url="https://feeds.example/feeds/de/keywords/BMW",
    language="de",
    description="Artikel",
)


def test_outlines_nest_by_group() -> None:
    document = render_opml("Polyfeed \ud800", [Outline(text="Deutsch", children=(FEED, Outline(text="Leer")))])
    assert document.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">')
    root = etree.fromstring(document)
    assert root.findtext("head/title") == "Polyfeed"
    assert root.find("head/dateModified") is None
    assert [dict(outline.attrib) for outline in root.iter("outline")] == [
        {"text": "Deutsch"},
        {
            "text": "BMW & <mehr>",
            "type": "rss",
            "title": "Polyfeed · BMW & <mehr>",
            "xmlUrl": "https://feeds.example/feeds/de/keywords/BMW.atom",
            "htmlUrl": "https://feeds.example/feeds/de/keywords/BMW",
            "language": "de",
            "description": "Artikel",
        },
        {"text": "Leer"},
    ]
    assert [outline.get("text") for outline in root.findall("body/outline/outline")] == ["BMW & <mehr>", "Leer"]


def test_the_date_comes_from_the_data() -> None:
    modified = dt.datetime(2020, 7, 7, 8, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    root = etree.fromstring(render_opml("t", [], modified=modified))
    assert root.findtext("head/dateModified") == "Tue, 07 Jul 2020 00:00:00 +0000"
    assert root.find("body") is not None


def test_a_feed_without_a_title_of_its_own_is_called_what_the_list_calls_it() -> None:
    root = etree.fromstring(render_opml("t", [Outline(text="BMW", xml_url="https://feeds.example/x.atom")]))
    assert dict(root.xpath("//outline")[0].attrib) == {
        "text": "BMW",
        "type": "rss",
        "title": "BMW",
        "xmlUrl": "https://feeds.example/x.atom",
    }


ODD = [
    FEED,
    Outline(text="", xml_url="https://feeds.example/x.atom"),
    Outline(text="\x00"),
    Outline(text="<b>x</b>", children=(FEED, Outline(text="\ud800", title="T", xml_url="https://feeds.example/y"))),
    Outline(text="עברית 😀", xml_url="https://feeds.example/z", description="</p>", language="he"),
]


@pytest.mark.parametrize("outlines", [[each] for each in ODD] + [ODD])
@pytest.mark.parametrize("title", ["Polyfeed", "<b>\x00\ud800</b>"])
def test_no_rule_is_broken(title: str, outlines: list[Outline]) -> None:
    modified = dt.datetime(2020, 7, 7, 8, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=45)))
    assert list(opml_mistakes(render_opml(title, outlines, modified=modified))) == []


def test_the_rules_can_be_broken() -> None:
    document = render_opml("Polyfeed", ODD, modified=dt.datetime(2020, 7, 7, tzinfo=dt.UTC)).decode()
    for good, bad in (
        ('version="2.0"', 'version="3.0"'),
        ("<title>Polyfeed", "<title>"),
        ("+0000", "+0545"),
        (' type="rss"', ""),
        ('text="BMW', 'txt="BMW'),
        ('xmlUrl="https:', 'xmlUrl="'),
        ("<head>", "<head><docs>x</docs>"),
        ('language="he"', 'language="?"'),
        ("<body>", "<body>x"),
    ):
        assert good in document, good
        assert list(opml_mistakes(document.replace(good, bad).encode())) != [], (good, bad)
