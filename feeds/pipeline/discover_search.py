"""A site's page in, candidates out: its feeds, sitemaps and sections are asked for, a few of each, and read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin, urlsplit

from feeds.decide.candidates import Candidate, Headline
from feeds.errors import ArticleError, SourceError
from feeds.extract.announced import Announced, usual_places
from feeds.extract.front import Front, read_front
from feeds.extract.navigation import SectionLink
from feeds.extract.sniffing import kind_of
from feeds.model import Article, Document, Kind
from feeds.pipeline.discover_sample import Asked, Sampled, describe, sample
from feeds.pipeline.discover_visits import Visits
from feeds.pipeline.read import read_article
from feeds.urls import identity_of, is_http_url, registered_domain

MOST_SECTIONS = 12
TRIED_ARTICLES = 2
_MOST_FEEDS = 4
_MOST_PLACES = 6
_MOST_SITEMAPS = 4
_LOOKED_INTO = 2
_FEWEST_LISTED = 3
_ALIKE = 0.9


@dataclass(slots=True, kw_only=True)
class Search:
    """One pass over a site. ``found`` are the candidates so far, ``sections`` those of the candidate of the menu."""

    visits: Visits
    asked: Asked
    found: list[Sampled] = field(default_factory=list)
    sections: tuple[SectionLink, ...] = ()

    def take(self, sampled: Sampled) -> None:
        """Keeps a candidate; of an index of sitemaps what the newest or newsiest of them list."""
        if not sampled.children:
            self.found.append(sampled)
            return
        children = sorted(
            sampled.children, key=lambda one: ("news" in one.url.lower(), one.lastmod or ""), reverse=True
        )
        items = list(sampled.items)
        for child in children[:_LOOKED_INTO]:
            document = self.visits.try_get(child.url, is_feed=True)
            if not isinstance(document, Document):
                continue
            inner = sample(document, Kind.SITEMAP, where=f"in {sampled.candidate.url}", asked=self.asked, url=child.url)
            if inner.candidate.is_usable and "news" in child.url.lower():
                self.found.append(inner)  # two days of news, with titles: cheaper to poll than the whole index
                return
            items += inner.items
        index = sampled.candidate
        candidate = describe(
            items, kind=Kind.SITEMAP, url=index.url, where=index.where, title=index.title, asked=self.asked
        )
        self.found.append(replace(sampled, candidate=candidate, items=tuple(items), children=()))

    def feeds(self, front: Front) -> None:
        """Announced and linked feeds; where none of them can be read, the usual places."""
        read: set[str] = set()
        tried = 0
        for one in _by_form(front.announced):
            if one.form in read:
                continue  # the same feed in another format
            if tried >= _MOST_FEEDS:
                break
            tried += 1
            before = len(self.found)
            self.announced(one)
            if any(new.candidate.is_usable for new in self.found[before:]):
                read.add(one.form)
        if any(one.candidate.kind is Kind.FEED and one.candidate.is_usable for one in self.found):
            return
        known = {identity_of(one.candidate.url) for one in self.found}
        for place in usual_places(front.url)[:6]:
            document = self.visits.try_get(place, is_feed=True) if identity_of(place) not in known else None
            if not isinstance(document, Document) or kind_of(document) is not Kind.FEED:
                continue
            sampled = sample(document, Kind.FEED, where="a usual place", asked=self.asked, url=lasting(document))
            if sampled.candidate.is_usable:
                self.found.append(sampled)
                return

    def announced(self, one: Announced) -> None:
        """One feed that the page names; what is wrong with it stays beside it."""
        document = self.visits.try_get(one.url, is_feed=True)
        if not isinstance(document, Document):
            trouble = Candidate(url=one.url, kind=Kind.FEED, where=one.where, title=one.title, trouble=str(document))
            if not self.visits.is_over:
                self.found.append(Sampled(candidate=trouble))
            return
        kind = kind_of(document)
        if kind is Kind.FEED:
            self.found.append(
                sample(document, kind, where=one.where, asked=self.asked, title=one.title, url=lasting(document))
            )
        elif kind is Kind.LISTING and one.where == "link":
            self.overview(document)
        else:
            trouble = Candidate(
                url=one.url,
                kind=Kind.FEED,
                where=one.where,
                title=one.title,
                trouble="announced as a feed, but is none",
            )
            self.found.append(Sampled(candidate=trouble))

    def overview(self, document: Document) -> None:
        """A page that lists the site's feeds: the first of them, which is usually the one of everything."""
        known = {identity_of(one.candidate.url) for one in self.found}
        named = [one for one in read_front(document).announced if identity_of(one.url) not in known]
        for one in _by_form(named)[:_LOOKED_INTO]:
            inner = self.visits.try_get(one.url, is_feed=True)
            if isinstance(inner, Document) and kind_of(inner) is Kind.FEED:
                where = f"on {document.url}"
                self.found.append(
                    sample(inner, Kind.FEED, where=where, asked=self.asked, title=one.title, url=lasting(inner))
                )

    def sitemaps(self, front: Front) -> None:
        """Those that robots.txt names, news sitemaps first; without any, the usual place."""
        named = [url for url in self.visits.fetcher.sitemaps(front.url) if is_http_url(url)]
        named = [url for url in named if registered_domain(url) == registered_domain(front.url)]
        named.sort(key=lambda url: ("news" not in url.lower(), not urlsplit(url).path.startswith(self.asked.folder)))
        where = "robots.txt" if named else "a usual place"
        before = len(self.visits.asked)
        for url in named or [urljoin(front.url, "/sitemap.xml")]:
            if len(self.visits.asked) - before >= _MOST_SITEMAPS:
                return
            document = self.visits.try_get(url, is_feed=True)
            if isinstance(document, Document) and kind_of(document) is Kind.SITEMAP:
                self.take(sample(document, Kind.SITEMAP, where=where, asked=self.asked, url=url))

    def look_into_sections(self, front: Front, page: Sampled) -> None:
        """Adds the sections of the menu as one candidate, when those that are looked into list articles."""
        sections = _chosen(front.menu.sections)
        if not sections:
            return
        items = [item for item in page.items if front.menu.is_proven]
        into = sections[:1] if front.menu.is_proven else [sections[0], sections[len(sections) // 2]]
        seen: list[frozenset[str]] = []
        for section in into:
            document = self.visits.try_get(section.url)
            inner = (
                sample(document, Kind.LISTING, where="", asked=self.asked)
                if isinstance(document, Document)
                else Sampled(candidate=page.candidate)
            )
            if len(inner.items) < (1 if front.menu.is_proven else _FEWEST_LISTED):
                return
            seen.append(inner.candidate.identities)
            items += inner.items
        if len(seen) > 1 and len(seen[0] & seen[1]) > _ALIKE * min(map(len, seen)):
            return  # every link of this menu shows the same list
        once = list({identity_of(item.url): item for item in items}.values())
        where = f"{len(sections)} sections of the menu"
        candidate = describe(
            once, kind=Kind.LISTING, url=page.candidate.url, where=where, title=front.name, asked=self.asked
        )
        self.sections = tuple(sections)
        self.found.append(Sampled(candidate=candidate, items=tuple(once), dates=page.dates))

    def try_article(self, headlines: Iterable[Headline]) -> Article | str:
        """The first article of a list that can be read, or why not; empty when nothing more may be asked for."""
        reason = ""
        for headline in list(headlines)[:TRIED_ARTICLES]:
            if self.visits.is_over:
                break
            try:
                page = self.visits.get(headline.url)
                return read_article(page.body, page.url, content_type=page.content_type)
            except (SourceError, ArticleError) as error:
                reason = reason or str(error)
        return reason


def lasting(document: Document) -> str:
    """The address to poll: where a redirect leads for good, else where it starts."""
    return document.url if document.moved else document.requested_url


def _by_form(announced: Iterable[Announced]) -> list[Announced]:
    """One of each feed that is offered in several formats first, then their others; asides last."""
    seen: Counter[str] = Counter()
    ordered: list[tuple[bool, int, Announced]] = []
    for one in announced:
        ordered.append((one.is_aside, seen[one.form], one))
        seen[one.form] += 1
    return [one for _, _, one in sorted(ordered, key=lambda entry: entry[:2])]


def _chosen(sections: tuple[SectionLink, ...]) -> list[SectionLink]:
    """The sections that list most on the page, in its order; a dozen at most."""
    most = sorted(sections, key=lambda one: -one.articles)[:MOST_SECTIONS]
    return [one for one in sections if one in most]
