"""A mended feed in, what each entry says in its own spelling out.

What a feed library rewrites or leaves out is read here: dates as written, every author, language, base, and text in
elements that it does not know. Takes time in proportion to the text, whatever is in it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

import lxml.etree

from feeds.extract.feed_children import Children, children_of, first_text, links_of
from feeds.extract.feed_entry import plain_title
from feeds.extract.feed_media import WrittenFile, credits_of, files_of
from feeds.extract.feed_mend import XHTML, Mended, count_entries, inline_markup
from feeds.extract.feed_names import local_name, name_of

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_ENTRIES = frozenset({"item", "entry", "atom:entry"})
_PUBLISHED = ("pubdate", "atom:published", "atom:issued", "published", "issued", "dc:date", "dcterms:issued", "date")
_CREATED = ("atom:created", "dcterms:created")
_UPDATED = ("atom:updated", "atom:modified", "dcterms:modified", "updated", "modified", "lastbuilddate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One entry in its own spelling.

    ``bases`` are xml:base values from the outside in, ``content_base`` the content's own. ``types`` maps title,
    summary and content to the type attribute of the Atom element (``text`` when it has none); ``xhtml`` holds the
    markup of those given inline. ``caption`` is a description of the media, which stands in for a summary;
    ``full_text`` is markup from elements that no feed library looks into. ``other_links`` are the entry's addresses
    that are not called its page, the likeliest first, ``enclosures`` those of files that come with it, ``files`` what
    it says of those, ``duration`` how long it plays. ``credits`` are ``feed_media.credits_of`` it.
    """

    guid: str | None = None
    is_permalink: bool = False
    link: str | None = None
    published: str | None = None
    updated: str | None = None
    authors: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    language: str | None = None
    bases: tuple[str, ...] = ()
    content_base: str | None = None
    image: str | None = None
    caption: str | None = None
    has_summary: bool = False
    full_text: str | None = None
    other_links: tuple[str, ...] = ()
    enclosures: tuple[str, ...] = ()
    files: tuple[WrittenFile, ...] = ()
    duration: str | None = None
    credits: Mapping[str, str]
    rights: str | None = None
    types: Mapping[str, str]
    xhtml: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFeed:
    """A feed in its own spelling. ``form`` is rss, rdf or atom, None when the root is no feed's.

    ``opened`` counts the entries that the text opens, also behind a point where XML breaks off.
    """

    form: str | None
    entries: tuple[Written, ...]
    opened: int
    language: str | None = None
    link: str | None = None
    authors: tuple[str, ...] = ()
    rights: str | None = None


def read_written(mended: Mended) -> WrittenFeed:
    """What the feed says, in its own spelling; a text that is no XML at all gives no entries."""
    root = mended.root
    if root is None:
        return WrittenFeed(form=None, entries=(), opened=count_entries(mended.data))
    form = {"rss": "rss", "rdf": "rdf", "feed": "atom", "channel": "rss"}.get(local_name(root.tag).lower())
    found = [element for element in root.iter("{*}*") if name_of(element.tag) in _ENTRIES]
    channel = about_of(root)
    about = children_of(channel, skip=_ENTRIES)
    return WrittenFeed(
        form=form,
        entries=tuple(_read_entry(element) for element in found),
        opened=len(found) if mended.is_well_formed else count_entries(mended.data),
        language=first_text(about, ("language", "dc:language")) or channel.get(_LANG) or root.get(_LANG),
        link=first_text(about, ("link",)) or _alternate(about),
        authors=_authors(about) if form == "atom" else (),
        rights=_rights(about),
    )


def about_of(root: lxml.etree._Element) -> lxml.etree._Element:
    """The element that says what a feed is: its channel, or the root itself where there is none."""
    return next((child for child in root if name_of(child.tag) == "channel"), root)


def _read_entry(element: lxml.etree._Element) -> Written:
    children = children_of(element)
    guid = next((one for one in children.get("guid", []) if one.text), None)
    identity = guid.text if guid is not None else first_text(children, ("atom:id", "id")) or element.get(_ABOUT)
    is_permalink = guid is None or guid.get("isPermaLink", "true").strip().lower() != "false"
    texts = {
        field: one
        for field, names in _TEXTS.items()
        if (one := next((child for name in names for child in children.get(name, [])), None)) is not None
    }
    return Written(
        guid=(identity or "").strip() or None,
        is_permalink=is_permalink,
        link=first_text(children, ("feedburner:origlink", "link")),
        published=first_text(children, _PUBLISHED) or first_text(children, _CREATED),
        updated=first_text(children, _UPDATED),
        authors=_authors(children) or _source_authors(children),
        keywords=_all(children, ("media:keywords", "itunes:keywords")),
        language=first_text(children, ("dc:language", "language")) or _inherited(element, _LANG)[-1],
        bases=tuple(base for base in _inherited(element, _BASE) if base),
        content_base=texts["content"].get(_BASE) if "content" in texts else None,
        image=_thumbnail(children),
        caption=first_text(children, ("media:description",)) or first_text(_grouped(children), ("media:description",)),
        has_summary=bool(first_text(children, _SUMMARIES)),
        full_text=_full_text(children),
        other_links=_other_links(children),
        enclosures=_enclosures(children),
        files=files_of(children),
        duration=first_text(children, ("itunes:duration",)),
        credits=credits_of(children),
        rights=_rights(children),
        types={field: _type_of(one) for field, one in texts.items() if name_of(one.tag).startswith("atom:")},
        xhtml={field: inline_markup(one) for field, one in texts.items() if _type_of(one) in XHTML},
    )


