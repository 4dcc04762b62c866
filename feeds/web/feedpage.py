"""A feed's question in, the page of its articles out: what a person sees where a reader sees the feed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

from flask import request

from feeds.folding import keyword_key
from feeds.model import Article, Enclosure, FeedQuery, StoredArticle, window_mark
from feeds.query import NamedFeed, is_search, search_text, write_address
from feeds.render.entry import Entry, Original, Translation, describe, published_at, shown_label
from feeds.render.media import Picture, medium_of
from feeds.render.text import first_words
from feeds.render.titles import feed_title
from feeds.web.addresses import Place
from feeds.web.catalogue import Overview
from feeds.web.layout import page
from feeds.web.links import (
    Chip,
    Discovery,
    FeedLink,
    discovery,
    feed_links,
    page_href,
    prefix,
    public_base,
    query_href,
)
from feeds.web.locales import (
    asked_language,
    gettext,
    own_name,
    page_language,
    show_date,
    show_language,
    show_number,
    text_direction,
)
from feeds.web.ready import Ready
from feeds.web.relations import write_hub
from feeds.web.searchbox import search_box
from feeds.web.services import keep_page, services
from feeds.web.subscriptions import editions_with_articles, keyword_names

EXCERPT_CHARS = 320
KEYWORDS_SHOWN = 12
COUNTED = 10_000  # articles of a search, at most: to count them takes as long as to read them
LANGUAGES_FOUND = 12  # of a feed in every language, those that a feed reader finds on its page
KEPT_S = 60.0
MAX_SEQ_DIGITS = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownArticle:
    """An article as its page shows it: plain text and checked addresses only."""

    title: str
    url: str | None
    language: str
    direction: str
    language_name: str
    dated: str | None
    found: str
    datetime: str
    source: Chip
    origin: str
    section: Chip | None
    keywords: list[Chip]
    excerpt: str
    picture: Picture | None
    files: list[ShownFile]
    original: Chip | None
    translations: list[Chip]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFile:
    """A file of an article: ``kind`` is audio, video or document; ``about`` says its size and how long it runs."""

    url: str
    kind: str
    label: str
    media_type: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFeed:
    """A feed as its page shows it.

    ``quantity`` is how many ``articles`` it has, as it is shown; ``mixed`` when they can be of several languages,
    ``searched`` when it is a question that anyone may ask; ``list_href`` leads to what else there is of its language or
    keywords (OPML), ``wider`` to the same keywords in every language, ``other`` to the feed without or with copies.
    """

    title: str
    language: str
    direction: str
    url: str
    articles: int
    quantity: str
    mixed: bool
    searched: bool
    feeds: list[FeedLink]
    list_href: str
    crumbs: list[Chip]
    wider: Chip | None
    other: Chip | None


def feed_page(place: Place) -> Ready:
    """The page of a feed. Raises StoreError."""
    query, before, named = place.address.query, _before(), place.named
    key = (query, named, before, page_language(), asked_language(), public_base())
    return keep_page(key, lambda: _make(query, before, named), for_s=KEPT_S)


def _make(query: FeedQuery, before: int | None, named: NamedFeed | None) -> Ready:
    shared = services()
    limit = shared.settings.feed_entries
    found = shared.answers.loader.articles(query, limit=limit + 1, before_seq=before)
    articles, rest = found[:limit], found[limit:]
    labels = shared.answers.loader.labels(query, articles)
    overview = shared.catalogue.overview()
    newest_first = sorted(articles, key=lambda stored: (published_at(stored), stored.seq), reverse=True)
    originals, translations = shared.answers.loader.originals(articles), shared.answers.loader.translations(articles)
    shown_sources = {stored.article.source_id for stored in articles} | ({query.source} if query.source else set())
    names = {source_id: source.name for source_id, source in shared.catalogue.sources(shown_sources).items()}
    feed = _shown_feed(query, labels, overview, names, has_copies=bool(originals), named=named)
    name = named.name if named else None
    path = write_address(query, None, labels, name=name)
    return page(
        "feed.html",
        discovery=[*discovery(query, feed.title, labels, name=name), *_neighbours(query, labels, overview, named)],
        feed=feed,
        search=search_box(query, search_text(query) if named else None),
        articles=[
            _shown_article(
                stored,
                query,
                labels,
                overview,
                names,
                original=originals.get(stored.article.id),
                translations=translations.get(stored.article.id, ()),
            )
            for stored in newest_first
        ],
        links=_announce(path, articles) if before is None else "",
        older=page_href(path, before=min(stored.seq for stored in articles)) if rest else None,
        newer=page_href(path) if before is not None else None,
    )


def _announce(path: str, articles: Sequence[StoredArticle]) -> str:
    """Has the hub, if there is one, told when this page changes; the page's Link header."""
    shared = services()
    if shared.asked_for is None:
        return ""
    shared.asked_for.note(path, window_mark([(stored.article.id, stored.seq) for stored in articles]))
    return write_hub(shared.settings.base_url + path, shared.settings.public_hub)


