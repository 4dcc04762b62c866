"""An element of a page in, selectors out that would find its like on other pages of the site, the best first.

CSS by what lasts: what an element is called by meaning (itemprop, rel), its id, its classes, and the same of what is
around it. Never by position, never by names that a build tool makes up anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, takewhile

import lxml.html

Element = lxml.html.HtmlElement

# elements whose name alone says what they hold …
_TELLING = frozenset({"h1", "time", "article", "address", "figcaption"})
# … and those that are used for much else too
_COMMON = frozenset({"h2", "h3", "h4", "main", "li", "dl", "tr", "section"})
_GENERIC = frozenset({"div", "span", "td", "p", "section", "b", "strong", "i", "em", "font", "u"})
_BY_MEANING = ("itemprop", "property", "name", "rel", "data-testid", "data-qa", "data-component", "role")
_TAG = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_VALUE = re.compile(r"[\w:. /-]+")
XPATH_SPACE = re.compile("[ \t\r\n]+")  # of normalize-space(), by which classes are parted too: no other is space
# what tools that write style sheets put before the names they make up
_MADE = re.compile(r"^(?:css|sc|jsx|jss|svelte|astro|emotion|styled|makeStyles)(?:-|\d)")
# how style sheets that are compiled by component call a class: Component_name__hash
_COMPILED = re.compile(r"[A-Za-z0-9-]+_[A-Za-z0-9-]+__[A-Za-z0-9_-]{4,8}")
_PIECES = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_AROUND = 5
_MOST = 60
_LONGEST_WITHOUT_VOWEL = 4
_SHORTEST_PIECE = 3


def is_lasting(name: str) -> bool:
    """Whether a class or an id reads like a person's choice: no number of an article, no made-up letters.

    ``article-body``, ``TRS_Editor`` and ``col-8`` last; ``post-81724``, ``css-1q2w3e`` and ``title__aB3xZ`` do not.
    """
    if not _NAME.fullmatch(name) or _MADE.match(name) or _COMPILED.fullmatch(name):
        return False
    if re.search(r"\d{3}", name):
        return False
    return all(_reads_like_a_word(part) for part in re.split(r"[-_]+", name) if part)


def _reads_like_a_word(part: str) -> bool:
    if re.search(r"\d[A-Za-z]", part) and re.search(r"[A-Za-z]\d", part):
        return False
    pieces = _PIECES.findall(part)
    if len(pieces) >= _SHORTEST_PIECE and len(part) < _SHORTEST_PIECE * len(pieces):
        return False
    letters = re.sub(r"[\d]", "", part)
    return len(letters) <= _LONGEST_WITHOUT_VOWEL or re.search(r"[aeiouyAEIOUY]", letters) is not None


def selectors_of(element: Element, *, within: Element | None = None) -> list[str]:
    """CSS selectors that match the element, the likeliest to last and to be right first.

    With ``within`` they are meant to be looked up inside that element: nothing around it is named.
    """
    if not _is_plain(element):
        return []
    own, own_tag = list(_own(element)), str(element.tag)
    here = [*own, own_tag] if own_tag in _TELLING else own
    if own_tag == "h1":  # one to a page, whatever it is dressed in
        here = ["h1", *own]
    around = takewhile(lambda above: above is not within, element.iterancestors())
    anchored: list[str] = []
    for number, above in enumerate(islice(around, _AROUND)):
        if above.tag in {"html", "body"}:
            break
        if not _is_plain(above):
            continue
        for name in (*islice(_own(above), 3), *([str(above.tag)] if above.tag in _TELLING | _COMMON else ())):
            anchored += [f"{name} > {own_tag}"] if number == 0 else []
            # every div below something is too many
            tag = [own_tag] if own_tag not in _GENERIC else []
            anchored += [f"{name} {form}" for form in [*own[:2], *tag]]
    last = [own_tag] if own_tag in _COMMON else []
    return list(dict.fromkeys([*here, *anchored[:_MOST], *last]))


def _is_plain(element: Element) -> bool:
    """Whether its name can stand in a selector: pages from word processors have elements such as ``o:p``."""
    return isinstance(element.tag, str) and _TAG.fullmatch(element.tag) is not None


def _own(element: Element) -> Iterator[str]:
    """The element by its attributes alone."""
    tag = str(element.tag)
    for attribute in _BY_MEANING:
        value = element.get(attribute) or ""
        if not _VALUE.fullmatch(value) or re.search(r"\d{3}", value):
            continue
        if attribute == "rel":
            yield from (f'{tag}[rel~="{word}"]' for word in value.split())
        else:
            yield f'{tag}[{attribute}="{value}"]'
    if is_lasting(element.get("id") or ""):
        yield f"#{element.get('id')}"
    names = [name for name in dict.fromkeys(XPATH_SPACE.split(element.get("class") or "")) if is_lasting(name)]
    # names with numbers in them are mostly those of a grid
    names.sort(key=lambda name: any(map(str.isdigit, name)))
    yield from (f"{tag}.{name}" for name in names)
    if len(names) > 1:
        yield f"{tag}.{names[0]}.{names[1]}"
