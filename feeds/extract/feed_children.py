"""An element of a feed in, its children by name out."""

from __future__ import annotations

from collections.abc import Iterable

import lxml.etree

from feeds.extract.feed_names import name_of

Children = dict[str, list[lxml.etree._Element]]  # noqa: SLF001 - lxml has no public name for its element type


def children_of(parent: lxml.etree._Element, *, skip: frozenset[str] = frozenset()) -> Children:
    """The children by their names (``feed_names.name_of``), without those called as in ``skip``."""
    found: Children = {}
    for child in parent:
        name = name_of(child.tag)
        if name not in skip:
            found.setdefault(name, []).append(child)
    return found


def first_text(children: Children, names: Iterable[str]) -> str | None:
    """The first text that says something, the likelier name first."""
    for name in names:
        for child in children.get(name, ()):
            text = (child.text or "").strip()
            if text:
                return text
    return None


def links_of(children: Children) -> list[lxml.etree._Element]:
    """Links of Atom, in whatever namespace."""
    return [*children.get("atom:link", ()), *children.get("link", ())]
