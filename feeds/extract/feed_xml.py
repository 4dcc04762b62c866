"""A feed's text in, out: XML that parsers can be trusted with, and what each entry says in its own spelling.

Nothing before the root element is handed on, so no document type reaches a parser: no entity can expand, no external
one can be asked for. Names such as ``&eacute;`` are resolved here instead, and damage that parsers answer by dropping
text (a bare ``&``, a reference to a character that XML cannot hold) is mended.

``read_written`` reads what a feed library rewrites or leaves out: dates as written, every author, language, base.
Both take time in proportion to the text, whatever is in it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html.entities import html5
from xml.sax.saxutils import escape

import lxml.etree

# what XML cannot hold (XML 1.0, 2.2)
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ELEMENT = re.compile(r"<(?:[A-Za-z_][\w.-]{0,40}:)?([A-Za-z_][\w.-]{0,40})(?=[\s/>])")
_ROOT_IN_JUNK = re.compile(r"<(?:rss|feed|rdf:rdf)[\s>]", re.IGNORECASE)
_JUNK_CHARS = 65_536
_OWN_ENTITY = re.compile(
    r"<!ENTITY\s{1,20}([A-Za-z]\w{0,31})\s{1,20}[\"']((?:[^\"'<&%]|&#\w{1,7};){0,200})[\"']\s{0,20}>"
)
_NAMED = re.compile(r"&(?!(?:lt|gt|amp|quot|apos);)([A-Za-z][A-Za-z0-9]{0,31});")
_AMPERSAND = re.compile(r"&(?!(?:lt|gt|amp|quot|apos);)(#\d{1,7};|#[xX][0-9a-fA-F]{1,6};)?")
_QUOTE = re.compile(r"<!\[CDATA\[|<!--")
_ENTRY_TAG = re.compile(r"<(?:[A-Za-z_][\w.-]{0,40}:)?(?:item|entry)[\s>]", re.IGNORECASE)

_PREFIXES = {
    "": "",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://channel.netscape.com/rdf/simple/0.9/": "",
    "http://backend.userland.com/rss": "",
    "http://backend.userland.com/rss2": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://www.w3.org/2005/atom": "atom:",
    "https://www.w3.org/2005/atom": "atom:",
    "http://purl.org/atom/ns#": "atom:",
    "http://purl.org/dc/elements/1.0/": "dc:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://search.yahoo.com/mrss": "media:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
    "http://purl.org/rss/1.0/modules/syndication/": "sy:",
}
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_ENTRIES = frozenset({"item", "entry", "atom:entry"})
_PUBLISHED = ("pubdate", "atom:published", "atom:issued", "published", "issued", "dc:date", "dcterms:issued", "date")
_CREATED = ("atom:created", "dcterms:created")
_UPDATED = ("atom:updated", "atom:modified", "dcterms:modified", "updated", "modified", "lastbuilddate")
_LONGEST_TAG = 120
_XHTML = frozenset({"xhtml", "application/xhtml+xml"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One entry in its own spelling.

    ``bases`` are xml:base values from the outside in, ``content_base`` the content's own. ``types`` maps title,
    summary and content to the type attribute of the Atom element (``text`` when it has none); ``xhtml`` holds the
    markup of those given inline. ``caption`` is a description of the media, which stands in for a summary.
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


def root_name(text: str) -> str:
    """Local name, in lower case, of the first element; empty when there is none."""
    at = _root_at(text)
    found = _ELEMENT.match(text, at) if at >= 0 else None
    return found.group(1).lower() if found else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """A feed from its root element on, as UTF-8 and as a tree; ``root`` is None when no XML can be found in it."""

    data: bytes
    root: lxml.etree._Element | None
    is_well_formed: bool


def mend(text: str) -> Mended:
    """The feed without anything that needs a document type.

    What is well-formed so far stays as it is; other text is mended where parsers would drop words.
    """
    at = max(_root_at(text), 0)
    data = text[at:].encode("utf-8", "replace")
    root = _parse(data, recover=False)
    if root is not None:
        return Mended(data=data, root=root, is_well_formed=True)
    own = {name: html.unescape(value) for name, value in _OWN_ENTITY.findall(text[: min(at, _JUNK_CHARS)])}
    body = _NAMED.sub(lambda match: _character(match[1], own), _UNREADABLE.sub("", text[at:]))
    data = body.encode()
    root = _parse(data, recover=False)
    if root is not None:
        return Mended(data=data, root=root, is_well_formed=True)
    data = "".join(_mended(body)).encode()
    return Mended(data=data, root=_parse(data, recover=True), is_well_formed=False)


def read_written(mended: Mended) -> WrittenFeed:
    """What the feed says, in its own spelling; a text that is no XML at all gives no entries."""
    root = mended.root
    if root is None:
        return WrittenFeed(form=None, entries=(), opened=_count_entries(mended.data))
    form = {"rss": "rss", "rdf": "rdf", "feed": "atom", "channel": "rss"}.get(_local_name(root.tag).lower())
    found = [element for element in root.iter("{*}*") if name_of(element.tag) in _ENTRIES]
    channel = about_of(root)
    about = _children(channel, skip=_ENTRIES)
    return WrittenFeed(
        form=form,
        entries=tuple(_read_entry(element) for element in found),
        opened=len(found) if mended.is_well_formed else _count_entries(mended.data),
        language=_first(about, ("language", "dc:language")) or channel.get(_LANG) or root.get(_LANG),
        link=_first(about, ("link",)) or _alternate(about),
        authors=_authors(about) if form == "atom" else (),
    )


def about_of(root: lxml.etree._Element) -> lxml.etree._Element:
    """The element that says what a feed is: its channel, or the root itself where there is none."""
    return next((child for child in root if name_of(child.tag) == "channel"), root)


# --- XML that can be trusted ------------------------------------------------------------------------------------


def _root_at(text: str) -> int:
    """Where the root element starts, behind declaration, document type, comments and printed warnings; -1: nowhere."""
    at = text.find("<")
    while at >= 0:
        if text.startswith("<!--", at):
            end = text.find("-->", at + 4)
        elif text.startswith(("<?", "<!"), at):
            end = text.find(">", at)
        elif _ELEMENT.match(text, at):
            junk = _ROOT_IN_JUNK.search(text, at, _JUNK_CHARS) if text[at + 1 : at + 5].lower() != "html" else None
            return junk.start() if junk else at
        else:
            end = at
        at = text.find("<", end + 1) if end >= 0 else -1
    return -1


def _character(name: str, own: dict[str, str]) -> str:
    """What a named entity stands for, as XML; an unknown one stands for its own letters."""
    value = own.get(name) or html5.get(f"{name};")
    return escape(value) if value else f"&amp;{name};"


def _mended(text: str) -> Iterator[str]:
    """Ampersands that start no reference are escaped, references that XML forbids resolved as browsers do."""

    def mended(match: re.Match[str]) -> str:
        reference = match[1]
        return escape(_UNREADABLE.sub("", html.unescape(f"&{reference}"))) if reference else "&amp;"

    for piece, quoted in _pieces(text):
        yield piece if quoted else _AMPERSAND.sub(mended, piece)


def _count_entries(data: bytes) -> int:
    """How many entries the text opens; those quoted in CDATA or comments are not any."""
    return sum(len(_ENTRY_TAG.findall(piece)) for piece, quoted in _pieces(data.decode()) if not quoted)


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The text cut into CDATA sections and comments (True) and what lies between them (False)."""
    at = 0
    while (opening := _QUOTE.search(text, at)) is not None:
        end = text.find("]]>" if opening[0] == "<![CDATA[" else "-->", opening.end())
        if end < 0:
            break
        yield text[at : opening.start()], False
        at = end + 3
        yield text[opening.start() : at], True
    yield text[at:], False


