"""Feeds by group in, the bytes of an OPML 2.0 subscription list out (http://opml.org/spec2.opml)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from feeds.render.text import plain_line, rfc822

_NAMELESS = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One feed, or a group of outlines when ``xml_url`` is None; ``language`` is a BCP 47 tag.

    ``text`` is how the list shows it below its group, ``title`` what the feed calls itself (``text`` when empty):
    readers that flatten groups show that.
    """

    text: str
    title: str = ""
    xml_url: str | None = None
    html_url: str | None = None
    language: str | None = None
    description: str = ""
    children: tuple[Outline, ...] = ()


def render_opml(title: str, outlines: Sequence[Outline], *, modified: dt.datetime | None = None) -> bytes:
    """A subscription list; ``modified`` is the newest change in what it lists, None leaves it unsaid."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = plain_line(title)
    if modified is not None:
        etree.SubElement(head, "dateModified").text = rfc822(modified.astimezone(dt.UTC))
    body = etree.SubElement(root, "body")
    for outline in outlines:
        _add(body, outline)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + etree.tostring(root, encoding="UTF-8", xml_declaration=False)


def _add(parent: etree._Element, outline: Outline) -> None:
    # an outline without a text cannot be seen
    attributes = {"text": plain_line(outline.text) or plain_line(outline.title) or outline.xml_url or _NAMELESS}
    if outline.xml_url is not None:
        # readers take "rss" to mean any feed, whatever its format (specification, Subscription lists)
        title = plain_line(outline.title) or attributes["text"]
        attributes |= {"type": "rss", "title": title, "xmlUrl": outline.xml_url}
        said = {
            "htmlUrl": outline.html_url,
            "language": outline.language,
            "description": plain_line(outline.description),
        }
        attributes |= {name: value for name, value in said.items() if value}
    element = etree.SubElement(parent, "outline", attributes)
    for child in outline.children:
        _add(element, child)
