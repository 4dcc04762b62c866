"""What is remembered of pages and entries."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from feeds.decide.plan import Wanted, listed_hash
from feeds.decide.records import entry_record, failed_record, named_record, read_record, skipped_record
from feeds.errors import FetchError, NothingFound, RateLimited
from feeds.model import Item, PageState, Recipe

from .samples import NOW, SOURCE, entry, item, record


def test_a_failing_page_is_retried_a_bounded_number_of_times_ever_later() -> None:
    want = Wanted(item=item(1), before=None)
    waits = []
    for _ in range(3):
        failed = failed_record(want, FetchError("timed out"), now=NOW, source=SOURCE, attempts=4)
        assert failed.state is PageState.FAILED
        assert failed.retry_at is not None
        waits.append((failed.retry_at - NOW).total_seconds())
        want = Wanted(item=item(1), before=failed)
    assert waits == [600, 1200, 2400]
    given_up = failed_record(want, FetchError("timed out"), now=NOW, source=SOURCE, attempts=4)
    assert (given_up.state, given_up.retry_at, given_up.reason) == (PageState.GIVEN_UP, None, "timed out")


def test_a_page_waits_at_least_as_long_as_the_server_asks() -> None:
    want = Wanted(item=item(1), before=None)
    failed = failed_record(want, RateLimited("429", retry_after_s=9999), now=NOW, source=SOURCE, attempts=4)
    assert failed.retry_at == NOW + dt.timedelta(seconds=9999)


def test_a_page_that_is_no_article_is_not_tried_again() -> None:
    want = Wanted(item=item(1), before=None)
    left = failed_record(want, NothingFound("a video player"), now=NOW, source=SOURCE, attempts=4)
    assert (left.state, left.retry_at) == (PageState.NOT_ARTICLE, None)


def test_a_recheck_without_listing_keeps_what_the_listing_said() -> None:
    before = record(item(1))
    again = read_record(Wanted(item=Item(url=item(1).url), before=before), now=NOW, source=SOURCE, article_id="a")
    assert again.listed_hash == before.listed_hash
    assert again.first_seen_at == before.first_seen_at


def test_an_entry_is_remembered_by_its_guid_where_the_page_is_not_its_own() -> None:
    kept = entry_record(Wanted(item=entry(1), before=None, key="guid-1"), now=NOW, source=SOURCE, article_id="a")
    assert (kept.url, kept.state, kept.article_id) == ("guid-1", PageState.ENTRY, "a")


def test_every_record_says_under_which_configuration() -> None:
    with_recipe = replace(SOURCE, recipe=Recipe(body="div.text"))
    want = Wanted(item=item(1), before=None)
    plain = read_record(want, now=NOW, source=SOURCE, article_id="a")
    assert plain.read_as == skipped_record(item(1), key="", now=NOW, source=SOURCE).read_as
    assert plain.read_as != read_record(want, now=NOW, source=with_recipe, article_id="a").read_as
    assert plain.read_as


def test_a_page_that_a_feed_names_later_goes_by_the_feeds_words_from_then_on() -> None:
    named = named_record(entry(1), record(item(1), article_id="a"))
    assert (named.listed_hash, named.article_id, named.state) == (listed_hash(entry(1)), "a", PageState.READ)
