"""The words by which pages of any kind name their parts: data, easy to extend.

Class and id names are cut into words at hyphens, underscores and capitals; a word counts wherever it stands in a
name, except in one that tells of a state (``has-sidebar``, ``comments-enabled``) or a screen size (``print:hidden``).
"""

from __future__ import annotations

import re
from functools import lru_cache

import lxml.html


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


_ASIDE = _words(
    "ad ads advert adverts advertisement advertising sponsor sponsored promo promotion promobox outbrain taboola",
    "anzeige werbung publicidad publicite publicité reklama",
    "related recommendation recommendations recommended recirc recirculation readmore",
    "newsletter newsletters subscribe subscription signup cookie cookies consent gdpr",
    "share sharing shares sharebar social socials toolbar",
    "breadcrumb breadcrumbs pagination pager sidebar tags taglist keywords",
    "byline bylines bio authorbox caption captions credit credits copyright",
    "popup modal tooltip lightbox",
)
# what readers write; on a short story it can be most of the page
_TALK = _words("comment comments commentlist respond disqus kommentare kommentarer comentarios commentaires")
_LEAD = _words(
    "lead lede leading intro introduction standfirst strapline deck dek excerpt summary preamble abstract description",
    "subtitle subheadline subhead subheading teaser spot",
    "einleitung vorspann anreisser untertitel chapo chapeau entradilla sumario bajada copete sommario occhiello",
    "ingress ingres manchet perex",
)
_EMBED = _words("tweet twitter instagram tiktok facebook bluesky threads telegram youtube embed embedded")

_CUT = re.compile(r"[\W\d_]+|(?<=[a-z])(?=[A-Z])")
_STATE = re.compile(
    r"(?:has|with|without|no|not|is|show|hide|js|can|enable|supports?)[-_A-Z]"
    r"|.*[:!\[\]]"
    r"|.*[-_](?:enabled|disabled|open|closed)$"
)
_FACTS = re.compile(r"(?:facts?|fakta?|fakten|info)[-_]?(?:box|boks|kasten|ruta|rutan)(?![a-z])", re.IGNORECASE)
_UNSEEN = re.compile(
    r"(?:^|\s)(?:visually-?hidden|sr-only|screen-?reader(?:-text)?|offscreen|a11y|u-hidden)(?:\s|$)", re.IGNORECASE
)


@lru_cache(maxsize=20_000)
def words_of(names: str) -> frozenset[str]:
    """The lower-case words in a class or id attribute."""
    kept = (name for name in names.split() if not _STATE.match(name))
    return frozenset(word.lower() for name in kept for word in _CUT.split(name) if word)


@lru_cache(maxsize=20_000)
def names_aside(names: str) -> bool:
    """Whether the names say: beside the article, or not shown."""
    return not words_of(names).isdisjoint(_ASIDE) or bool(_UNSEEN.search(names) or _FACTS.search(names))


@lru_cache(maxsize=20_000)
def names_talk(names: str) -> bool:
    """Whether the names say: readers' comments."""
    return not words_of(names).isdisjoint(_TALK)


def names_lead(names: str) -> bool:
    """Whether the names say: the sentence between headline and text."""
    return not words_of(names).isdisjoint(_LEAD)


def names_embed(names: str) -> bool:
    """Whether the names say: a post of another site."""
    return not words_of(names).isdisjoint(_EMBED)


def names_of(element: lxml.html.HtmlElement) -> str:
    """The element's class and id, as one text."""
    return f"{element.get('class') or ''} {element.get('id') or ''}"
