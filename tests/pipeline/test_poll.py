"""What a poll does with section pages as they are: each article once, nothing hammered, the state true and in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feeds.model import Section, SourceState

from .conftest import House, Page, Site, listing, story

ALL_REFUSED = Page(body="User-agent: *\nDisallow: /2026/\n", kind="text/plain")


@pytest.fixture
def newspaper(house: House, site: Site) -> House:
    """A source of two sections."""
    sections = tuple(Section(slug=slug, name=slug, url=f"{site.url}/{slug}") for slug in ("world", "sport"))
    house.source = replace(house.source, url=site.url, sections=sections)
    return house


@pytest.fixture
def paper(house: House, site: Site) -> House:
    """A source of one page."""
    house.source = replace(house.source, url=f"{site.url}/")
    return house


# --- polite ----------------------------------------------------------------------------------------------------


def test_polling_again_asks_for_the_listing_only(paper: House, site: Site) -> None:
    site.stories(3, 2, 1)
    first = paper.poll()
    assert (first.new, first.state, first.reason) == (3, SourceState.OK, "")
    again = paper.poll(minutes=10)
    assert (again.new, again.updated, site.articles_asked()) == (0, 0, 3)


def test_an_article_told_differently_by_two_sections_is_fetched_once(newspaper: House, site: Site) -> None:
    path = "/2026/11/20/story-1.html"
    site.pages[path] = story("The tale of harbour number one")
    others = [(f"/2026/11/20/story-{n}.html", f"The tale of harbour number {n}") for n in range(2, 6)]
    site.pages |= {other: story(title) for other, title in others}
    for section, title in (("world", "The tale of harbour number one"), ("sport", "Regatta: the tale of harbour one")):
        site.pages[f"/{section}"] = listing((path, title), *others, tagged=True)
    assert newspaper.poll().new == 5
    site.pages["/sport"] = replace(site.pages["/sport"], body=site.pages["/sport"].body + "<!-- -->")
    report = newspaper.poll(minutes=10)  # world is 304 now, so only sport lists it
    site.pages["/world"] = replace(site.pages["/world"], body=site.pages["/world"].body + "<!-- -->")
    report = newspaper.poll(minutes=10)
    assert site.asked[path] == 1
    assert report.updated == 0
    assert {one.article.section for one in newspaper.articles()} == {"world"}


def test_a_recheck_that_never_ends_does_not_make_the_source_polled_every_half_minute(paper: House, site: Site) -> None:
    site.stories(*range(12, 0, -1))
    site.pages["/"] = replace(site.pages["/"], tagged=True)
    paper.source = replace(paper.source, recheck_s=86_400)
    paper.settings = replace(paper.settings, new_per_poll=5)
    for _ in range(4):
        report = paper.poll(minutes=1)
    assert len(paper.articles()) == 12
    assert report.left == 0
    assert (report.next_poll_at - paper.now).total_seconds() > 500


def test_a_recheck_is_conditional(paper: House, site: Site) -> None:
    site.stories(1)
    path = "/2026/11/20/story-1.html"
    site.pages[path] = replace(site.pages[path], tagged=True)
    paper.source = replace(paper.source, recheck_s=86_400)
    assert paper.poll().new == 1
    before = paper.articles()
    report = paper.poll(minutes=10)
    assert (site.asked[path], report.failed_pages, report.same, report.state) == (2, 0, 0, SourceState.OK)
    assert paper.articles() == before
    site.pages[path] = replace(story("The tale of harbour number 1, corrected"), tagged=True)
    assert paper.poll(minutes=10).updated == 1


def test_a_host_that_dies_in_the_middle_is_not_asked_for_each_page(paper: House, site: Site) -> None:
    site.stories(*range(40, 0, -1))
    for number in range(1, 31):
        site.pages[f"/2026/11/20/story-{number}.html"] = Page(status=500)
    report = paper.poll()
    assert site.articles_asked() <= 8
    assert report.left > 30
    assert report.state is SourceState.BROKEN
    assert "500" in report.reason
    site.stories(*range(40, 0, -1))
    for number in range(1, 31):
        del site.pages[f"/2026/11/20/story-{number}.html"]
    site.stories(*range(40, 0, -1))
    paper.poll(hours=1)
    paper.poll(hours=1)
    assert len(paper.articles()) == 40


def test_a_site_that_does_not_answer_costs_two_timeouts_not_one_for_each_section(house: House, site: Site) -> None:
    site.pages = {f"/{number}": Page(delay_s=1.0) for number in range(6)}
    sections = tuple(Section(slug=str(number), name="", url=f"{site.url}/{number}") for number in range(6))
    house.source = replace(house.source, url=site.url, sections=sections)
    house.settings = replace(house.settings, timeout_s=0.3)
    report = house.poll()
    assert report.state is SourceState.BROKEN
    assert "did not answer" in report.reason
    assert sum(count for path, count in site.asked.items() if path != "/robots.txt") == 2


def test_while_the_listing_fails_its_pages_are_left_alone(paper: House, site: Site) -> None:
    site.stories(3, 2, 1)
    broken = "/2026/11/20/story-2.html"
    well = site.pages[broken]
    site.pages[broken] = Page(status=500)
    assert paper.poll().new == 2
    site.pages["/"] = Page(status=500)
    for _ in range(10):
        paper.poll(hours=3)
    assert site.asked[broken] == 1
    site.pages[broken] = well
    site.stories(3, 2, 1)
    paper.poll(hours=3)
    assert len(paper.articles()) == 3


def test_being_asked_to_wait_is_no_failed_try_of_a_page(paper: House, site: Site) -> None:
    site.stories(1)
    path = "/2026/11/20/story-1.html"
    well = site.pages[path]
    site.pages[path] = Page(status=429, headers={"Retry-After": "60"})
    for _ in range(8):
        report = paper.poll(hours=30)
        assert report.state is SourceState.BLOCKED
    site.pages[path] = well
    paper.poll(hours=30)
    assert len(paper.articles()) == 1


# --- the state is true ------------------------------------------------------------------------------------------


def test_one_section_that_refuses_us_does_not_cost_the_others(newspaper: House, site: Site) -> None:
    site.stories(3, 2, 1, section="sport")
    site.pages["/world"] = Page(status=403)
    report = newspaper.poll()
    assert (report.state, report.new) == (SourceState.OK, 3)
    assert report.reason.startswith("1 of 2 sections failed: world: ")


def test_robots_that_refuse_every_article_stay_the_reason(paper: House, site: Site) -> None:
    site.stories(4, 3, 2, 1)
    site.pages["/"] = replace(site.pages["/"], tagged=True)
    site.pages["/robots.txt"] = ALL_REFUSED
    reports = [paper.poll(minutes=10) for _ in range(4)]
    assert {report.state for report in reports} == {SourceState.BLOCKED}
    assert all("robots.txt" in report.reason and "fetched" not in report.reason for report in reports)
    assert site.articles_asked() == 0


def test_deleted_articles_do_not_make_their_source_gone(paper: House, site: Site) -> None:
    site.stories(5, 4, 3, 2, 1)
    paper.source = replace(paper.source, recheck_s=86_400)
    assert paper.poll().new == 5
    for number in range(1, 6):
        site.pages[f"/2026/11/20/story-{number}.html"] = Page(status=410)
    report = paper.poll(minutes=10)
    assert (report.state, report.reason) == (SourceState.OK, "")
    assert len(paper.articles()) == 5


def test_three_new_links_that_are_no_articles_do_not_make_a_good_source_empty(paper: House, site: Site) -> None:
    site.stories(*range(9, 0, -1))
    assert paper.poll().new == 9
    players = [(f"/2026/11/21/video-{n}.html", f"Watch the boats in harbour number {n}") for n in range(3)]
    site.pages |= {
        path: Page(body="<html><title>Player</title><body><video></video></body></html>") for path, _ in players
    }
    stories = [(f"/2026/11/20/story-{n}.html", f"The tale of harbour number {n}") for n in range(9, 0, -1)]
    site.pages["/"] = listing(*players, *stories)
    assert paper.poll(minutes=10).state is SourceState.OK


# --- each article once ------------------------------------------------------------------------------------------


def test_an_article_that_moved_for_good_keeps_its_id(paper: House, site: Site) -> None:
    site.stories(1)
    paper.source = replace(paper.source, recheck_s=86_400)
    paper.poll()
    (before,) = paper.articles()
    site.pages["/2026/11/20/story-1-corrected.html"] = site.pages["/2026/11/20/story-1.html"]
    site.pages["/2026/11/20/story-1.html"] = Page(
        status=301, headers={"Location": "/2026/11/20/story-1-corrected.html"}
    )
    paper.poll(minutes=10)
    site.pages["/"] = listing(("/2026/11/20/story-1-corrected.html", "The tale of harbour number 1"))
    paper.poll(minutes=10)
    (after,) = paper.articles()
    assert after.article.id == before.article.id
    assert after.seq == before.seq


def test_an_address_that_points_elsewhere_each_day_is_no_name_of_an_article(paper: House, site: Site) -> None:
    site.stories(2, 1)
    latest = "/2026/11/20/latest-news-today.html"
    for number in (1, 2):
        site.pages[latest] = Page(status=302, headers={"Location": f"/2026/11/20/story-{number}.html"})
        site.pages["/"] = listing((latest, f"The newest tale, number {number} of the harbour"))
        paper.poll(minutes=10)
    assert sorted(paper.titles()) == ["The tale of harbour number 1", "The tale of harbour number 2"]


def test_more_than_a_poll_takes_is_read_page_by_page_until_all_is_there(paper: House, site: Site) -> None:
    numbers = range(24, 0, -1)
    site.stories(*numbers)
    named = [(f"/2026/11/20/story-{n}.html", f"The tale of harbour number {n}") for n in numbers]
    site.pages["/"] = listing(*named[:8], tagged=True)
    site.pages["/index_1.html"] = listing(*named[8:16])
    site.pages["/index_2.html"] = listing(*named[16:])
    paper.source = replace(paper.source, pages=3, recipe=replace(paper.source.recipe, next_page="index_{n}.html"))
    paper.settings = replace(paper.settings, new_per_poll=10)
    for _ in range(4):
        report = paper.poll(minutes=1)
    assert len(paper.articles()) == 24
    assert report.left == 0
    asked = site.asked["/index_1.html"]
    paper.poll(minutes=10)
    assert site.asked["/index_1.html"] == asked


def test_pages_that_go_round_in_a_circle_are_left(paper: House, site: Site) -> None:
    site.stories(3, 2, 1)
    for number in range(1, 30):
        site.pages[f"/index_{number}.html"] = site.pages["/"]
    paper.source = replace(paper.source, pages=30, recipe=replace(paper.source.recipe, next_page="index_{n}.html"))
    assert paper.poll().new == 3
    assert sum(count for path, count in site.asked.items() if path.startswith("/index_")) == 1


def test_http_and_https_and_sections_name_an_article_once(newspaper: House, site: Site) -> None:
    """The same article by two spellings of its address, in two sections, is asked for once."""
    site.stories(4, 3, 2, 1, section="world")
    named = [(f"/2026/11/20/story-{n}.html?utm_source=sport", f"The tale of harbour number {n}") for n in (4, 3, 2, 1)]
    site.pages["/sport"] = listing(*named)
    report = newspaper.poll()
    assert (report.new, report.found, site.articles_asked()) == (4, 4, 4)


# --- odd sites --------------------------------------------------------------------------------------------------


def test_an_article_under_a_new_slug_is_the_same_article(paper: House, site: Site) -> None:
    """Its old address redirects for good; nobody rechecks: the listing names only the new one."""
    site.stories(3, 2, 1)
    paper.poll()
    before = {one.article.id for one in paper.articles()}
    old, new = "/2026/11/20/story-2.html", "/2026/11/20/story-2-harbour-pilots.html"
    site.pages[new] = site.pages[old]
    site.pages[old] = Page(status=301, headers={"Location": new})
    named = [(f"/2026/11/20/story-{n}.html", f"The tale of harbour number {n}") for n in (3, 2, 1)]
    named[1] = (new, named[1][1])
    site.pages["/"] = listing(*named)
    paper.poll(minutes=10)
    assert {one.article.id for one in paper.articles()} == before


def test_a_canonical_link_to_another_address_makes_one_article_of_both(paper: House, site: Site) -> None:
    site.stories(2, 1)
    head = f'<link rel="canonical" href="{site.url}/2026/11/20/story-1.html">'
    site.pages["/2026/11/20/story-2.html"] = story("The tale of harbour number 1", head=head)
    paper.poll()
    paper.poll(minutes=10)
    assert len(paper.articles()) == 1
    assert site.articles_asked() == 2


def test_an_edit_is_seen_when_the_listing_shows_it_and_only_then(paper: House, site: Site) -> None:
    site.stories(2, 1)
    paper.poll()
    path = "/2026/11/20/story-1.html"
    site.pages[path] = story("The tale of harbour number 1, corrected")
    assert (paper.poll(minutes=10).updated, site.asked[path]) == (0, 1)
    site.pages["/"] = listing(
        ("/2026/11/20/story-2.html", "The tale of harbour number 2"), (path, "The tale of harbour number 1, corrected")
    )
    report = paper.poll(minutes=10)
    assert (report.updated, report.new, site.asked[path]) == (1, 0, 2)


def test_a_page_too_slow_is_tried_later_and_a_gone_one_given_up(paper: House, site: Site) -> None:
    site.stories(4, 3, 2, 1)
    slow, gone = "/2026/11/20/story-1.html", "/2026/11/20/story-2.html"
    well = site.pages[slow]
    paper.settings = replace(paper.settings, timeout_s=0.5)
    site.pages[slow] = replace(well, delay_s=1.5)
    site.pages[gone] = Page(status=410)
    report = paper.poll()
    assert (report.new, report.failed_pages, report.state) == (2, 2, SourceState.OK)
    site.pages[slow] = well
    for _ in range(10):
        paper.poll(hours=24)
    assert len(paper.articles()) == 3
    assert site.asked[gone] == 5


def test_pending_pages_are_read_though_the_listing_says_not_modified(paper: House, site: Site) -> None:
    site.stories(6, 5, 4, 3, 2, 1)
    site.pages["/"] = replace(site.pages["/"], tagged=True)
    paper.settings = replace(paper.settings, new_per_poll=4)
    well = site.pages["/2026/11/20/story-6.html"]
    site.pages["/2026/11/20/story-6.html"] = Page(status=500)
    reports = [paper.poll(minutes=1), paper.poll(minutes=1)]
    assert [(report.new, report.left) for report in reports] == [(3, 2), (2, 0)]
    site.pages["/2026/11/20/story-6.html"] = well
    assert paper.poll(minutes=15).new == 1


def test_a_host_that_is_down_is_told_and_recovers_by_itself(paper: House, site: Site) -> None:
    site.stories(2, 1)
    url = paper.source.url
    paper.source = replace(paper.source, url="http://127.0.0.1:1/")
    report = paper.poll()
    assert report.state is SourceState.BROKEN
    assert "no connection to 127.0.0.1:1" in report.reason
    paper.source = replace(paper.source, url=url)
    report = paper.poll(minutes=10)
    assert (report.state, report.reason, report.new) == (SourceState.OK, "", 2)


def test_a_soft_404_does_not_replace_the_article(paper: House, site: Site) -> None:
    site.stories(3, 2, 1)
    paper.source = replace(paper.source, recheck_s=86_400)
    paper.poll()
    site.pages["/2026/11/20/story-2.html"] = Page(
        body="<html><head><title>Page not found</title></head><body><h1>Page not found</h1>"
        "<p>Sorry, the page you were looking for does not exist any more.</p></body></html>"
    )
    report = paper.poll(minutes=10)
    assert report.updated == 0
    assert "The tale of harbour number 2" in paper.titles()
