"""What the newsroom holds: an archive worked out from numbers, what was published since, and what was edited.

An instant and a count come in at the start; articles go out, newest first, by section, by edition or by path. Only
what was published or edited takes memory. The archive hangs on the calendar, not on the start: started again
tomorrow, the newsroom shows yesterday's articles under the same addresses.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from feeds.newsroom.articles import NewsroomArticle, Place, compose
from feeds.newsroom.editions import EDITIONS, SECTIONS, STREAMS, ZONE

_FIRST_DAY = dt.date(2000, 1, 1).toordinal()  # archive number 0 stands on this day
_ARCHIVE = 800_000_000  # added to archive numbers, so that they look like the identifiers of such a system
_LIVE_SINCE = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)  # published articles are numbered by tenths of a second from here
_ARCHIVE_DAYS = 3650  # a larger archive gets more articles a day instead of reaching back further
_PATH = re.compile(
    r"/[a-z]{2}/\w+/[0-9]{6}/(?:t[0-9]{8}_(?P<page>[0-9]{9,10})\.html|W0[0-9]{8}(?P<picture>[0-9]{9,10})\.png)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What an editor changed in an article after it was published; None leaves a field as it was."""

    title: str | None = None
    paragraphs: tuple[str, ...] | None = None
    day: dt.date | None = None
    listed: bool = True
    edited_at: dt.datetime


