"""FeedHead and Entry in, the bytes of RSS 2.0 and Atom 1.0 out: the one module that knows feedgen.

A feed is ``open_feed`` with its ``stamp``, the joined ``write_entry`` of its articles, ``close_feed``. Every namespace
is declared on the root, so an entry's bytes fit any feed of its format. Texts arrive legal (``feeds.render.text``):
feedgen raises on the others.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import feedgen.entry
import feedgen.feed
from lxml import etree

from feeds.model import Format
from feeds.render import mends
from feeds.render.entry import Entry
from feeds.render.head import EPOCH, GENERATOR, FeedHead
from feeds.render.rhythm import Rhythm
from feeds.render.text import plain_line, plain_text, rfc822

# feedgen switches the locale of the whole process to write a date, which is not safe with threads, and writes the
# year 999 in three digits
feedgen.entry.formatRFC2822 = rfc822
feedgen.feed.formatRFC2822 = rfc822

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_ENDS: Mapping[Format, bytes] = {Format.ATOM: b"</feed>", Format.RSS: b"</channel></rss>"}
_STAMPS: Mapping[Format, tuple[str, Callable[[dt.datetime], str]]] = {
    Format.ATOM: ("updated", dt.datetime.isoformat),
    Format.RSS: ("lastBuildDate", rfc822),
}
_EXTENSION = "polyfeed"


def open_feed(head: FeedHead, format_: Format, rhythm: Rhythm | None = None) -> bytes:
    """The document up to its first entry, last changed at EPOCH: see ``stamp``. Only RSS has words for a rhythm."""
    feed = feed_generator(head, format_, EPOCH, rhythm)
    whole: bytes = (
        feed.atom_str(xml_declaration=False) if format_ is Format.ATOM else feed.rss_str(xml_declaration=False)
    )
    return DECLARATION + mends.mend_references(whole.removesuffix(_ENDS[format_]))


def stamp(opened: bytes, format_: Format, updated: dt.datetime) -> bytes:
    """``open_feed`` with its date of change: all that a new article changes before the first entry."""
    tag, write = _STAMPS[format_]
    # no text can hold these tags, for its < is escaped
    return opened.replace(f"<{tag}>{write(EPOCH)}</{tag}>".encode(), f"<{tag}>{write(updated)}</{tag}>".encode(), 1)


def close_feed(format_: Format) -> bytes:
    """The end of the document."""
    return _ENDS[format_] + b"\n"


def write_entry(entry: Entry, format_: Format) -> bytes:
    """One ``<entry>`` or ``<item>``, to stand between ``open_feed`` and ``close_feed``."""
    if format_ is Format.ATOM:
        element, namespaces = atom_entry_generator(entry).atom_entry(), mends.ATOM_NAMESPACES
    else:
        element, namespaces = rss_entry_generator(entry).rss_entry(), mends.RSS_NAMESPACES
    root = etree.Element("root", nsmap=dict(namespaces))
    root.append(element)  # lxml drops from the element what the root declares already
    whole = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
    return mends.mend_references(whole[whole.index(b">") + 1 :].removesuffix(b"</root>"))


def feed_generator(head: FeedHead, format_: Format, updated: dt.datetime, rhythm: Rhythm | None = None) -> Any:
    """A feedgen feed without entries, mends registered."""
    feed = feedgen.feed.FeedGenerator()
    feed.register_extension(_EXTENSION, _FeedMends)
    feed.polyfeed.head, feed.polyfeed.rhythm = head, rhythm
    feed.id(head.id)
    feed.title(plain_line(head.title))
    feed.subtitle(plain_text(head.description).strip() or plain_line(head.title))
    feed.author(name=plain_line(head.author) or GENERATOR, uri=head.home_url)
    if rights := plain_line(head.rights):
        feed.rights(rights)
    feed.updated(updated)
    feed.generator(GENERATOR)
    if head.language:
        feed.language(head.language)
    if format_ is Format.RSS:  # the channel's link; Atom's links all come from the mends
        feed.link(href=head.html_url, rel="alternate")
        if rhythm is not None:
            feed.ttl(rhythm.ttl_minutes)
    return feed


def atom_entry_generator(entry: Entry) -> Any:
    """A feedgen entry ready for ``atom_entry``."""
    made = _entry_generator(entry)
    made.updated(entry.updated)
    made.author([{"name": name} for name in entry.authors])
    # who shows nothing but texts has at least the title to show (RFC 4287, 4.1.1.1)
    if summary := entry.summary or ("" if entry.content_html else entry.title):
        made.summary(summary)
    if entry.rights:
        made.rights(entry.rights)
    if entry.content_html:
        made.content(entry.content_html, type="html")
    elif not entry.url:  # an entry has content or a page to go to (RFC 4287, 4.1.2)
        made.content(entry.summary or entry.title, type="text")
    return made


def rss_entry_generator(entry: Entry) -> Any:
    """A feedgen entry ready for ``rss_entry``."""
    made = _entry_generator(entry)
    if entry.summary:
        made.description(escape(entry.summary, quote=False))  # RSS reads a description as HTML
    if entry.content_html:
        made.content(entry.content_html)
    # an item has one enclosure (Best Practices Profile), and that has a type; 0 is the length of the unknown
    if file := next((each for each in entry.files if each.media_type), None):
        made.enclosure(file.url, file.length_bytes or 0, file.media_type)
    elif entry.picture and entry.picture.media_type:
        made.enclosure(entry.picture.url, 0, entry.picture.media_type)
    return made


def _entry_generator(entry: Entry) -> Any:
    """What both formats take from feedgen in the same way."""
    made = feedgen.entry.FeedEntry()
    made.register_extension(_EXTENSION, _EntryMends)
    made.polyfeed.entry = entry
    made.guid(entry.id, permalink=False)
    made.title(entry.title)
    made.published(entry.published)
    if entry.url:
        made.link(href=entry.url, rel="alternate")
    made.category([{"term": each.label, "label": each.label, "scheme": each.scheme} for each in entry.categories])
    return made


class _FeedMends:
    """feedgen's hooks for what stands beside the entries."""

    head: FeedHead
    rhythm: Rhythm | None

    def extend_ns(self) -> dict[str, str]:
        rarely = {"sy": mends.SY} if self.rhythm else {}
        return {**mends.ATOM_NAMESPACES, **rarely, **({"fh": mends.FH} if self.head.is_archive else {})}

    def extend_atom(self, feed: mends.Element) -> None:
        mends.mend_atom_feed(feed, self.head)

    def extend_rss(self, rss: mends.Element) -> None:
        mends.mend_rss_channel(rss[0], self.head, self.rhythm)


class _EntryMends:
    """feedgen's hooks for one entry."""

    entry: Entry

    def extend_atom(self, element: mends.Element) -> None:
        mends.mend_atom_entry(element, self.entry)

    def extend_rss(self, item: mends.Element) -> None:
        mends.mend_rss_item(item, self.entry)
