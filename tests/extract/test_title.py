"""Choosing the headline among what a page declares and shows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from feeds.extract.evidence import Evidence
from feeds.extract.title import find_title

Gather = Callable[..., Evidence]

OG = '<meta property="og:title" content="{}">'
SITE = '<meta property="og:site_name" content="The Example">'


def article(headline: str) -> dict[str, str]:
    return {"@type": "NewsArticle", "headline": headline}


def title_of(page: Evidence) -> str | None:
    found = find_title(page)
    return found.value if found else None


@pytest.mark.parametrize(
    "declared",
    [
        "Harbour opened again | The Example",
        "Harbour opened again - The Example",
        "Harbour opened again – example.org",
        "Harbour opened again | Politics | The Example",
        "The Example - Harbour opened again",
        "Harbour opened again",
    ],
)
def test_the_sites_name_is_cut(seen: Gather, declared: str) -> None:
    assert title_of(seen(head=SITE + f"<title>{declared}</title>")) == "Harbour opened again"


def test_a_dash_that_nothing_confirms_is_part_of_the_headline(seen: Gather) -> None:
    head = "<title>Harbour - a town waits - The Example</title>" + SITE
    assert title_of(seen(head=head, body="<h2>Nothing</h2>")) == "Harbour - a town waits"


def test_json_ld_is_the_newsrooms_own_word(seen: Gather) -> None:
    page = seen(head=OG.format("You won't believe this harbour"), ld=article("Harbour opened again"))
    assert title_of(page) == "Harbour opened again"


def test_the_search_engines_headline_loses_to_what_is_shown_and_shared(seen: Gather) -> None:
    seo = "Harbour opening 2026: date, cost, tickets"
    page = seen(head=f"<title>{seo} | The Example</title>" + SITE + OG.format("Harbour opened again"), ld=article(seo))
    assert title_of(page) == "Harbour opened again"


def test_a_section_in_h1_is_no_headline(seen: Gather) -> None:
    page = seen(head=OG.format("Harbour opened again"), body="<h1>Politics</h1><h2>Harbour opened again</h2>")
    assert title_of(page) == "Harbour opened again"


def test_a_breadcrumbs_last_step_is_no_headline(seen: Gather) -> None:
    crumbs = (
        "<nav><ul><li><h1>The old quay and its harbour reopened today</h1></li></ul></nav><h1>Harbour opened again</h1>"
    )
    assert title_of(seen(body=crumbs, head="<title>Harbour opened again</title>")) == "Harbour opened again"


def test_the_line_above_the_headline_is_cut_where_another_title_does_without(seen: Gather) -> None:
    page = seen(head=OG.format("Harbour opened again"), body="<h1>After three years - Harbour opened again</h1>")
    assert title_of(page) == "Harbour opened again"


def test_the_line_above_stays_where_every_title_has_it(seen: Gather) -> None:
    full = "After three years: Harbour opened again"
    assert title_of(seen(head=OG.format(full), body="<h1>Harbour opened again</h1>", ld=article(full))) == full


def test_without_anything_else_the_title_element_counts(seen: Gather) -> None:
    assert title_of(seen(head="<title>Harbour opened again</title>", body="")) == "Harbour opened again"


def test_without_any_title_there_is_none(seen: Gather) -> None:
    assert title_of(seen(body="")) is None


def test_a_heading_that_names_the_site_yields_to_the_one_that_is_the_title(seen: Gather) -> None:
    page = seen(
        head="<title>Harbour opened again - Example.com</title>" + OG.format("Harbour opened again"),
        body="<h1>Example</h1><h1>Harbour opened again</h1>",
    )
    assert title_of(page) == "Harbour opened again"


def test_a_title_standing_on_the_page_wins_over_the_name_of_the_section_in_h1(seen: Gather) -> None:
    page = seen(head="<title>Harbour opened again</title>", body="<h1>Coast guide</h1><h2>Harbour opened again</h2>")
    assert title_of(page) == "Harbour opened again"


def test_what_follows_the_sites_name_goes_with_it(seen: Gather) -> None:
    page = seen(
        head="<title>Harbour opened again - Shore.example - Shoretown</title>",
        body="<p>x</p>",
        url="https://shore.example/a",
    )
    assert title_of(page) == "Harbour opened again"


def test_the_way_most_sources_write_the_same_words_is_taken_whole(seen: Gather) -> None:
    head = OG.format("Plant pulled down: towers gone") + SITE
    page = seen(
        "<p>Text</p>",
        head=f"<title>Plant pulled down: towers gone | The Example</title>{head}",
        ld=article("Plant pulled down - towers gone"),
    )
    assert title_of(page) == "Plant pulled down: towers gone"


@pytest.mark.parametrize("declared", ["Harbour opened again – Shore Blog", "Shore Blog: Harbour opened again"])
def test_of_a_title_that_alone_is_declared_the_part_that_is_a_heading_is_the_headline(
    seen: Gather, declared: str
) -> None:
    page = seen(
        head=f"<title>{declared}</title>", body="<h1>Shore Blog</h1><h2>Harbour opened again</h2><h3>Comments</h3>"
    )
    assert title_of(page) == "Harbour opened again"