class Holdings:
    """Every article of the newsroom. Not locked: the newsroom calls it under its own lock.

    ``articles`` is the size of the archive over all editions, ``started_at`` an aware instant: the archive ends
    the day before it. Editions and sections are given by index.
    """

    def __init__(self, *, articles: int, seed: int, started_at: dt.datetime) -> None:
        self._seed = seed
        self._per_day = STREAMS * max(1, -(-articles // (STREAMS * _ARCHIVE_DAYS)))
        self._end = (_day(started_at).toordinal() - _FIRST_DAY) * self._per_day
        self._begin = self._end - articles
        self._last_number = _tenths(started_at)
        self._last_sequence = [self._last_number] * SECTIONS
        self._live: dict[int, Place] = {}
        self._published_at: dict[int, dt.datetime] = {}
        self._streams: dict[tuple[int, int], list[Place]] = {}
        self._stories: dict[tuple[int, int], list[Place]] = {}
        self._edits: dict[int, Edit] = {}
        self._touched_at: dict[tuple[int, int], dt.datetime] = {}

    # --- reading ------------------------------------------------------------------------------------------------

    def count(self, edition: int, section: int) -> int:
        """How many articles the section holds."""
        return len(self._streams.get((edition, section), ())) + len(self._numbers(edition, section))

    def listed(self, edition: int, section: int, *, start: int = 0, limit: int) -> list[NewsroomArticle]:
        """Articles of a section, newest first, from position ``start`` on."""
        live = self._streams.get((edition, section), [])
        places = live[::-1][start : start + limit]
        first = max(0, start - len(live))
        numbers = self._numbers(edition, section)[::-1][first : first + limit - len(places)]
        return [self._article(place) for place in [*places, *map(self._archived, numbers)]]

    def newest(self, edition: int, *, limit: int) -> list[NewsroomArticle]:
        """The newest articles of an edition, of all its sections together."""
        live = (place for place in reversed(self._live.values()) if place.edition == edition)
        numbers = range(self._begin + (edition - self._begin) % len(EDITIONS), self._end, len(EDITIONS))
        places = itertools.chain(live, map(self._archived, reversed(numbers)))
        return [self._article(place) for place in itertools.islice(places, limit)]

    def archive(self, edition: int) -> range:
        """The numbers of an edition's archive, oldest first; slices of it are cheap."""
        return range(self._begin + (edition - self._begin) % len(EDITIONS), self._end, len(EDITIONS))

    def archived(self, numbers: range) -> list[tuple[str, str]]:
        """(path, day or instant of the last change) of a part of an edition's archive."""
        return [(place.path, self._lastmod(place)) for place in map(self._archived, numbers)]

    def published(self, edition: int) -> list[tuple[str, str]]:
        """The same of what an edition published since the start."""
        return [(place.path, self._lastmod(place)) for place in self._live.values() if place.edition == edition]

    def last_changed(self, numbers: range) -> str:
        """When anything of that part of an archive last changed."""
        edited = (self._archived(number - _ARCHIVE) for number in self._edits if number - _ARCHIVE in numbers)
        return max(self._lastmod(place) for place in (self._archived(numbers[-1]), *edited))

    def older(self, article: NewsroomArticle, *, limit: int) -> list[NewsroomArticle]:
        """The articles of the same section that came just before this one."""
        place = self._place(article.path)
        if place is None:
            return []
        stream = place.edition, place.section
        if place.live:
            live = self._streams[stream]
            position = len(live) - live.index(place)
        else:
            position = len(self._streams.get(stream, ()))
            position += (self._numbers(*stream)[-1] - (place.number - _ARCHIVE)) // STREAMS + 1
        return self.listed(*stream, start=position, limit=limit)

    def everything(self) -> Iterator[NewsroomArticle]:
        """Every article, edition by edition and section by section, newest first in each."""
        for edition, section in itertools.product(range(len(EDITIONS)), range(SECTIONS)):
            yield from self.listed(edition, section, limit=self.count(edition, section))

    def find(self, path: str) -> NewsroomArticle | None:
        """The article whose page or picture has this path."""
        place = self._place(path)
        article = self._article(place) if place else None
        return article if article and path in {article.path, article.picture} else None

    def changed_at(self, edition: int, section: int) -> dt.datetime | None:
        """When the section's listing last changed; None for an empty one."""
        if touched_at := self._touched_at.get((edition, section)):
            return touched_at
        newest = self.listed(edition, section, limit=1)
        return newest[0].modified_at if newest else None

    # --- writing ------------------------------------------------------------------------------------------------

    def next_sequence(self, section: int) -> int:
        """A sequence that no article of this section has yet, in any edition."""
        self._last_sequence[section] += 1
        return self._last_sequence[section]

    def publish(self, edition: int, section: int, sequence: int, now: dt.datetime) -> NewsroomArticle:
        """Adds an article, dated today in ZONE; the same ``sequence`` in several editions is the same story."""
        self._last_number = max(self._last_number + 1, _tenths(now))
        place = Place(
            number=self._last_number, edition=edition, section=section, sequence=sequence, day=_day(now), live=True
        )
        self._live[place.number] = place
        self._published_at[place.number] = now
        self._streams.setdefault((edition, section), []).append(place)
        self._stories.setdefault((section, sequence), []).append(place)
        self._touched_at[edition, section] = now
        return self._article(place)

    def edit(self, article: NewsroomArticle, edit: Edit) -> NewsroomArticle:
        """Changes an article and returns it as it is now.

        Raises:
            KeyError: the newsroom does not hold it.
        """
        place = self._place(article.path)
        if place is None:
            raise KeyError(article.path)
        self._edits[place.number] = edit
        if edit.listed:
            self._touched_at[place.edition, place.section] = edit.edited_at
        return self._article(place)

    # --- numbers ------------------------------------------------------------------------------------------------

    def _numbers(self, edition: int, section: int) -> range:
        """The archive numbers of a section, oldest first."""
        remainder = section * len(EDITIONS) + edition
        return range(self._begin + (remainder - self._begin) % STREAMS, self._end, STREAMS)

    def _archived(self, number: int) -> Place:
        return Place(
            number=_ARCHIVE + number,
            edition=number % len(EDITIONS),
            section=number // len(EDITIONS) % SECTIONS,
            sequence=number // STREAMS,
            day=dt.date.fromordinal(_FIRST_DAY + number // self._per_day),
        )

    def _place(self, path: str) -> Place | None:
        match = _PATH.fullmatch(path)
        if match is None:
            return None
        number = int(match["page"] or match["picture"])
        if number in self._live:
            return self._live[number]
        return self._archived(number - _ARCHIVE) if self._begin <= number - _ARCHIVE < self._end else None

    def _article(self, place: Place) -> NewsroomArticle:
        article = compose(
            place, seed=self._seed, modified_at=self._modified_at(place), translations=self._translations(place)
        )
        edit = self._edits.get(place.number)
        if edit is None:
            return article
        title, day = edit.title or article.title, edit.day or article.day
        return replace(
            article,
            title=title,
            day=day,
            paragraphs=edit.paragraphs or article.paragraphs,
            listed_title=title if edit.listed else article.listed_title,
            listed_day=day if edit.listed else article.listed_day,
            modified_at=edit.edited_at,
        )

    def _lastmod(self, place: Place) -> str:
        edit = self._edits.get(place.number)
        at = edit.edited_at if edit else self._published_at.get(place.number)
        return at.isoformat(timespec="seconds") if at else place.day.isoformat()

    def _modified_at(self, place: Place) -> dt.datetime:
        if place.live:
            return self._published_at[place.number]
        return dt.datetime.combine(place.day, dt.time(8), tzinfo=ZoneInfo(ZONE))

    def _translations(self, place: Place) -> dict[str, str]:
        """Language -> path of the same story in the other editions; empty for most."""
        if not place.translated:
            return {}
        if place.live:
            siblings = self._stories[place.section, place.sequence]
        else:
            number = place.number - _ARCHIVE
            first = number - number % len(EDITIONS)
            held = range(max(first, self._begin), min(first + len(EDITIONS), self._end))
            siblings = [self._archived(sibling) for sibling in held]
        return {EDITIONS[other.edition].language: other.path for other in siblings if other.number != place.number}


def _day(now: dt.datetime) -> dt.date:
    return now.astimezone(ZoneInfo(ZONE)).date()


def _tenths(now: dt.datetime) -> int:
    return int((now - _LIVE_SINCE).total_seconds() * 10)