def _parse(data: bytes, *, recover: bool) -> lxml.etree._Element | None:
    parser = lxml.etree.XMLParser(
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        huge_tree=True,
    )
    try:
        return lxml.etree.fromstring(data, parser=parser)
    except lxml.etree.XMLSyntaxError:
        return None


# --- what is written in it --------------------------------------------------------------------------------------


def name_of(tag: object) -> str:
    """A tag as ``pubdate`` or ``dc:date``: lower case, with the usual prefix of its namespace.

    A prefix that was never declared is taken at its word; an unknown namespace gives ``?:name``.
    """
    # a long name is none of those we know, and a thousand of them must not be kept
    return _short_name(tag) if isinstance(tag, str) and len(tag) < _LONGEST_TAG else "?:"


def _local_name(tag: object) -> str:
    """Without namespace, and without the prefix of one that was never declared."""
    return re.split("[}:]", str(tag))[-1] or "div"


@lru_cache(maxsize=1024)
def _short_name(tag: str) -> str:
    space, _, local = tag.rpartition("}")
    prefix = _PREFIXES.get(space[1:].lower(), "?:")
    name = local.lower()
    return name.removeprefix("rss:") if not space and ":" in name else prefix + name


_Children = dict[str, list[lxml.etree._Element]]  # noqa: SLF001 - lxml has no public name for its element type


