"""A sitemap's Document in, the articles it lists and the sitemaps it refers to out (sitemaps.org 0.9).

    bytes ─┬─► sitemap_xml (urlset, sitemapindex) ─┬─► Raw entries ─► addresses ─► which are articles ─► Items, Children
           ├─► lines (text sitemap) ───────────────┘
           └─► feed.read_feed (RSS or Atom given as a sitemap)

Entries with the news extension are articles. Of others only address and day are known: which of them read like an
article's address is judged here; what a page turns out to be is the poll's business.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from feeds.errors import ExtractError, NothingFound
from feeds.extract.feed import read_feed
from feeds.extract.listing_words import address_score
from feeds.extract.sitemap_address import SiteAddresses
from feeds.extract.sitemap_xml import Raw, RawSitemap, read_raw, root_name
from feeds.model import Document, Item, Section, Source

# an address alone must say this much; where none does, less will do, down to what does not speak against an article
_LEAST_SCORES = (1.5, 0.25, -1.0)
_FEWEST_BELOW = 2
# entries that share one date say when the file was made
_MADE_AT_ONCE = 0.8
_FEWEST_DATED = 10
_FEEDS = frozenset({"rss", "feed", "rdf"})
_PAID = frozenset({"subscription", "registration"})
_FIELDS = (
    "url",
    "title",
    "published",
    "updated",
    "keywords",
    "language",
    "image",
    "image_caption",
    "alternates",
    "is_free",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A sitemap that an index lists; ``lastmod`` as written."""

    url: str
    lastmod: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """What a sitemap lists, in its order: articles, or in an index further sitemaps."""

    items: tuple[Item, ...] = ()
    children: tuple[Child, ...] = ()


def read_sitemap(document: Document, *, source: Source, section: Section) -> Sitemap:
    """The articles of a sitemap, or the sitemaps of an index.

    Addresses of other registered domains than the sitemap's and the source's are left out, as the protocol asks.
    ``updated`` is an entry's lastmod, unless one date stands at nearly every entry: then it says when the file was
    made. A news sitemap without entries is empty and no error, since it holds two days only.

    Args:
        document: the sitemap, decompressed; XML, text, or a feed.
        source: whose own domain counts as the site's too.
        section: what the items are filed under.

    Raises:
        NothingFound: nothing in it, or nothing that reads like an article; the text says what there was.
        ExtractError: no sitemap; the text says what it is instead.
    """
    try:
        root = root_name(document.body)
        if root in _FEEDS:
            return Sitemap(items=tuple(read_feed(document, source=source, section=section)))
        raw = read_raw(document.body, root)
        addresses = SiteAddresses(document.url, (document.requested_url, section.url, source.url))
        return _read(raw, addresses, section)
    except NothingFound as error:
        raise NothingFound(error.reason, source_id=source.id, url=document.url) from error
    except ExtractError as error:
        raise ExtractError(error.reason, source_id=source.id, url=document.url) from error


def _read(raw: RawSitemap, addresses: SiteAddresses, section: Section) -> Sitemap:
    left_out: Counter[str] = Counter()
    found: dict[str, Raw] = {}
    for entry in raw.entries:
        address = addresses.read(entry.loc)
        if address is None or not addresses.is_on_site(address):
            left_out["without an address" if address is None else "on other sites"] += 1
        else:
            found.setdefault(address, entry)
    if raw.is_index:
        if not found:
            raise NothingFound(_what_there_was("the sitemap index lists no sitemap", left_out))
        return Sitemap(children=tuple(Child(url=url, lastmod=entry.lastmod) for url, entry in found.items()))
    chosen = _articles(found)
    if not chosen and not (raw.is_news and not raw.entries):
        left_out["that read like no article's address"] += len(found)
        raise NothingFound(_what_there_was("the sitemap lists no article", left_out))
    use_dates = _dates_entries([found[url] for url in chosen])
    return Sitemap(items=tuple(_item(url, found[url], addresses, section, use_dates=use_dates) for url in chosen))


def _what_there_was(said: str, left_out: Counter[str]) -> str:
    parts = [f"{count} {reason}" for reason, count in left_out.items() if count]
    return f"{said}; entries: {', '.join(parts)}" if parts else f"{said}: it has no entries"


# --- which of them are articles -----------------------------------------------------------------------------------


def _articles(found: dict[str, Raw]) -> list[str]:
    """The addresses that are articles, by the news extension or by how they read, in the sitemap's order."""
    scores = {url: address_score(url) for url in found}
    sections = _sections(found)
    for least in _LEAST_SCORES:
        chosen = [
            url
            for url, entry in found.items()
            if entry.is_news or (scores[url] >= least and _path_of(url) not in sections)
        ]
        if chosen:
            return chosen
    return []


def _sections(urls: Iterable[str]) -> frozenset[str]:
    """Paths below which several others of the sitemap lie: pages that list, whatever they are called."""
    below: Counter[str] = Counter()
    for url in urls:
        path = _path_of(url)
        while (cut := path.rfind("/")) > 0:
            path = path[:cut]
            below[path] += 1
    return frozenset(path for path, count in below.items() if count >= _FEWEST_BELOW)


def _path_of(url: str) -> str:
    return url.split("/", 3)[3].partition("?")[0].rstrip("/")


def _dates_entries(entries: Sequence[Raw]) -> bool:
    """Whether lastmod dates the entries, and not the writing of the file."""
    dates = Counter(entry.lastmod[:16] for entry in entries if entry.lastmod)  # to the minute: writing it takes time
    if not dates or len(entries) < _FEWEST_DATED:
        return bool(dates)
    return dates.most_common(1)[0][1] < _MADE_AT_ONCE * len(entries)


# --- what is known of them ----------------------------------------------------------------------------------------


def _item(url: str, entry: Raw, addresses: SiteAddresses, section: Section, *, use_dates: bool) -> Item:
    image = addresses.read(entry.image) if entry.image else None
    values = {
        "url": url,
        "title": entry.title,
        "published": entry.published,
        "updated": entry.lastmod if use_dates else None,
        "keywords": (entry.keywords,) if entry.keywords else (),
        "language": entry.language,
        "image": image,
        "image_caption": entry.image_caption if image else None,
        "alternates": {tag: address for tag, href in entry.alternates if (address := addresses.read(href))},
        "is_free": (entry.access.lower() not in _PAID) if entry.access else None,
    }
    given = {name: value for name, value in values.items() if value not in (None, (), {})}
    provenance = {name: "sitemap" for name in _FIELDS if name in given}
    return Item(**given, section=section.slug or None, provenance=provenance)  # type: ignore[arg-type]  # each value is of its own field's type
