"""What a page declares and shows as its authors in, their names out.

Sources in order of trust: JSON-LD, metas, marked bylines, labels, and lines such as "By …". The first that names
people wins; one that names only the publisher counts when nobody else is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

import lxml.etree
import lxml.html

from feeds.extract import labels
from feeds.extract.evidence import Evidence
from feeds.extract.found import Found, clean
from feeds.extract.jsonld import JsonLd, Node, as_list, texts_of
from feeds.names import split_authors

_META = re.compile(r"(?:^|[.:_-])(?:article)?(?:author|authors|byl|byline|creator)(?:[._-]?names?)?$")
_NOT_META = re.compile(r"^(?:twitter|og:image|fb|copyright)")
# words that name a byline in markup (class, id, itemprop), whatever the site; compared as whole parts of a name
_MARKS = (
    "author", "authors", "byline", "bylines", "autor", "autoren", "autorin", "autores", "autori", "autore", "auteur",
    "auteurs", "authorname", "authornames", "autorname", "writer", "writers", "reporter", "forfatter",
    "yazar", "muhabir",
)  # fmt: skip
_MARKED = lxml.etree.XPath(
    "//body//*[@rel='author' or contains(@itemprop, 'author') or contains(@class, 'uthor') or contains(@class, 'yline')"
    " or contains(@class, 'utor') or contains(@class, 'uteur') or contains(@class, 'riter')"
    " or contains(@class, 'eporter')"
    " or contains(@class, 'yazar') or contains(@class, 'muhabir') or contains(@class, 'forfatter')"
    " or contains(@id, 'uthor') or contains(@id, 'yline')]"
    "[not(ancestor-or-self::nav or ancestor-or-self::footer or ancestor-or-self::form or self::script or self::style"
    " or self::img or self::meta or self::link)]"
)
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_OTHERS = re.compile(
    r"comment|related|teaser|recommend|sidebar|kommentar|box|bio|avatar|image|photo|desc|social|follow|count"
)
_BY = re.compile(r"^\s*(?:by|von|par|por|door|av|af|oleh|โดย|بقلم|מאת)\s*:?\s+(?=[^\W\d_])", re.IGNORECASE)
# a name and the word for a reporter beside it, where that is the whole line
_SIGNED = re.compile(
    r"^(?:[가-힣]{2,4}\s*(?:기자|특파원|선임기자)|\w{0,4}[记記]者\s+[\u4e00-\u9fff·]{2,8})(?:\s+[\w.+-]+@[\w.-]+)?$"
)
_LONGEST_BYLINE = 160
_CAPITALISED = re.compile(r"^[^\W\d_a-zß-öø-ÿ]")


def find_authors(page: Evidence) -> Found[tuple[str, ...]] | None:
    """The authors' names and where they stood."""
    fallback: Found[tuple[str, ...]] | None = None
    host = (urlsplit(page.url).hostname or "").removeprefix("www.")
    for found in _sources(page):
        names = split_authors(found.value)
        if found.where in {"byline", "by-line"} and fallback and not any(" " in name for name in names):
            continue  # one word is a place or an agency more often than a person
        own = host and any(host in value for value in found.value)
        people = () if own else tuple(name for name in names if not _is_publisher(name, page.site))
        if people and found.where == "json-ld":
            return Found(value=names, where=found.where)  # declared one by one: the publisher signs too
        if people:
            return Found(value=people, where=found.where)
        if names and fallback is None:
            fallback = Found(value=names, where=found.where)
    return fallback


def _is_publisher(name: str, publishers: frozenset[str]) -> bool:
    bare = "".join(re.findall(r"\w+", name.casefold()))
    return bare in publishers


def _sources(page: Evidence) -> Iterator[Found[list[str]]]:
    for key in ("author", "creator"):
        yield Found(value=_declared(page.ld, key), where="json-ld")
    for name, values in page.head.metas.items():
        if _META.search(name) and not _NOT_META.match(name):
            yield Found(value=values, where=f"meta:{name}")
    yield from _carded(page)
    yield from _marked(page.tree)
    yield from page.visible.labelled("authors")
    yield from page.visible.headed("authors")
    yield from _by_lines(page)


def _declared(ld: JsonLd, key: str) -> list[str]:
    names: list[str] = []
    for value in as_list(ld.article.get(key)):
        node = ld.follow(value)
        names += texts_of([node]) or _joined_name(node)
    return names


def _joined_name(node: object) -> list[str]:
    """A person given only by its parts."""
    if not isinstance(node, Mapping):
        return []
    person: Node = node
    parts = (clean(part) for part in (person.get("givenName"), person.get("familyName")) if isinstance(part, str))
    name = " ".join(part for part in parts if part)
    return [name] if name else []


def _marked(tree: lxml.html.HtmlElement) -> Iterator[Found[list[str]]]:
    """Bylines that the markup calls so; the surest marking first, then in page order."""
    marked = []
    for element in _MARKED(tree):
        names = " ".join(element.get(key) or "" for key in ("class", "id", "itemprop", "rel"))
        parts = {part.lower() for part in _PARTS.findall(names)}
        if parts.isdisjoint(_MARKS) or _OTHERS.search(names.lower()):
            continue
        text = clean(element.text_content())
        if 1 < len(text) <= _LONGEST_BYLINE:
            sure = "author" in (element.get("rel"), element.get("itemprop"))
            marked.append((0 if sure else 1, element, text))
    for grade, element, text in sorted(marked, key=lambda one: one[0]):
        links = [clean(link.text_content()) for link in element.iter("a")]
        names_shown = [link for link in links if _looks_like_name(link)]
        if grade == 0 or names_shown or _looks_like_name(_BY.sub("", text)):
            yield Found(value=names_shown or [text], where="byline")


def _carded(page: Evidence) -> Iterator[Found[list[str]]]:
    """The author in the labelled pairs that pages give for preview cards: label1 "Written by", data1 a name."""
    for number in ("1", "2"):
        label = labels.fold_label(next(iter(page.head.all(f"twitter:label{number}")), ""))
        if "authors" in labels.fields_of().get(label, ()):
            yield Found(value=page.head.all(f"twitter:data{number}"), where=f"meta:twitter:data{number}")


def _by_lines(page: Evidence) -> Iterator[Found[list[str]]]:
    for found in page.visible.lines:
        line = found.text.strip()
        if len(line) > _LONGEST_BYLINE:
            continue
        match = _BY.match(line)
        if match is None:
            if _SIGNED.match(line):
                yield Found(value=[line.partition("@")[0].rpartition(" ")[0] if "@" in line else line], where="by-line")
            continue
        name = re.split(r"\d|\s[|·•–-]\s|,\s*(?:in|the)\b|\.\s", line[match.end() :])[0].rstrip(" ,")
        if _looks_like_name(name):
            yield Found(value=[name], where="by-line")


def _looks_like_name(text: str) -> bool:
    """Two to six words, mostly capitalised where the script has capitals, no digits."""
    words = text.split()
    if not words or len(words) > 8 or any(character.isdigit() for character in text):  # noqa: PLR2004
        return False
    if not _CAPITALISED.match(words[0]):
        return False
    capitals = sum(1 for word in words if _CAPITALISED.match(word))
    return capitals * 2 > len(words)
