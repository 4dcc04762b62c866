"""The page's tree in, the words of its article out: HTML with its structure, and the plain text.

The tree is only read: every other reader of the page shares it. What comes out is not yet sanitised.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import lxml.etree
import lxml.html
from cssselect import HTMLTranslator
from trafilatura import bare_extraction
from trafilatura.htmlprocessing import build_html_output
from trafilatura.settings import Document

JSON_LD_GAIN = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """An article's body: ``html`` (not sanitised, addresses absolute), its plain ``text``, and where it came from.

    ``provenance`` is ``recipe``, ``json-ld`` or ``page``; ``html`` is empty when nothing was found.
    """

    html: str
    text: str
    provenance: str


def read_body(
    tree: lxml.html.HtmlElement,
    *,
    url: str,
    json_ld_body: str | None = None,
    selector: str | None = None,
    title: str | None = None,
) -> Body:
    """Find the article's body in a parsed page.

    Args:
        tree: the page, from ``parse_html``; not changed.
        url: the page's address, which links and pictures are made absolute against.
        json_ld_body: the JSON-LD articleBody, taken when it is clearly longer than what the page shows.
        selector: CSS, or XPath when it starts with ``/``, ``./`` or ``(``; wins when it matches something.
        title: the headline, so that it is not repeated in the body.
    """
    del title
    if selector:
        chosen = _select(tree, selector)
        if chosen:
            html = "".join(
                lxml.etree.tostring(part, encoding="unicode", method="html", with_tail=False) for part in chosen
            )
            return Body(html=html, text="\n".join(str(part.text_content()) for part in chosen), provenance="recipe")
    document = bare_extraction(
        tree,
        url=url,
        fast=True,
        favor_precision=True,
        include_comments=False,
        include_images=True,
        include_links=True,
        include_formatting=True,
    )
    found = Body(html="", text="", provenance="page")
    if isinstance(document, Document):
        found = Body(html=build_html_output(document), text=document.raw_text or "", provenance="page")
    if json_ld_body and len(json_ld_body) > JSON_LD_GAIN * len(found.text):
        html = "".join(f"<p>{escape(line.strip())}</p>" for line in json_ld_body.splitlines() if line.strip())
        return Body(html=html, text=json_ld_body, provenance="json-ld")
    return found


def _select(tree: lxml.html.HtmlElement, selector: str) -> list[lxml.html.HtmlElement]:
    path = selector if selector.startswith(("/", "./", "(")) else HTMLTranslator().css_to_xpath(selector)
    found = tree.xpath(path)
    return (
        [element for element in found if isinstance(element, lxml.html.HtmlElement)] if isinstance(found, list) else []
    )
