"""States of sources in: their words for people, the order in which to read of them, and pages of sources out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from feeds.model import SourceState, SourceStatus
from feeds.render.events import ADVICE, TROUBLE
from feeds.store.base import Store
from feeds.web.locales import gettext

# the order in which an operator wants to read of them
PRESSING = (*TROUBLE, SourceState.WAITING, SourceState.OK, SourceState.RETIRED)

Place = tuple[SourceState, str]


def state_word(state: SourceState) -> str:
    """A state in the visitor's language."""
    words = {
        SourceState.WAITING: gettext("waiting for its first poll"),
        SourceState.OK: gettext("ok"),
        SourceState.QUIET: gettext("quiet"),
        SourceState.EMPTY: gettext("empty"),
        SourceState.STALE: gettext("recipe stale"),
        SourceState.BLOCKED: gettext("blocked"),
        SourceState.BROKEN: gettext("broken"),
        SourceState.GONE: gettext("gone"),
        SourceState.RETIRED: gettext("retired"),
    }
    return words[state]


def advise(state: SourceState) -> str:
    """What to do about it, in the visitor's language; empty where there is nothing to do."""
    return gettext(ADVICE[state]) if state in TROUBLE else ""


def read_some(
    store: Store,
    states: Sequence[SourceState],
    counts: Mapping[SourceState, int],
    *,
    limit: int,
    start: Place | None = None,
) -> tuple[list[SourceStatus], Place | None]:
    """The sources of these states, state by state in the order given, and in each by id.

    A page of a million sources is at most one short question for each state.

    Args:
        store: where they are.
        states: each once.
        counts: how many there are in each state; none is asked for where there is none.
        limit: how many at most.
        start: behind which place to begin.

    Returns:
        The sources, and behind which place the next ones stand; None when there are none.
    """
    found: list[SourceStatus] = []
    begin = states.index(start[0]) if start and start[0] in states else 0
    for state in states[begin:]:
        if not counts.get(state):
            continue
        after = start[1] if start and start[0] is state else ""
        found += store.status(states=(state,), after=after, limit=limit + 1 - len(found))
        if len(found) > limit:
            last = found[limit - 1]
            return found[:limit], (last.state, last.id)
    return found, None
