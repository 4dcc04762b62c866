"""The page's tree in, the tag links a reader sees at the article out.

A tag list is a small block that consists of links to tag pages. Which links those are is told by ``rel="tag"``, by the
word for "tag" in the address or in the markup's names; that it belongs to this article, by where it stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast

import lxml.etree
import lxml.html

from feeds.extract import labels
from feeds.extract.found import Found, clean

Element = lxml.html.HtmlElement

# path segments under which sites keep their tag pages, by what they mean: tag, topic, keyword
_SEGMENTS = frozenset({
    "tag", "tags", "topic", "topics", "thema", "themen", "keyword", "keywords", "schlagwort", "schlagworte",
    "schlagwoerter", "stichwort", "stichworte", "tema", "temas", "temi", "temat", "tematy", "etiqueta", "etiquetas",
    "etiket", "etiketler", "sujet", "sujets", "hashtag", "hashtags", "onderwerp", "onderwerpen", "amne", "amnen",
    "emne", "emner", "emneord", "argomenti", "argomento", "teema", "aihe", "cimke", "cimkek", "tema-sobre", "konu",
    "konular", "mot-cle", "motcle", "teg", "tegs", "tegi", "theme", "themes", "teme", "about", "tagged", "category",
    "categories", "kategorie", "kategorien", "categoria", "categorie",
})  # fmt: skip
# parts of class, id and data names that mark a tag list, whatever the site
_MARKS = frozenset({
    "tag", "tags", "taglist", "tagcloud", "keyword", "keywords", "topic", "topics", "themen", "schlagwort",
    "schlagworte", "schlagwoerter", "stichworte", "stichwort", "etiquetas", "etiqueta", "etiketler", "etiket",
    "hashtag", "hashtags", "tagged",
})  # fmt: skip
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_LINKS = lxml.etree.XPath(
    "//h1 | //body//a[@href][not(ancestor::nav or ancestor::form)][string-length(normalize-space()) < 70]"
)
_MORE = re.compile(
    r"^(?:more|mehr|all|alle|tous|toutes|todos|tutti|see|view|show|weitere|voir|ver|meer|więcej|další|もっと|更多|全部|더보기|rss)\b"
    r"|[…>»]$",
    re.IGNORECASE,
)
_LABEL = re.compile(rf"^\W*(?:{'|'.join(map(re.escape, labels.words('keywords')))})\b\s*[:：]?", re.IGNORECASE)
_MOST_LINKS = 3000
_MOST_TAGS = 40
_LONGEST_TAG = 60
_LONGEST_BLOCK = 1200
_LINKED_SHARE = 0.6
_HEADINGS = ("h1", "h2", "h3", "h4")
_TEASERS = (*_HEADINGS, "img", "picture")


@dataclass(slots=True)
class _Block:
    """Links that share a container; ``marked`` when markup or label call it a tag list."""

    container: Element
    links: list[str] = field(default_factory=list)
    marked: bool = False
    rel: bool = False
    after_heading: bool = False


def find_tags(tree: Element) -> Found[list[str]] | None:
    """The names in the article's tag list, as shown."""
    blocks: dict[Element, _Block] = {}
    judged: dict[Element, bool] = {}
    seen_heading = False
    home: Element | None = None
    for element in cast("list[Element]", _LINKS(tree)[:_MOST_LINKS]):
        if element.tag == "h1":
            seen_heading = True
            home = home if home is not None else _home(element)
            continue
        strength = _strength(element)
        if not strength:
            continue
        text = clean(element.text_content())
        if not 1 < len(text) <= _LONGEST_TAG or is_more_link(text) or (element.get("href") or "").startswith("#"):
            continue
        container = _container(element, judged)
        if container is None:
            continue
        block = blocks.setdefault(container, _Block(container=container, after_heading=seen_heading))
        block.links.append(text)
        block.rel = block.rel or "tag" in (element.get("rel") or "")
        block.marked = block.marked or strength > 1
    scored = [(_score(block, home), -number, block) for number, block in enumerate(blocks.values())]
    score, _, best = max(scored, key=lambda one: one[:2], default=(0.0, 0, None))
    if best is None or score <= 0 or (len(best.links) == 1 and not best.marked):
        return None
    return Found(value=list(dict.fromkeys(best.links)), where="tag links")


def is_more_link(text: str) -> bool:
    """Whether a link's text leads on ("All topics", "more …") and names nothing."""
    return _MORE.search(text) is not None


def _home(heading: Element) -> Element | None:
    """The article or main element that the headline stands in."""
    return next(heading.iterancestors("article", "main"), None)


def _strength(link: Element) -> int:
    """0: no tag link; 1: its address says so; 2 and more: rel=tag or the markup around it says so."""
    if "tag" in (link.get("rel") or "").split():
        return 3
    segments = (link.get("href") or "").partition("?")[0].lower().rstrip("/").split("/")[:-1]
    by_address = not _SEGMENTS.isdisjoint(segments)
    by_marks = any(_is_marked(one) for one in (link, *link.iterchildren(), *_above(link, 3)))
    return int(by_address) + 2 * int(by_marks)


def _above(element: Element, steps: int) -> list[Element]:
    found: list[Element] = []
    parent = element.getparent()
    while parent is not None and len(found) < steps and parent.tag not in ("body", "article", "main"):
        found.append(parent)
        parent = parent.getparent()
    return found


def _is_marked(element: Element) -> bool:
    get = element.get
    return any(_names_tags(name) for name in (get("class"), get("id"), get("data-testid")) if name)


@lru_cache(maxsize=4096)
def _names_tags(name: str) -> bool:
    return not _MARKS.isdisjoint(part.lower() for part in _PARTS.findall(name))


def _container(link: Element, judged: dict[Element, bool]) -> Element | None:
    """The largest block around the link that consists mainly of links and a label; None inside running text."""
    best, node = None, link.getparent()
    while node is not None and node.tag not in ("body", "main", "article", "html"):
        if node not in judged:
            judged[node] = _is_list(node)
        if not judged[node]:
            break
        best = node
        node = node.getparent()
    return best


def _is_list(node: Element) -> bool:
    text = clean(node.text_content())
    if len(text) > _LONGEST_BLOCK:
        return False
    label = _LABEL.match(text)
    linked = sum(len(clean(one.text_content())) for one in node.iter("a"))
    if linked < _LINKED_SHARE * (len(text) - (label.end() if label else 0)):
        return False
    # a headline or a picture inside a link makes it a teaser
    return not any(next(one.iterancestors("a"), None) is not None for one in node.iter(*_TEASERS)) and not any(
        next(one.iter("a"), None) is not None for one in node.iter(*_HEADINGS)
    )


def _score(block: _Block, home: Element | None) -> float:
    """How likely the block is the article's own tag list; not positive: it is not."""
    count = len(set(block.links))
    if count > _MOST_TAGS:
        return -1.0
    above = list(block.container.iterancestors())
    tags = [node.tag for node in above]
    at_home = home is not None and home in above
    score = min(count, 6) * 0.5 + 2.0 * block.marked + 1.0 * block.rel
    score += 1.5 if block.after_heading else -1.5
    if home is not None and home.tag == "article":
        score += 2.5 if at_home else -1.5
    if not at_home and ("footer" in tags or "header" in tags):
        score -= 4
    if "aside" in tags or block.container.tag == "aside":
        score -= 1
    if _LABEL.match(clean(block.container.text_content())):
        score += 2
    return score if block.marked or block.rel else score - 2.5
