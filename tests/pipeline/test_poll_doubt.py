"""A site that answers with something else under 200: nothing false is delivered, nothing lost, and it is said."""

from __future__ import annotations

import dataclasses

import pytest

from feeds.model import Kind, SourceState

from .conftest import House, Page, Site, listing, story, varied

NAMES = ("Mayor opens second quay", "Fishermen protest against dredging", "Ferry company raises prices")
PATHS = [f"/2026/11/20/{name.lower().replace(' ', '-')}.html" for name in NAMES]


def undated(title: str, text: str) -> Page:
    return Page(
        body=f'<html lang="en"><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>'
    )


NOTICE = undated(
    "Something went wrong", "An unexpected error occurred while this request was handled. Our team has been told. " * 2
)
LONG_NOTICE = undated("Something went wrong", varied(1, words=400))
FRONT = Page(
    body='<html lang="en"><head><title>The Daily</title></head><body><h1>The Daily</h1>'
    + "".join(
        f"<h2><a href={path}>{name}</a></h2><p>{varied(7, words=80)}</p>"
        for path, name in zip(PATHS, NAMES, strict=True)
    )
    + "</body></html>"
)
TO_FRONT = Page(status=302, headers={"Location": "/"})


@pytest.fixture
def house(house: House, site: Site) -> House:
    house.source = dataclasses.replace(house.source, url=f"{site.url}/", recheck_s=86_400.0)
    site.pages["/"] = listing(*zip(PATHS, NAMES, strict=True))
    return house


def heal(site: Site) -> None:
    for path, name in zip(PATHS, NAMES, strict=True):
        site.pages[path] = story(name, text=varied(len(name)))


@pytest.mark.parametrize("answer", [NOTICE, LONG_NOTICE, TO_FRONT], ids=["a notice", "a long one", "the front page"])
def test_a_notice_in_place_of_articles_is_none_and_they_come_later(house: House, site: Site, answer: Page) -> None:
    if answer is TO_FRONT:
        site.pages["/"] = FRONT
    site.pages.update(dict.fromkeys(PATHS, answer))
    report = house.poll()
    assert (report.state, report.new, report.failed_pages) == (SourceState.EMPTY, 0, 3)
    assert "none of 3 new article pages can be read" in report.reason
    heal(site)
    assert house.poll(hours=3).state is SourceState.OK
    assert sorted(house.titles()) == sorted(NAMES)


def test_one_notice_among_articles_is_seen_by_what_was_announced(house: House, site: Site) -> None:
    heal(site)
    site.pages[PATHS[0]] = NOTICE
    report = house.poll()
    assert (report.new, report.failed_pages) == (2, 1)
    assert NAMES[0] not in house.titles()


def test_a_stored_article_is_not_overwritten_by_a_notice_and_is_by_an_edit(house: House, site: Site) -> None:
    heal(site)
    house.poll()
    site.pages["/"] = listing(*zip(PATHS[1:], NAMES[1:], strict=True))  # it is looked at again without being listed
    site.pages[PATHS[0]] = NOTICE
    report = house.poll(hours=2)
    assert (report.updated, report.failed_pages) == (0, 1)
    assert sorted(house.titles()) == sorted(NAMES)
    site.pages[PATHS[0]] = undated("Quay opened at last", f"{varied(len(NAMES[0]))} A word more.")
    assert house.poll(hours=4).updated == 1
    assert "Quay opened at last" in house.titles()


def test_two_addresses_of_one_article_in_a_sitemap_are_no_notice(house: House, site: Site) -> None:
    house.source = dataclasses.replace(house.source, kind=Kind.SITEMAP, url=f"{site.url}/map.txt")
    site.pages["/map.txt"] = Page(body="\n".join(site.url + path for path in PATHS[:2]), kind="text/plain")
    site.pages.update(dict.fromkeys(PATHS[:2], undated(NAMES[0], varied(3))))
    assert house.poll().state is SourceState.OK
    assert NAMES[0] in house.titles()


@pytest.mark.parametrize(
    ("title", "is_blocked"), [("Just a moment...", True), ("Page not found", False)], ids=["challenge", "soft 404"]
)
def test_a_challenge_under_200_is_blocked(house: House, site: Site, title: str, *, is_blocked: bool) -> None:
    site.pages.update(dict.fromkeys(PATHS, undated(title, "Please wait while we look at your request for this page.")))
    report = house.poll()
    assert report.state is (SourceState.BLOCKED if is_blocked else SourceState.EMPTY)
    heal(site)
    house.poll(hours=3)
    assert sorted(house.titles()) == sorted(NAMES)
