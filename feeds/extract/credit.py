"""A page's lead picture in, who made it out: as JSON-LD says, else as the figure that shows the picture does.

A name is taken only where the page marks it as one: by a label and colon, a sign of copyright, microdata, or an
element that is called a credit. A caption that merely ends in a name gives none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import lxml.etree
import lxml.html

from feeds.extract.credit_labels import AT_END, SIGNED_AT_END, WHOLE, WHOLE_OF_MAKER
from feeds.extract.evidence import Evidence
from feeds.extract.found import Found, clean
from feeds.extract.image import addresses_in, is_same_picture
from feeds.extract.jsonld import JsonLd, Node, as_list, texts_of, types_of

Element = lxml.html.HtmlElement

_FIGURES = lxml.etree.XPath("//body//figure[.//img or .//source]")
_PICTURES = lxml.etree.XPath("//body//img")
_WORDS = lxml.etree.XPath(".//text()[not(ancestor::script or ancestor::style or ancestor::noscript)]")
# most telling first; the first that says something is believed
_SAID = ("creditText", "creator", "author", "copyrightNotice", "copyrightHolder")
_MARKS = frozenset({"credit", "credits", "copyright", "photographer", "photocredit", "imagecredit"})
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_MOST_FIGURES = 200
_MOST_ELEMENTS = 200
_MOST_PICTURES = 600
_LONGEST_CAPTION = 5000  # characters, indentation and scripts included
_LONGEST = 120
_MOST_WORDS = 16
_MOST_WORDS_ALONE = 8
_STEPS_UP = 3
_LONGEST_BESIDE = 400  # characters beside a picture without a figure
_SENTENCE = re.compile(r"[^\W\d_]{4,}[.!?…]\s+[^\W\d_]{2,}|[。！？].|https?://")
_LETTERS = re.compile(r"[^\W\d_].*[^\W\d_]|[\u3400-\u9fff가-힣]")
_WITHOUT_EDGES = " \t|/–—-·•,;:：()（）[]［］【】〔〕"


def find_credit(page: Evidence, image: str) -> Found[str] | None:
    """Who made the picture at this address, and where the page says so; None where it does not."""
    said = _declared(page.ld, image)
    if said:
        return Found(value=said, where="json-ld")
    figures = _FIGURES(page.tree)[:_MOST_FIGURES]
    for figure in figures:
        if is_same_picture(image, addresses_in(figure)):
            found = _of_box(figure, _text(*islice(figure.iter("figcaption"), 9), most=_LONGEST_CAPTION), "figure")
            if found:
                return found
    return None if figures else _beside(page.tree, image)


# --- JSON-LD --------------------------------------------------------------------------------------------------------


def _declared(ld: JsonLd, image: str) -> str:
    """What the node of this picture says; an article's only picture is the lead picture whatever its address."""
    own = [one for one in map(ld.follow, as_list(ld.article.get("image"))) if isinstance(one, Mapping)]
    others = [node for node in ld.nodes if "imageobject" in types_of(node)]
    same = [node for node in (*own, *others) if is_same_picture(image, _addresses_of(node))]
    is_only = len(as_list(ld.article.get("image"))) == 1
    return next(filter(None, (_said_by(node, ld) for node in (*same, *(own if is_only else ())))), "")


def _addresses_of(node: Node) -> Iterator[str]:
    for key in ("url", "contentUrl", "@id", "thumbnailUrl"):
        yield from (one for one in as_list(node.get(key)) if isinstance(one, str))


def _said_by(node: Node, ld: JsonLd) -> str:
    for key in _SAID:
        names = [name for name in texts_of(map(ld.follow, as_list(node.get(key)))) if _is_name(name)]
        if names:
            return ", ".join(dict.fromkeys(map(_bare, names[:3])))
    return ""


# --- what is shown --------------------------------------------------------------------------------------------------


