"""What every feed reader hands on, one shape for all: entries whose texts are already what they mean.

The functions below say what a feed's strings mean: which are plain text, which are markup, which are no keyword.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.sax.saxutils import escape

import lxml.etree
import lxml.html

from feeds.model import Enclosure
from feeds.urls import clean_url, is_http_url

# a shorter text is shown as a summary too: it may be all there is
SUMMARY_CHARACTERS = 500
_SCANNED_CHARACTERS = 20_000
_LONGEST_KEYWORD = 200
_LONGEST_AUTHORS = 1000
_END_CHARACTERS = 400

_INLINE = re.compile(
    r"</?(?:a|abbr|b|big|cite|code|del|em|font|i|img|ins|kbd|mark|q|s|small|span|strike|strong|sub|sup|tt|u|wbr)"
    r"(?:\s[^<>]*|/)?>",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"</?(?:br|div|h[1-6]|p)(?:\s[^<>]*|/)?>", re.IGNORECASE)
_UNSEEN = re.compile(r"<(script|style)\b[^<>]*>[^<]*</\1\s*>", re.IGNORECASE)
_TAG = re.compile(r"<[!/?A-Za-z][^<>]*>")
_CLOSING_TAG = re.compile(r"</[A-Za-z][A-Za-z0-9]*\s*>|<(?:br|img|hr)\b")
_MAILBOX = re.compile(r"<?\b[^\s<>()@]+@[^\s<>()@]+>?")
_BREAKS_OFF = re.compile(r"\[(?:…|\.\.\.)\].{0,300}\Z|(?:…|\.\.\.).{0,40}\Z", re.DOTALL)
_RELATIVE = re.compile(r"(?:href|src)\s*=\s*[\"']?(?![\"']|[a-z][a-z0-9+.-]*:|//|#)", re.IGNORECASE)
# an address, a URN or tag URI, a bare number, a UUID, a hash: what a machine is told, not a reader
_NO_KEYWORD = re.compile(
    r"(?:[a-z][a-z0-9+.-]*:)?//\S+|(?:urn|tag):\S+|\d{5,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,}",
    re.IGNORECASE,
)
# most addresses in feeds: nothing in them that clean_url would change (it takes 100 µs, this 1)
_CLEAN_URL = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?\.){1,4}[a-z]{2,20}(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+/?"
)
# a host that was written without its scheme; no step of a path is called so
_SCHEMELESS = re.compile(r"www\.(?:[a-z0-9-]+\.)+[a-z]{2,}(?:[/?#]|\Z)", re.IGNORECASE)
_IMAGE_NAME = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a feed, addresses absolute, ``title`` and ``summary`` plain text, dates as written.

    ``has_page`` is False where the link is a file that comes with the entry, such as a podcast's sound.
    """

    link: str | None
    guid: str | None = None
    title: str = ""
    authors: tuple[str, ...] = ()
    published: str | None = None
    updated: str | None = None
    keywords: tuple[str, ...] = ()
    language: str | None = None
    summary: str | None = None
    content_html: str | None = None
    image: str | None = None
    image_credit: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    rights: str | None = None
    has_page: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed that was read; ``reader`` names what read it.

    ``language``, ``authors`` and ``rights`` (RFC 4287, 4.2.10) stand in where an entry names none. ``is_feed`` is False
    where neither the root element nor anything in it is a feed's.
    """

    entries: tuple[Entry, ...]
    reader: str
    language: str | None = None
    authors: tuple[str, ...] = ()
    rights: str | None = None
    is_feed: bool = True


# --- addresses --------------------------------------------------------------------------------------------------


def absolute(link: object, base: str) -> str | None:
    """``link`` made absolute and cleaned of tracking; None when no http or https address comes of it."""
    if not isinstance(link, str) or not link.strip():
        return None
    if _CLEAN_URL.fullmatch(link):
        return link
    written = link.strip()
    if written.lower().startswith("feed:"):
        written = written[len("feed:") :] if "://" in written[len("feed:") :] else f"http:{written[len('feed:') :]}"
    elif _SCHEMELESS.match(written):
        written = f"http://{written}"
    try:
        return clean_url(urljoin(base, written))
    except ValueError:
        return None


def base_of(document_url: str, *bases: str | None) -> str:
    """The address that relative ones are relative to: each base applied to the one before."""
    base = document_url
    for one in bases:
        if one and one.strip():
            try:
                joined = urljoin(base, one.strip())
            except ValueError:
                continue
            base = joined if is_http_url(joined) else base
    return base


def absolute_markup(markup: str, base: str) -> str:
    """Markup whose relative links were made absolute (xml:base, RFC 3470 4.13); unchanged when it has none."""
    if not _RELATIVE.search(markup):
        return markup
    try:
        box = lxml.html.fragment_fromstring(markup, create_parent="div")
        box.make_links_absolute(base, handle_failures="ignore")
    except (lxml.etree.LxmlError, ValueError):
        return markup
    inside = (lxml.html.tostring(child, encoding="unicode") for child in box)
    return escape(box.text or "") + "".join(inside)


# --- texts ------------------------------------------------------------------------------------------------------


def plain_title(markup: str) -> str:
    """The words of a title given as HTML: formatting removed, entities resolved once.

    Only tags that format text are taken for tags: ``x < y`` and ``<video>`` in a headline are words.
    """
    if "<" in markup:
        markup = _BLOCK.sub(" ", _INLINE.sub("", markup))
    return one_line(html.unescape(markup) if "&" in markup else markup)


def plain_text(markup: str) -> str:
    """The words of a fragment of HTML, on one line; read up to its first 20,000 characters."""
    text = markup[:_SCANNED_CHARACTERS]
    if "<" in text:
        text = _TAG.sub(" ", _INLINE.sub("", _UNSEEN.sub(" ", text)))
    return one_line(html.unescape(text) if "&" in text else text)


def one_line(text: str) -> str:
    """White space single, ends trimmed."""
    return " ".join(text.split())


def markup_of(text: str, kind: str) -> str | None:
    """A text as HTML, by its declared type; None for what is no text.

    Without a type Atom means plain text (RFC 4287, 3.1.1), but what is full of tags was meant as HTML.
    """
    kind = kind.lower().partition(";")[0].strip()
    if kind in {"html", "text/html", "xhtml", "application/xhtml+xml"}:
        return text.strip() or None
    if kind not in {"text", "text/plain", ""}:
        return None
    if _CLOSING_TAG.search(text):
        return text.strip()
    return "".join(f"<p>{escape(one_line(part))}</p>" for part in re.split(r"\n\s*\n", text) if part.strip()) or None


def split_texts(description: str | None, content: str | None) -> tuple[str | None, str | None]:
    """(summary as plain text, content as HTML) of an entry's short and long text, both given as HTML.

    A description without a longer text beside it is the content too, unless it breaks off ("[…]").
    """
    if content:
        shown = plain_text(description) if description and description != content else ""
        return shown or None, content
    if not description:
        return None, None
    words = plain_text(description)
    if _BREAKS_OFF.search(words[-_END_CHARACTERS:]):
        return words, None
    # what was read of it may hold no words when what follows does
    has_words = bool(words) or len(description) > _SCANNED_CHARACTERS
    return (words if len(words) < SUMMARY_CHARACTERS else None) or None, description if has_words else None


# --- names ------------------------------------------------------------------------------------------------------


def author_names(written: Iterable[str]) -> tuple[str, ...]:
    """Names: ``a@example.org (Ann Lee)`` and ``Ann Lee <a@example.org>`` are Ann Lee; an address alone is nobody."""
    found: dict[str, None] = {}
    for text in written:
        if len(text) > _LONGEST_AUTHORS:
            continue
        name = one_line(html.unescape(text))
        if "@" in name:
            name = _MAILBOX.sub(" ", name).strip()
            name = one_line(name.removeprefix("(").removesuffix(")"))
        if name:
            found.setdefault(name)
    return tuple(found)


def keyword_terms(terms: Iterable[object], *, is_html: bool) -> tuple[str, ...]:
    """Terms that a reader would recognise, each once: no ids, no addresses, no hashes."""
    found: dict[str, None] = {}
    for term in terms:
        if not isinstance(term, str):
            continue
        text = one_line(html.unescape(term) if is_html else term)
        if text and len(text) <= _LONGEST_KEYWORD and not _NO_KEYWORD.fullmatch(text):
            found.setdefault(text)
    return tuple(found)


def best_image(
    media: Sequence[Mapping[str, Any]],
    thumbnails: Sequence[str | None],
    enclosures: Sequence[Mapping[str, Any]],
    authors: Collection[str],
) -> str | None:
    """The address of the widest image of the media, else the first thumbnail, else the first image enclosed.

    An image that is called like an author is the author's portrait, not the article's picture.
    """
    images = [one for one in media if one.get("url") and _is_image(one) and one.get("title") not in authors]
    if images:
        return str(max(images, key=lambda one: _pixels(one.get("width")))["url"])
    for thumbnail in (*thumbnails, *(one.get("thumbnail_url") for one in media)):
        if thumbnail:
            return str(thumbnail)
    return next((str(one["url"]) for one in enclosures if one.get("url") and _is_image(one)), None)


def _is_image(medium: Mapping[str, Any]) -> bool:
    kind, form = medium.get("medium"), medium.get("type")
    if kind or form:
        return kind == "image" or str(form).startswith("image/")
    try:
        return bool(_IMAGE_NAME.search(urlsplit(str(medium["url"])).path))
    except ValueError:
        return False


def _pixels(width: object) -> int:
    digits = str(width or "")[:6]
    return int(digits) if digits.isascii() and digits.isdigit() else 0
