"""Rules that several formats share, and what a table of rules is."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from html5lib import HTMLParser
from html5lib.html5parser import ParseError
from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
DC = "{http://purl.org/dc/elements/1.1/}"
FH = "{http://purl.org/syndication/history/1.0}"
MEDIA = "{http://search.yahoo.com/mrss/}"
SY = "{http://purl.org/rss/1.0/modules/syndication/}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NAMESPACES = {each.strip("{}") for each in (ATOM, CONTENT, DC, FH, MEDIA, SY)}
PARSER = etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True)
MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")
TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
POSITIVE = re.compile("[1-9][0-9]*")
# IANA's registry, as far as the W3C's validator knows it
RELATIONS = {"alternate", "current", "enclosure", "first", "hub", "last", "next", "next-archive", "prev-archive"}
RELATIONS |= {"previous", "related", "self", "via"}
HISTORY = {"current", "first", "last", "next", "next-archive", "prev-archive", "previous"}
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_END_TAG = re.compile(r"</[A-Za-z]\w*>")
_BAD_SIGN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffd-\uffff]")
_RISKY_ELEMENTS = {"applet", "base", "bdo", "embed", "form", "frame", "iframe", "link", "math", "meta", "object"}
_RISKY_ELEMENTS |= {"script", "style", "svg", "title"}
_ADDRESSES = {("a", "href"), ("img", "src")}

Element = etree._Element
ElementRules = list[tuple[str, Callable[[Element], bool]]]


def broken(rules: Iterable[tuple[str, Callable[[Any], bool]]], thing: Any) -> Iterator[str]:
    """The names of the rules that do not hold."""
    yield from (rule for rule, holds in rules if not holds(thing))


def is_absolute(address: str | None) -> bool:
    parts = urlsplit(address or "")
    return parts.scheme in ("http", "https") and bool(parts.netloc) and (address or "").isascii()


def texts(element: Element, name: str) -> list[str]:
    return [(child.text or "").strip() for child in element.findall(name)]


def one(element: Element, *names: str) -> bool:
    """Exactly one of each, with text in it."""
    return all(len(texts(element, name)) == 1 and all(texts(element, name)) for name in names)


def at_most_one(element: Element, *names: str) -> bool:
    return all(len(element.findall(name)) <= 1 for name in names)


def distinct(values: list[Any]) -> bool:
    return len(values) == len(set(values))


def is_rfc3339(text: str) -> bool:
    return bool(_RFC3339.fullmatch(text)) and dt.datetime.fromisoformat(text).tzinfo is not None


def is_plain(text: str | None) -> bool:
    """No reader takes it for HTML; not blank."""
    return bool(text and text.strip()) and not _END_TAG.search(text or "")


def is_clean(text: str) -> bool:
    """No control character, no noncharacter, no U+FFFD."""
    return not _BAD_SIGN.search(text)


def is_safe_html(html: str) -> bool:
    """HTML by the strict parser that the W3C's validator uses, with nothing in it that can run or leads nowhere."""
    try:
        root = HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(html)
    except ParseError:
        return False
    return all(_is_safe(element) for element in root.iter() if isinstance(element.tag, str))


def _is_safe(element: Any) -> bool:
    return element.tag not in _RISKY_ELEMENTS and all(
        not name.startswith("on")
        and name not in {"style", "formaction", "srcset"}
        and ((element.tag, name) not in _ADDRESSES or urlsplit(value).scheme in {"http", "https", "mailto"})
        for name, value in element.attrib.items()
    )


# --- XML --------------------------------------------------------------------------------------------------------


def links(element: Element, rel: str) -> list[Element]:
    return [link for link in element.findall(f"{ATOM}link") if link.get("rel", "alternate") == rel]


def _every_link(holds: Callable[[Element], bool]) -> Callable[[Element], bool]:
    return lambda element: all(map(holds, element.findall(f"{ATOM}link")))


def _every(name: str, holds: Callable[[Element], bool]) -> Callable[[Element], bool]:
    return lambda element: all(map(holds, element.iter(name)))


