"""What every reader is to show of the odd articles, written out: one row for each, and what one reader shows else."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from .odd_articles import ODD, odd_article


class Row(NamedTuple):
    """``published`` is UTC; a ``language`` or ``link`` of None is not there."""

    title: str = "Eine Basis für Neues"
    link: str | None = ""
    published: str = "2020-07-06T16:00:00+00:00"
    language: str | None = "de"
    tags: tuple[str, ...] = ("BMW", "Alibaba")


HOSTILE_SHOWN = "‹script›alert(1)‹/script›‹p onclick='x'›]]>‹/content›‹/entry›<!-- <![CDATA[ ＆nbsp; & ＆#0; ‹b› \" '"
SEEN = "2026-01-01T00:{:02}:00+00:00"
ROWS: dict[str, Row] = {
    "plain": Row(),
    "arabic": Row(title="شركة BMW تفتتح مصنعاً جديداً في شنغهاي", language="ar", tags=("بي إم دبليو", "الصين", "C++")),
    "hebrew": Row(title="\u202eעברית\u202c – BMW", language="he", tags=("ב.מ.וו",)),
    "hindi": Row(title="बीएमडब्ल्यू का नया केंद्र", language="hi", tags=("चीन",), published="2020-07-07T02:24:10+00:00"),
    "thai": Row(title="บีเอ็มดับเบิลยูเปิดศูนย์นวัตกรรม", language="th", tags=("จีน",)),
    "chinese": Row(title="宝马与阿里巴巴 共建基地", language="zh-Hant", tags=("宝马", "阿里巴巴")),
    "korean": Row(title="상하이의 “혁신”", language="ko", tags=("중국", "독일")),
    "beyond the plane": Row(title="𠮷野家 👩\u200d👩\u200d👧 🇩🇪", language="ja", tags=("😀", "𠮷")),
    "no title": Row(title="Eine Basis, sagt man."),
    "no date": Row(published=SEEN.format(9)),
    "nothing but an address": Row(
        title="https://news.example/nothing-but-an-address.html", published=SEEN.format(10), tags=()
    ),
    "nothing and no language": Row(title="https://news.example/nothing-and-no-language.html", language=None, tags=()),
    "long ago": Row(published="1582-12-31T15:54:00+00:00"),
    "the last day": Row(published="9999-12-29T16:00:00+00:00"),
    "control characters": Row(title="ab", tags=("ab",)),
    "noncharacters": Row(title="x"),
    "hostile html": Row(title=HOSTILE_SHOWN, tags=(HOSTILE_SHOWN, "a+b,c/d%.atom")),
    "hostile addresses": Row(link=None),
    "an address beyond ASCII": Row(link="https://xn--r8jz45g.example/%E3%83%91%E3%82%B9?q=%C3%BC"),
    "translations": Row(),
    "white space": Row(title="zwei Zeilen", tags=("BMW",)),
    "entities": Row(title="AT&T & R&D: 1 < 2"),
    "five megabytes": Row(language="la"),
}
assert ROWS.keys() == ODD.keys()


# (reader, format, article) -> what it shows else. Format and article None: of all.
OTHERWISE: dict[tuple[str, str | None, str | None], dict[str, object]] = {
    # it cannot read attributes of an Atom entry, and xml:lang is one
    ("rss-parser", "atom", None): {"language": None},
    # it takes the id of an Atom entry without a link for its link
    ("feedparser", "atom", "hostile addresses"): {"link": odd_article("hostile addresses").id},
    ("reader", "atom", "hostile addresses"): {"link": odd_article("hostile addresses").id},
    # an empty text is its word for no link in JSON Feed
    ("fastfeedparser", "json", "hostile addresses"): {"link": ""},
    # it keeps instants as 32 bits, and dates what is before 1970 when it was fetched
    ("newsboat", None, "long ago"): {"published": None},
    ("newsboat", None, "the last day"): {"published": None},
}


def expected_rows(
    client: str, format_: str, names: Iterable[str], fields: Collection[str]
) -> dict[str, dict[str, object]]:
    """By id, those fields of these articles as a reader is to show them; a published of None is anything."""
    return {odd_article(name).id: _shown(client, format_, name, fields) for name in names}


def _shown(client: str, format_: str, name: str, fields: Collection[str]) -> dict[str, object]:
    row = ROWS[name]
    if row.link == "":
        row = row._replace(link=f"https://news.example/{name.replace(' ', '-')}.html")
    found: dict[str, object] = row._asdict()
    for (who, form, which), values in OTHERWISE.items():
        if who == client and form in {None, format_} and which in {None, name}:
            found |= values
    return {field: found[field] for field in fields}
