"""An address in, what can be polled there out: looked for in one polite pass, and ranked.

    address ─► Document ─┬─ a feed, a sitemap, an API: taken as what it is ────────────────────────┐
                         └─ a page ─► extract.front ─► announced feeds ─► sitemaps ─► sections ─► decide.candidates
                              └─ one article's page: its section or front is looked at in its place

Every candidate is read by the reader that a poll would use. At most ``MOST_REQUESTS`` addresses are asked for,
however many a site has.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from feeds.decide.candidates import Candidate, Ranked, rank_candidates
from feeds.errors import FetchError, NothingFound, SourceError
from feeds.extract.editions import Edition
from feeds.extract.front import Front, read_front
from feeds.extract.navigation import SectionLink
from feeds.extract.sniffing import kind_of
from feeds.fetch.client import Fetcher
from feeds.model import Document, Kind
from feeds.normalise.language import language_tag
from feeds.pipeline.discover_sample import Asked, Sampled, sample
from feeds.pipeline.discover_search import TRIED_ARTICLES, Search, lasting
from feeds.pipeline.discover_visits import Visits
from feeds.pipeline.discover_words import advice, why_nothing
from feeds.pipeline.discover_zone import guess_zone
from feeds.urls import identity_of, normal_url

_ALIKE = 0.9
_OTHER_SCHEME = re.compile(r"(?:mailto|tel|javascript|data|file|about|view-source|feed):(?!//\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What was found at ``url``, best first; ``given`` is what was asked for.

    ``sections`` belong to the candidate whose address is ``sections_of``. ``notes`` are sentences for the operator.
    ``asked`` are the addresses asked for. ``zone`` is None where the site does not tell.
    """

    given: str
    url: str
    name: str
    ranked: tuple[Ranked, ...]
    language: str | None = None
    zone: str | None = None
    sections: tuple[SectionLink, ...] = ()
    editions: tuple[Edition, ...] = ()
    notes: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()

    @property
    def recommended(self) -> Ranked:
        """The best; there is always one."""
        return self.ranked[0]

    @property
    def choices(self) -> tuple[Ranked, ...]:
        """What may be polled, best first."""
        return tuple(one for one in self.ranked if one.candidate.is_usable)


def discover(
    address: str,
    *,
    fetcher: Fetcher,
    now: dt.datetime,
    allow_private: bool = False,
    delay_s: float = 1.0,
    tell: Callable[[str], None] = lambda _: None,
) -> Discovery:
    """Looks what can be polled at an address.

    Args:
        address: of a page, a feed, a sitemap or an article; without a scheme https is tried, then http.
        fetcher: asks for everything, within robots.txt and the domain's budget.
        now: an aware datetime.
        allow_private: whether it may be on this machine or a private network.
        delay_s: seconds between two requests to its domain.
        tell: is handed each address before it is asked for.

    Raises:
        SourceError: nothing there can be polled; the text says why, and what to do next.
    """
    visits = Visits(fetcher=fetcher, allow_private=allow_private, delay_s=delay_s, tell=tell)
    document = _first(address, visits)
    kind = kind_of(document)
    if kind is None:
        said = document.content_type or "without a content type"
        raise NothingFound(
            f"{document.url} is neither a page nor a feed, sitemap or API ({said}). "
            "Next: give the address of the page that lists its articles.",
            url=document.url,
        )
    if kind is not Kind.LISTING:
        return _as_it_is(document, kind, given=address.strip(), visits=visits, now=now)
    front = read_front(document)
    notes: list[str] = []
    if front.is_article and front.parent:
        above = visits.try_get(front.parent)
        if isinstance(above, Document) and kind_of(above) is Kind.LISTING:
            notes.append(f"{document.url} is one article; looked at {above.url}, which it belongs to.")
            document, front = above, read_front(above)
    return _of_site(document, front, given=address.strip(), visits=visits, now=now, notes=notes)


def _first(address: str, visits: Visits) -> Document:
    """The document at the address that was given; errors say what to do next."""
    text = address.strip()
    has_scheme = "://" in text
    url = text if has_scheme else f"https://{text}"
    try:
        normal_url("" if _OTHER_SCHEME.match(text) else url)
    except ValueError as error:
        raise FetchError(f"{text!r} is no web address ({error}); give one such as https://example.org/news/") from error
    try:
        try:
            return visits.get(url)
        except FetchError as error:
            if has_scheme or error.status is not None:
                raise
            return visits.get(f"http://{text}")
    except SourceError as error:
        error.args = (f"{error}. Next: {advice(error, url)}.",)
        raise


