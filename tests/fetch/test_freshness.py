"""For how long an answer is fresh, by what servers say and by what they say wrongly."""

from __future__ import annotations

import datetime as dt

import httpx2
import pytest

from feeds.fetch.freshness import LONGEST_S, fresh_s

from .conftest import Get, Site, answer

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
DATE = ("Date", "Sun, 22 Nov 2026 11:00:00 GMT")


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ([], None),
        ([("Cache-Control", "max-age=600")], 600),
        ([("Cache-Control", "public, s-maxage=9, Max-Age=600, stale-if-error=5")], 600),
        ([("Cache-Control", 'max-age="600"')], 600),
        ([("Cache-Control", "max-age=600"), ("Age", "100")], 500),
        ([("Cache-Control", "max-age=600"), ("Age", "1000")], 0),
        ([("Cache-Control", "max-age=600"), ("Age", "old")], 600),
        ([("Cache-Control", "max-age=600"), DATE, ("Expires", "Sun, 22 Nov 2026 11:00:01 GMT")], 600),
        ([("Cache-Control", "max-age=600"), ("Cache-Control", "max-age=60")], 60),
        ([("Cache-Control", "max-age=600, no-cache")], None),
        ([("Cache-Control", "no-store")], None),
        ([("Cache-Control", 'private="x, y", max-age=600')], None),
        ([("Cache-Control", 'ext="no-cache", max-age=600')], 600),
        ([("Cache-Control", "max-age=-1")], None),
        ([("Cache-Control", "max-age=²")], None),
        ([("Cache-Control", "max-age")], None),
        ([("Cache-Control", "max-age=" + "9" * 5000)], LONGEST_S),
        ([("Cache-Control", "=;,,=")], None),
        ([DATE, ("Expires", "Sun, 22 Nov 2026 11:30:00 GMT")], 1800),
        ([("Expires", "Sun, 22 Nov 2026 12:30:00 GMT")], 1800),
        ([DATE, ("Expires", "Sun, 22 Nov 2026 10:30:00 GMT")], 0),
        ([DATE, ("Expires", "0")], 0),
        ([DATE, ("Expires", "-1")], 0),
        ([DATE, ("Expires", "Fri, 31 Dec 9999 23:59:59 GMT")], LONGEST_S),
        ([DATE, ("Expires", "Sun, 22 Nov 99999 10:30:00 GMT")], 0),
    ],
)
def test_fresh_s(fields: list[tuple[str, str]], seconds: float | None) -> None:
    headers = httpx2.Headers([(name.encode(), value.encode()) for name, value in fields])
    assert fresh_s(headers, NOW) == seconds


def test_documents_and_304s_carry_it(site: Site, get: Get) -> None:
    said = {"Cache-Control": "max-age=300", "ETag": '"1"'}
    site.routes["/feed"] = answer(200, b"<rss/>", said)
    document = get(site.url("/feed"))
    assert document.fresh_s == 300
    site.routes["/feed"] = answer(304, headers={**said, "Cache-Control": "max-age=20"})
    assert get(site.url("/feed"), validators=document.validators).fresh_s == 20
