"""Atom: RFC 4287, with RFC 5005 and Media RSS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml import etree

from .common import (
    ATOM,
    DC,
    HISTORY,
    HISTORY_RULES,
    LINK_RULES,
    MEDIA_RULES,
    PARSER,
    ROOT_RULES,
    TAG,
    XML_LANG,
    Element,
    ElementRules,
    at_most_one,
    broken,
    distinct,
    is_absolute,
    is_plain,
    is_rfc3339,
    is_safe_html,
    links,
    one,
    texts,
)

_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_FEED_CHILDREN = {"author", "category", "contributor", "generator", "icon", "id", "link", "logo", "rights", "subtitle"}
_FEED_CHILDREN |= {"title", "updated", "entry"}
_ENTRY_CHILDREN = {"author", "category", "content", "contributor", "id", "link", "published", "rights", "source"}
_ENTRY_CHILDREN |= {"summary", "title", "updated"}


def is_uuid(text: str) -> bool:
    return bool(_UUID.fullmatch(text))


def _is_text(element: Element) -> bool:
    """RFC 4287, 3.1: a text is what its type says it is, and there is something in it."""
    kind = element.get("type", "text")
    if len(element) or not (element.text or "").strip():
        return False
    return is_plain(element.text) if kind == "text" else kind == "html" and is_safe_html(element.text or "")


def _children(element: Element) -> set[str]:
    return {str(child.tag).removeprefix(ATOM) for child in element if str(child.tag).startswith(ATOM)}


def _is_behind(feed: Element) -> bool:
    """Whether every entry stands behind what the feed says of itself."""
    kinds = [child.tag == f"{ATOM}entry" for child in feed]
    return kinds == sorted(kinds)


def _leads_on(feed: Element) -> bool:
    return all(link.get("type") == "application/atom+xml" for rel in HISTORY for link in links(feed, rel))


ATOM_COMMON: ElementRules = [
    ("4.1: exactly one id, title, updated", lambda e: one(e, f"{ATOM}id", f"{ATOM}title", f"{ATOM}updated")),
    ("4.2.6: the id is an IRI", lambda e: bool(urlsplit(e.findtext(f"{ATOM}id")).scheme)),
    (
        "4.2.6.1: a uuid is written in its canonical form",
        lambda e: "uuid:" not in e.findtext(f"{ATOM}id", "").lower() or is_uuid(e.findtext(f"{ATOM}id", "")),
    ),
    ("3.3: dates", lambda e: all(map(is_rfc3339, texts(e, f"{ATOM}updated") + texts(e, f"{ATOM}published")))),
    ("3.2.1: a person has a name", lambda e: all(one(person, f"{ATOM}name") for person in e.findall(f"{ATOM}author"))),
    ("3.2.2: its address", lambda e: all(map(is_absolute, texts(e, f"{ATOM}author/{ATOM}uri")))),
    ("2: xml:lang is a language tag", lambda e: bool(TAG.fullmatch(e.get(XML_LANG, "en")))),
    ("4.2.10: at most one rights", lambda e: at_most_one(e, f"{ATOM}rights")),
    (
        "3.1: texts",
        lambda e: all(map(_is_text, e.xpath("*[contains(' title subtitle summary rights ', local-name())]"))),
    ),
]
ATOM_FEED: ElementRules = [
    ("4.1.1: the root", lambda feed: feed.tag == f"{ATOM}feed"),
    ("4.1.1: no other element", lambda feed: _children(feed) <= _FEED_CHILDREN),
    ("4.1.1: nothing of the feed behind an entry", _is_behind),
    ("4.1.1: one self link", lambda feed: [x.get("type") for x in links(feed, "self")] == ["application/atom+xml"]),
    ("4.1.1: at most one of each", lambda feed: at_most_one(feed, f"{ATOM}subtitle", f"{ATOM}generator")),
    ("4.2.4: a generator has a name", lambda feed: one(feed, f"{ATOM}generator")),
    ("4.1.1: an author", lambda feed: feed.find(f"{ATOM}author") is not None),
    ("4.1.1: no two entries of one id", lambda feed: distinct(texts(feed, f"{ATOM}entry/{ATOM}id"))),
    ("no two entries updated at once", lambda feed: distinct(texts(feed, f"{ATOM}entry/{ATOM}updated"))),
    ("RFC 5005: its links lead to feeds of one format", _leads_on),
]
ATOM_ENTRY: ElementRules = [
    ("4.1.2: no other element", lambda e: _children(e) <= _ENTRY_CHILDREN),
    ("4.1.2: at most one of each", lambda e: at_most_one(e, f"{ATOM}content", f"{ATOM}summary", f"{DC}source")),
    ("4.1.2: published", lambda e: one(e, f"{ATOM}published")),
    ("4.1.2: content or a page", lambda e: e.find(f"{ATOM}content") is not None or bool(links(e, "alternate"))),
    ("4.1.1.1: words", lambda e: bool("".join(texts(e, f"{ATOM}content") + texts(e, f"{ATOM}summary")))),
    ("4.1.3: content", lambda e: all(map(_is_text, e.findall(f"{ATOM}content")))),
    (
        "4.2.2: category has term, label and scheme",
        lambda e: all(
            is_plain(x.get("term")) and is_plain(x.get("label")) and is_absolute(x.get("scheme"))
            for x in e.findall(f"{ATOM}category")
        ),
    ),
    ("RFC 5005: no history of an entry", lambda e: not any(links(e, rel) for rel in HISTORY)),
]


def atom_mistakes(document: bytes) -> Iterator[str]:
    feed = etree.fromstring(document, PARSER)
    yield from broken(ROOT_RULES + ATOM_FEED + ATOM_COMMON + LINK_RULES + HISTORY_RULES, feed)
    for entry in feed.findall(f"{ATOM}entry"):
        yield from broken(ATOM_ENTRY + ATOM_COMMON + LINK_RULES + MEDIA_RULES, entry)