def _as_it_is(document: Document, kind: Kind, *, given: str, visits: Visits, now: dt.datetime) -> Discovery:
    """The address is itself something that is polled."""
    search = Search(visits=visits, asked=Asked(url=document.url, now=now))
    search.take(sample(document, kind, where="the address given", asked=search.asked, url=lasting(document)))
    ranked = rank_candidates([one.candidate for one in search.found], now=now, language=None)
    best = ranked[0].candidate
    if not best.is_usable:
        raise NothingFound(f"{best.trouble}. Next: give the address of a page that lists articles.", url=best.url)
    host = (urlsplit(document.url).hostname or "").removeprefix("www.")
    return Discovery(
        given=given,
        url=best.url,
        name=best.title or host,
        ranked=ranked,
        language=best.language,
        zone=guess_zone(best.url, language=best.language or "", dates=_dates(search)),
        asked=tuple(visits.asked),
    )


def _of_site(
    document: Document, front: Front, *, given: str, visits: Visits, now: dt.datetime, notes: list[str]
) -> Discovery:
    """A page of a site: what it announces and lists."""
    language = language_tag(front.language)
    asked = Asked(url=front.url, now=now, language=language, folder=_folder(front))
    search = Search(visits=visits, asked=asked)
    page = sample(document, Kind.LISTING, where="the page itself", asked=asked, title=front.name, url=lasting(document))
    search.feeds(front)
    search.sitemaps(front)
    if page.candidate.is_usable:
        search.look_into_sections(front, page)
    search.found.append(page)
    candidates = [one.candidate for one in _unlike(search.found)]
    ranked = _verified(rank_candidates(candidates, now=now, language=language), search, notes)
    if not ranked[0].is_worth_it:
        raise NothingFound(why_nothing(front, ranked, visits.asked), url=front.url)
    if visits.refused is not None:
        notes.append(f"The site asked to be left alone ({visits.refused}); the rest of it was not looked at.")
    return Discovery(
        given=given,
        url=front.url,
        name=front.name,
        ranked=ranked,
        language=language or ranked[0].candidate.language,
        zone=guess_zone(front.url, language=front.language, dates=_dates(search)),
        sections=search.sections,
        editions=front.editions,
        notes=tuple(notes),
        asked=tuple(visits.asked),
    )


def _verified(ranked: tuple[Ranked, ...], search: Search, notes: list[str]) -> tuple[Ranked, ...]:
    """The ranking after an article of the best was read: a list whose pages cannot be read is of no use."""
    best = ranked[0]
    if not best.is_worth_it or best.candidate.is_whole:
        return ranked
    tried = search.try_article(best.candidate.headlines)
    if not isinstance(tried, str):
        dated = "with its date" if tried.published else "without any date"
        size = f"{len(tried.content_text):,} characters"
        notes.append(f"One of its articles was read to try: “{tried.title}”, {size}, {dated}.")
        return ranked
    if best.candidate.kind is Kind.FEED:
        if tried:
            notes.append(f"The page of its newest article could not be read ({tried}); the feed's own words stand in.")
        return ranked
    if not tried:
        return ranked
    trouble = f"what it lists could not be read as articles: {tried}"
    shown = {identity_of(headline.url) for headline in best.candidate.headlines[:TRIED_ARTICLES]}
    kept = [one for one in ranked if one.candidate.kind is Kind.FEED or shown.isdisjoint(one.candidate.identities)]
    spoilt = [
        Ranked(candidate=replace(one.candidate, trouble=trouble), score=one.score, bad=(trouble,))
        for one in ranked
        if one not in kept
    ]
    return (*kept, *spoilt)


def _dates(search: Search) -> list[str]:
    return [date for one in search.found for date in one.dates]


def _folder(front: Front) -> str:
    """The path below which the edition lies, "/" when the page's own articles do not lie below it either."""
    path = urlsplit(front.url).path
    folder = path if path.endswith("/") else path.rpartition("/")[0] + "/"
    inside = sum(1 for url in front.articles if urlsplit(url).path.startswith(folder))
    return folder if front.articles and inside >= _ALIKE * len(front.articles) else "/"


def _unlike(found: Iterable[Sampled]) -> list[Sampled]:
    """Each feed once: of two that hold the same articles the one with their text, else the first."""
    kept: list[Sampled] = []
    for one in found:
        twin = next((other for other in kept if _same_feed(other.candidate, one.candidate)), None)
        if twin is None:
            kept.append(one)
        elif one.candidate.is_whole and not twin.candidate.is_whole:
            kept[kept.index(twin)] = one
    return kept


def _same_feed(one: Candidate, other: Candidate) -> bool:
    if one.url == other.url and one.kind is other.kind and one.where == other.where:
        return True
    is_both = one.kind is Kind.FEED is other.kind
    return is_both and bool(one.identities) and one.identities == other.identities
