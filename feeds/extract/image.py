"""The pictures a page declares and shows in, its lead picture and its caption out.

What is declared is often a card made for social networks: cropped, or with the headline and the site's logo on it.
So a declared picture counts most when the page shows the same one, and then as it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote

import lxml.etree
import lxml.html

from feeds.extract.evidence import Evidence
from feeds.extract.found import Found, absolute, clean
from feeds.extract.jsonld import JsonLd, as_list

_METAS = (
    "og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src", "sailthru.image.full",
    "parsely-image-url", "itemprop:image", "thumbnail",
)  # fmt: skip
_SHOWN = lxml.etree.XPath("//body//img | //body//picture/source")
_FIGURES = lxml.etree.XPath("//figure[.//figcaption]")
_SIZES = re.compile(
    r"[-_.=@](?:\d{2,4}x\d{2,4}|[wshm]\d{2,4}(?:x\d+)?|\d{3,4}|scaled|original|large|medium|small|r\d)(?=[-_.=@]|$)"
)
_ENDING = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)\b.*$")
_BETWEEN = re.compile(r",\s+")  # an address may hold a comma, never followed by a space
_NUMBER = re.compile(r"^\d+(?:\.\d+)?$")
_MOST_SHOWN = 600
_ADDRESSES = ("src", "data-src", "srcset", "data-srcset")
_SHORTEST_KEY = 6


def find_image(page: Evidence) -> Found[str] | None:
    """The address of the lead picture: a declared one that the page shows, else the first that is declared."""
    declared = [found for found in _declared(page) if found.value]
    if not declared:
        return None
    shown = _shown(page.tree)
    for found in declared:
        if _file(found.value) in shown:
            return found
    keys: dict[str, list[tuple[str, float]]] = {}
    for file, pictures in shown.items():
        keys.setdefault(_key(file), []).extend(pictures)
    for found in declared:
        key = _key(_file(found.value))
        if len(key) >= _SHORTEST_KEY and key in keys:
            widest = max(keys[key], key=lambda picture: picture[1])[0]
            return Found(value=absolute(page.url, widest), where=f"{found.where}, img")
    return declared[0]


def find_caption(page: Evidence, image: str) -> Found[str] | None:
    """What stands below the lead picture: JSON-LD's caption, else the figcaption of the figure that shows it."""
    for value in (page.ld.follow(one) for one in as_list(page.ld.article.get("image"))):
        if isinstance(value, Mapping) and isinstance(value.get("caption"), str) and clean(value["caption"]):
            return Found(value=clean(value["caption"]), where="json-ld")
    file = _file(image)
    for figure in _FIGURES(page.tree):
        pictures = (element.get(name) or "" for element in figure.iter("img", "source") for name in _ADDRESSES)
        if any(file in address.casefold() for address in pictures):
            text = " ".join(clean(caption.text_content()) for caption in figure.iter("figcaption"))
            return Found(value=text, where="figcaption") if text else None
    return None


def addresses_in(element: lxml.html.HtmlElement) -> Iterator[str]:
    """Every address of a picture in an element, as written; the widest may be any of them."""
    for one in element.iter("img", "source"):
        for name in _ADDRESSES:
            for part in _BETWEEN.split(one.get(name) or "") if "srcset" in name else (one.get(name) or "",):
                address = part.strip().partition(" ")[0]
                if address and not address.startswith("data:"):
                    yield address


def is_same_picture(image: str, addresses: Iterable[str]) -> bool:
    """Whether one of the addresses is that of the picture, in whatever size."""
    file = _file(image)
    key = _key(file)
    return bool(file) and any(
        file == other or (len(key) >= _SHORTEST_KEY and key == _key(other)) for other in map(_file, addresses)
    )


def _declared(page: Evidence) -> Iterator[Found[str]]:
    for found in page.head.found(*_METAS[:3]):
        yield Found(value=absolute(page.url, found.value), where=found.where)
    for address in _ld_images(page.ld):
        yield Found(value=absolute(page.url, address), where="json-ld")
    for found in page.head.found(*_METAS[3:]):
        yield Found(value=absolute(page.url, found.value), where=found.where)


def _ld_images(ld: JsonLd) -> Iterator[str]:
    for key in ("image", "primaryImageOfPage", "thumbnailUrl"):
        for value in (ld.follow(one) for one in as_list(ld.article.get(key))):
            address = (value.get("url") or value.get("contentUrl")) if isinstance(value, Mapping) else value
            for one in as_list(address):
                if isinstance(one, str) and clean(one):
                    yield clean(one)


def _shown(tree: lxml.html.HtmlElement) -> dict[str, list[tuple[str, float]]]:
    """The pictures of a page by file name: their addresses as written, with the width they claim."""
    shown: dict[str, list[tuple[str, float]]] = {}
    for element in _SHOWN(tree)[:_MOST_SHOWN]:
        for name in ("src", "data-src"):
            value = element.get(name)
            if value and not value.startswith("data:"):
                shown.setdefault(_file(value), []).append((value, 0.0))
        for name in ("srcset", "data-srcset"):
            for one in _BETWEEN.split(element.get(name) or ""):
                address, _, width = one.strip().partition(" ")
                if address and not address.startswith("data:"):
                    number = width.strip(" wx")
                    shown.setdefault(_file(address), []).append(
                        (address, float(number) if _NUMBER.match(number) else 0.0)
                    )
    return shown


def _file(address: str) -> str:
    return unquote(address.partition("?")[0].partition("#")[0].rstrip("/").rsplit("/", 1)[-1]).casefold()


def _key(file: str) -> str:
    """The file's name without its ending and whatever tells a size."""
    return _SIZES.sub("", _SIZES.sub("", _ENDING.sub("", file)))
