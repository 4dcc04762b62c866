"""One written date in, a datetime or a plain day out: ISO 8601, RFC 822, and what people write in their languages.

Nothing is guessed: without a day, a month and a year there is no date, without a clock there is no time of day, and
a clock without a zone stays naive for the caller, who knows the source's zone.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from feeds.dates.calendars import ERAS, from_persian, gregorian_year
from feeds.dates.names import PERSIAN_MONTHS, UNKNOWN, fold_name, halves, month_first, month_pattern, months_of
from feeds.dates.zones import read_zone

Moment = dt.datetime | dt.date  # a datetime may be naive: its zone was not written

_LONGEST = 300  # characters looked at; a date label is short
_ISO = re.compile(
    r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:(?:t|\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*(z(?!\w)|[+\-\u2212]\d{2}:?\d{2}(?!\d))?)?(?!\d)"
)
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:t?(\d{2})(\d{2})(\d{2})?(z|[+-]\d{2}:?\d{2})?)?$")
_UNIX = re.compile(r"^(\d{10})(?:\d{3})?(?:\.\d+)?$")
_CJK = re.compile(
    rf"(?:(?P<year>\d{{4}})|(?P<era>{'|'.join(ERAS)})\s?(?P<era_year>\d{{1,3}}|元))\s?[年년]\s?"
    r"(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日号號일]?"
)
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<![\d.,])(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?![\d:])")
_DAY_BEFORE = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|º|ª|°|\.)?[\s./-]*(?:de\s+|d[’']|of\s+|,\s*)?$")
_DAY_AFTER = re.compile(r"[\s.,/-]*(?:de\s+)?(\d{1,2})(?:st|nd|rd|th)?(?![\d:])")
# a month may be named twice, as in Arabic: "4 آب/أغسطس 2013"
_YEAR_AFTER = re.compile(
    r"(?:\s?[/(]\s?[^\W\d_]{3,12}\)?(?=\s))?[\s.,/’'-]*(?:de[l]?\s+|г\.?\s+|พ\.ศ\.\s*|năm\s+)?(\d{4})(?!\d)"
)
_YEAR_BEFORE = re.compile(r"(\d{4})[\s.,/-]*(?:m\.\s*)?$")
_CLOCK = re.compile(
    r"(?<![\d.,:])(\d{1,2})\s?(?:[:：時时点點시]|h(?![a-z]))\s?(?:(\d{2})\s?(?:[:：分분]\s?(\d{2})(?!\d))?)?"
)
_DOTTED_CLOCK = re.compile(r"(?<![\d.,:])(\d{1,2})\.(\d{2})(?![\d.,])")
_FULL_HOUR = re.compile(r"(?<![\d.,:])(\d{1,2})\s?(?:uhr|h(?![\w:])|(?=[ap]\.?m\b))")
_AFTER_REACH, _BEFORE_REACH = 48, 24  # characters between a day and its clock
_NAMEABLE = re.compile(r"(?=.*(?<!\d)\d{4}(?!\d)).*[^\W\d_]{3}")
_LAST_YEAR, _FIRST_YEAR = 2200, 1900


def read_date(text: str, *, language: str | None = None, formats: Sequence[str] = ()) -> Moment | None:
    """The first date written in ``text``, or None.

    Args:
        text: As found; at most 300 characters of it are looked at.
        language: BCP 47 tag of the text: decides month names, and 07/08 against 08/07.
        formats: ``strptime`` forms tried on the whole text before anything else.

    Returns:
        A datetime (naive when no zone is written), or a plain day when no time of day is written.
    """
    text = text.strip()[:_LONGEST]
    for form in formats:
        moment = _by_format(text, form)
        if moment is not None:
            return moment
    plain = _plain(text)
    if not any(character.isdecimal() for character in plain):
        return None
    for found in _machine_written(plain):
        return found
    language = language or UNKNOWN
    for day, start, end in _days(plain, language):
        return _with_clock(day, plain[max(0, start - _BEFORE_REACH) : start], plain[end:], language)
    return None


def with_zone(moment: Moment, zone: str) -> Moment:
    """``moment`` with ``zone`` (IANA name) where a clock has none."""
    if isinstance(moment, dt.datetime) and moment.tzinfo is None:
        return moment.replace(tzinfo=ZoneInfo(zone))
    return moment


def _plain(text: str) -> str:
    """NFKC, case folded, ASCII digits, single spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if not folded.isascii():
        folded = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in folded)
        folded = re.sub("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", "", folded)
    return " ".join(folded.split())


def _by_format(text: str, form: str) -> Moment | None:
    try:
        moment = dt.datetime.strptime(text, form)  # noqa: DTZ007 - the form says whether there is a zone
    except ValueError:
        return None
    return moment if re.search("%[HIcXp]", form) else moment.date()


def _machine_written(plain: str) -> Iterator[Moment]:
    """ISO 8601 anywhere; compact and Unix forms only as the whole text."""
    match = _ISO.search(plain) or _COMPACT.match(plain)
    if match is not None:
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
        found = _moment(year, month, day)
        if found is not None:
            if match.group(4) is None:
                rest = plain[match.end() :]
                yield _with_clock(found, "", rest, "en") if rest else found
                return
            zone = match.group(match.re.groups)
            clock = _clock(found, hour, minute, second)
            if clock is not None:
                tz = read_zone(zone) if zone else read_zone(plain[match.end() :])
                yield clock.replace(tzinfo=tz)
                return
    match = _UNIX.match(plain)
    if match is not None:
        yield dt.datetime.fromtimestamp(int(match.group(1)), dt.UTC)


