"""The newsroom's own article, set as a page of such a site, from its section page into the feeds of its keywords."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from feeds.model import FeedQuery, Kind, Recipe, Section, Source

PATH = "/Wirtschaft/202007/t20200707_800213452.html"
LISTING = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>Wirtschaft</title></head><body>
<div class="nav"><a href="../index.html">Startseite</a> <a href="../China/index.html">China</a></div>
<ul><li><table><tr><td><a href="./202007/t20200707_800213452.html"><img src="./202007/p.jpg"></a></td>
<td><a href="./202007/t20200707_800213452.html">{title}</a></td><td>07.07.2020</td></tr></table></li></ul>
</body></html>"""
PAGE = """<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<title>{title} -- Rundschau</title></head><body>
<div><a href="http://ja.example/">日本語</a> <a href="http://fr.example/">Français</a> <a href="http://en.example/">English</a></div>
<div>{navigation}</div><div><a href="/">Startseite</a> &gt;&gt; <a href="../index.html">Wirtschaft</a></div>
<h1>{title}</h1><div>&nbsp;&nbsp;·&nbsp;&nbsp; {date}&nbsp; · &nbsp;{origin}</div><div>{keywords}</div>
<div><a href="javascript:print()">Druck</a></div><div><a href="mailto:x@example.org">Email</a></div>
<div class="TRS_Editor">{body}</div>
<div>LINKS:</div><div>{address}</div></body></html>"""


@pytest.fixture
def seed(shared: Path) -> dict[str, str]:
    """The article's parts, as they stand in the text of its page."""
    text = next((shared / "seed").glob("*.txt")).read_text(encoding="utf-8")
    blocks = [block.strip() for block in text.split("\n\n")]
    title = next(block for block in blocks if block.startswith("BMW und Alibaba"))
    meta = next(block for block in blocks if "Quelle:" in block)
    date, origin = re.search(r"(\d{4}-\d\d-\d\d)\s+·\s+(Quelle:\S+)", meta).groups()  # type: ignore[union-attr]  # the seed has it
    keywords = re.search(r"^Stichwörter:.*$", meta, re.MULTILINE)
    assert keywords is not None
    start = blocks.index(meta) + 1
    body = blocks[start : blocks.index("LINKS:")]
    return {
        "title": html.escape(title),
        "date": date,
        "origin": origin,
        "keywords": keywords[0],
        "navigation": " ".join(f"<a href='/{name}/'>{name}</a>" for name in ("China", "Kultur", "Video")),
        "body": "".join(f"<p>　　{html.escape(paragraph)}</p>" for paragraph in body),
        "address": html.escape(blocks[blocks.index("LINKS:") + 1]),
        "last": body[-1],
        "plain_title": title,
    }


def source_at(url: str, recipe: Recipe) -> Source:
    return Source(
        id="rundschau",
        name="Rundschau",
        kind=Kind.LISTING,
        url=url + "/",
        language="de",
        zone="Asia/Shanghai",
        sections=(Section(slug="wirtschaft", name="Wirtschaft", url=url + "/Wirtschaft/index.html"),),
        recipe=recipe,
        allow_private=True,
        delay_s=0.0,
    )


@pytest.mark.parametrize(
    "recipe",
    [Recipe(), Recipe(entry="li", link="a", body="div.TRS_Editor", date_formats=("%d.%m.%Y",))],
    ids=["no recipe", "with recipe"],
)
def test_the_seed_article_stands_in_its_feeds(
    house: Any,
    serve_pages: Callable[[Mapping[str, tuple[bytes, str]]], Any],
    seed: dict[str, str],
    recipe: Recipe,
) -> None:
    kind = "text/html; charset=utf-8"
    site = serve_pages(
        {
            "/Wirtschaft/index.html": (LISTING.format(**seed).encode(), kind),
            PATH: (PAGE.format(**seed).encode(), kind),
        }
    )
    house.add(source_at(site.url, recipe))
    report = house.poll_one("rundschau")
    assert (report.found, report.new, report.failed_pages) == (1, 1, 0), report

    (entry,) = house.feed("/feeds/de.atom").entries
    assert entry.title == seed["plain_title"]
    assert entry.published == "2020-07-07T00:00:00+08:00"
    assert [tag.label or tag.term for tag in entry.tags] == ["BMW", "Alibaba"]
    assert seed["last"] in entry.content[0].value
    assert "Druck" not in entry.content[0].value
    assert "Baiwanzhuanglu" not in entry.content[0].value

    for path in ("/feeds/de/keywords/BMW.atom", "/feeds/de/keywords/Alibaba.atom", "/feeds/de/sections/wirtschaft.rss"):
        assert house.titles(path) == [seed["plain_title"]]
    assert house.titles("/feeds/de/keywords/Alibaba+BMW.atom") == [seed["plain_title"]]
    assert house.titles("/feeds/de/keywords/Toyota.atom") == []

    ((article_id, _),) = house.store.window(FeedQuery(), limit=10)
    article = house.store.load([article_id])[article_id].article
    assert article.published == dt.date(2020, 7, 7)
    assert not isinstance(article.published, dt.datetime)  # no time of day invented
    assert (article.zone, article.origin, article.language) == ("Asia/Shanghai", "German.people.cn", "de")
    assert article.alternates == {}  # the language switch leads to other front pages, not to this story
    assert article.provenance["keywords"] == "label:Stichwörter"

    again = house.poll_one("rundschau")
    assert (again.new, again.updated, again.same) == (0, 0, 0)
    assert site.asked.count(PATH) == 1
