from __future__ import annotations

import dataclasses

import pytest
from werkzeug.http import parse_options_header

from feeds.model import FeedQuery, Format
from feeds.render.head import make_head
from feeds.web.catalogue import Overview
from feeds.web.relations import OTHER_LANGUAGES, in_other_languages, write_links

from .conftest import Both

BASE = "http://feeds.test"
GERMAN = FeedQuery(languages=("de",))
OVERVIEW = Overview(
    languages={"de": 9, "de-AT": 5, "fr": 3, "en": 7, "ja": 0, "zh-Hans": 3},
    sections=(("de", "kultur", 4), ("fr", "kultur", 1), ("en", "kultur", 0), ("en", "sport", 9)),
    sources={},
    states={},
)


def read_links(header: str) -> list[tuple[str, dict[str, str]]]:
    """(address, parameters) of each link; none of our addresses holds a comma and a blank."""
    found = []
    for link in header.split(", "):
        target, parameters = parse_options_header(link)
        found.append((target.strip("<>"), dict(parameters)))
    return found


@pytest.mark.parametrize(
    ("query", "languages"),
    [
        (GERMAN, ["en", "fr", "zh-Hans"]),  # those with most articles first, without varieties of its own
        (FeedQuery(languages=("zh",)), ["de", "en", "de-AT", "fr"]),
        (FeedQuery(languages=("de",), section="kultur"), ["fr"]),
        (FeedQuery(languages=("de",), section="nothing"), []),
        (FeedQuery(languages=("de", "fr")), []),
        (FeedQuery(), []),
        (FeedQuery(languages=("de",), keywords=("bmw",)), []),
        (FeedQuery(languages=("de",), copies=False), []),
        (FeedQuery(languages=("de",), source="rundschau"), []),
    ],
)
def test_the_same_feed_in_other_languages(query: FeedQuery, languages: list[str]) -> None:
    found = list(in_other_languages(query, OVERVIEW))
    assert [other.languages[0] for other in found] == languages
    assert {other.section for other in found} <= {query.section}


def test_a_service_in_many_languages_names_the_largest() -> None:
    many = dataclasses.replace(OVERVIEW, languages={f"q{chr(97 + number)}a": number for number in range(20)})
    found = [other.languages[0] for other in in_other_languages(GERMAN, many)]
    assert found == [f"q{chr(97 + number)}a" for number in range(19, 19 - OTHER_LANGUAGES, -1)]


def test_no_feed_names_one_whose_articles_it_holds() -> None:
    norwegian = dataclasses.replace(OVERVIEW, languages={"nb": 5, "nn": 2, "no": 1, "sv": 3})
    found = in_other_languages(FeedQuery(languages=("no",)), norwegian)
    assert [other.languages[0] for other in found] == ["sv"]


def test_the_header_names_hub_and_further_documents() -> None:
    head = make_head(GERMAN, Format.RSS, public_url=BASE, hub="https://hub.example/?a=b")
    history = {"prev-archive": f"{BASE}/feeds/de.rss?archive=7"}
    links = read_links(write_links(dataclasses.replace(head, history=history), Format.RSS, ()))
    assert links[:3] == [
        (f"{BASE}/feeds/de.rss", {"rel": "self"}),
        ("https://hub.example/?a=b", {"rel": "hub"}),
        (f"{BASE}/feeds/de.rss?archive=7", {"rel": "prev-archive", "type": "application/rss+xml"}),
    ]


def test_a_hub_that_is_no_address_of_the_web_is_not_named() -> None:
    head = make_head(GERMAN, Format.RSS, public_url=BASE)
    assert 'rel="hub"' not in write_links(dataclasses.replace(head, hub="javascript:alert(1)"), Format.RSS, ())


def test_every_link_of_a_feed_leads_somewhere(both: Both) -> None:
    for target, parameters in read_links(both("/feeds/de.json")["Link"] or ""):
        answer = both(target.removeprefix(BASE))
        assert answer.status == 200
        if "type" in parameters:
            assert (answer["Content-Type"] or "").startswith(parameters["type"])