def _of_box(box: Element, caption: str, where: str) -> Found[str] | None:
    """The credit in a box: marked as such, in an element of its own, or at the end of the caption."""
    inside = list(islice(box.iterdescendants(), _MOST_ELEMENTS))
    for name, text in _microdata(inside):
        return Found(value=text, where=f"itemprop:{name}")
    for element in reversed(inside):  # the innermost first: what holds it may hold the caption as well
        text = _text(element) if isinstance(element.tag, str) and element.tag != "script" else ""
        who = "" if not text or len(text) > _LONGEST else _alone(text) if text == caption else _who(WHOLE.match(text))
        if who:
            return Found(value=who, where=where)
    marked = next(filter(None, map(_marked, reversed(inside))), "")
    if marked:
        return Found(value=marked, where=where)
    return _at_end(caption, where)


def _microdata(inside: list[Element]) -> Iterator[tuple[str, str]]:
    """Values of schema.org's ImageObject in microdata, most telling first."""
    for name in _SAID:
        for element in inside:
            if isinstance(element.tag, str) and name in (element.get("itemprop") or "").split():
                text = clean(element.get("content")) or _text(element)
                if _is_name(text):
                    yield name, _bare(text)


def _marked(element: Element) -> str:
    """The words of an element that is called a credit, without a label before them."""
    if not isinstance(element.tag, str) or element.tag in {"figcaption", "figure", "script", "style"}:
        return ""
    parts = {part.lower() for part in _PARTS.findall(element.get("class") or "")}
    if parts.isdisjoint(_MARKS) or any(True for _ in element.iter("img", "figcaption")):
        return ""
    text = _text(element)
    return _who(WHOLE.match(text)) or (_bare(text) if _is_name(text) else "") if len(text) <= _LONGEST else ""


def _beside(tree: Element, image: str) -> Found[str] | None:
    """The credit at the end of the few words that stand in one box with the picture, on a page without figures."""
    for picture in _PICTURES(tree)[:_MOST_PICTURES]:
        if not is_same_picture(image, addresses_in(picture)):
            continue
        for box in islice(picture.iterancestors(), _STEPS_UP):
            if box.tag == "body" or len(list(islice(box.iter("img"), 2))) > 1:
                break
            if not _holds_at_most(box, 4 * _LONGEST_BESIDE):
                break
            text = _text(box, most=4 * _LONGEST_BESIDE)
            if len(text) > _LONGEST_BESIDE:
                break
            if text:
                return _of_box(box, text, "beside the picture")
    return None


def _at_end(caption: str, where: str) -> Found[str] | None:
    """The last credit that a caption ends with."""
    last, following = None, AT_END.search(caption, max(0, len(caption) - 2 * _LONGEST))
    while following:
        last, following = following, AT_END.search(caption, following.start("who"))
    is_all = last is not None and not last.start()
    who = _alone(caption) if is_all else _who(last) or _who(SIGNED_AT_END.search(caption))
    return Found(value=who, where=where) if who else None


def _alone(caption: str) -> str:
    """The credit that is all a caption says.

    "Bild: …" may then say what is shown, and after many words it is a credit with the caption behind it.
    """
    return _who(WHOLE_OF_MAKER.match(caption)) if len(caption.split()) <= _MOST_WORDS_ALONE else ""


def _who(found: re.Match[str] | None) -> str:
    """The name that was found; behind a sign of copyright together with it."""
    if found is None:
        return ""
    name = found["who"].strip(_WITHOUT_EDGES)
    if not _is_name(name):
        return ""
    return f"© {name}" if found.groupdict().get("sign") else name


def _bare(text: str) -> str:
    return _who(WHOLE.match(text)) or text.strip(_WITHOUT_EDGES)


def _is_name(text: Any) -> bool:
    """Whether a text may name someone: short, with letters, and no sentence."""
    return (
        isinstance(text, str)
        and 1 < len(text) <= _LONGEST
        and len(text.split()) <= _MOST_WORDS
        and _LETTERS.search(text) is not None
        and _SENTENCE.search(text) is None
    )


def _text(*elements: Element, most: int = 4 * _LONGEST) -> str:
    """The words that a reader sees in these, on one line; nothing of what holds more than ``most`` characters."""
    return clean(" ".join(" ".join(_WORDS(element)) for element in elements if _holds_at_most(element, most)))


def _holds_at_most(element: Element, most: int) -> bool:
    left = most
    for text in element.itertext():
        left -= len(text)
        if left < 0:
            return False
    return True
