"""The API: every answer is as it is described, says what feeds say, and lets a mirror miss nothing."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from lxml import html

from feeds.model import Change, StoryLink, Update
from feeds.settings import Settings
from feeds.store.base import Store
from feeds.web.app import create_app

from .conftest import ARTICLES, BASE, NOW, Answer, Watched, ask, make_article, write

JSON_TYPE, PROBLEM_TYPE = "application/json", "application/problem+json"


def described(app: Flask) -> dict[str, Any]:
    answer = ask(app, "/api/openapi.json")
    assert (answer.status, answer["Content-Type"]) == (200, JSON_TYPE)
    found: dict[str, Any] = json.loads(answer.body)
    return found


class Api:
    """Asks, and holds every answer against the description."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.document = described(app)

    def __call__(self, path: str, query: str = "", status: int = 200, **headers: str) -> Answer:
        answer = ask(self.app, path, "GET", query, **headers)
        assert answer.status == status, answer.body.decode()
        assert answer["Access-Control-Allow-Origin"] == "*"
        paths: Mapping[str, Any] = self.document["paths"]
        place = path if path in paths else "/api/articles/{id}"
        content = paths[place]["get"]["responses"][str(status)].get("content", {})
        if content:
            assert [*content] == [answer["Content-Type"]]
            (schema,) = (each["schema"] for each in content.values())
            whole = {**schema, "components": self.document["components"]}
            Draft202012Validator(_closed(whole), format_checker=Draft202012Validator.FORMAT_CHECKER).validate(
                json.loads(answer.body)
            )
        return answer

    def said(self, path: str, query: str = "", status: int = 200) -> Any:
        return json.loads(self(path, query, status).body)

    def follow(self, address: str) -> Any:
        parts = urlsplit(address)
        assert address.startswith(f"{BASE}/api/")
        return self.said(parts.path, parts.query)


