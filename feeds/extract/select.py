"""A selector as text in, a compiled selector out: CSS, or XPath when it starts with ``/``, ``./`` or ``(``.

Compiled once per text and kept; a selector comes from a recipe, so there are few of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import lxml.etree
import lxml.html
from cssselect import HTMLTranslator, SelectorError

from feeds.errors import ExtractError

_KEPT = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """A compiled selector; ``text`` is how it was written."""

    text: str
    path: lxml.etree.XPath

    def elements(self, node: lxml.html.HtmlElement) -> list[lxml.html.HtmlElement]:
        """The elements selected below ``node``, in document order; values that are no elements are left out."""
        found = self._run(node)
        return [one for one in found if isinstance(one, lxml.html.HtmlElement)]

    def texts(self, node: lxml.html.HtmlElement) -> list[str]:
        """The selected values as text: an element's words, an attribute's value; empty ones are left out.

        A ``meta`` says its content, a ``time`` its datetime, ``link``, ``img`` and ``source`` their address.
        """
        texts = (" ".join(_text_of(one).split()) for one in self._run(node))
        return [text for text in texts if text]

    def _run(self, node: lxml.html.HtmlElement) -> list[object]:
        try:
            found = self.path(node)
        except lxml.etree.XPathError as error:
            raise ExtractError(f"selector {self.text!r} cannot be used: {error}") from error
        return cast("list[object]", found) if isinstance(found, list) else [found]


# where an element's meaning stands in an attribute; the first that holds something, else its words
_SAYING: Mapping[str, tuple[str, ...]] = {
    "meta": ("content",),
    "time": ("datetime",),
    "link": ("href",),
    "img": ("src", "data-src", "srcset", "data-srcset"),
    "source": ("src", "srcset", "data-srcset"),
}


def _text_of(value: object) -> str:
    if not isinstance(value, lxml.html.HtmlElement):
        return "" if isinstance(value, lxml.html.HtmlComment) else str(value)
    for name in _SAYING.get(str(value.tag), ()):
        said = value.get(name) or ""
        if said.strip() and not said.startswith("data:"):  # a placeholder until the picture is loaded
            return said.split()[0] if name.endswith("srcset") else said
    return "" if value.tag in {"meta", "link", "img", "source"} else str(value.text_content())


@lru_cache(maxsize=_KEPT)
def compile_selector(text: str) -> Selector:
    """Compile ``text``.

    Raises:
        ExtractError: it is neither CSS nor XPath; the error names it.
    """
    stripped = text.strip()
    try:
        path = stripped if stripped.startswith(("/", "./", "(")) else HTMLTranslator().css_to_xpath(stripped)
        return Selector(text=text, path=lxml.etree.XPath(path))
    except (SelectorError, lxml.etree.XPathError, ValueError) as error:  # ValueError: a control character in it
        raise ExtractError(f"selector {text!r} cannot be read: {error}") from error