def _moment(year: int, month: int, day: int) -> dt.date | None:
    year = gregorian_year(year)
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _clock(day: dt.date, hour: int, minute: int, second: int = 0) -> dt.datetime | None:
    try:
        return dt.datetime.combine(day, dt.time(hour, minute, min(second, 59)))
    except ValueError:
        return None


def _days(plain: str, language: str) -> Iterator[tuple[dt.date, int, int]]:
    """Days written in the text, surest form first, each with where it stands."""
    for match in _CJK.finditer(plain):
        era_year = match["era_year"]
        year = int(match["year"]) if match["year"] else ERAS[match["era"]] + (1 if era_year == "元" else int(era_year))
        day = _moment(year, int(match["month"]), int(match["day"]))
        if day is not None:
            yield day, match.start(), match.end()
    yield from _numeric_days(plain, language)
    yield from _named_days(plain, language)


def _numeric_days(plain: str, language: str) -> Iterator[tuple[dt.date, int, int]]:
    for match in _YEAR_FIRST.finditer(plain):
        year, month, number = int(match[1]), int(match[3]), int(match[4])
        persian = from_persian(year, month, number) if language.startswith("fa") and year < _FIRST_YEAR else None
        day = persian or _moment(year, month, number)
        if day is not None:
            yield day, match.start(), match.end()
    for match in _YEAR_LAST.finditer(plain):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        if len(match[4]) == 2:  # noqa: PLR2004
            year += 2000
        pairs = [(first, second), (second, first)]
        if match[2] == "/" and month_first(language):
            pairs.reverse()
        for number, month in pairs:
            day = _moment(year, month, number)
            if day is not None:
                yield day, match.start(), match.end()
                break


def _named_days(plain: str, language: str) -> Iterator[tuple[dt.date, int, int]]:
    """Month names of the language, then of English, then of any, with a day and a year beside them."""
    if language.startswith("fa"):
        yield from _persian_days(plain)
    for tongue in dict.fromkeys((language, "en", UNKNOWN)):
        if tongue == UNKNOWN and not _NAMEABLE.search(plain):
            continue  # every language's names cost half a second once: only for a text that may hold one
        pattern = month_pattern(tongue)
        if pattern is None:
            continue
        for match in pattern.finditer(plain):
            month = months_of(tongue)[fold_name(match[1])]
            for year, number, start, end in _around(plain, match.start(), match.end()):
                day = _moment(year, month, number)
                if day is not None:
                    yield day, start, end
                    break


def _around(plain: str, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Year and day beside a month's name: "7 July 2020", "July 7, 2020", "2020 July 7"."""
    before, after = plain[max(0, start - 16) : start], plain[end : end + 24]
    offset = max(0, start - 16)
    day_before, year_after = _DAY_BEFORE.search(before), _YEAR_AFTER.match(after)
    if day_before and year_after:
        yield int(year_after[1]), int(day_before[1]), offset + day_before.start(), end + year_after.end()
    day_after = _DAY_AFTER.match(after)
    if day_after:
        later = _YEAR_AFTER.match(after, day_after.end())
        if later:
            yield int(later[1]), int(day_after[1]), start, end + later.end()
        year_before = _YEAR_BEFORE.search(before)
        if year_before:
            yield int(year_before[1]), int(day_after[1]), offset + year_before.start(), end + day_after.end()


def _persian_days(plain: str) -> Iterator[tuple[dt.date, int, int]]:
    pattern = rf"(\d{{1,2}})\s+({'|'.join(PERSIAN_MONTHS)})(?:\s*ماه)?\s+(\d{{4}})"
    for match in re.finditer(pattern, plain):
        day = from_persian(int(match[3]), PERSIAN_MONTHS.index(match[2]) + 1, int(match[1]))
        if day is not None:
            yield day, match.start(), match.end()


def _with_clock(day: dt.date, before: str, after: str, language: str) -> Moment:
    """The day with the clock that stands behind it, or just before it; the day alone when there is none."""
    for text, dotted in ((after[:_AFTER_REACH], True), (before, False)):
        found = _find_clock(text, language, dotted=dotted)
        if found is None:
            continue
        hour, minute, second, end = found
        moment = _clock(day, hour, minute, second)
        if moment is not None:
            rest = re.sub(r"^\s*(?:uhr|[ap]\.?\s?m\.?(?!\w)|分|분)", "", text[end:])
            return moment.replace(tzinfo=read_zone(rest))
    return day


def _find_clock(text: str, language: str, *, dotted: bool) -> tuple[int, int, int, int] | None:
    match = _CLOCK.search(text) or (_DOTTED_CLOCK.search(text) if dotted else None)
    if match is None or (match.re is _CLOCK and match[2] is None and match[0].rstrip()[-1] in ":："):
        match = _FULL_HOUR.search(text)
    if match is None:
        return None
    parts = [int(part) for part in match.groups() if part]
    hour, minute, second = (*parts, 0, 0)[:3]
    late = _half_of_day(text, match.start(), match.end(), language)
    if late is not None and hour <= 12:  # noqa: PLR2004
        hour = hour % 12 + (12 if late else 0)
    return hour, minute, second, match.end()


def _half_of_day(text: str, start: int, end: int, language: str) -> bool | None:
    """Whether a word beside the clock puts it into the second half of the day; None when there is none."""
    after, before = text[end : end + 16].lstrip(), text[:start].rstrip(" :")
    for name, late in halves(language):
        spelled = r"\.?\s?".join(re.escape(letter) for letter in name) if name in ("am", "pm") else re.escape(name)
        if re.match(rf"{spelled}(?![^\W\d_])" if name.isascii() else spelled, after):
            return late
        if before.endswith(name):
            return late
    return None
