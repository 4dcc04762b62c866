"""A feed's text in, XML that parsers can be trusted with out.

Nothing before the root element is handed on, so no document type reaches a parser: no entity can expand, no external
one can be asked for. Names such as ``&eacute;`` are resolved here instead, and damage that parsers answer by dropping
text (a bare ``&`` or ``<``, a reference to a character that XML cannot hold, an attribute without quotes, a prefix
nobody declared, markup where text belongs) is mended. Takes time in proportion to the text, whatever is in it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.entities import html5
from xml.sax.saxutils import escape

import lxml.etree

from feeds.extract.feed_names import USUAL_SPACES, local_name, name_of

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
_NO_TAG = re.compile(r"<(?![A-Za-z_/!?])")
_TAG = re.compile(r"<[A-Za-z_][^<>]*>")
_ATTRIBUTE = re.compile(r"""=\s*(?:"[^"<]*"|'[^'<]*'|([^\s"'<>=]+?)(?=\s|/?>))""")
_PLAIN_TEXTS = ("title", "description", "summary", "content", "content:encoded", "fullitem")
_TEXTS = frozenset((*_PLAIN_TEXTS, "atom:title", "atom:summary", "atom:content"))
_TEXT_TYPES = frozenset({"", "text", "html", "text/plain", "text/html"})
XHTML = frozenset({"xhtml", "application/xhtml+xml"})


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
        return _flattened(data, root, is_well_formed=True)
    own = {name: html.unescape(value) for name, value in _OWN_ENTITY.findall(text[: min(at, _JUNK_CHARS)])}
    body = _NAMED.sub(lambda match: _character(match[1], own), _UNREADABLE.sub("", text[at:]))
    body = _declared(body)
    data = body.encode()
    root = _parse(data, recover=False)
    if root is not None:
        return _flattened(data, root, is_well_formed=True)
    data = "".join(_mended(body)).encode()
    root = _parse(data, recover=True)
    if root is None:
        return Mended(data=data, root=None, is_well_formed=False)
    return _flattened(data, root, is_well_formed=False)


def inline_markup(element: lxml.etree._Element) -> str:
    """The markup of an xhtml construct, without the div around it (RFC 4287, 3.1.1.3) and without namespaces."""
    inside = element[0] if len(element) == 1 and name_of(element[0].tag).endswith("div") else element
    box = lxml.etree.Element("div")  # outside the feed, whose namespaces would be written out with every child
    box.text = inside.text
    box.extend(list(inside))
    for node in box.iter("{*}*"):
        node.tag = local_name(node.tag)
    lxml.etree.cleanup_namespaces(box)
    parts = [escape(box.text or "")]
    parts += [lxml.etree.tostring(child, encoding="unicode", method="html") for child in box]
    return "".join(parts).strip()


def _flattened(data: bytes, root: lxml.etree._Element, *, is_well_formed: bool) -> Mended:
    """Where comments or markup stand in the texts of entries, the whole text again: parsers stop at the first."""
    is_cut = next(root.iter(lxml.etree.Comment), None) is not None
    if is_cut:
        lxml.etree.strip_tags(root, lxml.etree.Comment)
    marked = [
        text
        for entry in root.iter("{*}item", "{*}entry")
        for text in entry
        if len(text) and name_of(text.tag) in _TEXTS and text.get("type", "").strip().lower() in _TEXT_TYPES
    ]
    for text in marked:
        markup = inline_markup(text)
        del text[:]
        text.text = markup
    if is_cut or (marked and is_well_formed):
        data = lxml.etree.tostring(root, encoding="utf-8")
    return Mended(data=data, root=root, is_well_formed=is_well_formed)


def _declared(text: str) -> str:
    """Prefixes that are used and not declared are declared as what they mean everywhere."""
    found = _ELEMENT.match(text)
    missing = [prefix for prefix in USUAL_SPACES if f"<{prefix}:" in text and f"xmlns:{prefix}" not in text]
    if not found or not missing:
        return text
    spaces = "".join(f' xmlns:{prefix}="{USUAL_SPACES[prefix]}"' for prefix in missing)
    return f"{text[: found.end()]}{spaces}{text[found.end() :]}"


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
    """Signs that start no reference or tag are escaped, references that XML forbids resolved as browsers do."""

    def mended(match: re.Match[str]) -> str:
        reference = match[1]
        return escape(_UNREADABLE.sub("", html.unescape(f"&{reference}"))) if reference else "&amp;"

    for piece, quoted in _pieces(text):
        yield piece if quoted else _TAG.sub(_quoted, _NO_TAG.sub("&lt;", _AMPERSAND.sub(mended, piece)))


def _quoted(tag: re.Match[str]) -> str:
    """The tag with quotes around the values that have none: parsers drop all that follows such a tag."""
    if "=" not in tag[0]:
        return tag[0]
    return _ATTRIBUTE.sub(lambda match: f'="{match[1]}"' if match[1] else match[0], tag[0])


def count_entries(data: bytes) -> int:
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
        remove_comments=False,  # it would be too late to know that there were any
        remove_pis=True,
        collect_ids=False,
        huge_tree=True,
    )
    try:
        return lxml.etree.fromstring(data, parser=parser)
    except lxml.etree.XMLSyntaxError:
        return None