def _closed(schema: Any) -> Any:
    """The same schema, in which an object has no other fields than those that are described."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(each) for name, each in schema.items()}
    return {**closed, "additionalProperties": False} if "properties" in schema else closed


@pytest.fixture
def api(app: Flask) -> Api:
    return Api(app)


def numbers(said: Any) -> list[int]:
    """Which of the articles of the fixtures these are."""
    return [int(each["id"][-3:]) for each in said["articles"]]


def test_the_description_is_openapi(app: Flask) -> None:
    document = described(app)
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": BASE}]
    assert {*document["paths"]} >= {
        f"/api/{name}" for name in ("articles", "keywords", "languages", "sources", "feeds")
    }
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
        assert schema["description"]
        assert {*schema["required"]} == {*schema["properties"]}
    fields = document["components"]["schemas"]["ArticleOut"]["properties"]
    assert fields["first_seen_at"]["format"] == fields["dated_at"]["format"] == "date-time"
    for methods in document["paths"].values():
        for parameter in methods["get"]["parameters"]:
            Draft202012Validator.check_schema(parameter["schema"])


def test_an_article_says_all_that_is_public(api: Api) -> None:
    (first,) = api.said("/api/articles", "source=rundschau&keyword=alibaba&content=full")["articles"]
    assert first["title"].startswith("BMW und Alibaba")
    assert (first["published"], first["date_only"]) == ("2020-07-07", True)
    assert first["dated_at"] == "2020-07-06T16:00:00Z"
    assert first["keywords"] == ["BMW", "Alibaba", "China"]
    assert first["source"] == {"id": "rundschau", "name": "Rundschau"}
    picture = {"url": "https://rundschau.test/bild.jpg", "caption": "Die neue Halle", "credit": "Li Wei/Rundschau"}
    assert first["image"] == picture
    (file,) = first["enclosures"]
    assert (file["media_type"], file["length_bytes"], file["duration_s"]) == ("audio/mpeg", 8727310, 545.5)
    assert (first["language"], first["declared_language"], first["detected_language"]) == ("de", "de-DE", "de")
    assert (first["language_certainty"], first["rights"]) == (0.998, "© Rundschau")
    assert first["content_html"].startswith("<p>")
    assert api.said(f"/api/articles/{first['id']}", "content=full") == first


def test_how_much_of_the_body(api: Api) -> None:
    for content, has_text, has_html in (("none", False, False), ("text", True, False), ("full", True, True)):
        for each in api.said("/api/articles", f"content={content}")["articles"]:
            assert (each["content_text"] is not None, each["content_html"] is not None) == (has_text, has_html)


def test_an_address_that_no_browser_opens_is_not_handed_on(api: Api) -> None:
    (hostile,) = (each for each in api.said("/api/articles")["articles"] if each["title"].startswith("<script>"))
    assert (hostile["url"], hostile["image"], hostile["enclosures"]) == (None, None, [])
    assert (hostile["declared_language"], hostile["language_certainty"]) == (None, None)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("language=de", [1, 2]),
        ("language=zh", [6]),
        ("language=DE&language=ja", [1, 2, 3]),
        ("language=de&fallback=fr", [1, 2, 4]),
        ("keyword=bmw", [1, 3]),
        ("keyword=BMW&keyword=Alibaba", [1]),
        ("keyword=C%2B%2B&keyword=Museum&match=any", [2, 5]),
        ("section=kultur", [2]),
        ("source=review", [5, 8]),
        ("copies=hide&inferred=no&language=fr", [4]),
        ("q=alibaba+bmw", [1]),
        ("q=-lang:en+china", [1, 2]),
        (f"q={quote('京')}", [3]),
        ("q=keyword:bmw&language=ja", [3]),
        ("q=before:2021-01-01", [1]),
        ("language=eo", []),
        ("source=nowhere", []),
    ],
)
def test_questions_mean_what_they_mean_in_feeds(api: Api, query: str, expected: list[int]) -> None:
    newest = api.said("/api/articles", query)
    oldest = api.said("/api/articles", f"{query}&since=0")
    assert sorted(numbers(newest)) == expected
    assert numbers(oldest) == numbers(newest)[::-1]
    assert newest["seq"] == max((each["seq"] for each in newest["articles"]), default=0)


def test_page_by_page_is_everything_once(api: Api) -> None:
    page = api.said("/api/articles", "limit=3&content=none")
    found = [*page["articles"]]
    while page["next"]:
        assert page["more"]
        page = api.follow(page["next"])
        found += page["articles"]
    assert found == api.said("/api/articles", "content=none")["articles"]
    assert len(found) == len(ARTICLES)
    link = api("/api/articles", "limit=3")["Link"]
    assert link is not None
    assert "before=" in link
    assert 'rel="next"' in link


@pytest.mark.parametrize(
    ("query", "parameter", "position", "words"),
    [
        ("q=(bmw", "q", 4, "expected"),
        ("q=bmw+AND", "q", 7, "expected"),
        ("q=ok%ff", "q", 2, "UTF-8"),
        ("soruce=review", "soruce", None, "source"),
        ("limit=201", "limit", None, "from 1 to 200"),
        ("limit=0", "limit", None, "from 1 to 200"),
        ("limit=%D9%A3", "limit", None, "from 1 to 200"),
        ("limit=" + "9" * 5000, "limit", None, "from 1 to 200"),
        ("before=0", "before", None, "from 1"),
        ("since=-1", "since", None, "from 0"),
        ("since=1&before=5", "since", None, "not both"),
        ("since=9999", "since", None, "begin with 0"),
        ("since=0&q=since:7d", "q", None, "name a date"),
        ("content=everything", "content", None, "text, full, none"),
        ("copies=no", "copies", None, "show, hide"),
        ("source=a&source=b", "source", None, "once"),
        ("language=deutsch_", "language", None, "no language tag"),
        ("keyword=", "keyword", None, "nothing"),
        ("fallback=en", "fallback", None, "language as well"),
        ("&".join(f"keyword=k{number}" for number in range(11)), "keyword", None, "at most 10"),
    ],
)
def test_a_mistake_is_told_with_its_place(
    api: Api, query: str, parameter: str, position: int | None, words: str
) -> None:
    said = api.said("/api/articles", query, 400)
    assert (said["status"], said["type"], said["parameter"], said["position"]) == (
        400,
        "about:blank",
        parameter,
        position,
    )
    assert words in said["detail"]


@pytest.mark.parametrize("name", ["keywords", "languages", "sources", "feeds"])
def test_a_parameter_that_is_not_there_is_refused_everywhere(api: Api, name: str) -> None:
    assert api.said(f"/api/{name}", "colour=red", 400)["parameter"] == "colour"


def test_keywords_lead_to_their_feeds(api: Api, app: Flask) -> None:
    by_key = {each["key"]: each for each in api.said("/api/keywords")["keywords"]}
    assert by_key["china"]["articles"] >= 3
    found = api.said("/api/keywords", "language=en&limit=2")["keywords"]
    assert len(found) == 2
    for each in (*found, *by_key.values()):
        address = urlsplit(each["feeds"]["atom"])
        assert app.test_client().get(address.path).status_code == 200, address.path
    assert api.said("/api/keywords", "language=eo") == {"keywords": []}


def test_languages_sources_and_feeds(api: Api, app: Flask) -> None:
    by_tag = {each["tag"]: each for each in api.said("/api/languages")["languages"]}
    assert (by_tag["de"]["name"], by_tag["de"]["articles"]) == ("Deutsch", 2)
    page = api.said("/api/sources", "limit=4")
    sources = [*page["sources"], *api.follow(page["next"])["sources"]]
    assert [each["id"] for each in sources] == ["jarida", "review", "revue", "rundschau", "shukan", "zhoubao"]
    assert {each["state"] for each in sources} == {"ok"}
    feeds = api.said("/api/feeds")["feeds"]
    assert feeds[0]["articles"] == len(ARTICLES)
    for each in feeds:
        answer = app.test_client().get(urlsplit(each["feeds"]["json"]).path)
        assert answer.status_code == 200
        atom = app.test_client().get(urlsplit(each["feeds"]["atom"]).path)
        assert each["id"].encode() in atom.data


def test_named_feeds_are_listed(store: Store, tmp_path: Path) -> None:
    (tmp_path / "feeds.toml").write_text('[autos]\ntitle = "Cars"\nq = "keyword:BMW OR keyword:Audi"\n')
    app = create_app(Settings(data=tmp_path, config=tmp_path, public_url=BASE), store, clock=lambda: NOW)
    (named,) = (each for each in Api(app).said("/api/feeds")["feeds"] if each["name"])
    assert (named["name"], named["title"]) == ("autos", "Cars")
    assert named["feeds"]["atom"] == f"{BASE}/feeds/named/autos.atom"
    assert "keyword:bmw" in named["question"]


@pytest.mark.parametrize("path", ["/api/articles", "/api/keywords", "/api/sources", "/api/openapi.json", "/api"])
def test_what_has_not_changed_is_not_sent_again(app: Flask, path: str) -> None:
    first = ask(app, path)
    assert first["Cache-Control"] is not None
    assert "max-age" in first["Cache-Control"]
    again = ask(app, path, if_none_match=first["ETag"] or "")
    assert (again.status, again.body) == (304, b"")
    assert again["Access-Control-Allow-Origin"] == "*"
    zipped = ask(app, path, accept_encoding="gzip")
    assert zipped["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.body) == first.body
    head = ask(app, path, "HEAD")
    assert (head.status, head.body, head["Content-Length"]) == (200, b"", first["Content-Length"])


def test_other_methods_and_places(app: Flask) -> None:
    for method, path, status in (("POST", "/api/articles", 405), ("DELETE", "/api/x", 405), ("GET", "/api/x/y", 404)):
        answer = ask(app, path, method)
        assert (answer.status, answer["Content-Type"]) == (status, PROBLEM_TYPE)
        assert json.loads(answer.body)["status"] == status
    assert json.loads(ask(app, "/api/articles/urn:uuid:none").body)["detail"].startswith("There is no article")
    assert ask(app, "/api/")["Location"] == "/api"
    before = ask(app, "/api/articles", "OPTIONS", origin="https://elsewhere.test")
    assert before.status == 200
    assert "If-None-Match" in (before["Access-Control-Allow-Headers"] or "")


def test_while_the_store_is_away(settings: Settings, watched: Watched) -> None:
    app = create_app(settings, cast("Store", watched))
    kept = ask(app, "/api/articles")
    watched.is_down = True
    assert ask(app, "/api/articles").body == kept.body, "what was made stays"
    answer = ask(app, "/api/articles", query="language=de")
    assert (answer.status, answer["Content-Type"], answer["Retry-After"]) == (503, PROBLEM_TYPE, "5")


def test_a_mirror_keeps_up(settings: Settings, store: Store) -> None:
    api = Api(create_app(settings, store, clock=lambda: NOW))
    mirror: dict[str, str] = {}

    def catch_up(address: str) -> str:
        while True:
            page = api.follow(address)
            mirror.update((each["id"], each["title"]) for each in page["articles"])
            address = page["next"]
            if not page["more"]:
                return str(address)

    address = catch_up(f"{BASE}/api/articles?since=0&limit=3&content=none")
    assert mirror == {each.id: each.title for each in ARTICLES}
    unchanged = api("/api/articles", urlsplit(address).query)
    write(store, [make_article(9, "review", "en", "News")])
    changed = make_article(4, "revue", "fr", "La Chine ouvre deux lignes", keywords=("Chine",))
    write(store, [changed], change=Change.UPDATED)
    # another process than the one that answers: it looks at the counter once a second
    later = Api(create_app(settings, store, clock=lambda: NOW))
    assert later("/api/articles", urlsplit(address).query)["ETag"] != unchanged["ETag"]
    api = later
    before = dict(mirror)
    catch_up(address)
    assert mirror == before | {make_article(9, "review", "en", "News").id: "News", changed.id: changed.title}


def test_translations_come_to_a_mirror_and_decide_what_stands_in(settings: Settings, store: Store) -> None:
    german, french = ARTICLES[1], ARTICLES[3]
    before = store.change_seq()
    claim = store.claim("revue", NOW, lease_s=60) or store.claim("revue", NOW + dt.timedelta(hours=1), lease_s=60)
    assert claim is not None
    link = StoryLink(one_id=german.id, other_id=french.id, evidence="hreflang", certainty=1.0)
    store.write(claim, Update(links=(link,)), NOW)
    api = Api(create_app(settings, store, clock=lambda: NOW))
    told = {each["id"]: each["translations"] for each in api.said("/api/articles", f"since={before}")["articles"]}
    assert told == {german.id: {"fr": french.id}, french.id: {"de": german.id}}
    assert sorted(numbers(api.said("/api/articles", "language=de&fallback=fr"))) == [1, 2]


def test_the_page_says_what_the_description_says(app: Flask) -> None:
    page = html.fromstring(ask(app, "/api").body)
    text = page.text_content()
    for path, methods in described(app)["paths"].items():
        assert f"GET {BASE}{path}" in text
        for parameter in methods["get"]["parameters"]:
            assert parameter["name"] in text
            assert parameter.get("description", "") in text
    assert not [link for link in page.xpath("//script/@src") if "://" in link]
