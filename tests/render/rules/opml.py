"""OPML 2.0 (http://opml.org/spec2.opml), subscription lists."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from .common import PARSER, TAG, ElementRules, at_most_one, broken, is_absolute, is_clean, is_plain, one, texts
from .rss import is_rfc822

_FEED = {"text", "type", "title", "xmlUrl", "htmlUrl", "language", "description"}
_HEAD = {"title", "dateCreated", "dateModified", "ownerName", "ownerId"}  # less what is about windows
OPML: ElementRules = [
    ("the root", lambda o: o.tag == "opml" and dict(o.attrib) == {"version": "2.0"}),
    ("a head and a body", lambda o: [child.tag for child in o] == ["head", "body"]),
    ("a title", lambda o: one(o[0], "title")),
    ("head: known elements, once", lambda o: {x.tag for x in o[0]} <= _HEAD and at_most_one(o[0], *_HEAD)),
    ("dates of RFC 822", lambda o: all(map(is_rfc822, texts(o[0], "dateCreated") + texts(o[0], "dateModified")))),
    ("something to subscribe to", lambda o: len(o[1]) > 0),
    ("nothing but outlines", lambda o: {x.tag for x in o[1].iter()} <= {"body", "outline"}),
    ("no text between them", lambda o: not any((x.text or "").strip() or (x.tail or "").strip() for x in o[1].iter())),
    ("no bad signs", lambda o: all(is_clean(value) for x in o.iter() for value in (x.text or "", *x.attrib.values()))),
]
OUTLINE: ElementRules = [
    ("a text", lambda o: is_plain(o.get("text"))),
    (
        "a feed has type, title and address; a group none",
        lambda o: (set(o.attrib) == {"text"}) == (o.get("type") is None),
    ),
    ("type rss for every format", lambda o: o.get("type", "rss") == "rss"),
    ("known attributes", lambda o: set(o.attrib) <= _FEED),
    ("xmlUrl", lambda o: o.get("type") is None or (is_absolute(o.get("xmlUrl")) and is_plain(o.get("title")))),
    ("htmlUrl", lambda o: is_absolute(o.get("htmlUrl", "https://x.example/"))),
    ("language", lambda o: bool(TAG.fullmatch(o.get("language", "en")))),
    ("description", lambda o: is_plain(o.get("description", "x"))),
]


def opml_mistakes(document: bytes) -> Iterator[str]:
    root = etree.fromstring(document, PARSER)
    yield from broken(OPML, root)
    for outline in root.iter("outline"):
        yield from broken(OUTLINE, outline)
