"""How a source is doing: what a poll counted in, its state and the reason out.

Pure: no input or output, no clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feeds.errors import (
    Blocked,
    NothingFound,
    PolyfeedError,
    RateLimited,
    RobotsRefused,
    SourceGone,
    StandIn,
)
from feeds.model import (
    PageRecord,
    SourceState,
)

# 404 may come from a site under repair: so many polls in a row, five hours and more at the usual pace
ENOUGH_NOT_FOUND = 6
_GONE_FOR_GOOD = 410
# fewer pages than this say nothing about the source; and how many must be no articles where others were
_ENOUGH_PAGES = 3
_MANY_PAGES = 10
_GRAVITY = (SourceState.OK, SourceState.EMPTY, SourceState.BROKEN, SourceState.GONE, SourceState.BLOCKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What happened in one poll, as counted while it ran.

    ``targets`` is the number of listing pages or feeds asked, ``failures`` what went wrong with them, by the names
    that tell them apart; ``pages_asked`` the article pages asked for the first time, ``pages_read`` how many of them
    could be read, ``page_errors`` what went wrong with the others. ``listed`` are the records of what is listed, as
    they were before; ``state`` is how the poll before ended and ``failed_before`` how many in a row failed.
    ``stopped`` is the error that ended the poll early. ``quiet`` and ``stale`` say in words that few articles come,
    and that selectors find nothing; ``notes`` what else the operator should know.
    """

    targets: int
    failures: Mapping[str, PolyfeedError]
    pages_asked: int = 0
    pages_read: int = 0
    page_errors: tuple[PolyfeedError, ...] = ()
    listed: tuple[PageRecord, ...] = ()
    state: SourceState = SourceState.WAITING
    failed_before: int = 0
    stopped: PolyfeedError | None = None
    quiet: str = ""
    stale: str = ""
    notes: tuple[str, ...] = ()
    is_void: bool = False


def decide_state(tally: Tally) -> tuple[SourceState, str]:
    """The source's state and its reason in words, empty when there is nothing to say."""
    trouble = _trouble(tally)
    if trouble is not None:
        state, reason = trouble
        return state, _joined([reason, tally.stale])
    notes = list(tally.notes)
    if tally.failures:
        named = "; ".join(f"{name or 'the page'}: {error}" for name, error in tally.failures.items())
        notes.insert(0, f"{len(tally.failures)} of {tally.targets} sections failed: {named}")
    state = SourceState.STALE if tally.stale else SourceState.QUIET if tally.quiet else SourceState.OK
    return state, _joined([tally.stale, tally.quiet, *notes])


def _joined(parts: Sequence[str]) -> str:
    return "; ".join(part for part in parts if part)


def _trouble(tally: Tally) -> tuple[SourceState, str] | None:
    if tally.stopped is not None:
        return state_of(tally.stopped), str(tally.stopped)
    if tally.failures and len(tally.failures) == tally.targets:
        return _all_failed(tally, list(tally.failures.values()))
    if tally.is_void:
        return SourceState.EMPTY, _joined(["it could be read, and nothing in it leads to an article", *tally.notes])
    return _trouble_with_pages(tally)


def _all_failed(tally: Tally, errors: Sequence[PolyfeedError]) -> tuple[SourceState, str]:
    """The worst of the errors; gone is only what is gone whole: for good (410), or after many polls."""
    there = [error for error in errors if state_of(error) is not SourceState.GONE]
    worst = max(there or errors, key=lambda error: _GRAVITY.index(state_of(error)))
    state, reason = state_of(worst), str(worst)
    if state is not SourceState.GONE or tally.state is SourceState.GONE:
        return state, reason
    if all(isinstance(error, SourceGone) and error.status == _GONE_FOR_GOOD for error in errors):
        return state, reason
    times = tally.failed_before + 1
    if times >= ENOUGH_NOT_FOUND:
        return state, f"{reason} (failed {times} times in a row)"
    return SourceState.BROKEN, f"{reason}; it counts as gone after {ENOUGH_NOT_FOUND} failed polls, this was {times}"


def _trouble_with_pages(tally: Tally) -> tuple[SourceState, str] | None:
    """What the article pages say: none of those listed can be read, or a good number of new ones cannot."""
    was_read = any(record.article_id is not None for record in tally.listed)
    if tally.pages_read or (was_read and not tally.pages_asked):
        return None
    if tally.pages_asked >= _ENOUGH_PAGES:
        state = max((_page_state(error) for error in tally.page_errors), key=_GRAVITY.index)
        are_pages = not all(isinstance(error, StandIn) for error in tally.page_errors)
        if state is SourceState.EMPTY and was_read and are_pages and tally.pages_asked < _MANY_PAGES:
            return None  # players and galleries come in threes; a site of other pages comes in tens
        return state, f"none of {tally.pages_asked} new article pages can be read; the last: {tally.page_errors[-1]}"
    if was_read or len(tally.listed) < _ENOUGH_PAGES or tally.state not in _GRAVITY[1:]:
        return None
    return tally.state, f"none of the {len(tally.listed)} article pages listed can be read: {tally.listed[-1].reason}"


def _page_state(error: PolyfeedError) -> SourceState:
    """Articles that are gone from a list that is there: the list is broken, the source is not gone."""
    state = state_of(error)
    return SourceState.BROKEN if state is SourceState.GONE else state


def state_of(error: PolyfeedError) -> SourceState:
    """The state a source is in when this is what its poll met."""
    if isinstance(error, RateLimited | Blocked | RobotsRefused):
        return SourceState.BLOCKED
    if isinstance(error, SourceGone):
        return SourceState.GONE
    if isinstance(error, NothingFound):
        return SourceState.EMPTY
    return SourceState.BROKEN
