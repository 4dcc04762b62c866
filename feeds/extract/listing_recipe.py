"""A recipe's selectors and a page in, the articles they name out, in the page's order and each once.

``entry`` is one listed article; ``link``, ``listed_title`` and ``listed_date`` are looked up inside it. What the recipe
does not name is found as the generic reader finds it. ``link`` alone works too: the entry is then the block around.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import lxml.html

from feeds.extract.listing_choice import Listed
from feeds.extract.listing_entry import Described, Entries, describe_blocks, title_of
from feeds.extract.listing_links import Addresses, Link, PageLinks
from feeds.extract.listing_words import headline_score
from feeds.extract.select import Selector, compile_selector
from feeds.model import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An article as a recipe names it; ``by_recipe`` are the fields that a selector of the recipe gave."""

    url: str
    described: Described
    by_recipe: frozenset[str]


def read_by_recipe(tree: lxml.html.HtmlElement, found: PageLinks, addresses: Addresses, recipe: Recipe) -> list[Named]:
    """The articles that the recipe's selectors name; none when it has none for listings, or they find nothing.

    Raises:
        ExtractError: a selector cannot be read or used.
    """
    links = {link.anchor: link for link in (*found.links, *found.in_regions)}
    link = compile_selector(recipe.link) if recipe.link else None
    if recipe.entry:
        pairs = _in_entries(compile_selector(recipe.entry).elements(tree), link, links, addresses)
    elif link is not None:
        pairs = _around_links(link.elements(tree), links)
    else:
        return []
    title = compile_selector(recipe.listed_title) if recipe.listed_title else None
    date = compile_selector(recipe.listed_date) if recipe.listed_date else None
    named: dict[str, Named] = {}
    for group, blocks in pairs:
        if group[0].identity not in named:
            named[group[0].identity] = _name(group, blocks, title, date)
    return list(named.values())


_Pair = tuple[list[Link], list[lxml.html.HtmlElement]]


def _in_entries(
    entries: Iterable[lxml.html.HtmlElement],
    selector: Selector | None,
    links: dict[lxml.html.HtmlElement, Link],
    addresses: Addresses,
) -> Iterator[_Pair]:
    for entry in entries:
        inside = [links[anchor] for anchor in entry.iter("a") if anchor in links]
        if selector is None:
            chosen = max(inside, key=lambda link: (not link.is_labelled, headline_score(link.text)), default=None)
            identity = chosen.identity if chosen else None
        else:
            identity = _selected_identity(entry, selector, links, addresses)
        group = [link for link in inside if link.identity == identity]
        if group:
            yield group, [entry]


def _selected_identity(
    entry: lxml.html.HtmlElement,
    selector: Selector,
    links: dict[lxml.html.HtmlElement, Link],
    addresses: Addresses,
) -> str | None:
    """Which article the link selector means: an anchor, something that holds one, or an address as text."""
    for element in selector.elements(entry):
        for anchor in element.iter("a"):
            if anchor in links:
                return links[anchor].identity
    for text in selector.texts(entry):
        found = addresses.read(text)
        if found is not None:
            return found[1]
    return None


def _around_links(
    selected: Iterable[lxml.html.HtmlElement], links: dict[lxml.html.HtmlElement, Link]
) -> Iterator[_Pair]:
    chosen = dict.fromkeys(
        links[anchor].identity for element in selected for anchor in element.iter("a") if anchor in links
    )
    groups: dict[str, list[Link]] = {identity: [] for identity in chosen}
    for link in links.values():
        if link.identity in groups:
            groups[link.identity].append(link)
    articles = [Listed(identity=identity, links=tuple(group)) for identity, group in groups.items()]
    entries = Entries(articles)
    for article in articles:
        yield list(article.links), entries.blocks(article)


def _name(
    group: list[Link], blocks: list[lxml.html.HtmlElement], title: Selector | None, date: Selector | None
) -> Named:
    titles = [text for block in blocks for text in title.texts(block)] if title else []
    dates = [text for block in blocks for text in date.texts(block)] if date else []
    described = describe_blocks(titles[0] if titles else title_of(group, blocks), blocks)
    if dates:
        described = replace(described, published=dates[0])
    given = {"url"} | ({"title"} if titles else set()) | ({"published"} if dates else set())
    return Named(url=group[0].url, described=described, by_recipe=frozenset(given))
