"""A page that an operator gave in, what it says of its site out: name, language, feeds, editions, sections, articles.

Read for someone who looks what can be polled there. The page is parsed once; nothing is fetched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from feeds.errors import ExtractError, NothingFound
from feeds.extract.announced import Announced, find_announced
from feeds.extract.editions import Edition, find_editions
from feeds.extract.found import clean
from feeds.extract.jsonld import JsonLd, is_article, read_json_ld, types_of
from feeds.extract.listing_choice import choose_articles
from feeds.extract.listing_links import Addresses, PageLinks, base_url, collect_links
from feeds.extract.listing_words import address_score
from feeds.extract.meta import Head, read_head
from feeds.extract.navigation import Menu, find_sections, folder_of
from feeds.extract.page import read_page
from feeds.extract.site import bare_names
from feeds.extract.tree import parse_html
from feeds.model import Document

_PARTS = re.compile(r"\s+[|–—·:•»«-]\s+|\s*[|｜_»«]\s*|\s*[-–—]{2,}\s*")
_HOME = re.compile(
    r"^(?:home(?:page)?|start(?:seite)?|accueil|inicio|首页|首頁|ホーム|главная|الرئيسية|welcome)$", re.IGNORECASE
)
_LONGEST_NAME = 60
_ROOT = re.compile(r"/(?:index\.\w{2,5})?", re.IGNORECASE)
_SITES = frozenset({"website", "newsmediaorganization", "organization", "newspaper", "periodical"})
_FEWEST_LISTED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """What a page says of its site.

    ``language`` as declared. ``articles`` are addresses that it lists. ``is_article``: the page is one story;
    ``parent`` is then the section or front it belongs to. ``links`` counts its links of any kind, ``has_scripts``
    says whether scripts may bring more. ``refusal`` says in words what stands there in place of content.
    """

    url: str
    name: str
    language: str
    announced: tuple[Announced, ...]
    editions: tuple[Edition, ...]
    menu: Menu
    articles: tuple[str, ...]
    is_article: bool = False
    parent: str | None = None
    links: int = 0
    has_scripts: bool = False
    refusal: str = ""


def read_front(document: Document) -> Front:
    """Reads a page of any kind.

    Raises:
        ExtractError: it is no page, or its address cannot be read.
    """
    tree = parse_html(document.body, content_type=document.content_type)
    url = document.url
    try:
        base = base_url(tree, url)
        found = collect_links(tree, Addresses(base, url))
    except ValueError as error:
        raise ExtractError(f"the page's own address cannot be read: {error}", url=url) from error
    head, ld = read_head(tree, base), read_json_ld(tree, url)
    listed = choose_articles(found.links, found.in_regions) or choose_articles(found.in_regions)
    articles = tuple(one.url for one in listed)
    editions = find_editions(tree, head, ld, base=base, url=url, language=head.language or None)
    story, refusal = _story(document, ld, len(articles))
    return Front(
        url=url,
        name=site_name(head, ld, url),
        language=head.language or next(iter(head.all("content-language", "og:locale")), ""),
        announced=find_announced(tree, base, link_header=document.link),
        editions=editions,
        menu=find_sections(found, url=url, articles=articles, others=[one.url for one in editions]),
        articles=articles,
        is_article=story,
        parent=_parent(found, url) if story else None,
        links=len(found.links) + len(found.in_regions) + sum(found.left_out.values()),
        has_scripts=next(tree.iter("script"), None) is not None,
        refusal=refusal,
    )


def site_name(head: Head, ld: JsonLd, url: str) -> str:
    """How the site calls itself: declared, else the part of the window's title that is a name, else its host."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    declared = [*head.all("og:site_name", "application-name", "apple-mobile-web-app-title")]
    declared += [clean(str(node.get("name") or "")) for node in ld.nodes if not types_of(node).isdisjoint(_SITES)]
    for name in declared:
        if name and len(name) <= _LONGEST_NAME:
            return name
    parts = [part.strip() for part in _PARTS.split(head.title) if part.strip() and not _HOME.match(part.strip())]
    labels = [label for label in host.split(".") if len(label) > 2]  # noqa: PLR2004 - "co", "uk", "or" name nobody
    for part in parts:
        if any(label.replace("-", "") in bare for label in labels for bare in bare_names([part])):
            return part[:_LONGEST_NAME]
    # on a front page the name comes first or last; the shorter of them says no more than the name
    return min((parts[0], parts[-1]), key=len)[:_LONGEST_NAME] if parts else host


def _story(document: Document, ld: JsonLd, listed: int) -> tuple[bool, str]:
    """Whether the page is one article; else what its reader says that it is."""
    path = urlsplit(document.url).path
    if _ROOT.fullmatch(path) and not urlsplit(document.url).query:
        return False, ""
    try:
        item = read_page(document.body, document.url, content_type=document.content_type)
    except NothingFound as error:
        return False, error.reason
    except ExtractError as error:
        return False, error.reason
    is_declared = is_article(ld.article) or bool(item.published)
    is_deep = bool(re.search(r"\d|-.*-", path)) or path.rstrip("/").count("/") > 1
    # a tag's page may be deep and dated, and lists articles all the same
    is_deep = is_deep and address_score(document.url) > 0
    return is_declared and (is_deep or listed < _FEWEST_LISTED), ""


def _parent(found: PageLinks, url: str) -> str:
    """The section or front of an article: the nearest page above it that the page links to, else the site's root."""
    own = folder_of(url)
    above: dict[str, str] = {}
    for link in (*found.in_regions, *found.links):
        folder = folder_of(link.url)
        if own.startswith(folder) and folder != own:
            above.setdefault(folder, link.url)
    parts = urlsplit(url)
    return above[max(above, key=len)] if above else f"{parts.scheme}://{parts.netloc}/"
