"""A discovery and the choice made in it in, the Source that polls it out, with the comments of its file."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Iterable
from types import MappingProxyType
from typing import Final
from urllib.parse import unquote, urlsplit

from feeds.decide.candidates import Candidate, Ranked
from feeds.extract.navigation import SectionLink
from feeds.model import Kind, Section, Source
from feeds.pipeline.discover import Discovery
from feeds.sources import write_source
from feeds.urls import identity_of, registered_domain

FIRST_PAGES: Final = 3
_LONGEST_ID = 40
_SHORTEST_NAME = 3
_NO_SLUG = re.compile(r"[\s/+,.%]+")
_TRIVIAL = frozenset({"www", "com", "org", "net", "co", "or", "ne", "go", "gov", "edu", "ac", "index", "html", "htm"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_WHAT = {
    Kind.LISTING: "page that lists articles",
    Kind.FEED: "feed",
    Kind.SITEMAP: "sitemap",
    Kind.JSON: "API",
    Kind.ARCHIVE: "archive",
}


def source_of(
    discovery: Discovery,
    chosen: Ranked,
    *,
    source_id: str = "",
    taken: Collection[str] = (),
    allow_private: bool = False,
    delay_s: float = 1.0,
) -> Source:
    """The source that polls what was chosen.

    Args:
        discovery: what was found.
        chosen: one of its candidates.
        source_id: the id that is wanted; without one it is made from the site's name or address.
        taken: ids that are in use.
        allow_private: whether its host may be on a private network.
        delay_s: seconds between two requests to its domain.
    """
    one = chosen.candidate
    name = discovery.name or one.title
    language = one.language or discovery.language
    return Source(
        id=source_id or free_id(name, discovery.url, language=language, taken=taken),
        name=name,
        kind=one.kind,
        url=one.url,
        language=language,
        zone=discovery.zone or "UTC",
        sections=_sections(discovery.sections) if has_sections(discovery, one) else (),
        pages=FIRST_PAGES if one.kind is Kind.LISTING else 1,
        allow_private=allow_private,
        delay_s=delay_s,
    )


def has_sections(discovery: Discovery, one: Candidate) -> bool:
    """Whether the candidate is the one of the menu's sections."""
    return bool(discovery.sections) and one.kind is Kind.LISTING and one.where.endswith("of the menu")


def file_text(discovery: Discovery, chosen: Ranked, source: Source, *, today: dt.date) -> str:
    """The source's file: where it comes from, why this, and what else there was."""
    head = [f"Found by `polyfeed add {discovery.given}` on {today.isoformat()}: {reason(chosen)}."]
    if discovery.zone is None and chosen.candidate.kind is not Kind.FEED:
        head.append(
            'Its time zone is not known: dates without one are read as UTC. Set zone = "Europe/Berlin" or the like.'
        )
    others = [one for one in discovery.choices if one is not chosen]
    if others:
        head += [
            "Also there:",
            *(f"  {_WHAT[one.candidate.kind]} {one.candidate.url} ({in_short(one)})" for one in others[:6]),
        ]
    if discovery.editions:
        head.append("Editions in other languages, each for a file of its own:")
        head += [f"  {one.language}: {one.url}" for one in discovery.editions[:12]]
    comments = {"": "\n".join(head)}
    if source.sections:
        comments["sections"] = (
            "The sections that its menu names; each has a feed of its own. Remove what you do not want."
        )
    return write_source(source, comments=MappingProxyType(comments))


def reason(one: Ranked) -> str:
    """Why this is polled, in words."""
    what = _WHAT[one.candidate.kind]
    if one.candidate.kind is Kind.LISTING and one.candidate.where.endswith("of the menu"):
        what = one.candidate.where
    return f"{what}, {in_short(one)}"


def in_short(one: Ranked) -> str:
    """What speaks for and against a candidate, on one line."""
    return "; ".join([", ".join(one.good), *one.bad] if one.good else one.bad) or "nothing is known of it"


def free_id(name: str, url: str, *, language: str | None, taken: Collection[str]) -> str:
    """An id for a source that is not taken: of its name where that has Latin letters, else of its address."""
    letters = [character for character in name if character.isalpha()]
    slug = _latin(name.casefold().translate(_UMLAUTS) if (language or "").startswith("de") else name)
    is_named = len(slug) >= _SHORTEST_NAME and sum(map(str.isalpha, slug)) * 5 >= len(letters) * 4
    base = slug if is_named and len(slug) <= _LONGEST_ID else _of_address(url)
    tries: Iterable[str] = [base, *([f"{base}-{language.lower()}"] if language else [])]
    for one in (*tries, *(f"{base}-{number}" for number in range(2, 1000))):
        if one not in taken:
            return one
    return base


def is_configured(discovery_url: str, candidate: Candidate, sources: Iterable[Source]) -> Source | None:
    """The source that polls this candidate, or the page that was looked at, already."""
    wanted = {identity_of(candidate.url), identity_of(discovery_url)}
    for source in sources:
        if not wanted.isdisjoint({identity_of(one) for one in (source.url, *(part.url for part in source.sections))}):
            return source
    return None


def _of_address(url: str) -> str:
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if registered_domain(url).rpartition(":")[2].isdigit():  # an IP literal, or a host of one label
        labels = [host.replace(":", "-")]
    else:
        suffix_dots = registered_domain(url).count(".")
        labels = [label for label in host.split(".")[: -suffix_dots or None] if label not in _TRIVIAL]
    steps = [step for step in (_latin(unquote(step)) for step in parts.path.split("/")[:3]) if step]
    words = [*labels, *(step for step in steps if step not in _TRIVIAL)]
    return _latin("-".join(words))[:_LONGEST_ID].strip("-") or "source"


def _latin(text: str) -> str:
    """Lower-case letters without their marks and digits, joined by hyphens."""
    bare = unicodedata.normalize("NFKD", text.casefold()).replace("ß", "ss")
    bare = "".join(character for character in bare if not unicodedata.combining(character))
    return "-".join(re.findall(r"[a-z0-9]+", bare))


def _sections(links: Iterable[SectionLink]) -> tuple[Section, ...]:
    """Sections with a slug of their own each, in the menu's own script."""
    made: dict[str, Section] = {}
    for link in links:
        slug = _NO_SLUG.sub("-", link.name.casefold()).strip("-") or "section"
        number = 2
        unique = slug
        while unique in made:
            unique, number = f"{slug}-{number}", number + 1
        made[unique] = Section(slug=unique, name=link.name, url=link.url)
    return tuple(made.values())
