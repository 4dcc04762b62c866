"""A mended XML feed in, a Feed out: fastfeedparser first, feedparser where it does not find everything.

fastfeedparser is some thirty times as fast, but rewrites dates to UTC (a day becomes a midnight, an update becomes
a publication), keeps one author of several and drops languages, bases and text types: those come from ``feed_xml``.
feedparser is asked when the fast reader raises, finds nothing or fewer entries than the text opens, or leaves titles
or links empty; the answer with more entries, then with fewer gaps, counts.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from xml.sax import SAXException

import fastfeedparser
import feedparser
import lxml.etree

from feeds.extract.feed_entry import (
    Entry,
    Feed,
    absolute,
    absolute_markup,
    author_names,
    base_of,
    best_image,
    keyword_terms,
    markup_of,
    one_line,
    plain_title,
    split_texts,
)
from feeds.extract.feed_media import as_files
from feeds.extract.feed_mend import Mended
from feeds.extract.feed_xml import Written, WrittenFeed, read_written

# feedparser takes some ten seconds for a megabyte of nothing but broken tags; real feeds have a few hundred kilobytes
_THOROUGH_BYTES = 4_000_000
# what the two libraries have been seen to raise, or can, on feeds that are broken on purpose
_LIBRARY_ERRORS = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RecursionError,
    SAXException,
    lxml.etree.LxmlError,
)


def read_xml_feed(mended: Mended, url: str) -> Feed:
    """Read a feed that was found at ``url``. Never raises."""
    written = read_written(mended)
    fast = _read_fast(mended.data, written, url)
    if fast is not None and fast.entries and _gaps(fast) == 0 and len(fast.entries) >= written.opened:
        return fast
    slow = _read_slow(mended.data, written, url)
    if fast is None or (len(slow.entries), -_gaps(slow)) > (len(fast.entries), -_gaps(fast)):
        return slow
    return fast


def _gaps(feed: Feed) -> int:
    return sum(not entry.title or not entry.link for entry in feed.entries)


# --- fastfeedparser ---------------------------------------------------------------------------------------------


def _read_fast(data: bytes, written: WrittenFeed, url: str) -> Feed | None:
    """The feed by fastfeedparser; None when it cannot read it or finds other entries than the text has."""
    try:
        entries: list[dict[str, Any]] = fastfeedparser.parse(data).entries
    except _LIBRARY_ERRORS:
        return None
    if len(entries) != len(written.entries):
        return None
    base = base_of(url, written.link if written.form != "atom" else None)
    pairs = zip(entries, written.entries, strict=True)
    return Feed(
        entries=tuple(_fast_entry(found, own, base, is_atom=written.form == "atom") for found, own in pairs),
        reader="fastfeedparser",
        language=written.language,
        authors=author_names(written.authors),
        rights=written.rights,
        is_feed=True,
    )


def _fast_entry(found: Mapping[str, Any], own: Written, feed_base: str, *, is_atom: bool) -> Entry:
    base = base_of(feed_base, *own.bases)
    summary, content = split_texts(_fast_summary(found, own), _fast_content(found, own))
    tags = [tag.get("label") or tag.get("term") for tag in found.get("tags") or ()]
    authors = author_names(own.authors)
    image = best_image(found.get("media_content") or (), (own.image,), found.get("enclosures") or (), authors)
    link = _fast_link(found, own, base)
    picture = absolute(image, base)
    return Entry(
        link=link,
        guid=own.guid,
        title=_fast_title(found, own),
        authors=authors,
        published=_date(own.published),
        updated=_date(own.updated),
        keywords=keyword_terms((*tags, *own.keywords), is_html=not is_atom),
        language=own.language,
        summary=summary or (one_line(own.caption) if own.caption and not content else None),
        content_html=_fast_markup(content, own, base),
        image=picture,
        image_credit=_credit_of(picture, own, base),
        enclosures=as_files(own.files, base, duration=own.duration),
        rights=own.rights,
        has_page=not _is_enclosed(link, own, base),
    )


def _credit_of(picture: str | None, own: Written, base: str) -> str | None:
    """Who made the picture that is shown: what is said of it, else of all pictures of the entry."""
    named = (credit for address, credit in own.credits.items() if address and absolute(address, base) == picture)
    return next(named, own.credits.get("")) if picture else None


def _is_enclosed(link: str | None, own: Written, base: str) -> bool:
    return any(link == absolute(enclosure, base) for enclosure in own.enclosures)


def _fast_link(found: Mapping[str, Any], own: Written, base: str) -> str | None:
    """The page: the link as written, else the alternate link, else a guid that is a permalink.

    Not the library's own choice: it takes any link of an Atom entry, and any guid that looks like an address.
    """
    links = [link for link in found.get("links") or () if (link.get("rel") or "alternate") == "alternate"]
    pages = [link for link in links if "html" in (link.get("type") or "html")] or links
    permalink = own.guid if own.is_permalink and "://" in (own.guid or "") else None
    candidates = (own.link, *(page.get("href") for page in pages), permalink, *own.other_links)
    return next((address for link in candidates if (address := absolute(link, base))), None)


def _fast_markup(content: str | None, own: Written, base: str) -> str | None:
    """Content whose relative links mean something else than in the article itself is made absolute."""
    if not content or not (own.bases or own.content_base):
        return content
    return absolute_markup(content, base_of(base, own.content_base))


def _fast_title(found: Mapping[str, Any], own: Written) -> str:
    if "title" in own.xhtml:
        return plain_title(own.xhtml["title"])
    title = found.get("title") or ""
    return one_line(title) if own.types.get("title") in {"text", "text/plain"} else plain_title(title)


def _fast_summary(found: Mapping[str, Any], own: Written) -> str | None:
    if "summary" in own.xhtml:
        return own.xhtml["summary"]
    description = found.get("description") if own.has_summary else None  # else it was made from the content
    return markup_of(description, own.types.get("summary", "html")) if description else None


def _fast_content(found: Mapping[str, Any], own: Written) -> str | None:
    if "content" in own.xhtml:
        return own.xhtml["content"] or None
    for content in found.get("content") or ():
        value = content.get("value") or ""
        is_description = own.has_summary and value.strip() == found.get("description")
        if value.strip() and not is_description and not own.full_text:
            return markup_of(value, own.types.get("content", "html"))
    return own.full_text


# --- feedparser -------------------------------------------------------------------------------------------------


def _read_slow(data: bytes, written: WrittenFeed, url: str) -> Feed:
    """The feed by feedparser, which finds entries in what is hardly XML any more."""
    base = base_of(url, written.link if written.form != "atom" else None)
    # without a content-location, which feedparser would also apply to guids
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        found = feedparser.parse(
            io.BytesIO(data[:_THOROUGH_BYTES]),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
        is_atom = found.version.startswith("atom")
        entries = [_slow_entry(entry, base, is_atom=is_atom) for entry in found.entries]
    except _LIBRARY_ERRORS:
        return Feed(entries=(), reader="feedparser", is_feed=written.form is not None)
    if len(entries) == len(written.entries):
        entries = [_as_written(entry, own, base) for entry, own in zip(entries, written.entries, strict=True)]
    return Feed(
        entries=tuple(entries),
        reader="feedparser",
        language=dict.get(found.feed, "language") or written.language,
        authors=author_names(_slow_authors(found.feed)) if is_atom else (),
        rights=written.rights,
        is_feed=written.form is not None or bool(found.version) or bool(entries),
    )


def _slow_entry(found: dict[str, Any], base: str, *, is_atom: bool) -> Entry:
    # dict.get: feedparser's own answers for "updated" with "published", and warns
    titled: Mapping[str, Any] = dict.get(found, "title_detail") or {}
    contents = dict.get(found, "content") or ()
    chosen = next((one for one in contents if "html" in (one.get("type") or "")), contents[0] if contents else {})
    outlined: Mapping[str, Any] = dict.get(found, "summary_detail") or {}
    summary, content = split_texts(_slow_text(outlined), _slow_text(chosen))
    tags = [tag.get("label") or tag.get("term") for tag in dict.get(found, "tags") or ()]
    thumbnails = [one.get("url") for one in dict.get(found, "media_thumbnail") or ()]
    enclosures = [{**one, "url": one.get("href")} for one in dict.get(found, "enclosures") or ()]
    authors = author_names(_slow_authors(found))
    image = best_image(dict.get(found, "media_content") or (), thumbnails, enclosures, authors)
    title = titled.get("value") or ""
    text_base = base_of(base, chosen.get("base") or outlined.get("base"))
    return Entry(
        link=_slow_link(found, base),
        guid=one_line(dict.get(found, "id") or "") or None,
        title=one_line(title) if is_atom and titled.get("type") == "text/plain" else plain_title(title),
        authors=authors,
        published=_date(dict.get(found, "published") or dict.get(found, "created")),
        updated=_date(dict.get(found, "updated")),
        keywords=keyword_terms(tags, is_html=not is_atom),
        language=titled.get("language"),
        summary=summary,
        content_html=absolute_markup(content, text_base) if content and text_base != base else content,
        image=absolute(image, text_base),
    )


def _as_written(entry: Entry, own: Written, feed_base: str) -> Entry:
    """The entry with what names and dates it taken as the fast reader takes it: both must tell one story."""
    base = base_of(feed_base, *own.bases)
    if own.published or own.updated:
        entry = replace(entry, published=_date(own.published), updated=_date(own.updated))
    link = entry.link or next((address for link in own.other_links if (address := absolute(link, base))), None)
    content = own.full_text or entry.content_html
    return replace(
        entry,
        link=link,
        guid=own.guid,
        content_html=content,
        language=own.language or entry.language,
        image_credit=_credit_of(entry.image, own, base),
        enclosures=as_files(own.files, base, duration=own.duration),
        rights=own.rights,
        has_page=not _is_enclosed(link, own, base),
    )


def _slow_link(found: dict[str, Any], base: str) -> str | None:
    guid, link = dict.get(found, "id") or "", dict.get(found, "link")
    if link == guid and "://" not in guid:
        link = None  # feedparser takes any guid for an address
    return absolute(dict.get(found, "feedburner_origlink"), base) or absolute(link, base)


def _slow_text(text: Mapping[str, Any]) -> str | None:
    value = text.get("value")
    return markup_of(value, text.get("type") or "text/html") if value else None


def _slow_authors(found: dict[str, Any]) -> list[str]:
    people = dict.get(found, "authors") or ()
    return [person.get("name") or "" for person in people if person] or [dict.get(found, "author") or ""]


def _date(text: str | None) -> str | None:
    return one_line(text)[:200] if text and text.strip() else None
