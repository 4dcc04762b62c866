"""Each way to misbehave, by method and over HTTP, and the return to good behaviour."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from lxml import html

from feeds.newsroom import Newsroom

from .conftest import Reader

LISTING = "/de/China/index.html"


@pytest.mark.parametrize("status", [500, 503, 410, 404, 403])
def test_a_status_is_answered_until_told_to_behave(newsroom: Newsroom, reader: Reader, status: int) -> None:
    newsroom.misbehave("/de/China/", status)
    assert reader.get(LISTING).status == status
    assert reader.get(LISTING).status == status
    assert reader.get("/de/Kultur/").status == 200
    newsroom.behave()
    assert reader.get(LISTING).status == 200


def test_429_says_when_to_come_back(newsroom: Newsroom, reader: Reader) -> None:
    newsroom.misbehave("/de/", 429, retry_after_s=29.5)
    reply = reader.get(LISTING)
    assert (reply.status, reply.headers["retry-after"]) == (429, "30")
    assert "retry-after" not in reader.get("/fr/").headers


def test_times_limits_it(newsroom: Newsroom, reader: Reader) -> None:
    newsroom.misbehave("/", 500, times=2)
    assert [reader.get(LISTING).status for _ in range(4)] == [500, 500, 200, 200]


def test_the_newest_rule_applies(newsroom: Newsroom, reader: Reader) -> None:
    newsroom.misbehave("/", 500)
    newsroom.misbehave("/de/", 404, times=1)
    assert [reader.get(LISTING).status for _ in range(2)] == [404, 500]


def test_redesign_leaves_nothing_to_read(newsroom: Newsroom, reader: Reader) -> None:
    article = newsroom.articles()[0]
    newsroom.misbehave("/de/", "redesign")
    for path in (LISTING, "/de/", article.path):
        page = html.fromstring(reader.text(path))
        assert not page.xpath("//a | //p | //h1 | //table")
        assert article.title not in reader.text(path)
    assert reader.get("/fr/").status == 200
    assert article.title in reader.text("/de/rss.xml")
    assert reader.get(article.picture).headers["content-type"] == "image/png"


@pytest.mark.parametrize(("language", "encoding"), [("de", "utf-8"), ("zh", "gb18030")])
def test_restyle_keeps_the_articles_in_another_layout(
    newsroom: Newsroom, reader: Reader, language: str, encoding: str
) -> None:
    article = next(a for a in newsroom.articles() if a.edition == language)
    before = reader.get(article.path)
    newsroom.misbehave(f"/{language}/", "restyle")
    listing = html.fromstring(reader.text(f"/{language}/{article.section}/index.html", encoding))
    assert not listing.xpath("//li[.//table]")
    assert article.path in listing.xpath("//main//a/@href")
    page = html.fromstring(reader.text(article.path, encoding))
    assert page.xpath("string(//h1)") == article.title
    assert tuple(page.xpath("//div[@class='text']/p/text()")) == article.paragraphs
    assert reader.get(article.path, If_None_Match=before.headers["etag"]).status == 200


def test_vanish_is_404_and_a_challenge_403(newsroom: Newsroom, reader: Reader) -> None:
    newsroom.misbehave("/de/", "vanish")
    newsroom.misbehave("/zh/", "challenge")
    assert reader.get(LISTING).status == 404
    challenged = reader.get("/zh/")
    assert challenged.status == 403
    assert b"Enable JavaScript" in challenged.body


def test_a_delay_passes_first_and_ends_with_the_newsroom(newsroom: Newsroom, reader: Reader) -> None:
    newsroom.misbehave("/de/", 200, delay_s=0.2)
    begun = time.monotonic()
    assert reader.get(LISTING).status == 200
    assert time.monotonic() - begun >= 0.2
    newsroom.misbehave("/de/", 200, delay_s=60)
    reader.connection.request("GET", LISTING)
    newsroom.stop()  # does not wait a minute
    assert time.monotonic() - begun < 30


@pytest.mark.parametrize("status", [0, 99, 600, True, "sulk", None])
def test_unknown_manners_are_refused(newsroom: Newsroom, status: int) -> None:
    with pytest.raises(ValueError, match="redesign, restyle, vanish, challenge"):
        newsroom.misbehave("/", status)


# --- over HTTP --------------------------------------------------------------------------------------------------


def command(reader: Any, name: str, **arguments: object) -> tuple[int, dict[str, Any]]:
    body = json.dumps(arguments).encode()
    reply = reader.get(f"/_newsroom/{name}", method="POST", body=body, Content_Type="application/json")
    return reply.status, json.loads(reply.body)


def test_a_demonstration_can_publish_edit_and_misbehave_over_http(newsroom: Newsroom, reader: Reader) -> None:
    status, published = command(reader, "publish", edition="en", section="Business")
    assert status == 200
    path = published["url"].removeprefix(newsroom.url)
    assert published["title"] in reader.text("/en/Business/")
    _, edited = command(reader, "edit", path=path, title="Another title")
    assert edited["title"] == "Another title"
    assert "Another title" in reader.text(path)
    _, state = command(reader, "misbehave", path="/en/", status=429, retry_after_s=7, times=1)
    assert state["misbehaviours"][0]["path_prefix"] == "/en/"
    assert reader.get("/en/").headers["retry-after"] == "7"
    command(reader, "misbehave", path="/en/", status="redesign")
    _, state = command(reader, "behave")
    assert state["misbehaviours"] == []
    assert json.loads(reader.text("/_newsroom/status"))["requests"] == sum(newsroom.counts.values()) == 3


@pytest.mark.parametrize(
    ("name", "arguments", "status", "said"),
    [
        ("publish", {"edition": "it"}, 400, "no edition 'it'"),
        ("publish", {"colour": "red"}, 400, "colour"),
        ("misbehave", {"status": "sulk"}, 400, "status must be"),
        ("edit", {"path": "/de/"}, 400, "not that of an article"),
        ("dance", {}, 404, "there are: status, publish, edit, misbehave, behave"),
    ],
)
def test_mistakes_in_commands_are_answered_in_words(
    reader: Reader, name: str, arguments: dict[str, object], status: int, said: str
) -> None:
    answered, reply = command(reader, name, **arguments)
    assert answered == status
    assert said in reply["error"]


def test_commands_must_be_json_by_post(newsroom: Newsroom, reader: Reader) -> None:
    assert reader.get("/_newsroom/publish").status == 400
    form = reader.get("/_newsroom/publish", method="POST", body=b"{}", Content_Type="text/plain")
    assert form.status == 400
    broken = reader.get("/_newsroom/publish", method="POST", body=b"{", Content_Type="application/json")
    assert broken.status == 400
    listed = reader.get("/_newsroom/publish", method="POST", body=b"[]", Content_Type="application/json")
    assert listed.status == 400
    assert len(newsroom.articles()) == 150


def test_commands_from_other_machines_are_refused(newsroom: Newsroom) -> None:
    from feeds.newsroom import control
    from feeds.newsroom.messages import Request

    request = Request(
        method="POST", path="/_newsroom/publish", headers={"content-type": "application/json"}, client="192.0.2.7"
    )
    assert control.answer(newsroom, request).status == 403
    assert len(newsroom.articles()) == 150


def test_an_endless_pager_leads_on_with_the_same_articles(newsroom: Newsroom, reader: Reader) -> None:
    newsroom.misbehave("/de/China/", "endless")
    listed = []
    for page in ("index.html", "index_1.html", "index_977.html"):
        tree = html.fromstring(reader.text(f"/de/China/{page}"))
        listed.append(set(tree.xpath("//li//a/@href[contains(., '/t2')]")))
        number = 0 if page == "index.html" else int(page[6:-5])
        assert f"index_{number + 1}.html" in tree.xpath("//a/@href")
    assert listed[0] == listed[1] == listed[2]


def test_silence_lets_nothing_more_appear_of_itself(newsroom: Newsroom) -> None:
    newsroom.misbehave("/de/", "silent")
    for _ in range(25):
        newsroom._publish_next(heed_silence=True)
    live = [article for article in newsroom.articles() if str(article.day) == "2026-11-22"]
    assert {article.edition for article in live} == {"ja", "fr", "en", "zh"}
    assert newsroom.publish("de").edition == "de"