def _before() -> int | None:
    """``?before=`` a change number; anything else there is as if it were not."""
    given = request.args.get("before", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) <= MAX_SEQ_DIGITS else None


def _shown_feed(
    query: FeedQuery,
    labels: Mapping[str, str],
    overview: Overview,
    names: Mapping[str, str],
    *,
    has_copies: bool,
    named: NamedFeed | None,
) -> ShownFeed:
    articles = services().answers.loader.count(query, at_most=COUNTED + 1)
    visitor = page_language()
    language = query.languages[0] if len(query.languages) == 1 else visitor
    section, source = query.section, query.source
    feed_name = named.name if named else None
    title = feed_title(
        query,
        labels,
        service="",
        language=language,
        section_name=overview.section_name(section, query.languages) if section else None,
        source_name=names.get(source) if source else None,
    )
    every = FeedQuery(languages=query.languages, copies=query.copies, content=query.content)
    name = " + ".join(own_name(tag) for tag in query.languages) or gettext("Every language together")
    return ShownFeed(
        title=named.title if named else title,
        language=language,
        direction=text_direction(language),
        url=public_base() + write_address(query, None, labels, name=feed_name),
        articles=articles,
        quantity=f"{show_number(COUNTED)}+" if articles == COUNTED + 1 else show_number(articles),
        mixed=len(query.languages) != 1 or bool(query.fallback),
        searched=named is None and is_search(query),
        feeds=feed_links(query, labels, name=feed_name),
        list_href=prefix() + _list_path(query, labels, named),
        crumbs=[]
        if query == every and named is None
        else [Chip(label=name, href=query_href(every), language=language)],
        wider=_wider(query, labels) if named is None else None,
        other=_with_or_without_copies(query, labels) if named is None and (has_copies or not query.copies) else None,
    )


def _with_or_without_copies(query: FeedQuery, labels: Mapping[str, str]) -> Chip:
    label = gettext("Hide copies from other sources") if query.copies else gettext("Show copies from other sources")
    return Chip(label=label, href=query_href(replace(query, copies=not query.copies), labels))


def _list_path(query: FeedQuery, labels: Mapping[str, str], named: NamedFeed | None) -> str:
    """Where the subscription list is that belongs to a feed: of its keywords, its language, or everything."""
    if named is None and query.keywords and not is_search(query):
        path, mark, parameters = write_address(query, None, labels).partition("?")
        return f"{path}.opml{mark}{parameters}"
    language = query.languages[0].partition("-")[0] if len(query.languages) == 1 else ""
    return f"/feeds/{language}.opml" if language else "/feeds.opml"


def _neighbours(
    query: FeedQuery, labels: Mapping[str, str], overview: Overview, named: NamedFeed | None
) -> list[Discovery]:
    """The same question in every language; of one in every language each alone, the visitor's own first."""
    if named is not None or is_search(query) or not (query.keywords or query == FeedQuery()):
        return []
    visitor = page_language()
    tags = sorted(editions_with_articles(overview), key=lambda tag: tag != visitor)[:LANGUAGES_FOUND]
    languages = [()] if query.languages else [(tag,) for tag in tags]
    words = keyword_names(query, labels)
    found = []
    for each in languages:
        title = " · ".join(filter(None, (own_name(each[0]) if each else gettext("Every language together"), words)))
        found += discovery(replace(query, languages=each, fallback=()), title, labels)[:1]
    return found


