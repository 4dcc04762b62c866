from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.web.conditions import holds_tag, holds_tag_strongly, is_unmodified_since, read_tags

CHANGED = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
SAME = "Sun, 22 Nov 2026 12:00:00 GMT"
BEFORE = "Sun, 22 Nov 2026 11:59:59 GMT"
AFTER = "Sun, 22 Nov 2026 12:00:01 GMT"


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        ("", []),
        ('"one"', ['"one"']),
        ('W/"one"', ['"one"']),
        ('"two","three" ,W/"one"', ['"two"', '"three"', '"one"']),
        ('"a,b", "one"', ['"a,b"', '"one"']),  # a comma is a sign like any other
        ('""', ['""']),
        ('"a, "one"', ['"one"']),  # a broken neighbour costs nothing
        ('broken, "one"', ['"one"']),
        ('w/"one"', []),  # 8.8.3: the W is a capital one
        ('"a b"', []),  # and a blank is no sign of a tag
        (",,", []),
        ("one", []),
        ('"one', []),
        ('"one" "two"', []),
    ],
)
def test_lists_of_tags(header: str, tags: list[str]) -> None:
    assert read_tags(header) == tags


@pytest.mark.parametrize(
    ("header", "weakly", "strongly"),
    [
        ("*", True, True),
        (" * ", True, True),
        ('"one"', True, True),
        ('W/"one"', True, False),
        ('W/"one", "one"', True, True),
        ('"two", *', False, False),  # a star stands alone
        ('"one-g"', False, False),
        ("one", False, False),
        ("", False, False),
    ],
)
def test_two_ways_to_compare(header: str, weakly: bool, strongly: bool) -> None:  # noqa: FBT001
    assert (holds_tag(header, '"one"'), holds_tag_strongly(header, '"one"')) == (weakly, strongly)


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        (SAME, True),
        (AFTER, True),
        (BEFORE, False),
        ("Sunday, 22-Nov-26 12:00:00 GMT", True),  # RFC 850's form
        ("Sun Nov 22 12:00:00 2026", True),  # asctime's
        ("Sun Nov 22 11:59:59 2026", False),
        ("Fri, 31 Dec 9999 23:59:59 GMT", True),
        ("yesterday", None),
        ("", None),
        ("Sun, 22 Nov 2026 25:00:00 GMT", None),
        ("Sun, 06 Nov 1994 08:49:37 +9999999999999", None),
    ],
)
def test_dates(date: str, expected: bool | None) -> None:  # noqa: FBT001
    assert is_unmodified_since(date, CHANGED) is expected
    assert is_unmodified_since(date, None) is None


@given(st.text())
def test_any_header_is_read(header: str) -> None:
    assert holds_tag_strongly(header, '"one"') <= holds_tag(header, '"one"')
    assert is_unmodified_since(header, CHANGED) in {True, False, None}


@given(st.lists(st.text(alphabet="abc,-!", max_size=5).map(lambda text: f'"{text}"'), max_size=5))
def test_a_list_holds_what_it_lists(tags: list[str]) -> None:
    header = ", ".join(tags)
    for tag in tags:
        assert holds_tag(header, tag)
    assert not holds_tag(header, '"not there"')
