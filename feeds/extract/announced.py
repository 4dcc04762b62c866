"""A page in, the feeds out that it announces or links to; and the usual places, for a page that does neither.

Announced means ``<link rel=alternate>`` and the Link header (RFC 8288); linked, a visible link whose address or words
say feed. Nothing is fetched here: what a feed holds is seen when it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import lxml.etree
import lxml.html

from feeds.extract.found import clean
from feeds.urls import clean_url, identity_of

_TYPES = frozenset(
    {
        *("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"),
        *("application/x.atom+xml", "application/x-atom+xml", "text/rss+xml", "application/rss"),
    }
)
# said of feeds and of much else: they count only where the address says feed too
_VAGUE_TYPES = frozenset({"", "text/xml", "application/xml", "application/json"})
_LINKS = lxml.etree.XPath("//link[@rel and @href]")
_ANCHORS = lxml.etree.XPath("//a[@href]")
_FILE = re.compile(
    r"(?:^|/)(?:rss|atom|feeds?)[-_.\d]*/?\Z"
    r"|(?:rss|atom|feed)[^/]*\.(?:xml|json|rdf)\Z"
    r"|(?:^|[^a-z])(?:rss|atom|feeds?)(?:[^a-z/][^/]*)?\.(?:php|aspx?|jsp|cgi)\Z"  # and not feedback.php
    r"|\.(?:rss|rdf|atom)\Z"
    r"|(?:^|/)(?:rss|feeds?)/[\w/-]{1,60}(?:\.(?:xml|json))?/?\Z"
    r"|(?:^|/)index\.(?:xml|rdf)\Z",
    re.IGNORECASE,
)
_FEED_QUERY = re.compile(
    r"(?:^|&)(?:feed=(?:rss2?|rdf|atom|json|feed|1)|(?:format|type|output|alt)=(?:rss|atom|feed))\b", re.IGNORECASE
)
_WORDS = re.compile(
    r"\b(?:rss|atom|xml|json)[\s-]?(?:feeds?)?\b|\bfeeds?\b|^news-?feed\b|ＲＳＳ|фид\b|лента rss", re.IGNORECASE
)
_NAME = re.compile(r"(?:^|[/._=?&])(?:rss|atom|rdf|feeds?)(?:[/._=&\d]|\Z)|\.xml\b", re.IGNORECASE)
_LONGEST_TEXT = 40
# feeds of what readers say, of sounds, of one search: found by their words, and seen again when they are read
_ASIDE = re.compile(
    r"comment|komment|coment|commenti|reacties|yorum|комментар|коментар|评论|評論|コメント|댓글|التعليقات|"
    r"podcast|audio|/search/|[?&]s=",
    re.IGNORECASE,
)
# services that show, share or check the feed that their address names
_INSIDE = re.compile(r"https?(?::|%3A)(?:/|%2F){2}", re.IGNORECASE)
_FORMAT = re.compile(r"rss[\d.]*|atom[\d.]*|rdf|feed|json|xml|index|\.|/|_|-|=|\?", re.IGNORECASE)
_HEADER_LINK = re.compile(r"<([^<>]{1,2000})>((?:\s*;\s*[\w*-]+\s*(?:=\s*(?:\"[^\"]*\"|[^\s\",;]+))?)*)")
_PARAMETER = re.compile(r";\s*([\w*-]+)\s*(?:=\s*(?:\"([^\"]*)\"|([^\s\",;]+)))?")
_MOST = 200
_USUAL_HERE = ("feed", "rss.xml")
_USUAL_AT_ROOT = ("feed", "rss.xml", "atom.xml", "index.xml", "rss", "feed.xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """A feed that a page names. ``where`` says how: ``link element``, ``Link header``, ``link``, ``usual place``.

    ``is_aside``: its words say that it holds no articles but comments, podcasts or a search. ``language`` is what its
    ``hreflang`` says. ``form`` is equal for the same feed in several formats (``rss.xml``, ``atom.xml``).
    """

    url: str
    title: str = ""
    where: str
    language: str | None = None
    is_aside: bool = False

    @property
    def form(self) -> str:
        """The address without the words that only name a format."""
        parts = urlsplit(self.url)
        return f"{parts.netloc}:{_FORMAT.sub('', f'{parts.path}?{parts.query}').casefold()}"


def find_announced(tree: lxml.html.HtmlElement, base: str, *, link_header: str | None = None) -> tuple[Announced, ...]:
    """The feeds that the page names, each once: those announced first, then linked ones; asides last.

    Args:
        tree: the page.
        base: what its addresses are relative to, from ``listing_links.base_url``.
        link_header: the answer's Link header, several joined by commas.
    """
    found: dict[str, Announced] = {}
    for one in (*_in_header(link_header or "", base), *_in_head(tree, base), *_linked(tree, base)):
        found.setdefault(identity_of(one.url), one)
        if len(found) >= _MOST:
            break
    return tuple(sorted(found.values(), key=lambda one: one.is_aside))


def usual_places(url: str) -> tuple[str, ...]:
    """Where feeds stand that nobody announces, likeliest first: beside the page, then at its site's root."""
    here = url if url.endswith("/") else urljoin(url, ".")
    if not urlsplit(url).path.rpartition("/")[2].count("."):
        here = url.partition("?")[0].rstrip("/") + "/"
    places = [urljoin(here, name) for name in _USUAL_HERE] + [urljoin(url, f"/{name}") for name in _USUAL_AT_ROOT]
    return tuple(dict.fromkeys(places))


