"""Elements that feedgen 1.0 made in, the same elements as the specifications want them out.

Each function mends one thing that feedgen gets wrong or cannot say; ``feeds.render.xml`` calls them from feedgen's
extension hooks. Atom elements are unqualified here, as feedgen makes them: it writes their namespace on the root.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from lxml import etree

from feeds.model import Enclosure, Format
from feeds.render.entry import Entry, Original
from feeds.render.head import MEDIA_TYPES, FeedHead
from feeds.render.media import Picture, medium_of
from feeds.render.rhythm import Rhythm

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
FH = "http://purl.org/syndication/history/1.0"
MEDIA = "http://search.yahoo.com/mrss/"
SY = "http://purl.org/rss/1.0/modules/syndication/"
XML = "http://www.w3.org/XML/1998/namespace"

# declared once, on the root, whatever the entries hold: so entries can be joined as bytes
ATOM_NAMESPACES: Mapping[str, str] = MappingProxyType({"dc": DC, "media": MEDIA})
RSS_NAMESPACES: Mapping[str, str] = MappingProxyType({"atom": ATOM, "content": CONTENT, "dc": DC, "media": MEDIA})

Element = etree._Element  # noqa: SLF001  lxml has no public name for it

# elements whose text is no HTML, whole; no text and no attribute holds a bare < or >
_PLAIN = re.compile(rb"<(?:title|subtitle|summary|rights|category|copyright|source|dc:\w+|media:\w+)\b[^>]*>[^<]+</")


def mend_atom_entry(element: Element, entry: Entry) -> None:
    """Links with rel, type and hreflang (feedgen drops them), item language, origin, picture, files.

    What it is a copy of is its ``via``: where the information came from (RFC 4287, 4.2.7.2).
    """
    for link in element.findall("link"):
        element.remove(link)
    for attributes in _atom_links(entry):
        etree.SubElement(element, "link", attributes)
    if entry.language:
        element.set(f"{{{XML}}}lang", entry.language)
    _add(element, f"{{{DC}}}source", entry.origin)
    _add_media(element, entry)


def mend_rss_item(item: Element, entry: Entry) -> None:
    """Authors without an email (RSS's own author wants one), item language, rights, origin, translations, media."""
    for name in entry.authors:
        _add(item, f"{{{DC}}}creator", name)
    _add(item, f"{{{DC}}}language", entry.language or "")
    _add(item, f"{{{DC}}}rights", entry.rights)
    if entry.copy_of:  # RSS 2.0, <source>: the channel that the item came from; here the original's own
        etree.SubElement(item, "source", {"url": entry.copied_feed}).text = entry.copy_of.source_name
        etree.SubElement(item, f"{{{ATOM}}}link", _via(entry.copy_of))
    else:  # beside RSS's own source, validators take it for the same said twice
        _add(item, f"{{{DC}}}source", entry.origin)
    for attributes in _rss_links(entry):
        etree.SubElement(item, f"{{{ATOM}}}link", attributes)
    _add_media(item, entry)


def mend_atom_feed(feed: Element, head: FeedHead) -> None:
    """Links of the feed, in a fixed order, its page at both ends: see ``_atom_links``; and whether it is an archive."""
    for attributes in (*_feed_links(head, Format.ATOM), {"rel": "alternate", "href": head.html_url}):
        etree.SubElement(feed, "link", attributes)
    if head.is_archive:
        etree.SubElement(feed, f"{{{FH}}}archive")


def mend_rss_channel(channel: Element, head: FeedHead, rhythm: Rhythm | None = None) -> None:
    """How often it changes, and its links: RSS has none of its own but the page's, feedgen writes ``self`` at most.

    RFC 5005 is of Atom, and stands in RSS as an extension: its links as ``atom:link`` (appendix C).
    """
    for attributes in _feed_links(head, Format.RSS):
        etree.SubElement(channel, f"{{{ATOM}}}link", attributes)
    if head.is_archive:
        etree.SubElement(channel, f"{{{FH}}}archive")
    if rhythm is not None:
        etree.SubElement(channel, f"{{{SY}}}updatePeriod").text = rhythm.period
        etree.SubElement(channel, f"{{{SY}}}updateFrequency").text = str(rhythm.frequency)


def mend_references(xml: bytes) -> bytes:
    """The same XML with ``&#x26;`` and ``&#x3C;`` in plain text, where lxml writes ``&amp;`` and ``&lt;``.

    By these spellings more readers see that no HTML is meant (RSS Best Practices Profile, Character data).
    """
    return _PLAIN.sub(lambda found: found[0].replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;"), xml)


def _feed_links(head: FeedHead, own: Format) -> list[dict[str, str]]:
    links = [
        {"rel": "self", "type": MEDIA_TYPES[own], "href": head.self_url},
        {"rel": "alternate", "type": "text/html", "href": head.html_url},
    ]
    links += [
        {"rel": "alternate", "type": MEDIA_TYPES[other], "href": head.alternates[other]}
        for other in Format
        if other is not own and other in head.alternates
    ]
    links += [{"rel": rel, "type": MEDIA_TYPES[own], "href": url} for rel, url in sorted(head.history.items())]
    if head.hub:
        links.append({"rel": "hub", "href": head.hub})
    return links


def _atom_links(entry: Entry) -> list[dict[str, str]]:
    """The article, its translations, what it is a copy of, its files, its picture.

    Some readers take the first alternate link for the article's, others the last whatever its type: so the article's
    own stands at both ends. The last is bare, since no two may agree in type and hreflang (RFC 4287, 4.1.2).
    """
    links = _alternate_links(entry)
    if entry.copy_of:
        links.append(_via(entry.copy_of))
    if entry.url and len(links) > 1:
        links.append({"rel": "alternate", "href": entry.url})
    links += [_enclosure(each) for each in entry.files]
    if entry.picture:
        links.append(_enclosure(Enclosure(url=entry.picture.url, media_type=entry.picture.media_type or "")))
    return links


def _enclosure(file: Enclosure) -> dict[str, str]:
    said = {
        "type": file.media_type,
        "length": "" if file.length_bytes is None else str(file.length_bytes),
        "title": file.title,
    }
    return {"rel": "enclosure", **{name: value for name, value in said.items() if value}, "href": file.url}


def _rss_links(entry: Entry) -> list[dict[str, str]]:
    """Its translations between two links to the article itself: some readers take the first for its own, some the last.

    None without translations: then RSS's own link says it all.
    """
    if not entry.alternates:
        return []
    links = _alternate_links(entry)
    return [*links, {"rel": "alternate", "href": entry.url}] if entry.url else []


def _alternate_links(entry: Entry) -> list[dict[str, str]]:
    """The article's page and those of its translations, each in its language."""
    page = {"rel": "alternate", "type": "text/html"}
    links = [{**page, "hreflang": language, "href": url} for language, url in entry.alternates]
    if entry.url:
        own_language = {"hreflang": entry.language} if entry.language else {}
        links.insert(0, {**page, **own_language, "href": entry.url})
    return links


def _via(original: Original) -> dict[str, str]:
    return {"rel": "via", "type": "text/html", "href": original.url, "title": original.source_name}


def _add_media(element: Element, entry: Entry) -> None:
    """Media RSS with captions and credits, which feedgen's own media extension cannot nest; the thumbnail last."""
    for each in entry.files:
        content = etree.SubElement(element, f"{{{MEDIA}}}content", {"url": each.url})
        if each.length_bytes is not None:
            content.set("fileSize", str(each.length_bytes))
        if each.media_type:
            content.set("type", each.media_type)
            content.set("medium", medium_of(each.media_type))
        if each.duration_s is not None:
            content.set("duration", str(max(1, round(each.duration_s))))
        _add_plain(content, "title", each.title)
    if entry.picture:
        _add_picture(element, entry.picture)


def _add_picture(element: Element, picture: Picture) -> None:
    content = etree.SubElement(element, f"{{{MEDIA}}}content", {"url": picture.url})
    if picture.media_type:
        content.set("type", picture.media_type)
    content.set("medium", "image")
    _add_plain(content, "description", picture.caption)
    _add(content, f"{{{MEDIA}}}credit", picture.credit)
    etree.SubElement(element, f"{{{MEDIA}}}thumbnail", {"url": picture.url})


def _add_plain(content: Element, name: str, text: str) -> None:
    if text:
        etree.SubElement(content, f"{{{MEDIA}}}{name}", {"type": "plain"}).text = text


def _add(parent: Element, tag: str, text: str) -> None:
    if text:
        etree.SubElement(parent, tag).text = text