_FULL_TEXTS = ("turbo:content", "fullitem", "xhtml:body", "xhtml:div", "yandex:full-text")
# what stands in where no alternate is named: where it is from, what it is about, what it holds, itself as an entry
_RELATIONS = ("alternate", "via", "related", "enclosure", "self")
_RIGHTS = ("atom:rights", "dc:rights", "dcterms:rights", "media:copyright", "copyright", "atom:copyright")
_SUMMARIES = ("description", "atom:summary", "summary", "itunes:summary")
_TEXTS = {"title": ("title", "atom:title"), "summary": ("atom:summary",), "content": ("atom:content",)}


def _rights(children: Children) -> str | None:
    """The notice of rights, its markup and entities resolved; that of Atom may be given inline."""
    found = next((one for name in _RIGHTS for one in children.get(name, ()) if "".join(one.itertext()).strip()), None)
    return plain_title("".join(found.itertext())) or None if found is not None else None


def _full_text(children: Children) -> str | None:
    """The text of an entry in full, as some feeds give it beside, or instead of, a teaser."""
    for content in children.get("atom:content", ()):
        if content.get("mode") == "base64":  # Atom 0.3 only
            return _decoded(content.text or "")
    for name in _FULL_TEXTS:
        for child in children.get(name, ()):
            markup = inline_markup(child) if len(child) else (child.text or "").strip()
            if markup:
                return markup
    return None


def _decoded(text: str) -> str | None:
    try:
        return base64.b64decode(text).decode("utf-8", "replace").strip() or None
    except (binascii.Error, ValueError):
        return None


def _other_links(children: Children) -> tuple[str, ...]:
    """Content elsewhere first (RFC 4287, 4.1.3.2), then links by their relation, then enclosures of RSS."""
    elsewhere = [one.get("src") for one in children.get("atom:content", ())]
    links = [(one.get("rel", "alternate").strip().lower().rpartition("/")[2], one) for one in links_of(children)]
    named = [one.get("href") for relation in _RELATIONS for name, one in links if name == relation]
    return tuple(address for address in (*elsewhere, *named, *_enclosures(children)) if address)


def _enclosures(children: Children) -> tuple[str, ...]:
    linked = [one.get("href") for one in links_of(children) if one.get("rel", "").strip().lower() == "enclosure"]
    enclosed = [one.get("url") for one in children.get("enclosure", ())]
    return tuple(address for address in (*linked, *enclosed) if address)


def _all(children: Children, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(child.text for name in names for child in children.get(name, ()) if child.text and child.text.strip())


def _authors(children: Children) -> tuple[str, ...]:
    """Names as written: dc:creator says whom it means, RSS's author is an address first of all."""
    people = [one for kind in ("atom:author", "author") for one in children.get(kind, ())]
    named = [first_text(children_of(person), ("atom:name", "name")) for person in people]
    written = (
        *_all(children, ("dc:creator",)),
        *(name or person.text or "" for person, name in zip(people, named, strict=True)),
    )
    found = tuple(text for text in written if text.strip())
    return found or _all(children, ("itunes:author",))


def _source_authors(children: Children) -> tuple[str, ...]:
    """Whom an entry copied from another feed is from (RFC 4287, 4.2.11)."""
    return next((_authors(children_of(source)) for source in children.get("atom:source", ())), ())


def _thumbnail(children: Children) -> str | None:
    for thumbnail in (*children.get("media:thumbnail", ()), *_grouped(children).get("media:thumbnail", ())):
        url: str | None = thumbnail.get("url")
        if url:
            return url
    return next((one.get("href") for one in children.get("itunes:image", ()) if one.get("href")), None)


def _grouped(children: Children) -> Children:
    return next((children_of(group) for group in children.get("media:group", ())), {})


def _alternate(children: Children) -> str | None:
    for link in children.get("atom:link", ()):
        if link.get("rel", "alternate") == "alternate" and link.get("href"):
            return link.get("href")
    return None


def _inherited(element: lxml.etree._Element, attribute: str) -> list[str | None]:
    """The attribute's values from the root down to ``element``; the last is None where none has it."""
    values = [node.get(attribute) for node in (element, *element.iterancestors())]
    return [value for value in reversed(values) if value] or [None]


def _type_of(element: lxml.etree._Element) -> str:
    return element.get("type", "text").strip().lower()
