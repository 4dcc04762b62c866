"""Answers of APIs in the shapes that sites give them, with and without JMESPath expressions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from feeds.errors import ExtractError, NothingFound
from feeds.extract.api import ApiPage, compile_field, read_api
from feeds.model import ApiFields, Document, Item, Kind, Section, Source

URL = "https://www.example.org/api/news?page=1"
NO_FIELDS = ApiFields()


def read(answer: Any, api: ApiFields = NO_FIELDS, *, link: str | None = None, url: str = URL) -> ApiPage:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    source = Source(id="s", name="S", kind=Kind.JSON, url=url, api=api, language="en")
    return read_api(Document(url=url, requested_url=url, body=body, link=link), source=source, section=Section(url=url))


def one(answer: Any, api: ApiFields = NO_FIELDS) -> Item:
    (item,) = read(answer, api).items
    return item


def test_wordpress() -> None:
    item = one(
        [
            {
                "id": 77,
                "date": "2026-11-20T10:00:00",
                "date_gmt": "2026-11-20T08:00:00",
                "modified_gmt": "2026-11-20T09:00:00",
                "guid": {"rendered": "https://www.example.org/?p=77"},
                "link": "https://www.example.org/harbour/",
                "title": {"rendered": "Harbour &#8211; <em>open</em> again"},
                "excerpt": {"rendered": "<p>The harbour is open.</p>\n", "protected": False},
                "content": {"rendered": "<p>The harbour is open.</p><p>At last.</p>"},
                "author": 3,
                "categories": [5],
                "tags": [8, 9],
                "jetpack_featured_media_url": "https://www.example.org/quay.jpg",
                "_embedded": {
                    "author": [{"id": 3, "name": "Ann Lee", "link": "https://www.example.org/author/ann"}],
                    "wp:term": [
                        [{"taxonomy": "category", "name": "Ports"}],
                        [{"taxonomy": "post_tag", "name": "Harbour"}, {"taxonomy": "post_tag", "name": "R&amp;D"}],
                    ],
                },
            }
        ]
    )
    assert item.url == "https://www.example.org/harbour/"
    assert item.guid == "https://www.example.org/?p=77"
    assert item.title == "Harbour – open again"
    assert (item.published, item.updated) == ("2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z")
    assert item.summary == "The harbour is open."
    assert item.content_html == "<p>The harbour is open.</p><p>At last.</p>"
    assert (item.authors, item.keywords, item.section) == (("Ann Lee",), ("Harbour", "R&D"), "Ports")
    assert item.image == "https://www.example.org/quay.jpg"
    assert set(item.provenance.values()) == {"api"}


@pytest.mark.parametrize(
    "answer",
    [
        {"status": "ok", "articles": [{"url": "/a", "headline": "A quay"}]},
        {"data": {"stories": {"edges": [{"node": {"path": "/a", "headline": "A quay"}}]}}},
        {"data": [{"type": "news", "id": "1", "attributes": {"title": "A quay"}, "links": {"self": "/a"}}]},
        {"took": 3, "hits": {"total": 1, "hits": [{"_id": "x", "_source": {"webUrl": "/a", "webTitle": "A quay"}}]}},
        {"menu": [{"name": "Home"}, {"name": "News"}], "result": {"list": [{"link": "/a", "title": "A quay"}]}},
        {"12": {"link": "/a", "title": "A quay"}, "13": {"link": "/b", "title": "Another"}},
        [{"Permalink": "/a", "Title": {"en": "A quay", "de": "Ein Kai"}}],
        [{"link": {"href": "/a"}, "title": {"main": "A quay"}}],
    ],
)
def test_the_list_is_found_by_its_shape(answer: Any) -> None:
    item = read(answer).items[0]
    assert (item.url, item.title) == ("https://www.example.org/a", "A quay")


def test_expressions_win_over_usual_names() -> None:
    api = ApiFields(
        items="payload.teasers[?type=='text']",
        url="join('', ['https://www.example.org/n/', to_string(nr)])",
        guid="nr",
        title="heads[-1]",
        published="when.epoch",
        keywords="about[].word",
        next="payload.further",
    )
    teaser = {"type": "text", "nr": 7, "title": "not this", "heads": ["nor this", "Quay"], "about": [{"word": "sea"}]}
    answer = {
        "payload": {
            "teasers": [{"type": "video", "nr": 8, "heads": ["x"]}, {**teaser, "when": {"epoch": 1_795_000_000}}],
            "further": "?page=2",
        }
    }
    page = read(answer, api)
    (item,) = page.items
    assert (item.url, item.guid, item.title) == ("https://www.example.org/n/7", "7", "Quay")
    assert (item.published, item.keywords) == ("2026-11-18T11:06:40+00:00", ("sea",))
    assert page.next_url == "https://www.example.org/api/news?page=2"


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (1_795_000_000, "2026-11-18T11:06:40+00:00"),
        (1_795_000_000_000, "2026-11-18T11:06:40+00:00"),
        ("1795000000123", "2026-11-18T11:06:40+00:00"),
        ("/Date(1795000000000+0100)/", "2026-11-18T11:06:40+00:00"),
        ({"$date": "2026-11-18T11:06:40Z"}, "2026-11-18T11:06:40Z"),
        ("20261118", "20261118"),
        ("18. November 2026", "18. November 2026"),
        (7, None),
        (10**400, None),
        (True, None),
        (None, None),
    ],
)
def test_dates(written: Any, read_as: str | None) -> None:
    assert one([{"url": "/a", "title": "A quay", "date": written}]).published == read_as


@pytest.mark.parametrize(
    ("field", "written", "read_as"),
    [
        ("author", "Ann Lee", ("Ann Lee",)),
        ("authors", [{"first_name": "Ann", "last_name": "Lee"}, {"name": "Bo Ek"}, 7], ("Ann Lee", "Bo Ek")),
        ("byline", {"original": "Ann Lee"}, ("Ann Lee",)),
        ("tags", ["sea", {"label": "port"}, {"id": 4}, "https://www.example.org/t/1"], ("sea", "port")),
        ("keywords", "sea, port", ("sea, port",)),
    ],
)
def test_names(field: str, written: Any, read_as: tuple[str, ...]) -> None:
    item = one([{"url": "/a", "title": "A quay", field: written}])
    assert (item.authors or item.keywords) == read_as


def test_a_small_number_is_no_guid_of_a_site() -> None:
    assert one([{"url": "/a", "title": "A quay", "id": 12}]).guid is None
    uuid = "7f4df7d4-57a3-4d1b-8a1f-aa0bd3bd8f3a"
    assert one([{"url": "/a", "title": "A quay", "id": uuid}]).guid == uuid


@pytest.mark.parametrize(
    ("answer", "link", "next_url"),
    [
        ({"next": "/api/news?page=2"}, None, "https://www.example.org/api/news?page=2"),
        ({"links": {"next": {"href": "?page=2"}}}, None, "https://www.example.org/api/news?page=2"),
        ({"_links": {"next": "?page=2"}}, None, "https://www.example.org/api/news?page=2"),
        ({"meta": {"pagination": {"links": {"next": "?page=2"}}}}, None, None),  # as deep as that only by api.next
        ({"pagination": {"next_page": 2}}, None, "https://www.example.org/api/news?page=2"),
        ({}, '<https://www.example.org/api/news?page=2>; rel="next"', "https://www.example.org/api/news?page=2"),
        ({}, '<https://www.example.org/x>; rel="prev", </api/b>; rel=next', "https://www.example.org/api/b"),
        ({"next": None}, None, None),
        ({"next": URL}, None, None),
        ({"next": False}, None, None),
    ],
)
def test_the_next_page(answer: dict[str, Any], link: str | None, next_url: str | None) -> None:
    page = read({"items": [{"url": "/a", "title": "A quay"}], **answer}, link=link)
    assert page.next_url == next_url


def test_a_json_feed_is_read_as_one() -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "F", "items": [{"id": "1", "url": "/a"}]}
    (item,) = read(feed).items
    assert (item.url, item.guid, item.provenance["url"]) == ("https://www.example.org/a", "1", "feed")


@pytest.mark.parametrize(
    "body",
    [
        b'callback({"items": [{"url": "/a", "title": "A quay"}]});',
        b')]}\',\n{"items": [{"url": "/a", "title": "A quay"}]}',
        b'\xef\xbb\xbf[{"url": "/a", "title": "A quay"}]',
        b'{"url": "/a", "title": "A quay"}\n{"url": "/b", "title": "Another"}\n',
    ],
)
def test_json_in_its_wrappings(body: bytes) -> None:
    assert read(body).items[0].title == "A quay"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "empty"),
        (b"<html>", "this is a page"),
        (b"{", "not JSON"),
        (b"[" * 200_000, "not JSON"),
        ({"error": "no key", "code": 3}, "its keys: error, code"),
        ({}, "it has no keys"),
        ("hello", "it is"),
        ([{"title": "no address"}], "list of 1 with its keys: title"),
    ],
)
def test_another_shape_is_said_with_what_there_was(answer: Any, reason: str) -> None:
    with pytest.raises(ExtractError, match=reason) as caught:
        read(answer)
    assert (caught.value.source_id, caught.value.url) == ("s", URL)
    assert not isinstance(caught.value, NothingFound)


def test_an_empty_list_is_nothing_found() -> None:
    with pytest.raises(NothingFound):
        read({"articles": []})
    with pytest.raises(NothingFound):
        read({"articles": [{"url": "/a", "title": "x"}]}, ApiFields(items="articles[?title=='y']"))


def test_mistakes_in_expressions_are_told() -> None:
    with pytest.raises(ExtractError, match="no JMESPath expression: 'a\\[': "):
        compile_field("a[")
    with pytest.raises(ExtractError, match="names no list"):
        read({"articles": {"n": 1}}, ApiFields(items="articles.n"))
    with pytest.raises(ExtractError, match="does not fit"):
        read([{"url": "/a", "title": 3}], ApiFields(title="length(url, title)"))
    with pytest.raises(ExtractError, match=r"none of 1 items has an address; its keys: url, title; name it in api.url"):
        read([{"url": "/a", "title": "x"}], ApiFields(url="link"))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"error": "the key is missing", "status": 401}, "the key is missing"),
        ({"status": "error", "code": "limit", "message": "too many requests", "articles": []}, "too many requests"),
        ({"error": {"code": 7, "message": "no\n such edition"}}, "no such edition"),
        ({"title": "Forbidden", "detail": "ask for access"}, "ask for access"),
    ],
)
def test_an_error_under_200_is_told_in_the_api_s_own_words(answer: Any, said: str) -> None:
    with pytest.raises(ExtractError, match=said):
        read(answer)
