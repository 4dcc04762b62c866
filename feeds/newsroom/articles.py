"""A place in the newsroom's numbering in, a whole article out: the same one every time, built when it is asked for.

An article is a story (``texts/<language>.toml``) with facts put in: a city, a number, a name. Which story and which
facts is worked out from the place alone, so a hundred thousand articles cost nothing until someone opens them.
"""

from __future__ import annotations

import datetime as dt
import functools
import math
import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from feeds.newsroom.editions import EDITIONS, Edition

TITLES = 3  # of each story
ARCHIVE_CITIES = 15  # the other cities belong to articles published while the newsroom runs: no title twice
TRANSLATED_EVERY = 5  # of so many stories one stands in all editions and is linked there: one section a day


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What a story is about, in no language: ``counts`` and ``small`` are the ranges of its numbers."""

    name: str
    keywords: tuple[str, ...]
    counts: range
    small: range


STORIES: tuple[tuple[Story, ...], ...] = (  # by section
    (
        Story(
            name="birds", keywords=("china", "birds", "environment"), counts=range(1200, 9900, 10), small=range(5, 16)
        ),
        Story(
            name="library", keywords=("reading", "city_life"), counts=range(20_000, 90_000, 1000), small=range(6, 41)
        ),
        Story(name="park", keywords=("china", "city_life"), counts=range(3000, 12_000, 100), small=range(12, 81)),
    ),
    (
        Story(
            name="train", keywords=("china", "railway", "trade"), counts=range(9800, 12_400, 100), small=range(12, 19)
        ),
        Story(
            name="students", keywords=("china", "education", "exchange"), counts=range(40, 900, 5), small=range(4, 15)
        ),
    ),
    (
        Story(name="carlab", keywords=("bmw", "software", "cars"), counts=range(150, 900, 10), small=range(3, 6)),
        Story(name="battery", keywords=("bmw", "china", "recycling"), counts=range(2000, 9900, 100), small=range(4, 9)),
        Story(name="tea", keywords=("alibaba", "shopping", "farming"), counts=range(300, 2400, 10), small=range(2, 9)),
    ),
    (
        Story(name="museum", keywords=("museum", "art", "china"), counts=range(120, 480), small=range(3, 9)),
        Story(name="opera", keywords=("opera", "youth"), counts=range(4000, 60_000, 500), small=range(4, 13)),
    ),
    (
        Story(name="bikes", keywords=("transport", "city_life"), counts=range(8000, 60_000, 1000), small=range(3, 10)),
        Story(name="translation", keywords=("language", "books", "china"), counts=range(80, 400), small=range(5, 24)),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an article stands: ``edition`` and ``section`` are indexes, ``sequence`` counts within the section.

    Articles of several editions with one ``sequence`` are one story where ``translated`` says so.
    """

    number: int
    edition: int
    section: int
    sequence: int
    day: dt.date
    live: bool = False

    @property
    def translated(self) -> bool:
        """Whether this story stands in every edition, linked to its translations."""
        return (self.sequence + self.section) % TRANSLATED_EVERY == 0

    @property
    def folder(self) -> str:
        """The path of its section page, with a slash at the end."""
        edition = EDITIONS[self.edition]
        return f"/{edition.language}/{edition.sections[self.section][0]}/"

    @property
    def path(self) -> str:
        """The path of its page."""
        return f"{self.folder}{self.day:%Y%m}/t{self.day:%Y%m%d}_{self.number}.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsroomArticle:
    """An article as its page shows it; ``edition`` is a language, ``section`` the section's path name.

    Its texts hold plain spaces; the page prints the ones its language asks for (``Edition.typeset``).

    ``listed_title`` and ``listed_day`` are what the listing shows, which an edit may leave behind. ``translations``
    maps a language to the path of the same story in it. ``picture`` is a path, ``caption`` empty without one in
    the text. ``modified_at`` is aware.
    """

    number: int
    edition: str
    section: str
    path: str
    title: str
    paragraphs: tuple[str, ...]
    keywords: tuple[str, ...]
    origin: str
    day: dt.date
    listed_title: str
    listed_day: dt.date
    picture: str
    caption: str
    modified_at: dt.datetime
    translations: Mapping[str, str] = field(default_factory=dict)

    @property
    def teaser(self) -> str:
        """The first sentences, as the listing and the feeds show them."""
        return self.paragraphs[0]


@functools.cache
def texts(language: str) -> Mapping[str, Any]:
    """The hand-written texts of a language."""
    return tomllib.loads(
        resources.files("feeds.newsroom").joinpath("texts", f"{language}.toml").read_text(encoding="utf-8")
    )


