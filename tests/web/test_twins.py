"""Who opens a feed's address: a person, who is shown its page, or a feed reader."""

from __future__ import annotations

from typing import Any

import pytest

from feeds.settings import Settings
from feeds.store.base import Store
from feeds.web.wsgi import build_app

from .conftest import ask

CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PEOPLE = [CHROME, FIREFOX, "text/html", "TEXT/HTML, */*;q=0.1", "text/html, application/atom+xml;q=0.9"]
READERS = [
    None,
    "",
    "*/*",
    "application/atom+xml",
    "application/atom+xml, text/html",
    "application/xml, application/atom+xml, application/rss+xml, application/rdf+xml, text/html, */*;q=0.9",
    "application/atom+xml,application/rdf+xml,application/rss+xml,application/xml;q=0.9,text/html;q=0.7,*/*;q=0.1",
    "text/html;q=0.8, */*",
    "text/html;q=0, application/xml",
    "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",  # Java's own
    "application/xhtml+xml",
    "image/png",
]


@pytest.fixture
def served(settings: Settings, store: Store) -> Any:
    return build_app(settings, store)


@pytest.mark.parametrize("path", ["/feeds/de.atom", "/feeds/de.rss", "/feeds/de.json"])
@pytest.mark.parametrize("accept", PEOPLE)
def test_a_person_is_shown_the_page(served: Any, path: str, accept: str) -> None:
    for _ in range(2):  # by Flask, then by the fast layer
        led = ask(served, path, accept=accept)
        assert (led.status, led["Location"], led["Cache-Control"]) == (303, "/feeds/de#subscribe", "private, no-store")
    page = ask(served, "/feeds/de", accept=accept)
    assert (page["Content-Type"] or "").startswith("text/html")


@pytest.mark.parametrize("path", ["/feeds/de.atom", "/feeds/de.rss", "/feeds/de.json"])
@pytest.mark.parametrize("accept", READERS)
def test_a_feed_reader_gets_the_feed(served: Any, path: str, accept: str | None) -> None:
    headers = {} if accept is None else {"accept": accept}
    for _ in range(2):
        answer = ask(served, path, **headers)
        assert answer.status == 200
        assert {"Accept", "Sec-Fetch-Dest", "Accept-Encoding"} <= set((answer["Vary"] or "").split(", "))


@pytest.mark.parametrize(("dest", "status"), [("document", 303), ("empty", 200), ("iframe", 200)])
@pytest.mark.parametrize("accept", ["*/*", CHROME])
def test_a_browser_that_says_what_it_wants_it_for_is_believed(served: Any, dest: str, status: int, accept: str) -> None:
    assert ask(served, "/feeds/de.atom", accept=accept, sec_fetch_dest=dest).status == status


def test_a_shared_cache_tells_people_from_readers(served: Any) -> None:
    """A cache that keeps by what Vary names never hands one what is for the other (RFC 9111, 4.1)."""
    kept: dict[tuple[str | None, ...], int] = {}
    for accept in [*READERS, *PEOPLE, *READERS]:
        headers = {"accept": accept} if accept is not None else {}
        answer = ask(served, "/feeds/de.atom", **headers)
        names = (answer["Vary"] or "").lower().replace("-", "_").split(", ")
        if "no-store" not in (answer["Cache-Control"] or ""):
            kept[tuple(headers.get(name) for name in names)] = answer.status
        assert answer.status == (303 if accept in PEOPLE else 200)
    assert set(kept.values()) == {200}
    assert not any(accept in key for key in kept for accept in PEOPLE)
