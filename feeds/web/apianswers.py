"""What the store and the catalogue know in, the API's answers (``apishapes``) out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from urllib.parse import urlencode

from feeds.model import NOTHING, Enclosure, FeedQuery, SourceState, SourceStatus, StoredArticle
from feeds.query import NamedFeed, feed_id, named_id, resolved, search_text, write_address
from feeds.render.text import rfc3339, web_address
from feeds.web.apiparameters import Asked, Content
from feeds.web.apishapes import (
    ArticleOut,
    ArticlePage,
    FeedAddresses,
    FeedList,
    FeedOut,
    File,
    KeywordList,
    KeywordOut,
    LanguageList,
    LanguageOut,
    Picture,
    Publisher,
    SectionOut,
    SourceOut,
    SourcePage,
)
from feeds.web.links import feed_links, public_base
from feeds.web.locales import own_name
from feeds.web.services import services


def articles_page(asked: Asked, given: list[tuple[str, str]]) -> ArticlePage:
    """Some articles, and where to go on. ``given`` are the parameters of this page. Raises StoreError."""
    shared = services()
    query = shared.catalogue.widened(resolved(shared.catalogue.canonical(asked.query), shared.clock()))
    window = shared.store.window(query, limit=asked.limit + 1, before_seq=asked.before, after_seq=asked.since)
    has_more, window = len(window) > asked.limit, window[: asked.limit]
    # an article that changes between these two questions is given as it is now, and comes again under its new number
    loaded = shared.store.load([article_id for article_id, _ in window])
    stored = [loaded[article_id] for article_id, _ in window if article_id in loaded]
    names = source_names({each.article.source_id for each in stored})
    seqs = [seq for _, seq in window]
    seq = max(seqs, default=asked.since or 0)
    following: tuple[str, int] | None = None
    if asked.since is not None:
        following = "since", seq
    elif has_more:
        following = "before", min(seqs)
    return ArticlePage(
        articles=[article_out(each, asked.content, names) for each in stored],
        seq=seq,
        more=has_more,
        next=_address("articles", [*_without(given, "since", "before"), following]) if following else None,
    )


def article_out(stored: StoredArticle, content: Content, names: Mapping[str, str]) -> ArticleOut:
    """One article."""
    article = stored.article
    image = web_address(article.image)
    return ArticleOut(
        id=article.id,
        seq=stored.seq,
        url=web_address(article.url),
        title=article.title,
        language=article.language,
        declared_language=article.declared_language,
        detected_language=article.detected_language,
        language_certainty=article.language_certainty,
        authors=article.authors,
        published=_written(article.published),
        date_only=article.published is not None and not isinstance(article.published, dt.datetime),
        dated_at=stored.dated_at.astimezone(dt.UTC).replace(microsecond=0),
        updated=_written(article.updated),
        keywords=article.keywords,
        inferred=article.inferred,
        section=article.section,
        source=Publisher(id=article.source_id, name=names.get(article.source_id, article.source_id)),
        summary=article.summary,
        content_text=None if content is Content.NONE else article.content_text,
        content_html=article.content_html if content is Content.FULL else None,
        image=Picture(url=image, caption=article.image_caption, credit=article.image_credit) if image else None,
        enclosures=[file for file in map(_file_out, article.enclosures) if file],
        rights=article.rights,
        origin=article.origin,
        is_free=article.is_free,
        translations=dict(stored.translations),
        copy_of=stored.original_id,
        twin=stored.twin.value if stored.twin else None,
        first_seen_at=stored.first_seen_at,
        changed_at=stored.changed_at,
        provenance=dict(article.provenance),
    )


def _file_out(enclosure: Enclosure) -> File | None:
    url = web_address(enclosure.url)
    if url is None:
        return None
    return File(
        url=url,
        media_type=enclosure.media_type or None,
        length_bytes=enclosure.length_bytes,
        duration_s=enclosure.duration_s,
        title=enclosure.title or None,
    )


def source_names(source_ids: Collection[str]) -> dict[str, str]:
    """What sources are called, by id. Raises StoreError."""
    return {source_id: each.name for source_id, each in services().catalogue.sources(source_ids).items()}


def keyword_list(language: str | None, limit: int, most: int) -> KeywordList:
    """The most used keywords of a language, or of all. Raises StoreError."""
    catalogue, languages = services().catalogue, (language,) if language else ()
    is_known = language is None or catalogue.overview().knows_language(language)
    found = catalogue.keywords(language, limit=most)[:limit] if is_known else []
    return KeywordList(
        keywords=[
            KeywordOut(
                key=each.key,
                label=each.label,
                language=each.language,
                articles=each.articles,
                feeds=_addresses(FeedQuery(languages=languages, keywords=(each.key,)), {each.key: each.label}),
            )
            for each in found
        ]
    )


def language_list() -> LanguageList:
    """Every language that articles have. Raises StoreError."""
    counted = services().catalogue.overview().languages
    return LanguageList(
        languages=[
            LanguageOut(
                tag=tag, name=own_name(tag), articles=counted[tag], feeds=_addresses(FeedQuery(languages=(tag,)))
            )
            for tag in sorted(counted)
        ]
    )


def source_page(after: str, limit: int) -> SourcePage:
    """Sources after that id, and where to go on. Raises StoreError."""
    found = services().store.status(after=after, limit=limit + 1)
    has_more, found = len(found) > limit, found[:limit]
    following = [("after", found[-1].id), ("limit", limit)] if has_more else None
    return SourcePage(
        sources=[_source_out(each) for each in found],
        next=_address("sources", following) if following else None,
    )


def _source_out(source: SourceStatus) -> SourceOut:
    is_polled = source.state is not SourceState.RETIRED
    return SourceOut(
        id=source.id,
        name=source.name or source.id,
        kind=source.kind,
        url=web_address(source.url),
        language=source.language,
        sections=[SectionOut(slug=each.slug, name=each.name) for each in source.sections if each.slug or each.name],
        state=source.state.value,
        state_since=source.state_since,
        reason=source.reason,
        articles=source.articles,
        last_article_at=source.last_article_at,
        last_poll_at=source.last_poll_at,
        next_poll_at=source.next_poll_at if is_polled else None,
        feeds=_addresses(FeedQuery(languages=(source.language,) if source.language else (), source=source.id)),
    )


def feed_list() -> FeedList:
    """The feeds of everything, of named questions, of languages and of sections. Raises StoreError."""
    shared = services()
    overview = shared.catalogue.overview()
    everything = _feed_out(FeedQuery(), "Every language together", sum(overview.languages.values()))
    languages = [
        _feed_out(FeedQuery(languages=(tag,)), own_name(tag), overview.languages[tag])
        for tag in sorted(overview.languages)
    ]
    sections = [
        _feed_out(FeedQuery(languages=(tag,), section=slug), overview.section_name(slug, (tag,)), number)
        for tag, slug, number in sorted(overview.sections)
        if number
    ]
    return FeedList(feeds=[everything, *map(_named_out, shared.named.all().values()), *languages, *sections])


def _feed_out(query: FeedQuery, title: str, articles: int) -> FeedOut:
    return FeedOut(
        id=feed_id(query),
        title=title,
        name=None,
        languages=query.languages,
        section=query.section,
        question="",
        articles=articles,
        feeds=_addresses(query),
    )


def _named_out(named: NamedFeed) -> FeedOut:
    return FeedOut(
        id=named_id(named.name),
        title=named.title,
        name=named.name,
        languages=named.query.languages,
        section=named.query.section,
        question=search_text(named.query),
        articles=None,
        feeds=_addresses(named.query, name=named.name),
    )


# --- parts ----------------------------------------------------------------------------------------------------------


def _addresses(query: FeedQuery, labels: Mapping[str, str] = NOTHING, *, name: str | None = None) -> FeedAddresses:
    by_name = {link.name: link.url for link in feed_links(query, labels, name=name)}
    return FeedAddresses(
        atom=by_name["Atom"],
        rss=by_name["RSS"],
        json=by_name["JSON"],
        html=public_base() + write_address(query, None, labels, name=name),
    )


def _address(name: str, parameters: object) -> str:
    return f"{public_base()}/api/{name}?{urlencode(parameters)}"  # type: ignore[arg-type]  # pairs of text and number


def _without(given: list[tuple[str, str]], *names: str) -> list[tuple[str, str]]:
    return [pair for pair in given if pair[0] not in names]


def _written(when: dt.datetime | dt.date | None) -> str | None:
    if when is None:
        return None
    return rfc3339(when) if isinstance(when, dt.datetime) else when.isoformat()
