from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.web.conditions import holds_tag, is_not_modified

CHANGED = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
SAME = "Sun, 22 Nov 2026 12:00:00 GMT"
BEFORE = "Sun, 22 Nov 2026 11:59:59 GMT"
AFTER = "Sun, 22 Nov 2026 12:00:01 GMT"


@pytest.mark.parametrize(
    ("if_none_match", "if_modified_since", "expected"),
    [
        (None, None, False),
        ('"one"', None, True),
        ('W/"one"', None, True),
        ("*", None, True),
        (" * ", None, True),
        ('"two"', None, False),
        ('"one-g"', None, False),
        ('"two", "one"', None, True),
        ('"two","three" ,W/"one"', None, True),
        ('"a,b", "one"', None, True),
        ('"a, "one"', None, True),  # a broken neighbour costs nothing
        ("one", None, False),
        ("", None, False),
        ('broken, "one"', None, True),
        # the tag decides alone where it is sent
        ('"two"', SAME, False),
        ('"one"', BEFORE, True),
        ("", AFTER, False),
        (None, SAME, True),
        (None, AFTER, True),
        (None, BEFORE, False),
        (None, "Sunday, 22-Nov-26 12:00:00 GMT", True),  # RFC 850's form
        (None, "Sun Nov 22 12:00:00 2026", True),  # asctime's
        (None, "yesterday", False),
        (None, "", False),
    ],
)
def test_preconditions(if_none_match: str | None, if_modified_since: str | None, expected: bool) -> None:  # noqa: FBT001
    found = is_not_modified('"one"', CHANGED, if_none_match=if_none_match, if_modified_since=if_modified_since)
    assert found is expected


def test_an_answer_without_a_date_is_never_unchanged_since() -> None:
    assert not is_not_modified('"one"', None, if_none_match=None, if_modified_since=AFTER)


@given(st.text(), st.text())
def test_any_header_is_read(tags: str, date: str) -> None:
    assert is_not_modified('"one"', CHANGED, if_none_match=tags, if_modified_since=date) in {True, False}
    assert is_not_modified('"one"', CHANGED, if_none_match=None, if_modified_since=date) in {True, False}


@given(st.lists(st.text(alphabet="abc,-!", max_size=5).map(lambda text: f'"{text}"'), max_size=5))
def test_a_list_holds_what_it_lists(tags: list[str]) -> None:
    header = ", ".join(tags)
    for tag in tags:
        assert holds_tag(header, tag)
    assert not holds_tag(header, '"not there"')