def _children(parent: lxml.etree._Element, *, skip: frozenset[str] = frozenset()) -> _Children:
    found: _Children = {}
    for child in parent:
        name = name_of(child.tag)
        if name not in skip:
            found.setdefault(name, []).append(child)
    return found


def _read_entry(element: lxml.etree._Element) -> Written:
    children = _children(element)
    guid = next((one for one in children.get("guid", []) if one.text), None)
    identity = guid.text if guid is not None else _first(children, ("atom:id", "id")) or element.get(_ABOUT)
    is_permalink = guid is None or guid.get("isPermaLink", "true").strip().lower() != "false"
    texts = {
        field: one
        for field, names in _TEXTS.items()
        if (one := next((child for name in names for child in children.get(name, [])), None)) is not None
    }
    return Written(
        guid=(identity or "").strip() or None,
        is_permalink=is_permalink,
        link=_first(children, ("feedburner:origlink", "link")),
        published=_first(children, _PUBLISHED) or _first(children, _CREATED),
        updated=_first(children, _UPDATED),
        authors=_authors(children) or _source_authors(children),
        keywords=_all(children, ("media:keywords", "itunes:keywords")),
        language=_first(children, ("dc:language", "language")) or _inherited(element, _LANG)[-1],
        bases=tuple(base for base in _inherited(element, _BASE) if base),
        content_base=texts["content"].get(_BASE) if "content" in texts else None,
        image=_thumbnail(children),
        caption=_first(children, ("media:description",)) or _first(_grouped(children), ("media:description",)),
        has_summary=bool(_first(children, _SUMMARIES)),
        types={field: _type_of(one) for field, one in texts.items() if name_of(one.tag).startswith("atom:")},
        xhtml={field: _inline_markup(one) for field, one in texts.items() if _type_of(one) in _XHTML},
    )


_SUMMARIES = ("description", "atom:summary", "summary", "itunes:summary")
_TEXTS = {"title": ("title", "atom:title"), "summary": ("atom:summary",), "content": ("atom:content",)}


def _first(children: _Children, names: tuple[str, ...]) -> str | None:
    for name in names:
        for child in children.get(name, ()):
            text = (child.text or "").strip()
            if text:
                return text
    return None


def _all(children: _Children, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(child.text for name in names for child in children.get(name, ()) if child.text and child.text.strip())


def _authors(children: _Children) -> tuple[str, ...]:
    """Names as written: dc:creator says whom it means, RSS's author is an address first of all."""
    people = [one for kind in ("atom:author", "author") for one in children.get(kind, ())]
    named = [_first(_children(person), ("atom:name", "name")) for person in people]
    written = (
        *_all(children, ("dc:creator",)),
        *(name or person.text or "" for person, name in zip(people, named, strict=True)),
    )
    found = tuple(text for text in written if text.strip())
    return found or _all(children, ("itunes:author",))


def _source_authors(children: _Children) -> tuple[str, ...]:
    """Whom an entry copied from another feed is from (RFC 4287, 4.2.11)."""
    return next((_authors(_children(source)) for source in children.get("atom:source", ())), ())


def _thumbnail(children: _Children) -> str | None:
    for thumbnail in (*children.get("media:thumbnail", ()), *_grouped(children).get("media:thumbnail", ())):
        url: str | None = thumbnail.get("url")
        if url:
            return url
    return next((one.get("href") for one in children.get("itunes:image", ()) if one.get("href")), None)


def _grouped(children: _Children) -> _Children:
    return next((_children(group) for group in children.get("media:group", ())), {})


def _alternate(children: _Children) -> str | None:
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


def _inline_markup(element: lxml.etree._Element) -> str:
    """The markup of an xhtml construct, without the div around it (RFC 4287, 3.1.1.3) and without namespaces."""
    inside = element[0] if len(element) == 1 and name_of(element[0].tag).endswith("div") else element
    box = lxml.etree.Element("div")  # outside the feed, whose namespaces would be written out with every child
    box.text = inside.text
    box.extend(list(inside))
    for node in box.iter("{*}*"):
        node.tag = _local_name(node.tag)
    lxml.etree.cleanup_namespaces(box)
    parts = [escape(box.text or "")]
    parts += [lxml.etree.tostring(child, encoding="unicode", method="html") for child in box]
    return "".join(parts).strip()
