"""The page's JSON-LD in, the node that describes its article out.

Publishers' JSON-LD is often broken: CDATA wrappers, comments, raw line breaks in strings, several objects without an
array. What can be repaired is; the rest is skipped, since every field has other sources.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import lxml.etree
import lxml.html

from feeds.extract.found import clean

Node: TypeAlias = Mapping[str, Any]

_SCRIPTS = lxml.etree.XPath(
    "//script[contains(translate(@type, 'LDJSONAPICT', 'ldjsonapict'), 'ld+json')]/text()", smart_strings=False
)
_WRAPPING = re.compile(r"^\s*(?://\s*)?(?:<!\[CDATA\[|<!--)|(?://\s*)?(?:\]\]>|-->)\s*;?\s*$")
_COMMENT_LINE = re.compile(r"(?m)^\s*//.*$")
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
# the kinds of schema.org that are one story, best first
_ARTICLE_TYPES = (
    "newsarticle", "reportagenewsarticle", "analysisnewsarticle", "opinionnewsarticle", "backgroundnewsarticle",
    "askpublicnewsarticle", "reviewnewsarticle", "liveblogposting", "satiricalarticle", "article", "blogposting",
    "report", "scholarlyarticle", "techarticle", "advertisercontentarticle", "socialmediaposting", "review",
    "claimreview", "videoobject", "audioobject", "recipe", "webpage", "creativework", "imagegallery", "mediagallery",
)  # fmt: skip
_FULL_ARTICLE = _ARTICLE_TYPES[: _ARTICLE_TYPES.index("review")]
_DEEPEST = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonLd:
    """``article`` describes the page's story (empty when none does); ``nodes`` are all nodes, ``by_id`` those named."""

    article: Node = field(default_factory=dict)
    page: Node = field(default_factory=dict)
    nodes: tuple[Node, ...] = ()
    by_id: Mapping[str, Node] = field(default_factory=dict)

    def follow(self, value: Any) -> Any:
        """``value``, or the node it refers to by ``@id`` alone."""
        if isinstance(value, Mapping) and set(value) <= {"@id", "@type"} and isinstance(value.get("@id"), str):
            return self.by_id.get(value["@id"], value)
        return value

    def texts(self, key: str) -> list[str]:
        """The article's values under ``key`` as strings; of nodes, their name."""
        return texts_of(self.follow(one) for one in as_list(self.article.get(key)))

    def text(self, key: str) -> str:
        """The first of ``texts``, or an empty string."""
        return next(iter(self.texts(key)), "")

    def publishers(self) -> list[str]:
        """The names of the publishing house, as given anywhere in the JSON-LD."""
        names = []
        for node in self.nodes:
            names += texts_of(self.follow(one) for one in as_list(node.get("publisher")))
            if types_of(node) & {"organization", "newsmediaorganization", "website"}:
                names += texts_of([node])
        return list(dict.fromkeys(names))


def read_json_ld(tree: lxml.html.HtmlElement, url: str) -> JsonLd:
    """Read every JSON-LD block of a page and choose the node that is its story."""
    nodes: list[Node] = []
    for block in _SCRIPTS(tree):
        for value in _load(str(block)):
            nodes.extend(_walk(value, 0))
    by_id: dict[str, Node] = {}
    for node in nodes:
        name = node.get("@id")
        if isinstance(name, str) and len(node) > len(by_id.get(name, ())):
            by_id[name] = node
    page = next((node for node in nodes if "webpage" in types_of(node)), {})
    return JsonLd(article=_choose(nodes, url), page=page, nodes=tuple(nodes), by_id=by_id)


def as_list(value: Any) -> list[Any]:
    """JSON-LD writes one value or a list of them; always a list here."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def texts_of(values: Any) -> list[str]:
    """Strings among ``values``, and the names of nodes among them."""
    found = []
    for value in values:
        if isinstance(value, Mapping):
            value = value.get("name") or value.get("@value") or value.get("headline")  # noqa: PLW2901
            if isinstance(value, list):
                found += texts_of(value)
                continue
        if isinstance(value, str) and clean(value):
            found.append(clean(value))
    return found


def types_of(node: Node) -> set[str]:
    """The node's types in lower case, without a namespace."""
    names = (str(one) for one in as_list(node.get("@type")))
    return {re.split(r"[/:#]", name)[-1].strip().lower() for name in names}


def is_article(node: Node) -> bool:
    """Whether the node is of a kind that is one written story."""
    return not types_of(node).isdisjoint(_FULL_ARTICLE)


def _load(block: str) -> list[Any]:
    """The values of one script block, repaired when they do not parse."""
    text = _WRAPPING.sub("", _WRAPPING.sub("", block)).strip().rstrip(";")
    for attempt in (text, _TRAILING_COMMA.sub(r"\1", _COMMENT_LINE.sub("", text))):
        try:
            return [json.loads(attempt, strict=False)]
        except (ValueError, RecursionError):
            continue
    return _objects_in_a_row(text)


def _objects_in_a_row(text: str) -> list[Any]:
    decoder, found, at = json.JSONDecoder(strict=False), [], 0
    while at < len(text):
        starts = [i for i in (text.find("{", at), text.find("[", at)) if i >= 0]
        if not starts:
            break
        try:
            value, at = decoder.raw_decode(text, min(starts))
        except (ValueError, RecursionError):
            break
        found.append(value)
    return found


def _walk(value: Any, depth: int) -> Iterator[Node]:
    """Nodes at the top, in ``@graph``, and in what a node says it is about; teasers in lists are not followed."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for one in value:
            yield from _walk(one, depth + 1)
    elif isinstance(value, Mapping):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            inner = value.get(key)
            if isinstance(inner, list | Mapping):
                yield from _walk(inner, depth + 1)


def _choose(nodes: list[Node], url: str) -> Node:
    """The story: the best kind; among equals one that names this page's address, then the one that says most."""

    def rank(node: Node) -> tuple[int, int, int]:
        kinds = [_ARTICLE_TYPES.index(kind) for kind in types_of(node) if kind in _ARTICLE_TYPES]
        kind = min(kinds, default=len(_ARTICLE_TYPES))
        grade = 0 if kind < len(_FULL_ARTICLE) else kind
        return (grade, 0 if _names(node, url) else 1, -len(node))

    candidates = [node for node in nodes if types_of(node) & set(_ARTICLE_TYPES)]
    return min(candidates, key=rank, default={})


def _names(node: Node, url: str) -> bool:
    own = [node.get("url"), node.get("@id"), node.get("mainEntityOfPage")]
    own += [one.get("@id") for one in own if isinstance(one, Mapping)]
    bare = _bare(url)
    return any(isinstance(one, str) and _bare(one) == bare for one in own)


def _bare(url: str) -> str:
    return re.sub(r"^https?://(?:www\.)?|[?#].*$|/$", "", url.strip())
