"""A page's tree in, everything its fields are read from out: head, JSON-LD, short texts, the site's names.

Gathered once, so that no reader of a field walks the page again for what another has seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import lxml.html

from feeds.extract.jsonld import JsonLd, read_json_ld
from feeds.extract.meta import Head, read_head
from feeds.extract.site import bare_names, sections, site_names
from feeds.extract.visible import Visible, read_visible


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a page says of itself. ``site`` and ``sections`` are bare names (``site.bare_names``)."""

    tree: lxml.html.HtmlElement
    url: str
    head: Head
    ld: JsonLd
    visible: Visible
    site: frozenset[str]
    sections: frozenset[str]


def gather(tree: lxml.html.HtmlElement, url: str) -> Evidence:
    """Read head, JSON-LD and short texts of a parsed page."""
    head, ld = read_head(tree, url), read_json_ld(tree, url)
    return Evidence(
        tree=tree,
        url=url,
        head=head,
        ld=ld,
        visible=read_visible(tree),
        site=bare_names(site_names(head, ld, url)),
        sections=bare_names(sections(head, ld)),
    )
