"""What the status of an answer means: nothing for one that can be used, else the error that says what to do.

Statuses are RFC 9110's; Retry-After is its 10.2.3.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import http
from urllib.parse import urljoin

from feeds.errors import Blocked, FetchError, RateLimited, SourceError, SourceGone
from feeds.fetch.exchange import WITH_DOCUMENT, Answer

LONGEST_RETRY_AFTER_S = 86_400.0  # whoever says "next month" is asked again tomorrow

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_REFUSALS = frozenset({401, 402, 403, 407, 451})
_GONE = frozenset({404, 410})

# Signs of a page that wants proof of a human visitor: headers under any status, words in a page that came with 503.
_CHALLENGE_HEADERS = {"cf-mitigated": ("challenge", "block"), "x-amzn-waf-action": ("challenge", "captcha")}
_CHALLENGE_WORDS = (b"challenge-platform", b"cf_chl_opt", b"cf-chl-", b"_incapsula_resource", b"captcha")


def is_redirect(answer: Answer) -> bool:
    """Whether the answer sends us elsewhere."""
    return answer.status in _REDIRECTS and "location" in answer.headers


def redirect_target(answer: Answer) -> str:
    """Where a redirect leads, absolute, as the server wrote it; ValueError when that cannot be resolved."""
    return urljoin(answer.url, answer.headers.get_list("location")[0])


def trouble(answer: Answer, now: dt.datetime) -> SourceError | None:
    """The error that ``answer`` stands for, None when it can be used. 304 and redirects are the caller's business."""
    status = answer.status
    said = f"{answer.url} answered {words(status)}"
    if _is_challenge(answer):
        return Blocked(f"{said} and wants proof of a human visitor; ask the site to let this User-Agent in")
    if status == http.HTTPStatus.TOO_MANY_REQUESTS or (
        status == http.HTTPStatus.SERVICE_UNAVAILABLE and "retry-after" in answer.headers
    ):
        wait_s = retry_after_s(answer.headers["retry-after"], now) if "retry-after" in answer.headers else None
        until = "without saying for how long" if wait_s is None else f"for {wait_s:.0f} s"
        return RateLimited(f"{said}: it asks to be left alone {until}", status=status, retry_after_s=wait_s)
    if status in _REFUSALS:
        return Blocked(f"{said}: it refuses us; try it in a browser, or ask the site to let this User-Agent in")
    if status in _GONE:
        return SourceGone(f"{said}: nothing is there any more; look for its new address", status=status)
    return _unusable(answer, said)


def retry_after_s(value: str, now: dt.datetime) -> float | None:
    """Seconds to wait by a Retry-After header: a number or an HTTP date, at most a day; None for garbage."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:12]), LONGEST_RETRY_AFTER_S)
    try:
        when = email.utils.parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=dt.UTC)  # "-0000", which HTTP does not know: UTC is meant
    return min(max((when - now).total_seconds(), 0.0), LONGEST_RETRY_AFTER_S)


def _unusable(answer: Answer, said: str) -> FetchError | None:
    status = answer.status
    if status in WITH_DOCUMENT:
        # An empty page is never an article or a list. Taken as a document, its validators would be kept, and every
        # 304 after it would say that all is well.
        return None if answer.body.strip() else FetchError(f"{said} and nothing else: an empty page", status=status)
    if status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
        return FetchError(f"{said}: it fails on its side, so it is tried again later", status=status)
    if status >= http.HTTPStatus.BAD_REQUEST:
        return FetchError(f"{said}: it does not take the request; check the address", status=status)
    if status in _REDIRECTS:
        return FetchError(f"{said}, but does not say where to go", status=status)
    return FetchError(f"{said}, which was not asked for and cannot be used", status=status)


def _is_challenge(answer: Answer) -> bool:
    for name, values in _CHALLENGE_HEADERS.items():
        if answer.headers.get(name, "").strip().lower() in values:
            return True
    page = answer.body.lower() if answer.status == http.HTTPStatus.SERVICE_UNAVAILABLE else b""
    return any(word in page for word in _CHALLENGE_WORDS)


def words(status: int) -> str:
    """A status as people say it: ``404 Not Found``."""
    try:
        return f"{status} {http.HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
