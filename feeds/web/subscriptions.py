"""The catalogue in, everything one can subscribe to out: as questions with their labels, and as OPML.

Nested by language, by what is really there: a feed is listed when it has articles.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from feeds.model import FeedQuery, Format, Match
from feeds.query import NamedFeed, spell_named, write_address
from feeds.render.opml import Outline, render_opml
from feeds.render.titles import feed_description, feed_title
from feeds.settings import Settings
from feeds.web.catalogue import Catalogue, Overview
from feeds.web.keys import with_key
from feeds.web.locales import own_name, words_of

ALL = "All languages"
LANGUAGES_AROUND = 30  # of a keyword, those with most articles: each costs a question or more


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """Writes subscription lists of what ``catalogue`` has.

    ``key`` goes into every address of them; ``modified`` is the last change of an article, and told by its day: a list
    with the same feeds stays the same bytes for that long.
    """

    settings: Settings
    catalogue: Catalogue
    key: str = ""
    modified: dt.datetime | None = None

    def everything(self, named: Sequence[NamedFeed] = ()) -> bytes:
        """All there is to subscribe to, nested by language, and the named feeds. Raises StoreError."""
        sources = sources_with_articles(self.catalogue)
        editions = (
            Outline(text=own_name(tag), children=self._edition(tag, sources))
            for tag in editions_with_articles(self.catalogue.overview())
        )
        own = Outline(text="Named feeds", children=tuple(map(self._named_outline, named)))
        together = self._outline(Subscription(query=FeedQuery(), name=ALL))
        return self._render(self.settings.title, [together, *([own] if named else []), *editions])

    def of_language(self, language: str) -> bytes:
        """Every feed of one language. Raises StoreError."""
        sources = sources_with_articles(self.catalogue)
        return self._render(f"{self.settings.title} · {own_name(language)}", self._edition(language, sources))

    def around(self, query: FeedQuery, labels: Mapping[str, str], has_articles: Callable[[FeedQuery], bool]) -> bytes:
        """What is near a feed of keywords: it and each keyword alone, in every language. Raises StoreError.

        Nested by language, the feed's own first, which is there whether it has articles or not.
        """
        alone = [replace(query, keywords=(key,)) for key in query.keywords] if len(query.keywords) > 1 else []
        everywhere = replace(query, languages=(), fallback=())
        languages = [tag for tag in editions_with_articles(self.catalogue.overview()) if (tag,) != query.languages]
        nested = []
        for tags in (query.languages, *((tag,) for tag in languages[:LANGUAGES_AROUND])):
            asked = [replace(each, languages=tags, fallback=()) for each in (query, *alone)]
            if tags == query.languages:
                asked[0] = query
            found = [each for each in asked if each == query or (tags and has_articles(each))]
            children = tuple(self._outline(_of_keywords(each, labels)) for each in found)
            nested.append(Outline(text=" + ".join(map(own_name, tags)), children=children))
        together = self._outline(_of_keywords(everywhere, labels, ALL))
        title = _of_keywords(query, labels).name
        groups = [group for group in nested if group.children and group.text]
        return self._render(f"{self.settings.title} · {title}", [together, *groups])

    def _render(self, title: str, outlines: Iterable[Outline]) -> bytes:
        day = self.modified.astimezone(dt.UTC).replace(hour=0, minute=0, second=0) if self.modified else None
        return render_opml(title, [*outlines], modified=day)

    def _named_outline(self, named: NamedFeed) -> Outline:
        language = named.query.languages[0] if len(named.query.languages) == 1 else None
        return Outline(
            text=named.title,
            title=f"{self.settings.title} · {named.title}",
            xml_url=self._address(spell_named(named.name, Format.ATOM)),
            html_url=self._address(spell_named(named.name, None)),
            language=language,
            description=feed_description(named.query, {}, service=self.settings.title, language=language),
        )

    def _edition(self, language: str, sources: Sources) -> tuple[Outline, ...]:
        groups: dict[str, list[Outline]] = {}
        for subscription in list_subscriptions(self.catalogue, language, sources):
            groups.setdefault(subscription.group, []).append(self._outline(subscription))
        words = words_of(language)
        alone = groups.pop("", [])
        nested = [Outline(text=words.gettext(group), children=tuple(found)) for group, found in groups.items()]
        return (*alone, *nested)

    def _outline(self, subscription: Subscription) -> Outline:
        query, labels = subscription.query, subscription.labels
        language = query.languages[0] if len(query.languages) == 1 else None

        def words(write: Callable[..., str]) -> str:
            return write(
                query,
                labels,
                service=self.settings.title,
                language=language,
                section_name=subscription.name if query.section else None,
                source_name=subscription.name if query.source else None,
            )

        return Outline(
            text=subscription.name,
            title=words(feed_title),
            xml_url=self._address(write_address(query, Format.ATOM, labels)),
            html_url=self._address(write_address(query, None, labels)),
            language=language,
            description=words(feed_description),
        )

    def _address(self, path: str) -> str:
        return with_key(self.settings.base_url + path, self.key)


def keyword_names(query: FeedQuery, labels: Mapping[str, str]) -> str:
    """The keywords of a question as it joins them: ``BMW + Audi`` for both, ``BMW, Audi`` for either."""
    joiner = " + " if query.match is Match.ALL else ", "
    return joiner.join(labels.get(key, key) for key in query.keywords)


def _of_keywords(query: FeedQuery, labels: Mapping[str, str], name: str = "") -> Subscription:
    words = keyword_names(query, labels)
    return Subscription(query=query, name=f"{words} ({name})" if name else words, labels=dict(labels))


def _holds(language: str, tag: str) -> bool:
    return tag == language or tag.startswith(f"{language}-")
