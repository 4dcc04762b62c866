"""The operator's feed: valid by the rules of every other feed, and the same for whoever reads it when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import feedparser
import pytest
from lxml import etree

from feeds.model import SourceEvent, SourceState
from feeds.render.events import ADVICE, TROUBLE, render_events, state_slug

from .rules.atom import atom_mistakes

AT = dt.datetime(2026, 11, 22, 12, 0, 30, 250, tzinfo=dt.UTC)
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def event(seq: int = 1, **given: object) -> SourceEvent:
    values: dict[str, object] = {
        "seq": seq,
        "source_id": "revue",
        "name": "La Revue",
        "at": AT + dt.timedelta(minutes=seq),
        "before": SourceState.OK,
        "after": SourceState.BROKEN,
        "reason": "HTTP 500",
    }
    return SourceEvent(**(values | given))  # type: ignore[arg-type]  # values of several types by name


def render(*events: SourceEvent, base: str = "https://feeds.example/news") -> bytes:
    return render_events(events, public_url=base, service="Polyfeed")


ODD = {
    "none": (),
    "plain": (event(),),
    "hostile": (event(source_id="a&b/\x00<", name="<b>\ud800\x01", reason="]]><script>&amp;\x0b\ufffe"),),
    "nameless": (event(name=" ", reason=""),),
    "every change": tuple(
        event(number, before=before, after=after)
        for number, (before, after) in enumerate((b, a) for b in SourceState for a in SourceState if a is not b)
    ),
    "the same at the same moment": (event(1, at=AT), event(2, at=AT)),
}


@pytest.mark.parametrize("name", ODD)
def test_it_keeps_the_rules(name: str) -> None:
    document = render(*ODD[name])
    assert list(atom_mistakes(document)) == []
    assert not feedparser.parse(document).bozo
    assert len(feedparser.parse(document).entries) == len(ODD[name])


def test_what_an_entry_says(parse: Callable[[bytes], etree._Element]) -> None:
    feed = parse(render(event(), event(2, before=SourceState.BROKEN, after=SourceState.OK, reason="")))
    newest, oldest = feed.findall("a:entry", ATOM)
    assert newest.findtext("a:title", namespaces=ATOM) == "La Revue: broken → ok"
    assert oldest.findtext("a:title", namespaces=ATOM) == "La Revue: ok → broken"
    assert oldest.findtext("a:published", namespaces=ATOM) == "2026-11-22T12:01:30+00:00"
    content = oldest.findtext("a:content", namespaces=ATOM) or ""
    assert "La Revue (revue) was ok and is broken since 2026-11-22 12:01 UTC." in content
    assert "Why: HTTP 500" in content
    assert f"What to do: {ADVICE[SourceState.BROKEN]}" in content
    (link,) = oldest.findall("a:link", ATOM)
    assert link.get("href") == "https://feeds.example/news/sources?source=revue"
    (category,) = oldest.findall("a:category", ATOM)
    assert category.get("scheme") == "https://feeds.example/news/sources?state=broken"
    assert feed.findtext("a:updated", namespaces=ATOM) == newest.findtext("a:published", namespaces=ATOM)


def test_who_is_well_is_not_told_what_to_do() -> None:
    assert b"What to do" not in render(event(before=SourceState.BROKEN, after=SourceState.OK, reason=""))


def test_equal_changes_are_equal_bytes_in_any_order() -> None:
    assert render(event(1), event(2)) == render(event(2), event(1))


def test_ids_stand_still_and_differ_from_one_service_to_the_next(parse: Callable[[bytes], etree._Element]) -> None:
    def ids(document: bytes) -> list[str | None]:
        return [element.text for element in parse(document).iter(f"{{{ATOM['a']}}}id")]

    first, later = ids(render(event(1))), ids(render(event(1), event(2)))
    assert set(first) < set(later)
    assert not set(ids(render(event(1), base="https://other.example"))) & set(first)


def test_every_state_is_advised_on() -> None:
    assert set(ADVICE) == set(SourceState)
    assert set(TROUBLE) < set(SourceState)
    assert len({state_slug(state) for state in SourceState}) == len(SourceState)
    assert not any(" " in state_slug(state) for state in SourceState)