def compose(place: Place, *, seed: int, modified_at: dt.datetime, translations: Mapping[str, str]) -> NewsroomArticle:
    """The article of this place; ``seed`` chooses among as many newsrooms as there are numbers."""
    edition = EDITIONS[place.edition]
    bank = texts(edition.language)
    story, title_index, city = _choose(place, seed, len(bank["words"]["cities"]))
    told = bank["stories"][story.name]
    facts = random.Random(  # noqa: S311 - texts, not secrets
        f"{seed}/{place.section}/{place.sequence}/{'' if place.translated else edition.language}"
    )
    words = _words(story, bank["words"], city, edition.language, facts)
    paragraphs = _paragraphs(told, facts)
    number = place.number
    title = told["titles"][title_index].format_map(words)
    has_picture = facts.random() < 0.4  # noqa: PLR2004 - some have one in the text, as on such sites
    return NewsroomArticle(
        number=number,
        edition=edition.language,
        section=edition.sections[place.section][0],
        path=place.path,
        title=title,
        paragraphs=tuple(text.format_map(words) for text in paragraphs),
        keywords=_keywords(story, bank["keywords"], words, edition, number),
        origin=facts.choice(bank["words"]["origins"]),
        day=place.day,
        listed_title=title,
        listed_day=place.day,
        picture=f"{place.folder}{place.day:%Y%m}/W0{place.day:%Y%m%d}{number}.png",
        caption=words["city"] if has_picture else "",
        modified_at=modified_at,
        translations=translations,
    )


def _choose(place: Place, seed: int, cities: int) -> tuple[Story, int, int]:
    """Story, title and city. Walks through all combinations before one comes again.

    Translated stories and others start on different remainders of TRANSLATED_EVERY, which divides the number of
    combinations, so they never meet either.
    """
    stories = STORIES[place.section]
    first, count = (ARCHIVE_CITIES, cities - ARCHIVE_CITIES) if place.live else (0, ARCHIVE_CITIES)
    total = len(stories) * TITLES * count
    shift = TRANSLATED_EVERY * (seed if place.translated else seed + 1 + place.edition)
    stride = next(n for n in range(round(total * 0.382), total) if math.gcd(n, total) == 1)
    rest, story = divmod((place.sequence + shift) * stride % total, len(stories))
    city, title = divmod(rest, TITLES)
    return stories[story], title, first + city


def _words(story: Story, words: Mapping[str, Any], city: int, language: str, facts: random.Random) -> dict[str, str]:
    """What stands in the gaps of a story."""
    percent = f"{facts.randrange(31, 389) / 10:.1f}"
    return {
        "city": words["cities"][city],
        "n": _counted(facts.choice(story.counts), language),
        "m": str(facts.choice(story.small)),
        "euro": words["euros"][facts.randrange(len(words["euros"]))],
        "partner": words["partners"][facts.randrange(len(words["partners"]))],
        "person": words["persons"][facts.randrange(len(words["persons"]))],
        "pct": percent.replace(".", ",") if language in {"de", "fr"} else percent,
    }


def _counted(number: int, language: str) -> str:
    """A whole number as the language prints it."""
    myriads, rest = divmod(number, 10_000)
    match language:
        case "de":
            return f"{number:,}".replace(",", ".")
        case "fr":
            return f"{number:,}".replace(",", " ")
        case "en":
            return f"{number:,}"
        case "ja" if myriads:
            return f"{myriads}万{rest or ''}"
        case "zh" if myriads and rest % 1000 == 0:
            return f"{number / 10_000:g}万"
    return str(number)


def _paragraphs(told: Mapping[str, Any], facts: random.Random) -> list[str]:
    """Two to six paragraphs: the lead, some of the body in its order, mostly the close."""
    body = told["body"]
    kept = sorted(facts.sample(range(len(body)), facts.choice((1, 2, 3, 3, 4, 4))))
    close = [told["close"]] if len(kept) > 1 else []
    return [told["lead"], *(body[index] for index in kept), *close]


def _keywords(
    story: Story, names: Mapping[str, str], words: Mapping[str, str], edition: Edition, number: int
) -> tuple[str, ...]:
    """The story's keywords in the words of the edition, the city or the partner among them."""
    keywords = [names[concept] for concept in story.keywords]
    if edition.language == "zh" and "bmw" in story.keywords and number % 3 == 0:
        keywords[story.keywords.index("bmw")] = "BMW"  # the editors are of two minds
    if story.name == "carlab":
        keywords.insert(1, words["partner"])
    elif story.name in {"train", "students"}:
        keywords.append(words["euro"])
    else:
        keywords.append(words["city"])
    return tuple(keywords)
