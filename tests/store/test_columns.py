from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.store.columns import clean_text, clean_value, date_text, read_date_text, to_utc

ANY_TEXT = st.text(alphabet=st.one_of(st.characters(), st.characters(categories=["Cs"]), st.just("\0")))


@given(ANY_TEXT)
def test_clean_text_can_be_kept_and_is_clean_for_good(text: str) -> None:
    cleaned = clean_text(text)
    assert cleaned.encode().decode() == cleaned
    assert "\0" not in cleaned
    assert clean_text(cleaned) == cleaned


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_what_can_be_kept_is_kept(text: str) -> None:
    assert clean_text(text) == text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\0b", "a\ufffdb"),
        ("\ud800", "\ufffd"),
        ("\udc00\ud800", "\ufffd\ufffd"),
        ("\ud83d\ude00", "😀"),
        ("x\udbffy\0", "x\ufffdy\ufffd"),
    ],
)
def test_what_cannot_be_kept_is_marked(text: str, cleaned: str) -> None:
    assert clean_text(text) == cleaned


def test_strings_are_cleaned_wherever_they_are() -> None:
    assert clean_value({"a\0": ["\ud800", {"b": ("\0",)}], "n": 1}) == {
        "a\ufffd": ["\ufffd", {"b": ["\ufffd"]}],
        "n": 1,
    }


OFFSETS = st.timedeltas(dt.timedelta(hours=-23), dt.timedelta(hours=23)).map(
    lambda delta: dt.timezone(dt.timedelta(seconds=int(delta.total_seconds())))
)


@given(st.one_of(st.none(), st.dates(), st.datetimes(timezones=OFFSETS)))
def test_dates_are_read_as_they_were_written(when: dt.datetime | dt.date | None) -> None:
    back = read_date_text(date_text(when))
    assert (type(back), back) == (type(when), when)
    if isinstance(when, dt.datetime) and isinstance(back, dt.datetime):
        assert back.utcoffset() == when.utcoffset()


@given(st.datetimes(timezones=OFFSETS))
def test_every_instant_has_a_place_in_utc(when: dt.datetime) -> None:
    utc = to_utc(when)
    assert utc.tzinfo is dt.UTC
    assert abs(utc - when) <= dt.timedelta(days=1)
