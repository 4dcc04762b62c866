"""Deciding is pure: states, plans, changes and waits as tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import pytest

from feeds.decide.changes import decide_changes, keep_known
from feeds.decide.pace import next_poll
from feeds.decide.plan import Wanted, listed_hash, plan_pages
from feeds.decide.records import failed_record, read_record
from feeds.decide.state import Tally, decide_state
from feeds.errors import (
    ArticleError,
    Blocked,
    FetchError,
    NothingFound,
    PolyfeedError,
    RateLimited,
    RobotsRefused,
    SourceGone,
)
from feeds.model import Article, Change, Item, Kind, Known, PageRecord, PageState, Source, SourceState

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
SOURCE = Source(id="s", name="S", kind=Kind.LISTING, url="https://example.org/", interval_s=600)


def item(number: int, *, title: str = "", published: str | None = "07.07.2020") -> Item:
    return Item(url=f"https://example.org/{number}", title=title or f"Title {number}", published=published)


def record(of: Item, state: PageState = PageState.READ, **given: object) -> PageRecord:
    seen = PageRecord(url=of.url, state=state, first_seen_at=NOW, fetched_at=NOW, listed_hash=listed_hash(of))
    return replace(seen, **given)  # type: ignore[arg-type]  # a helper of this file


def article(name: str, *, text: str = "words", aliases: tuple[str, ...] = (), title: str = "T") -> Article:
    return Article(
        id=f"urn:uuid:{name}",
        source_id="s",
        identity=name,
        url=f"https://example.org/{name}",
        title=title,
        language="de",
        content_text=text,
        aliases=aliases,
    )


# --- which pages ------------------------------------------------------------------------------------------------


def test_new_pages_are_fetched_oldest_first() -> None:
    plan = plan_pages([item(3), item(2), item(1)], {}, [], now=NOW, limit=10)
    assert [want.item.url[-1] for want in plan.pages] == ["1", "2", "3"]
    assert plan.left == 0


def test_over_the_limit_the_newest_go_first_and_the_rest_is_counted() -> None:
    plan = plan_pages([item(n) for n in (5, 4, 3, 2, 1)], {}, [], now=NOW, limit=2)
    assert [want.item.url[-1] for want in plan.pages] == ["4", "5"]
    assert plan.left == 3


def test_a_page_that_was_read_is_left_alone_until_its_listing_changes() -> None:
    seen = {item(1).url: record(item(1))}
    assert plan_pages([item(1)], seen, [], now=NOW, limit=10).pages == ()
    changed = plan_pages([item(1, title="Corrected title")], seen, [], now=NOW, limit=10)
    assert [want.before for want in changed.pages] == [seen[item(1).url]]


@pytest.mark.parametrize("clock", ["vor 2 Stunden", "14:03", "3 min", None])
def test_a_listing_date_that_changes_by_itself_asks_for_nothing(clock: str | None) -> None:
    assert listed_hash(item(1, published=clock)) == listed_hash(item(1, published="vor 5 Minuten"))


def test_a_corrected_listing_date_counts() -> None:
    assert listed_hash(item(1, published="08.07.2020")) != listed_hash(item(1))
    assert listed_hash(item(1, published="08.07.20")) != listed_hash(item(1, published="07.07.20"))


@pytest.mark.parametrize(
    ("state", "retry_at", "fetched"),
    [
        (PageState.FAILED, NOW - dt.timedelta(seconds=1), True),
        (PageState.FAILED, NOW + dt.timedelta(seconds=1), False),
        (PageState.GIVEN_UP, None, False),
        (PageState.NOT_ARTICLE, None, False),
    ],
)
def test_failed_pages_wait_and_hopeless_ones_rest(
    state: PageState, retry_at: dt.datetime | None, *, fetched: bool
) -> None:
    seen = {item(1).url: record(item(1), state, retry_at=retry_at)}
    assert bool(plan_pages([item(1)], seen, [], now=NOW, limit=10).pages) is fetched


def test_due_pages_come_along_whether_listed_or_not() -> None:
    listed, unlisted = record(item(1)), record(item(2), section="kultur")
    plan = plan_pages([item(1)], {item(1).url: listed}, [listed, unlisted], now=NOW, limit=10)
    wanted = {want.item.url: want.item for want in plan.pages}
    assert wanted[item(1).url] == item(1)
    assert wanted[item(2).url] == Item(url=item(2).url, section="kultur")


# --- what is remembered of a page -------------------------------------------------------------------------------


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
    again = read_record(Wanted(item=Item(url=item(1).url), before=before), now=NOW, article_id="a")
    assert again.listed_hash == before.listed_hash
    assert again.first_seen_at == before.first_seen_at


# --- what changed -----------------------------------------------------------------------------------------------


def known(*articles: Article) -> Mapping[str, Known]:
    return {
        name: Known(article_id=one.id, content_hash=one.content_hash, seq=1)
        for one in articles
        for name in (one.identity, *one.aliases)
    }


def test_new_same_and_updated() -> None:
    stored = article("a")
    changed = article("b", text="other words")
    updates = decide_changes([stored, changed, article("c")], known(stored, article("b")))
    assert [update.change for update in updates] == [Change.SAME, Change.UPDATED, Change.NEW]


def test_an_article_known_by_an_alias_keeps_its_id() -> None:
    moved = article("new-slug", aliases=("old-slug",))
    (update,) = decide_changes([moved], known(article("old-slug")))
    assert (update.article.id, update.change) == ("urn:uuid:old-slug", Change.SAME)


def test_two_readings_of_one_article_in_one_batch_are_one() -> None:
    first = article("a", aliases=("guid-1",))
    second = article("b", aliases=("guid-1",), text="later words")
    (update,) = decide_changes([first, second], {})
    assert update.change is Change.NEW
    assert update.article.id == "urn:uuid:a"
    assert update.article.content_text == "later words"
    assert {"a", "guid-1"} <= set(update.article.aliases)


def test_markup_and_white_space_are_no_change_words_are() -> None:
    one = article("a", text="One  word")
    assert one.content_hash == replace(one, content_text="One word", content_html="<p>One word</p>").content_hash
    assert one.content_hash != replace(one, content_text="Two words").content_hash
    assert one.content_hash != replace(one, title="Another").content_hash
    assert one.content_hash != replace(one, keywords=("BMW",)).content_hash
    assert replace(one, authors=("A",)).content_hash != replace(one, keywords=("A",)).content_hash


def test_a_recheck_does_not_lose_the_date_that_only_the_listing_gave() -> None:
    stored = replace(
        article("a"),
        published=dt.date(2020, 7, 7),
        section="kultur",
        provenance={"published": "listing", "title": "h1"},
    )
    again = keep_known(article("a"), stored)
    assert (again.published, again.section) == (dt.date(2020, 7, 7), "kultur")
    assert again.provenance == {"published": "listing"}
    own = replace(article("a"), published=dt.date(2020, 7, 8), section="china")
    assert keep_known(own, stored) is own


# --- how the source is ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (FetchError("no route"), SourceState.BROKEN),
        (RateLimited("429"), SourceState.BLOCKED),
        (Blocked("403"), SourceState.BLOCKED),
        (RobotsRefused("robots.txt"), SourceState.BLOCKED),
        (SourceGone("410"), SourceState.GONE),
        (NothingFound("no links"), SourceState.EMPTY),
    ],
)
def test_state_follows_the_error_when_everything_failed(error: PolyfeedError, state: SourceState) -> None:
    assert decide_state(Tally(targets=1, failures={"": error})) == (state, str(error))


def test_one_section_of_two_failing_is_ok_and_named() -> None:
    state, reason = decide_state(Tally(targets=2, failures={"kultur": FetchError("timed out")}))
    assert state is SourceState.OK
    assert reason == "1 of 2 sections failed: kultur: timed out"


def test_a_listing_that_works_with_pages_that_do_not_is_not_ok() -> None:
    errors = (NothingFound("no text"), NothingFound("no text"), NothingFound("no text"))
    tally = Tally(targets=1, failures={}, pages_asked=3, pages_read=0, page_errors=errors)
    assert decide_state(tally) == (SourceState.EMPTY, "none of 3 new article pages can be read; the last: no text")
    assert decide_state(replace(tally, pages_read=1))[0] is SourceState.OK


def test_articles_without_url_are_named_as_broken() -> None:
    tally = Tally(targets=1, failures={}, pages_asked=3, page_errors=(ArticleError("no title"),) * 3)
    assert decide_state(tally)[0] is SourceState.BROKEN


# --- when next --------------------------------------------------------------------------------------------------


def wait_s(state: SourceState, *, failures: int = 0, left: int = 0, error: PolyfeedError | None = None) -> float:
    due = next_poll(SOURCE, state, now=NOW, failures=failures, left=left, error=error)
    return (due - NOW).total_seconds()


def test_waits() -> None:
    assert 540 <= wait_s(SourceState.OK) <= 660
    assert wait_s(SourceState.OK, left=5) <= 33
    assert wait_s(SourceState.BROKEN, failures=1) == wait_s(SourceState.OK)
    assert wait_s(SourceState.BROKEN, failures=3) == pytest.approx(4 * wait_s(SourceState.BROKEN, failures=1))
    assert wait_s(SourceState.BROKEN, failures=99) <= 86_400 * 1.1
    assert wait_s(SourceState.BLOCKED, failures=1, error=RateLimited("429", retry_after_s=7200)) == 7200
    assert wait_s(SourceState.BLOCKED, failures=1, error=RateLimited("429", retry_after_s=1)) >= 540


def test_jitter_is_fixed_for_a_source_and_differs_between_sources() -> None:
    assert wait_s(SourceState.OK) == wait_s(SourceState.OK)
    waits = {
        next_poll(replace(SOURCE, id=f"s{n}"), SourceState.OK, now=NOW, failures=0, left=0, error=None)
        for n in range(20)
    }
    assert len(waits) > 15
