"""How a source is doing, as tables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feeds.decide.state import ENOUGH_NOT_FOUND, Tally, decide_state
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
from feeds.model import SourceState


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (FetchError("no route"), SourceState.BROKEN),
        (RateLimited("429"), SourceState.BLOCKED),
        (Blocked("403"), SourceState.BLOCKED),
        (RobotsRefused("robots.txt"), SourceState.BLOCKED),
        (SourceGone("410", status=410), SourceState.GONE),
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


# --- gone -------------------------------------------------------------------------------------------------------


def not_found(times: int, *, before: SourceState = SourceState.BROKEN) -> tuple[SourceState, str]:
    error = SourceGone("404 Not Found", status=404)
    return decide_state(Tally(targets=1, failures={"": error}, state=before, failed_before=times - 1))


def test_404_is_gone_only_when_it_stays() -> None:
    for times in range(1, ENOUGH_NOT_FOUND):
        state, reason = not_found(times)
        assert state is SourceState.BROKEN
        assert f"gone after {ENOUGH_NOT_FOUND} failed polls, this was {times}" in reason
    assert not_found(ENOUGH_NOT_FOUND)[0] is SourceState.GONE
    assert not_found(2, before=SourceState.GONE)[0] is SourceState.GONE


def test_410_is_gone_at_once() -> None:
    error = SourceGone("410 Gone", status=410)
    assert decide_state(Tally(targets=1, failures={"": error}))[0] is SourceState.GONE


def test_a_section_that_is_gone_beside_one_that_times_out_makes_no_source_gone() -> None:
    failures = {"a": SourceGone("410 Gone", status=410), "b": FetchError("timed out")}
    assert decide_state(Tally(targets=2, failures=failures, failed_before=99)) == (SourceState.BROKEN, "timed out")


# --- well, but ---------------------------------------------------------------------------------------------------


def test_quiet_and_stale_are_states_of_a_source_that_answers() -> None:
    well = Tally(targets=2, failures={})
    assert decide_state(replace(well, quiet="2 articles")) == (SourceState.QUIET, "2 articles")
    assert decide_state(replace(well, stale="recipe.body")) == (SourceState.STALE, "recipe.body")
    both = replace(well, stale="recipe.body", quiet="2 articles", notes=("a note",))
    assert decide_state(both) == (SourceState.STALE, "recipe.body; 2 articles; a note")


def test_a_failed_poll_keeps_what_was_known_of_the_recipe() -> None:
    tally = Tally(targets=1, failures={"": FetchError("timed out")}, stale="recipe.body finds nothing", quiet="few")
    assert decide_state(tally) == (SourceState.BROKEN, "timed out; recipe.body finds nothing")