def _in_header(header: str, base: str) -> Iterator[Announced]:
    for target, parameters in _HEADER_LINK.findall(header[:20_000]):
        given = {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(parameters)}
        found = _announced(
            target,
            base,
            relations=given.get("rel", ""),
            kind=given.get("type", ""),
            title=given.get("title", ""),
            language=given.get("hreflang"),
            where="Link header",
        )
        if found is not None:
            yield found


def _in_head(tree: lxml.html.HtmlElement, base: str) -> Iterator[Announced]:
    for element in _LINKS(tree):
        found = _announced(
            element.get("href") or "",
            base,
            relations=element.get("rel") or "",
            kind=element.get("type") or "",
            title=clean(element.get("title")),
            language=element.get("hreflang"),
            where="link element",
        )
        if found is not None:
            yield found


def _announced(
    href: str, base: str, *, relations: str, kind: str, title: str, language: str | None, where: str
) -> Announced | None:
    names = set(relations.lower().split())
    if names.isdisjoint({"alternate", "feed", "alternative"}) or "stylesheet" in names:
        return None
    address = _address(href, base)
    if address is None:
        return None
    kind = kind.lower().partition(";")[0].strip()
    says_feed = kind in _TYPES or "feed" in names or (kind in _VAGUE_TYPES and _reads_like_feed(address))
    return _made(address, title, where, language) if says_feed else None


def _linked(tree: lxml.html.HtmlElement, base: str) -> Iterator[Announced]:
    """Visible links that read like feeds; words alone do where they are few, as in a footer's "RSS"."""
    for anchor in _ANCHORS(tree):
        address = _address(anchor.get("href") or "", base)
        if address is None or _INSIDE.search(address, 8):
            continue
        text = _text_of(anchor)
        kind = (anchor.get("type") or "").lower()
        says_feed = kind in _TYPES or (_reads_like_feed(address) and not address.endswith((".pdf", ".html", ".htm")))
        if says_feed or (len(text) <= _LONGEST_TEXT and _WORDS.search(text) and _names_feed(address)):
            yield _made(address, text, "link", anchor.get("hreflang"))


def _made(address: str, title: str, where: str, language: str | None) -> Announced:
    return Announced(
        url=address,
        title=title[:200],
        where=where,
        language=language or None,
        is_aside=bool(_ASIDE.search(title) or _ASIDE.search(address)),
    )


def _text_of(anchor: lxml.html.HtmlElement) -> str:
    text = clean(anchor.text_content()[:500])
    labels = (anchor.get("title"), anchor.get("aria-label"), *(image.get("alt") for image in anchor.iter("img")))
    return text or next((clean(label) for label in labels if label and label.strip()), "")


def _reads_like_feed(address: str) -> bool:
    parts = urlsplit(address)
    host = parts.netloc.partition(".")[0]
    return bool(
        _FILE.search(parts.path)
        or _FEED_QUERY.search(parts.query)
        or (host in {"feeds", "rss", "feed"} and parts.path > "/")
    )


def _names_feed(address: str) -> bool:
    """Whether an address has feed, rss or the like anywhere: enough beside a link's words."""
    return _NAME.search(address.partition("://")[2]) is not None


def _address(href: str, base: str) -> str | None:
    text = href.strip()
    if text.lower().startswith("feed:"):  # browsers of old: feed://example.org/rss and feed:https://…
        text = text[5:]
        text = f"http:{text}" if text.startswith("//") else text
    try:
        return clean_url(urljoin(base, text)) if text and not text.startswith("#") else None
    except ValueError:
        return None
