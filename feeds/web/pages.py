"""The room of pages for people: the directory at ``/`` and the state of the sources. Feed pages: ``feedpage``."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from flask import Blueprint, Response

from feeds.folding import keyword_key
from feeds.model import FeedQuery, Match, SourceState, SourceStatus
from feeds.query import spell_address
from feeds.web.catalogue import Overview
from feeds.web.layout import page
from feeds.web.links import Chip, FeedLink, discovery, feed_links, prefix, public_base, query_href
from feeds.web.locales import asked_language, gettext, own_name, page_language, show_ago, show_language, text_direction
from feeds.web.ready import Ready
from feeds.web.services import keep_page, respond, services

room = Blueprint("pages", __name__)

KEYWORDS_SHOWN = 20
SECTIONS_SHOWN = 16
KEPT_S = 2.0  # as long as the catalogue behind it
PRESSING = (  # the order in which an operator wants to read of them
    SourceState.BROKEN,
    SourceState.GONE,
    SourceState.BLOCKED,
    SourceState.EMPTY,
    SourceState.WAITING,
    SourceState.OK,
    SourceState.RETIRED,
)


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
        recipes=_recipes(editions),
        states=_count_states(overview),
    )


@room.get("/sources")
def sources() -> Response:
    """What is polled and how it is doing."""
    now = services().clock()
    status = services().store.status()
    rows = [_row(source, now) for source in sorted(status, key=lambda each: (PRESSING.index(each.state), each.name))]
    everything = discovery(FeedQuery(), services().settings.title)
    return respond(page("sources.html", caching="no-cache", here="sources", discovery=everything, sources=rows))


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


def state_word(state: SourceState) -> str:
    """A state in the visitor's language."""
    words = {
        SourceState.WAITING: gettext("waiting for its first poll"),
        SourceState.OK: gettext("ok"),
        SourceState.EMPTY: gettext("empty"),
        SourceState.BLOCKED: gettext("blocked"),
        SourceState.BROKEN: gettext("broken"),
        SourceState.GONE: gettext("gone"),
        SourceState.RETIRED: gettext("retired"),
    }
    return words[state]


def _count_states(overview: Overview) -> list[dict[str, object]]:
    counted = Counter(source.state for source in overview.sources.values())
    return [
        {"state": state.value, "state_word": state_word(state), "sources": counted[state]}
        for state in PRESSING
        if counted[state]
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """An instant for machines, and how long ago it is for people."""

    iso: str
    text: str


def _moment(when: dt.datetime | None, now: dt.datetime) -> Moment | None:
    if when is None:
        return None
    return Moment(iso=when.astimezone(dt.UTC).isoformat(timespec="seconds"), text=show_ago(when, now))


def _next_poll(source: SourceStatus, now: dt.datetime) -> Moment | None:
    due = source.next_poll_at
    if due is None or source.state is SourceState.RETIRED:
        return None
    moment = _moment(due, now)
    return moment if moment is None or due > now else replace(moment, text=gettext("due now"))


def _row(source: SourceStatus, now: dt.datetime) -> dict[str, object]:
    parts = urlsplit(source.url)
    return {
        "name": source.name or source.id,
        "href": query_href(FeedQuery(languages=(source.language,) if source.language else (), source=source.id)),
        "home": source.url if parts.scheme in {"http", "https"} else None,
        "host": parts.netloc,
        "kind": gettext("feed") if source.kind == "feed" else gettext("section pages"),
        "language_name": show_language(source.language) if source.language else gettext("language found by reading"),
        "state": source.state.value,
        "state_word": state_word(source.state),
        "since": _moment(source.state_since, now),
        "reason": source.reason,
        "articles": source.articles,
        "last_article": _moment(source.last_article_at, now),
        "last_poll": _moment(source.last_poll_at, now),
        "next_poll": _next_poll(source, now),
    }
