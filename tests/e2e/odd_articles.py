"""Articles as odd as a store can hold them, for services that are asked by real readers."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from pathlib import Path
from typing import Any

from feeds.model import Article, ArticleUpdate, Change, Kind, Source, Update
from feeds.settings import Settings
from feeds.store import open_store

HOSTILE = "<script>alert(1)</script><p onclick='x'>]]></content></entry><!-- <![CDATA[ &nbsp; & &#0; <b> \" '"
MORNING = dt.datetime(2020, 7, 7, 8, 9, 10, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=45)))
NOTHING: dict[str, Any] = {"title": "", "summary": "", "content_html": "", "content_text": "", "keywords": ()}
PLAIN = Article(
    id="",
    source_id="odd",
    identity="",
    url="",
    title="Eine Basis für Neues",
    language="de",
    published=dt.date(2020, 7, 7),
    zone="Asia/Shanghai",
    keywords=("BMW", "Alibaba"),
    summary="Eine Basis, sagt man.",
    content_html="<p>BMW errichtet eine <b>Basis</b> &amp; mehr.</p>",
    content_text="BMW errichtet eine Basis & mehr.",
    origin="German.people.cn",
)
ARABIC = "أعلنت الشركة عن مشروع جديد في مدينة شنغهاي بالتعاون مع BMW خلال هذا العام."
ODD: dict[str, dict[str, Any]] = {
    "plain": {},
    "arabic": {
        "title": "شركة BMW تفتتح مصنعاً جديداً في شنغهاي",
        "language": "ar",
        "keywords": ("بي إم دبليو", "الصين", "C++"),
        "summary": ARABIC,
        "content_html": f"<p>{ARABIC}</p>",
        "content_text": ARABIC,
        "authors": ("ليلى حسن",),
        "origin": "وكالة الأنباء",
    },
    "hebrew": {"title": "\u202eעברית\u202c – BMW", "language": "he", "keywords": ("ב.מ.וו",)},
    "hindi": {"title": "बीएमडब्ल्यू का नया केंद्र", "language": "hi", "keywords": ("चीन",), "published": MORNING},
    "thai": {"title": "บีเอ็มดับเบิลยูเปิดศูนย์นวัตกรรม", "language": "th", "keywords": ("จีน",)},
    "chinese": {"title": "宝马与阿里巴巴　共建基地", "language": "zh-Hant", "keywords": ("宝马", "阿里巴巴")},
    "korean": {"title": "상하이의 “혁신”", "language": "ko", "keywords": ("중국", "독일")},
    "beyond the plane": {"title": "𠮷野家 👩\u200d👩\u200d👧 🇩🇪", "language": "ja", "keywords": ("😀", "𠮷")},
    "no title": {"title": ""},
    "no date": {"published": None},
    "nothing but an address": {**NOTHING, "published": None, "origin": None},
    "nothing and no language": {**NOTHING, "language": "und"},
    "long ago": {"published": dt.date(1583, 1, 1), "zone": "Asia/Shanghai"},
    "the last day": {"published": dt.date(9999, 12, 30)},
    "control characters": {"title": "a\x01b\x1f\x7f\x85", "content_html": "<p>\x0b\x01</p>", "keywords": ("a\x02b",)},
    "noncharacters": {"title": "\ufffe x", "summary": "\uffff", "content_html": "\U0001ffff", "authors": ("\ufdd0",)},
    "hostile html": {
        "title": HOSTILE,
        "summary": HOSTILE,
        "content_html": HOSTILE,
        "content_text": HOSTILE,
        "authors": (HOSTILE,),
        "origin": HOSTILE,
        "keywords": (HOSTILE, "a+b,c/d%.atom"),
        "image": "https://news.example/a.jpg?a=1&b=2",
        "image_caption": HOSTILE,
    },
    "hostile addresses": {"url": "javascript:x", "image": "javascript:x", "alternates": {"en": "javascript:x"}},
    "an address beyond ASCII": {"url": "https://例え.example/パス?q=ü", "image": "https://例え.example/絵.jpg"},
    "translations": {
        "alternates": {"en": "https://news.example/en?a=1&b=2", "zh-Hans": "https://news.example/zh"},
        "authors": ("Anna Muster", "Bo Beispiel"),
        "image": "https://news.example/picture?id=1",
        "image_caption": "Ein <Bild> & mehr",
    },
    "white space": {"title": "  zwei \n Zeilen\t\xa0", "keywords": ("  BMW ", "bmw", "ＢＭＷ")},
    "entities": {"title": "AT&T & R&D: 1 < 2", "summary": "1 < 2 &amp; &copy;"},
    "five megabytes": {"language": "la", "content_html": "<p>" + "中文 & <i>mehr</i> " * 250_000 + "</p>"},
}
SEEN_AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def odd_article(name: str) -> Article:
    """The article of that name."""
    address = f"https://news.example/{name.replace(' ', '-')}.html"
    made = dataclasses.replace(PLAIN, url=address, identity=address, id=uuid.uuid5(uuid.NAMESPACE_URL, name).urn)
    return dataclasses.replace(made, **ODD[name])


def fill_with_odd_articles(folder: Path) -> None:
    """Writes all of them to a SQLite store in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    store = open_store(Settings(data=folder).store_url)
    source = Source(id="odd", name="Seltsames & <Co>", kind=Kind.FEED, url="https://news.example/feed")
    store.register([source], SEEN_AT)
    claim = store.claim("odd", SEEN_AT, lease_s=1e6)
    assert claim is not None
    for number, name in enumerate(ODD):
        update = Update(articles=(ArticleUpdate(article=odd_article(name), change=Change.NEW),))
        store.write(claim, update, SEEN_AT + dt.timedelta(minutes=number))
    store.close()
