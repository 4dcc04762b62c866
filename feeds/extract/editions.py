"""A front or section page in, the site's editions in other languages out.

Declared ones (``hreflang``, JSON-LD) come first, then the visible language switch: links that are called as a language
calls itself, or by its name or code where others beside them are too, or where their address says the same.
``alternates`` reads the same signs on an article's page, where they mean translations of one story.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import lxml.etree
import lxml.html

from feeds.extract.found import clean
from feeds.extract.jsonld import JsonLd, as_list, types_of
from feeds.extract.meta import Head
from feeds.extract.tongues import language_called, language_coded, language_named
from feeds.folding import canonical_language
from feeds.urls import clean_url, identity_of, registered_domain

_SWITCHES = lxml.etree.XPath("//body//a[@href] | //body//option[@value]")
_LONGEST_NAME = 60
_TOGETHER = 2
_LEVELS = 2
_MOSTLY = 0.7
_MOST = 60
_SITE_TYPES = frozenset({"website", "webpage", "collectionpage", "newsmediaorganization", "organization"})
_BEHIND = re.compile(r"\s*[:：|·(]\s*|\s+[–—-]\s+")
_PARTS = re.compile(r"[^\w-]+")
_ELSEWHERE = re.compile(
    r"translate\.goo|facebook\.|twitter\.|//x\.com/|youtube\.|instagram\.|weibo\.|telegram|//t\.me/"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The site in another language. ``name`` is how the page calls it; ``where`` says how it was found."""

    url: str
    language: str
    name: str
    where: str


def find_editions(
    tree: lxml.html.HtmlElement, head: Head, ld: JsonLd, *, base: str, url: str, language: str | None
) -> tuple[Edition, ...]:
    """The other editions, each address once, in the page's order; the page's own is not among them.

    Args:
        tree: the page.
        head: what its head declares.
        ld: its JSON-LD.
        base: what its relative addresses are relative to.
        url: its address.
        language: its own language (BCP 47), None when unknown.
    """
    found: dict[str, Edition] = {}
    own = {identity_of(url)}
    canonical = head.link("canonical")
    if canonical:
        own.add(_identity(canonical) or "")
    for one in (*_declared(head), *_in_json_ld(ld), *_switches(tree, base, language)):
        identity = identity_of(one.url)
        is_own = identity in own or (one.language == language and _is_below(url, one.url))
        if not is_own and len(found) < _MOST:
            found.setdefault(identity, one)
    return tuple(found.values())


def _declared(head: Head) -> Iterator[Edition]:
    for relations, href, tongue, kind in head.links:
        tag = canonical_language(tongue.replace("_", "-")) if tongue and tongue.lower() != "x-default" else None
        address = _address(href, "")
        if "alternate" in relations and tag and address and kind in ("", "text/html"):
            yield Edition(url=address, language=tag, name=tag, where="hreflang")


def _in_json_ld(ld: JsonLd) -> Iterator[Edition]:
    """Nodes of other editions: in ``workTranslation``, or sites of their own that name their language."""
    for node in ld.nodes:
        inner = [
            ld.follow(one)
            for key in ("workTranslation", "translationOfWork", "hasPart")
            for one in as_list(node.get(key))
        ]
        for one in (node, *inner):
            if not isinstance(one, dict) or types_of(one).isdisjoint(_SITE_TYPES):
                continue
            tongues = [tongue for tongue in as_list(one.get("inLanguage")) if isinstance(tongue, str)]
            address = _address(str(one.get("url") or ""), "")
            tag = canonical_language(tongues[0].replace("_", "-")) if len(tongues) == 1 else None
            if address and tag:
                yield Edition(url=address, language=tag, name=clean(str(one.get("name") or "")) or tag, where="JSON-LD")


def _switches(tree: lxml.html.HtmlElement, base: str, language: str | None) -> Iterator[Edition]:
    """What the page's language switch leads to."""
    named: dict[lxml.html.HtmlElement, str] = {}
    sure: set[lxml.html.HtmlElement] = set()
    for element in _SWITCHES(tree):
        text = _called(element)
        tag = language_called(text) or language_called(_BEHIND.split(text)[0])
        if tag:
            sure.add(element)
        elif text:
            tag = language_coded(text) or language_named(text, language=language)
        if tag:
            named[element] = tag
    together = _in_company(named)
    for element, tag in named.items():
        address = _address(element.get("href") or element.get("value") or "", base)
        if address is None or _ELSEWHERE.search(address):
            continue
        if element in together or _says(address, tag) or (element in sure and _is_near(address, base)):
            yield Edition(url=address, language=tag, name=_called(element), where="language switch")


def _called(element: lxml.html.HtmlElement) -> str:
    """The words of a switch; of a picture, its description."""
    text = clean(element.text_content()[:200])
    labels = (element.get("title"), element.get("aria-label"), *(image.get("alt") for image in element.iter("img")))
    text = text or next((clean(label) for label in labels if label and label.strip()), "")
    return text.strip("[]()|·•/ ") if len(text) <= _LONGEST_NAME else ""


def _in_company(elements: Iterable[lxml.html.HtmlElement]) -> set[lxml.html.HtmlElement]:
    """Those that stand in one small block with others, and with hardly anything else: a menu has other entries."""
    blocks: defaultdict[lxml.html.HtmlElement, list[lxml.html.HtmlElement]] = defaultdict(list)
    for element in elements:
        parent = element.getparent()
        for _ in range(_LEVELS):
            if parent is None or parent.tag in {"body", "html"}:
                break
            blocks[parent].append(element)
            parent = parent.getparent()
    return {
        one
        for block, group in blocks.items()
        if len(group) >= _TOGETHER and len(group) >= _MOSTLY * sum(1 for _ in block.iter("a", "option"))
        for one in group
    }


def _says(address: str, tag: str) -> bool:
    """Whether an address names the language: as a step, in its host, in its query, by code or by English name."""
    parts = urlsplit(address)
    steps = _PARTS.split(f"{parts.netloc} {parts.path} {parts.query}".lower())
    primary = tag.partition("-")[0].lower()
    words = {word for step in steps for word in (step, step.partition("-")[0], step.partition("_")[0])}
    return primary in words or any(
        primary in {(language_coded(word) or "").partition("-")[0], language_named(word, language="en")}
        for word in words
        if word
    )


def _is_near(address: str, base: str) -> bool:
    try:
        return registered_domain(address) == registered_domain(base)
    except ValueError:
        return False


def _is_below(url: str, front: str) -> bool:
    """Whether ``front`` is the front of the edition that the page ``url`` belongs to."""
    return identity_of(url).startswith(identity_of(front).rstrip("/") + "/")


def _address(href: str, base: str) -> str | None:
    text = href.strip()
    if not text or text.startswith("#"):
        return None
    try:
        return clean_url(urljoin(base, text))
    except ValueError:
        return None


def _identity(url: str) -> str | None:
    try:
        return identity_of(url)
    except ValueError:
        return None
