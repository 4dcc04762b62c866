"""RSS 2.0 with the Best Practices Profile of the RSS Advisory Board, RFC 5005 and Media RSS."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from lxml import etree

from .common import (
    ATOM,
    CONTENT,
    DC,
    HISTORY,
    HISTORY_RULES,
    LINK_RULES,
    MEDIA,
    MEDIA_RULES,
    MEDIA_TYPE,
    PARSER,
    POSITIVE,
    ROOT_RULES,
    SY,
    TAG,
    Element,
    ElementRules,
    at_most_one,
    broken,
    distinct,
    is_absolute,
    is_plain,
    is_safe_html,
    links,
    one,
    texts,
)

_DAYS, _MONTHS = "Mon|Tue|Wed|Thu|Fri|Sat|Sun", "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_RFC822 = re.compile(rf"({_DAYS}), \d\d ({_MONTHS}) \d{{4}} \d\d:\d\d:\d\d [+-]\d\d[03]0")
_ONCE = ("title", "link", "description", "guid", "pubDate", "enclosure", "source", f"{CONTENT}encoded")
_ONCE_OF_DC = tuple(f"{DC}{name}" for name in ("language", "source", "rights"))
_CHANNEL = {
    "title",
    "link",
    "description",
    "language",
    "copyright",
    "lastBuildDate",
    "docs",
    "generator",
    "ttl",
    "item",
}
_ITEM = {"title", "link", "description", "category", "enclosure", "guid", "pubDate", "source"}
_WORDS = {"title", "category", "source"}
_PERIODS = ("hourly", "daily", "weekly", "monthly", "yearly")
_SYNDICATION = (f"{SY}updatePeriod", f"{SY}updateFrequency")
# & and < in text that is no HTML are to be written as hexadecimal references (profile, Character data)
_NAMED_REFERENCE = re.compile(rb"<(?:title|category|copyright|source|dc:\w+|media:\w+)\b[^>]*>[^<]*&(?:amp|lt);")


def plain_children(element: Element) -> set[str]:
    """The names of those of no namespace, which are RSS's own."""
    return {str(child.tag) for child in element if "{" not in str(child.tag)}


def is_rfc822(text: str) -> bool:
    """RFC 822 with four digits of year, the right day of the week, and a zone that every validator knows."""
    if not _RFC822.fullmatch(text):
        return False
    try:  # not by email.utils, to which the year 0096 is 1996
        when = dt.datetime.strptime(text[5:], "%d %b %Y %H:%M:%S %z")
    except ValueError:
        return False
    return text[:3] == _DAYS.split("|")[when.weekday()]


RSS_CHANNEL: ElementRules = [
    ("one of each", lambda c: one(c, "title", "link", "description", "lastBuildDate", "generator")),
    ("no other element", lambda c: plain_children(c) <= _CHANNEL),
    ("link", lambda c: is_absolute(c.findtext("link"))),
    (
        "words that are no HTML",
        lambda c: all(is_plain(c.findtext(x, "x")) for x in ("title", "description", "copyright")),
    ),
    ("lastBuildDate", lambda c: is_rfc822(c.findtext("lastBuildDate", ""))),
    (
        "profile: one atom:link to itself",
        lambda c: [x.get("type") for x in links(c, "self")] == ["application/rss+xml"],
    ),
    ("language", lambda c: bool(TAG.fullmatch(c.findtext("language", "en")))),
    ("at most one of each", lambda c: at_most_one(c, "language", "ttl", "docs", "copyright", *_SYNDICATION)),
    ("nothing said twice", lambda c: not any(c.findall(f"{DC}{name}") for name in ("language", "rights", "date"))),
    ("ttl in whole minutes", lambda c: bool(POSITIVE.fullmatch(c.findtext("ttl", "1")))),
    ("sy: both or none", lambda c: len({c.find(name) is None for name in _SYNDICATION}) == 1),
    ("sy:updatePeriod is one of five", lambda c: c.findtext(_SYNDICATION[0], "daily") in _PERIODS),
    ("sy:updateFrequency", lambda c: bool(POSITIVE.fullmatch(c.findtext(_SYNDICATION[1], "1")))),
    ("no two items of one guid", lambda c: distinct([item.findtext("guid") for item in c.findall("item")])),
    (
        "RFC 5005: its links lead to feeds of one format",
        lambda c: all(link.get("type") == "application/rss+xml" for rel in HISTORY for link in links(c, rel)),
    ),
]
RSS_ITEM: ElementRules = [
    ("no other element", lambda i: plain_children(i) <= _ITEM),
    ("profile: at most one of each", lambda i: at_most_one(i, *_ONCE, *_ONCE_OF_DC)),
    ("a title", lambda i: one(i, "title")),
    ("guid, and no address in it", lambda i: one(i, "guid") and i.xpath("string(guid/@isPermaLink)") == "false"),
    ("a guid is nobody else's", lambda i: not re.fullmatch("[0-9]{0,8}", i.findtext("guid", ""))),
    ("profile: pubDate", lambda i: is_rfc822(i.findtext("pubDate", ""))),
    ("link", lambda i: all(map(is_absolute, texts(i, "link")))),
    ("profile: an author has an email, else dc:creator", lambda i: i.find("author") is None),
    (
        "words that are no HTML",
        lambda i: all(
            is_plain(x.text) for x in i if x.tag in {"title", "category", "source"} or str(x.tag).startswith(DC)
        ),
    ),
    ("category leads to a page", lambda i: all(is_absolute(x.get("domain")) for x in i.findall("category"))),
    (
        "enclosure has url, type and length",
        lambda i: all(
            is_absolute(x.get("url")) and MEDIA_TYPE.fullmatch(x.get("type", "")) and x.get("length", "").isdigit()
            for x in i.findall("enclosure")
        ),
    ),
    ("source", lambda i: all(is_absolute(x.get("url")) for x in i.findall("source"))),
    ("its origin is said once", lambda i: i.find("source") is None or i.find(f"{DC}source") is None),
    ("description and content are HTML", lambda i: all(map(is_safe_html, texts(i, "description")))),
    ("content is HTML", lambda i: all(map(is_safe_html, texts(i, f"{CONTENT}encoded")))),
    (
        "content:encoded stands behind a description",
        lambda i: (
            i.find(f"{CONTENT}encoded") is None
            or next(x.tag for x in i if x.tag in {"description", f"{CONTENT}encoded"}) == "description"
        ),
    ),
    ("markup is escaped", lambda i: {x.tag for x in i.iter() if len(x)} <= {"item", f"{MEDIA}content"}),
    ("RFC 5005: no history of an item", lambda i: not any(links(i, rel) for rel in HISTORY)),
    ("of Atom there are links only", lambda i: {x.tag for x in i if str(x.tag).startswith(ATOM)} <= {f"{ATOM}link"}),
]


def rss_mistakes(document: bytes) -> Iterator[str]:
    rss = etree.fromstring(document, PARSER)
    if rss.tag != "rss" or dict(rss.attrib) != {"version": "2.0"} or [child.tag for child in rss] != ["channel"]:
        yield "rss 2.0 holds one channel"
    if _NAMED_REFERENCE.search(document):
        yield "profile: & and < in plain text"
    yield from broken(ROOT_RULES, rss)
    yield from broken(RSS_CHANNEL + LINK_RULES + HISTORY_RULES, rss[0])
    for item in rss[0].findall("item"):
        yield from broken(RSS_ITEM + LINK_RULES + MEDIA_RULES, item)