def _shown_file(file: Enclosure) -> ShownFile:
    size = f"{show_number(max(0.1, round(file.length_bytes / 1e6, 1)))} MB" if file.length_bytes else ""
    clock = str(dt.timedelta(seconds=round(file.duration_s))) if file.duration_s else ""
    parts = urlsplit(file.url)
    return ShownFile(
        url=file.url,
        kind=medium_of(file.media_type),
        label=file.title or unquote(parts.path.rpartition("/")[2]) or parts.netloc,
        media_type=file.media_type,
        about=", ".join(filter(None, (clock, size))),
    )


def _wider(query: FeedQuery, labels: Mapping[str, str]) -> Chip | None:
    if not query.languages or not query.keywords:
        return None
    everywhere = replace(query, languages=())
    label = gettext("%(one)s in every language", one=keyword_names(query, labels))
    return Chip(label=label, href=query_href(everywhere, labels))


def _shown_article(
    stored: StoredArticle,
    query: FeedQuery,
    labels: Mapping[str, str],
    overview: Overview,
    names: Mapping[str, str],
    *,
    original: Original | None,
    translations: Sequence[Translation],
) -> ShownArticle:
    article = stored.article
    entry = describe(stored, labels=labels, source_name="", public_url="", original=original, translations=translations)
    language = entry.language or "und"
    source_name = names.get(article.source_id) or article.source_id
    copied = entry.copy_of
    source = FeedQuery(languages=query.languages, source=article.source_id)
    section = FeedQuery(languages=query.languages or (language,), section=article.section)
    return ShownArticle(
        title=entry.title,
        url=entry.url,
        language=language,
        direction=text_direction(language),
        language_name=show_language(language),
        dated=show_date(article.published) if article.published else None,
        found=show_date(stored.first_seen_at.date()),
        datetime=_machine_date(stored, entry),
        source=Chip(label=source_name, href=query_href(source)),
        origin=entry.origin if entry.origin != source_name else "",
        section=Chip(label=overview.section_name(article.section, (language,)), href=query_href(section))
        if article.section
        else None,
        keywords=_keyword_chips(article, query, labels, language),
        excerpt=first_words(entry.summary, EXCERPT_CHARS) if entry.summary != entry.title else "",
        picture=entry.picture,
        files=[_shown_file(each) for each in entry.files],
        original=Chip(label=copied.source_name, href=copied.url) if copied else None,
        translations=[
            Chip(label=own_name(each.language), href=each.url, language=each.language) for each in entry.translations
        ],
    )


def _machine_date(stored: StoredArticle, entry: Entry) -> str:
    when = stored.article.published if entry.is_date_only else entry.published
    return when.isoformat() if when else ""


def _keyword_chips(article: Article, query: FeedQuery, labels: Mapping[str, str], language: str) -> list[Chip]:
    """Keywords that lead to their own feeds, in the languages of the feed one comes from, without copies as it is."""
    catalogue = services().catalogue
    found = gettext("Found in the text, not given by the publisher")
    hints = [(keyword, "") for keyword in article.keywords[:KEYWORDS_SHOWN]]
    hints += [(keyword, found) for keyword in article.inferred] if query.inferred else []
    chips = {}
    for keyword, hint in hints:
        key = keyword_key(keyword)
        if key and key not in chips:
            asked = FeedQuery(languages=query.languages, keywords=(key,), copies=query.copies)
            alone = catalogue.canonical(asked)
            href = query_href(alone, {**labels, **catalogue.labels_of(alone)})
            chips[key] = Chip(label=shown_label(keyword, labels.get(key)), href=href, language=language, hint=hint)
    return list(chips.values())
