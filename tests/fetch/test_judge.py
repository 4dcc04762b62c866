"""feeds.fetch.judge: what each status means."""

from __future__ import annotations

import datetime as dt

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import Blocked, FetchError, RateLimited, SourceError, SourceGone
from feeds.fetch.exchange import Answer
from feeds.fetch.judge import LONGEST_RETRY_AFTER_S, retry_after_s, trouble

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)


def judged(status: int, body: bytes = b"text", **headers: str) -> SourceError | None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = Answer(url="http://site.example/a", status=status, headers=httpx2.Headers(named), body=body)
    return trouble(answer, NOW)


@pytest.mark.parametrize("status", [200, 203])
def test_a_page_is_no_trouble(status: int) -> None:
    assert judged(status) is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, Blocked),
        (402, Blocked),
        (403, Blocked),
        (451, Blocked),
        (404, SourceGone),
        (410, SourceGone),
        (429, RateLimited),
        (400, FetchError),
        (405, FetchError),
        (418, FetchError),
        (500, FetchError),
        (502, FetchError),
        (503, FetchError),
        (599, FetchError),
        (202, FetchError),
        (206, FetchError),
        (226, FetchError),
        (304, FetchError),
        (300, FetchError),
        (302, FetchError),
    ],
)
def test_every_other_status_is_one_error(status: int, kind: type[SourceError]) -> None:
    error = judged(status)
    assert type(error) is kind
    assert f"http://site.example/a answered {status}" in error.reason
    if isinstance(error, FetchError):
        assert error.status == status


@pytest.mark.parametrize(("status", "body"), [(200, b""), (200, b" \r\n"), (204, b""), (205, b"")])
def test_an_empty_page_is_an_error(status: int, body: bytes) -> None:
    assert isinstance(judged(status, body), FetchError)


def test_503_with_retry_after_is_a_limit() -> None:
    error = judged(503, Retry_After="120")
    assert isinstance(error, RateLimited)
    assert error.retry_after_s == 120


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (403, {"cf_mitigated": "challenge"}, b""),
        (503, {"cf_mitigated": "Challenge", "Retry_After": "5"}, b""),
        (429, {"cf_mitigated": "challenge"}, b""),
        (202, {"x_amzn_waf_action": "challenge"}, b""),
        (405, {"x_amzn_waf_action": "captcha"}, b""),
        (503, {}, b"<script src='/x/challenge-platform/y.js'>"),
        (503, {}, b"<p>Please solve this CAPTCHA"),
    ],
)
def test_a_challenge_is_blocked_whatever_its_status(status: int, headers: dict[str, str], body: bytes) -> None:
    error = judged(status, body, **headers)
    assert isinstance(error, Blocked)
    assert "human" in error.reason


def test_a_page_about_captchas_is_a_page() -> None:
    assert judged(200, b"<p>The history of the captcha") is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 7 ", 7),
        ("99999999999999999999", LONGEST_RETRY_AFTER_S),
        ("Sun, 22 Nov 2026 12:01:30 GMT", 90),
        ("Sunday, 22-Nov-26 12:01:30 GMT", 90),
        ("Sun Nov 22 12:01:30 2026", 90),
        ("Sun, 22 Nov 2026 13:01:30 +0100", 90),
        ("Sun, 22 Nov 2026 12:01:30 -0000", 90),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0),
        ("Sun, 22 Nov 2099 11:00:00 GMT", LONGEST_RETRY_AFTER_S),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("٣", None),
        ("Sun, 99 Nov 2026 11:00:00 GMT", None),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert retry_after_s(value, NOW) == seconds


@given(st.text())
def test_any_retry_after_is_a_sane_number_or_none(value: str) -> None:
    seconds = retry_after_s(value, NOW)
    assert seconds is None or 0 <= seconds <= LONGEST_RETRY_AFTER_S
