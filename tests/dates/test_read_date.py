"""Dates as they are written, in many languages and calendars."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.dates import Moment, read_date, with_zone
from feeds.dates.calendars import from_persian

DAY = dt.date(2020, 7, 7)
CLOCK = dt.datetime(2020, 7, 7, 14, 3)  # noqa: DTZ001 - no zone is written


def at(hours: float) -> dt.datetime:
    return CLOCK.replace(tzinfo=dt.timezone(dt.timedelta(hours=hours)))


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        # machines
        ("2020-07-07T14:03:00Z", None, at(0)),
        ("2020-07-07T14:03:00.123+02:00", None, at(2)),
        ("2020-07-07 14:03:00 +0800", None, at(8)),
        ("2020-07-07T14:03", None, CLOCK),
        ("20200707T140300Z", None, at(0)),
        ("2020-07-07", None, DAY),
        ("1594130580", None, at(0)),
        ("1594130580000", None, at(0)),
        ("Tue, 07 Jul 2020 14:03:00 +0200", None, at(2)),
        ("Tue Jul 07 2020 14:03:00 GMT+0900 (JST)", "ja", at(9)),
        # people
        ("7. Juli 2020, 14:03 Uhr", "de", CLOCK),
        ("7. Jänner 2020", "de-AT", dt.date(2020, 1, 7)),
        ("07.07.2020 · 14.03 Uhr", "de", CLOCK),
        ("Di 07.07.20 | 14:03 Uhr", "de", CLOCK),
        ("07.07.2020 14:03 MESZ", "de", at(2)),
        ("· 2020-07-07 · Quelle:Beispielblatt", "de", DAY),
        ("July 7, 2020 at 2:03 pm EDT", "en", at(-4)),
        ("2:03 p.m., Jul. 7th, 2020", "en", CLOCK),
        ("7 July 2020 12:30am", "en", CLOCK.replace(hour=0, minute=30)),
        ("July 7, 2020 2pm", "en", CLOCK.replace(minute=0)),
        ("7/8/2020", "en-US", dt.date(2020, 7, 8)),
        ("7/8/2020", "en-GB", dt.date(2020, 8, 7)),
        ("25/8/2020", "en-US", dt.date(2020, 8, 25)),
        ("1er juillet 2020 à 14h03", "fr", CLOCK.replace(day=1)),
        ("7 de julio de 2020 14:03", "es", CLOCK),
        ("7. července 2020 14:03", "cs", CLOCK),
        ("7 июля 2020 г., 14:03", "ru", CLOCK),
        ("07 Temmuz 2020 14:03", "tr", CLOCK),
        ("7. heinäkuuta 2020 klo 14.03", "fi", CLOCK),
        ("ngày 7 tháng 7, 2020", "vi", DAY),
        ("7 जुलाई 2020", "hi", DAY),
        ("٧ يوليو ٢٠٢٠ - ١٤:٠٣", "ar", CLOCK),
        ("7 تموز 2020", "ar", DAY),
        ("7 تموز/يوليو 2020، آخر تحديث 14:03", "ar", CLOCK),  # the month in two namings
        ("2020年07月07日 14:03", "zh", CLOCK),
        ("2020年7月7日14時03分", "ja", CLOCK),
        ("2020년 7월 7일 오후 2:03", "ko", CLOCK),
        ("2020.07.07 14:03", "ko", CLOCK),
        # other calendars
        ("令和2年7月7日", "ja", DAY),
        ("令和元年5月1日 午後3時05分", "ja", dt.datetime(2019, 5, 1, 15, 5)),  # noqa: DTZ001
        ("民國109年7月7日", "zh-TW", DAY),
        ("7 กรกฎาคม 2563 เวลา 14:03 น.", "th", CLOCK),
        ("۱۷ تیر ۱۳۹۹ - ۱۴:۰۳", "fa", CLOCK),
        ("۱۳۹۹/۰۴/۱۷ ۱۴:۰۳", "fa", CLOCK),
    ],
)
def test_reads(text: str, language: str | None, expected: Moment) -> None:
    found = read_date(text, language=language)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    "text",
    ["", "gestern", "14:03 Uhr", "Juli 2020", "3:4", "13.13.2020", "2020-02-31", "Telefon 030 123456", "v1.2.3.4"],
)
def test_invents_nothing(text: str) -> None:
    assert read_date(text, language="de") is None


def test_a_page_without_a_language_may_still_name_its_month() -> None:
    assert read_date("7 juillet 2020", language=None) == DAY


def test_the_sources_own_forms_come_first() -> None:
    assert read_date("08/07/2020", language="en-US", formats=("%d/%m/%Y",)) == dt.date(2020, 7, 8)
    assert read_date("08/07/2020 14h03", formats=("%d/%m/%Y %Hh%M",)) == CLOCK.replace(day=8)


def test_a_form_that_does_not_fit_is_passed_over() -> None:
    assert read_date("2020-07-07", formats=("%d.%m.%Y",)) == DAY


@pytest.mark.parametrize(
    ("persian", "expected"),
    [
        ((1399, 12, 30), dt.date(2021, 3, 20)),  # the last day of a leap year
        ((1400, 1, 1), dt.date(2021, 3, 21)),
        ((1403, 12, 30), dt.date(2025, 3, 20)),
        ((1404, 1, 1), dt.date(2025, 3, 21)),
        ((1408, 1, 1), dt.date(2029, 3, 20)),  # five years after the last leap year, not four
        ((1399, 13, 1), None),
    ],
)
def test_persian_days(persian: tuple[int, int, int], expected: dt.date | None) -> None:
    assert from_persian(*persian) == expected


def test_a_zone_is_added_only_to_a_clock_that_has_none() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    assert with_zone(CLOCK, "Asia/Shanghai") == CLOCK.replace(tzinfo=shanghai)
    assert with_zone(at(2), "Asia/Shanghai") == at(2)
    assert with_zone(DAY, "Asia/Shanghai") == DAY


@given(st.datetimes(min_value=dt.datetime(1900, 1, 1), max_value=dt.datetime(2199, 12, 31)))  # noqa: DTZ001
def test_every_iso_date_is_read_back(moment: dt.datetime) -> None:
    moment = moment.replace(microsecond=0)
    assert read_date(moment.isoformat()) == moment
    assert read_date(moment.isoformat() + "+05:30") == moment.replace(tzinfo=dt.timezone(dt.timedelta(hours=5.5)))
    assert read_date(moment.date().isoformat()) == moment.date()


@given(st.text(max_size=80), st.sampled_from(["de", "en-US", "zh", "fa", "th", "ar", "xx", "not a tag"]))
def test_any_text_is_a_date_or_none(text: str, language: str) -> None:
    found = read_date(text, language=language)
    assert found is None or isinstance(found, dt.date)
