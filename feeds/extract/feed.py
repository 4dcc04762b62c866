"""A feed's Document in, Items out: RSS 0.9x to 2.0, RDF, Atom 0.3 and 1.0, JSON Feed.

    bytes ─► encoding.decode ─► text ─┬─► feed_json ───────────────────────────────┬─► Feed ─► Items
                                      └─► feed_mend.mend ─► feed_readers (two, one ┘
                                                           shape: feed_entry)

An entry without an address is skipped and counted in the log; dates stay as written; content is not sanitised here.
"""

from __future__ import annotations

from dataclasses import replace

import structlog

from feeds.errors import ExtractError, NothingFound
from feeds.extract.encoding import decode
from feeds.extract.feed_entry import Entry, Feed
from feeds.extract.feed_hints import HINTED, hints_of
from feeds.extract.feed_json import read_json_feed
from feeds.extract.feed_mend import mend, root_name
from feeds.extract.feed_readers import read_xml_feed
from feeds.extract.feed_xml import about_of
from feeds.model import Document, Hints, Item, Section, Source

log = structlog.get_logger()

# where the address of an entry without any page comes from
NO_PAGE = "feed:enclosure"

_OTHERS = {
    "html": "this is an HTML page, not a feed: look in it for a link to its feed, or poll it as a listing",
    "urlset": "this is a sitemap, not a feed",
    "sitemapindex": "this is a sitemap, not a feed",
    "opml": "this is an OPML list of feeds, not a feed: poll one of those it lists",
}
_FIELDS = (
    "guid",
    "url",
    "title",
    "authors",
    "published",
    "updated",
    "keywords",
    "language",
    "summary",
    "content_html",
    "image",
    "image_credit",
    "enclosures",
    "rights",
)


def read_feed(document: Document, *, source: Source, section: Section) -> list[Item]:
    """The entries of a feed, in its order.

    Args:
        document: the feed, of whatever kind; its content type matters for the encoding only.
        source: whose recipe may name the encoding.
        section: what the items are filed under.

    Raises:
        NothingFound: a feed without entries, or none of them has an address.
        ExtractError: no feed; the text says what it is instead, as far as that can be told.
    """
    feed = _read(document, source)
    entries = [entry for entry in feed.entries if entry.link]
    skipped = len(feed.entries) - len(entries)
    if skipped:
        log.info(
            "feed entries skipped",
            source_id=source.id,
            url=document.url,
            skipped=skipped,
            kept=len(entries),
            reason="neither a link nor a permalink",
        )
    if not entries:
        what = f"none of its {skipped} entries has a link" if skipped else "the feed has no entries"
        raise NothingFound(what, source_id=source.id, url=document.url)
    return [_item(entry, feed, section) for entry in entries]


def read_hints(document: Document) -> Hints:
    """How often the publisher wants to be asked, as the feed says; nothing where it does not, or is no feed."""
    text = decode(document.body, content_type=document.content_type).text
    if not HINTED.search(text) or _is_json(text):
        return Hints()
    root = mend(text).root
    return Hints() if root is None else hints_of(about_of(root))


def _read(document: Document, source: Source) -> Feed:
    text = decode(document.body, content_type=document.content_type, override=source.recipe.encoding).text
    if not text.strip():
        raise ExtractError("the document is empty", source_id=source.id, url=document.url)
    if _is_json(text):
        feed = read_json_feed(text, document.url)
        reason = "this is JSON, but no JSON Feed: it has no list of items"
    else:
        root = root_name(text)
        feed = read_xml_feed(mend(text), document.url) if root not in _OTHERS and root else None
        reason = _OTHERS.get(root) or (f"<{root}> is no feed's first element" if root else "no markup in it")
    if feed is None or not feed.is_feed:
        raise ExtractError(f"not a feed: {reason}", source_id=source.id, url=document.url)
    return feed


def _is_json(text: str) -> bool:
    return text.lstrip().startswith("{")


def _item(entry: Entry, feed: Feed, section: Section) -> Item:
    item = Item(
        url=entry.link or "",
        guid=entry.guid,
        title=entry.title or None,
        authors=entry.authors or feed.authors,
        published=entry.published,
        updated=entry.updated,
        keywords=entry.keywords,
        language=entry.language or feed.language,
        section=section.slug or None,
        summary=entry.summary,
        content_html=entry.content_html,
        image=entry.image,
        image_credit=entry.image_credit,
        enclosures=entry.enclosures,
        rights=entry.rights or feed.rights,
    )
    provenance = {name: "feed" for name in _FIELDS if getattr(item, name)}
    return replace(item, provenance=provenance if entry.has_page else {**provenance, "url": NO_PAGE})


def has_page(item: Item) -> bool:
    """Whether the item's address is a page to read, and not a file that comes with it."""
    return item.provenance.get("url") != NO_PAGE