LINK_RULES: ElementRules = [
    ("RFC 4287, 4.2.7.1: href", _every_link(lambda link: is_absolute(link.get("href")))),
    ("4.2.7.2: registered rel", _every_link(lambda link: link.get("rel", "alternate") in RELATIONS)),
    ("4.2.7.3: type", _every_link(lambda link: bool(MEDIA_TYPE.fullmatch(link.get("type", "text/html"))))),
    ("4.2.7.4: hreflang", _every_link(lambda link: bool(TAG.fullmatch(link.get("hreflang", "en"))))),
    ("4.2.7.5: title", _every_link(lambda link: is_plain(link.get("title", "x")))),
    ("4.2.7.6: length", _every_link(lambda link: link.get("length", "0").isdigit())),
    ("4.2.7: nothing in a link", _every_link(lambda link: not len(link) and not link.text)),
    (
        "no two alternate links of one type and hreflang",
        lambda e: distinct([(link.get("type"), link.get("hreflang")) for link in links(e, "alternate")]),
    ),
    ("one of each, hub aside", lambda e: all(len(links(e, rel)) <= 1 for rel in (*HISTORY, "self", "via"))),
    ("no two of one kind to one place", lambda e: distinct([tuple(link.items()) for link in e.findall(f"{ATOM}link")])),
]
# of a feed; an entry has none of them
HISTORY_RULES: ElementRules = [
    ("RFC 5005, 4: at most one fh:archive, and it is empty", _every(f"{FH}archive", lambda e: not (len(e) or e.text))),
    ("at most one", lambda e: at_most_one(e, f"{FH}archive")),
    (
        "an archive leads to the current document and to another archive, or is the only one",
        lambda e: e.find(f"{FH}archive") is None or bool(links(e, "current")),
    ),
    (
        "what has an older archive is itself or a paged document",
        lambda e: not links(e, "next-archive") or e.find(f"{FH}archive") is not None,
    ),
    ("one hub is named once", lambda e: distinct([link.get("href") for link in links(e, "hub")])),
]
MEDIA_RULES: ElementRules = [
    (
        "media:content leads to a file",
        _every(f"{MEDIA}content", lambda e: is_absolute(e.get("url")) and e.get("url") != ""),
    ),
    ("its type", _every(f"{MEDIA}content", lambda e: bool(MEDIA_TYPE.fullmatch(e.get("type", "image/png"))))),
    (
        "its medium",
        _every(f"{MEDIA}content", lambda e: e.get("medium", "image") in {"image", "audio", "video", "document"}),
    ),
    (
        "its size and length",
        _every(f"{MEDIA}content", lambda e: all(POSITIVE.fullmatch(e.get(x, "1")) for x in ("fileSize", "duration"))),
    ),
    (
        "its words once",
        _every(f"{MEDIA}content", lambda e: at_most_one(e, f"{MEDIA}title", f"{MEDIA}description")),
    ),
    ("titles are plain", _every(f"{MEDIA}title", lambda e: e.get("type") == "plain" and is_plain(e.text))),
    ("captions are plain", _every(f"{MEDIA}description", lambda e: e.get("type") == "plain" and is_plain(e.text))),
    ("credits are said", _every(f"{MEDIA}credit", lambda e: bool(e.text) and not e.get("role"))),
    ("media:thumbnail", _every(f"{MEDIA}thumbnail", lambda e: is_absolute(e.get("url")))),
]
ROOT_RULES: ElementRules = [
    ("only known namespaces", lambda root: {x for x in root.nsmap.values() if x} <= NAMESPACES),
    ("all of them on the root", lambda root: all(e.nsmap == root.nsmap for e in root.iter())),
    (
        "no bad signs",
        lambda root: all(
            is_clean(text) for e in root.iter() for text in (e.text or "", e.tail or "", *e.attrib.values())
        ),
    ),
    ("no base that addresses would be relative to", lambda root: not root.xpath("//@xml:base")),
]
