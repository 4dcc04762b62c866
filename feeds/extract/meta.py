"""The page's head in, its declared values out: meta elements by name, and links by relation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

import lxml.etree
import lxml.html

from feeds.extract.found import Found, clean

_SEPARATORS = re.compile(r"[\W_]+")
_METAS = lxml.etree.XPath("//meta[@content]")
_LINKS = lxml.etree.XPath("//link[@rel and @href]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a head declares.

    ``metas`` maps a lower-case name (name, property, http-equiv, or ``itemprop:`` and its name) to its values in page
    order. ``links`` are (relations, address made absolute, hreflang, type) of link elements.
    """

    metas: dict[str, list[str]]
    links: list[tuple[frozenset[str], str, str, str]]
    title: str
    language: str

    def all(self, *names: str) -> list[str]:
        """Every value of the named metas, name by name."""
        return [value for name in names for value in self.metas.get(name, ())]

    def first(self, *names: str) -> Found[str] | None:
        """The first value that is not empty, with the name it stood under."""
        return next(self.found(*names), None)

    def found(self, *names: str) -> Iterator[Found[str]]:
        """Each value of the named metas with its provenance."""
        for name in names:
            for value in self.metas.get(name, ()):
                yield Found(value=value, where=f"meta:{name}")

    def alike(self, *names: str) -> Iterator[Found[str]]:
        """Each value of metas that go by one of these names, whatever separators or capitals they are written with."""
        spellings: dict[str, list[str]] = {}
        for name in self.metas:
            spellings.setdefault(_SEPARATORS.sub("", name.removeprefix("itemprop:")), []).append(name)
        for name in names:
            yield from self.found(*spellings.get(_SEPARATORS.sub("", name.lower()), ()))

    def link(self, relation: str) -> str | None:
        """The address of the first link with that relation."""
        return next((href for rels, href, _, _ in self.links if relation in rels), None)


def read_head(tree: lxml.html.HtmlElement, url: str) -> Head:
    """Collect metas and links, wherever in the page they stand (a stray element moves them into the body)."""
    metas: dict[str, list[str]] = {}
    for element in _METAS(tree):
        value = clean(element.get("content"))
        if not value:
            continue
        names = [element.get(key) for key in ("property", "name", "http-equiv")]
        if element.get("itemprop"):
            names.append(f"itemprop:{element.get('itemprop')}")
        for name in dict.fromkeys(name.strip().lower() for name in names if name):
            metas.setdefault(name, []).append(value)
    links = []
    for element in _LINKS(tree):
        rels = frozenset((element.get("rel") or "").lower().split())
        if rels.isdisjoint(("canonical", "alternate", "amphtml", "shortlink")):
            continue
        address = _absolute(url, element.get("href") or "")
        if address:
            links.append((rels, address, element.get("hreflang") or "", (element.get("type") or "").lower()))
    title = next(tree.iter("title"), None)
    return Head(
        metas=metas,
        links=links,
        title=clean(title.text_content()) if title is not None else "",
        language=clean(
            tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or tree.get("xml:lang")
        ),
    )


def _absolute(base: str, address: str) -> str:
    """The address made absolute; empty when it is no web address at all."""
    try:
        joined = urljoin(base, address.strip())
    except ValueError:
        return ""
    return joined if joined.startswith(("http://", "https://")) else ""
