"""A section page's Document in, the articles it lists out, in its order and each once.

    bytes ─► tree ─► listing_links ─┬─► listing_recipe (what selectors name) ────┬─► listing_entry ─► Items
                                    └─► listing_choice (what looks like articles)┘

The generic reader also steps in when a recipe finds nothing: the provenance of the items' ``url`` then says ``listing``
though the source has a recipe, which is how the pipeline can tell that the recipe is stale.
"""

from __future__ import annotations

from urllib.parse import urljoin

from feeds.errors import ExtractError, NothingFound
from feeds.extract.listing_choice import choose_articles
from feeds.extract.listing_entry import Described, Entries
from feeds.extract.listing_links import Addresses, PageLinks, base_url, collect_links
from feeds.extract.listing_recipe import read_by_recipe
from feeds.extract.tree import parse_html
from feeds.model import Document, Item, Recipe, Section, Source


def read_listing(document: Document, *, source: Source, section: Section) -> list[Item]:
    """The articles that a section page lists: address, title, date as written, picture.

    Args:
        document: the page.
        source: whose recipe may say where the entries are, and in which encoding the page is.
        section: what the items are filed under.

    Raises:
        NothingFound: the page has no link that looks like an article's; the text says what was looked at.
        ExtractError: no page at all, or a selector that cannot be read.
    """
    try:
        return _read(document, source.recipe, section)
    except NothingFound as error:
        raise NothingFound(error.reason, source_id=source.id, url=document.url) from error
    except ExtractError as error:
        raise ExtractError(error.reason, source_id=source.id, url=document.url) from error


def page_urls(section_url: str, recipe: Recipe, pages: int) -> list[str]:
    """Addresses of the first ``pages`` pages of a section, its own first; one where no recipe says how they go on."""
    further = range(1, pages) if recipe.next_page else range(0)
    form = recipe.next_page or ""
    return [section_url, *(urljoin(section_url, form.replace("{n}", str(number))) for number in further)]


def _read(document: Document, recipe: Recipe, section: Section) -> list[Item]:
    tree = parse_html(document.body, content_type=document.content_type, encoding=recipe.encoding)
    try:
        addresses = Addresses(base_url(tree, document.url), document.url)
    except ValueError as error:
        raise ExtractError(f"the page's own address cannot be read: {error}") from error
    found = collect_links(tree, addresses)
    named = read_by_recipe(tree, found, addresses, recipe)
    if named:
        return [_item(one.url, one.described, addresses, section, by_recipe=one.by_recipe) for one in named]
    # a page whose list is marked as navigation is still better read than not
    articles = choose_articles(found.links, found.in_regions) or choose_articles(found.in_regions)
    if not articles:
        raise NothingFound(_looked_at(found))
    entries = Entries(articles)
    return [_item(article.url, entries.describe(article), addresses, section) for article in articles]


def _looked_at(found: PageLinks) -> str:
    if not (found.links or found.in_regions or found.left_out):
        return "the page has no links; where scripts fill a page, look for a feed of it instead"
    parts = [f"{len(found.links)} in the content", f"{len(found.in_regions)} in navigation"]
    parts += [f"{count} {reason}" for reason, count in sorted(found.left_out.items())]
    return f"no link looks like an article's; looked at: {', '.join(parts)}"


def _item(
    url: str, described: Described, addresses: Addresses, section: Section, *, by_recipe: frozenset[str] = frozenset()
) -> Item:
    image = addresses.read(described.image) if described.image else None
    values = {"url": url, "title": described.title, "published": described.published, "image": image and image[0]}
    return Item(
        url=url,
        title=values["title"],
        published=values["published"],
        image=values["image"],
        section=section.slug or None,
        provenance={name: "recipe" if name in by_recipe else "listing" for name, value in values.items() if value},
    )
