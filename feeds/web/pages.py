"""The room of the directory at ``/``: every language with its feeds. Other pages: ``feedpage``, ``sources``."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from flask import Blueprint, Response

from feeds.folding import keyword_key
from feeds.model import FeedQuery, Match
from feeds.query import spell_address, spell_named
from feeds.render.events import state_slug
from feeds.web.catalogue import Overview
from feeds.web.layout import page
from feeds.web.links import Chip, FeedLink, discovery, feed_links, page_href, prefix, public_base, query_href
from feeds.web.locales import asked_language, gettext, own_name, page_language, show_language, text_direction
from feeds.web.ready import Ready
from feeds.web.searchbox import search_box
from feeds.web.services import keep_page, respond, services
from feeds.web.states import PRESSING, state_word

room = Blueprint("pages", __name__)

KEYWORDS_SHOWN = 20
SECTIONS_SHOWN = 16
KEPT_S = 2.0  # as long as the catalogue behind it


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One language as the directory shows it."""

    tag: str
    own_name: str
    name: str
    direction: str
    href: str
    articles: int
    feeds: list[FeedLink]
    variants: list[Chip]
    sections: list[Chip]
    keywords: list[Chip]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """An address to learn from, made of what is really there."""

    href: str
    shown: str
    meaning: str


@room.get("/")
def directory() -> Response:
    """Every language with its feeds, sections and keywords; the visitor's own first."""
    key = ("directory", page_language(), asked_language(), public_base())
    return respond(keep_page(key, _directory, for_s=KEPT_S))


def _directory() -> Ready:
    catalogue = services().catalogue
    overview = catalogue.overview()
    editions = _editions(overview)
    everything = FeedQuery()
    found = discovery(everything, services().settings.title)
    for edition in editions:
        found += discovery(FeedQuery(languages=(edition.tag,)), edition.own_name)[:1]
    mine = page_language()
    found.sort(key=lambda link: not link.hreflang.startswith(mine))  # stable: the visitor's language first
    together = {
        "href": query_href(everything),
        "articles": sum(overview.languages.values()),
        "feeds": feed_links(everything),
    }
    return page(
        "directory.html",
        here="directory",
        discovery=found,
        editions=editions,
        everything=together if len(editions) > 1 else None,
        search=search_box(everything),
        named=_named(),
        recipes=_recipes(editions),
        states=_count_states(overview),
    )


def _named() -> list[Chip]:
    """The feeds that the operator has given names."""
    return [
        Chip(
            label=each.title,
            href=page_href(spell_named(each.name, None)),
            language=each.query.languages[0] if len(each.query.languages) == 1 else "",
        )
        for each in services().named.all().values()
    ]


def _editions(overview: Overview) -> list[Edition]:
    mine = page_language()
    sums: Counter[str] = Counter()
    for tag in overview.tags:
        sums[tag.partition("-")[0]] += overview.languages.get(tag, 0)
    order = sorted(sums, key=lambda tag: (tag != mine, -sums[tag], tag))
    return [_edition(tag, sums[tag], overview) for tag in order]


def _edition(tag: str, articles: int, overview: Overview) -> Edition:
    query = FeedQuery(languages=(tag,))
    varieties = sorted(known for known in overview.languages if known.startswith(f"{tag}-"))
    counted: Counter[str] = Counter()
    for language, slug, number in overview.sections:
        if language.partition("-")[0] == tag:
            counted[slug] += number
    return Edition(
        tag=tag,
        own_name=own_name(tag),
        name=show_language(tag),
        direction=text_direction(tag),
        href=query_href(query),
        articles=articles,
        feeds=feed_links(query),
        variants=[_language_chip(known, overview) for known in varieties] if len(varieties) > 1 else [],
        sections=[
            Chip(
                label=overview.section_name(slug, (tag,)),
                href=query_href(FeedQuery(languages=(tag,), section=slug)),
                language=tag,
                count=number,
            )
            for slug, number in counted.most_common(SECTIONS_SHOWN)
        ],
        keywords=[
            Chip(
                label=keyword.label,
                href=query_href(FeedQuery(languages=(tag,), keywords=(keyword.key,)), {keyword.key: keyword.label}),
                language=tag,
                count=keyword.articles,
            )
            for keyword in services().catalogue.keywords(tag, limit=KEYWORDS_SHOWN)
        ],
    )


def _language_chip(tag: str, overview: Overview) -> Chip:
    return Chip(
        label=own_name(tag),
        href=query_href(FeedQuery(languages=(tag,))),
        language=tag,
        count=overview.languages[tag],
    )


def _recipes(editions: list[Edition]) -> list[Recipe]:
    """Two languages in one; two keywords, both and either; a keyword in every language."""
    recipes = []
    if len(editions) > 1:
        first, second = editions[:2]
        pair = tuple(sorted((first.tag, second.tag)))
        meaning = gettext("%(one)s and %(other)s in one feed", one=first.name, other=second.name)
        recipes.append(_recipe(FeedQuery(languages=pair), {}, meaning))
    rich = next((edition for edition in editions if len(edition.keywords) > 1), None)
    if rich is not None:
        one, other = (chip.label for chip in rich.keywords[:2])
        named = {keyword_key(label): label for label in (one, other)}
        keys = tuple(sorted(named))
        both = gettext("articles about %(one)s and %(other)s, both at once", one=one, other=other)
        either = gettext("articles about %(one)s or %(other)s, or both", one=one, other=other)
        everywhere = gettext("%(one)s in every language", one=one)
        recipes += [
            _recipe(FeedQuery(languages=(rich.tag,), keywords=keys), named, both),
            _recipe(FeedQuery(languages=(rich.tag,), keywords=keys, match=Match.ANY), named, either),
            _recipe(FeedQuery(keywords=(keyword_key(one),)), named, everywhere),
        ]
    return recipes


def _recipe(query: FeedQuery, labels: dict[str, str], meaning: str) -> Recipe:
    shown = prefix() + spell_address(query, None, labels)
    return Recipe(href=query_href(query, labels), shown=shown, meaning=meaning)


def _count_states(overview: Overview) -> list[dict[str, object]]:
    return [
        {"state": state_slug(state), "state_word": state_word(state), "sources": overview.states[state]}
        for state in PRESSING
        if overview.states.get(state)
    ]
