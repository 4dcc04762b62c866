"""The catalogue in, everything one can subscribe to out: as questions with their labels, and as OPML.

Nested by language, by what is really there: a feed is listed when it has articles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from feeds.model import FeedQuery, Format
from feeds.query import NamedFeed, spell_named, write_address
from feeds.render.opml import Outline, render_opml
from feeds.render.titles import feed_description, feed_title
from feeds.settings import Settings
from feeds.web.catalogue import Catalogue, Overview
from feeds.web.locales import own_name, words_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One feed: ``name`` is how a list shows it, ``group`` is empty, Sections, Keywords or Sources (English)."""

    query: FeedQuery
    name: str
    group: str = ""
    labels: dict[str, str] = field(default_factory=dict)


def editions_with_articles(overview: Overview) -> list[str]:
    """Languages without their varieties (``zh`` for ``zh-Hans``), the one with most articles first."""
    sums: Counter[str] = Counter()
    for tag, articles in overview.languages.items():
        sums[tag.partition("-")[0]] += articles
    return [tag for tag, _ in sums.most_common()]


# sources by language without its variety: the id, name and whole language of each
Sources = Mapping[str, Sequence[tuple[str, str, str]]]


def sources_with_articles(catalogue: Catalogue) -> Sources:
    """Those whose feeds can be subscribed to, each in its language. Raises StoreError."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for source in catalogue.every_source():
        if source.articles and source.language:
            known = (source.id, source.name, source.language)
            found.setdefault(source.language.partition("-")[0], []).append(known)
    return found


def list_subscriptions(catalogue: Catalogue, language: str, sources: Sources) -> Iterator[Subscription]:
    """Every feed of one language: itself, its varieties, sections, keywords and sources. Raises StoreError."""
    overview = catalogue.overview()
    languages = (language,)
    yield Subscription(query=FeedQuery(languages=languages), name=own_name(language))
    varieties = sorted(tag for tag in overview.languages if tag.startswith(f"{language}-"))
    for tag in varieties if len(varieties) > 1 else ():
        yield Subscription(query=FeedQuery(languages=(tag,)), name=own_name(tag))
    slugs = {slug for tag, slug, _ in overview.sections if _holds(language, tag)}
    for slug in sorted(slugs):
        name = overview.section_name(slug, languages)
        yield Subscription(query=FeedQuery(languages=languages, section=slug), name=name, group="Sections")
    for keyword in catalogue.keywords(language, limit=None):
        query = FeedQuery(languages=languages, keywords=(keyword.key,))
        yield Subscription(query=query, name=keyword.label, group="Keywords", labels={keyword.key: keyword.label})
    for source_id, name, tag in sources.get(language.partition("-")[0], ()):
        if _holds(language, tag):
            yield Subscription(query=FeedQuery(languages=languages, source=source_id), name=name, group="Sources")


def write_opml(
    settings: Settings, catalogue: Catalogue, language: str | None = None, *, named: Sequence[NamedFeed] = ()
) -> bytes:
    """What there is to subscribe to, of one language or of each with the named feeds. Raises StoreError."""
    sources = sources_with_articles(catalogue)
    if language is not None:
        title = f"{settings.title} · {own_name(language)}"
        return render_opml(title, _edition(settings, catalogue, language, sources))
    everything = _outline(settings, Subscription(query=FeedQuery(), name="All languages"))
    editions = (
        Outline(text=own_name(tag), children=_edition(settings, catalogue, tag, sources))
        for tag in editions_with_articles(catalogue.overview())
    )
    own = Outline(text="Named feeds", children=tuple(_named_outline(settings, each) for each in named))
    return render_opml(settings.title, [everything, *([own] if named else []), *editions])


def _named_outline(settings: Settings, named: NamedFeed) -> Outline:
    language = named.query.languages[0] if len(named.query.languages) == 1 else None
    return Outline(
        text=named.title,
        title=f"{settings.title} · {named.title}",
        xml_url=settings.base_url + spell_named(named.name, Format.ATOM),
        html_url=settings.base_url + spell_named(named.name, None),
        language=language,
        description=feed_description(named.query, {}, service=settings.title, language=language),
    )


def _edition(settings: Settings, catalogue: Catalogue, language: str, sources: Sources) -> tuple[Outline, ...]:
    groups: dict[str, list[Outline]] = {}
    for subscription in list_subscriptions(catalogue, language, sources):
        groups.setdefault(subscription.group, []).append(_outline(settings, subscription))
    words = words_of(language)
    alone = groups.pop("", [])
    nested = [Outline(text=words.gettext(group), children=tuple(found)) for group, found in groups.items()]
    return (*alone, *nested)


def _outline(settings: Settings, subscription: Subscription) -> Outline:
    query, labels = subscription.query, subscription.labels
    language = query.languages[0] if query.languages else None
    section_name = subscription.name if query.section else None
    source_name = subscription.name if query.source else None

    def words(write: Callable[..., str]) -> str:
        return write(
            query,
            labels,
            service=settings.title,
            language=language,
            section_name=section_name,
            source_name=source_name,
        )

    return Outline(
        text=subscription.name,
        title=words(feed_title),
        xml_url=settings.base_url + write_address(query, Format.ATOM, labels),
        html_url=settings.base_url + write_address(query, None, labels),
        language=language,
        description=words(feed_description),
    )


def _holds(language: str, tag: str) -> bool:
    return tag == language or tag.startswith(f"{language}-")
