"""``deploy/nginx-proxy.conf`` in front of two real webs on PostgreSQL: equal answers, one killed, both killed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from cluster.asking import Answer, ask
from cluster.whole import Cluster, missing, running_cluster
from feeds.newsroom import Newsroom

pytestmark = [pytest.mark.skipif(bool(missing()), reason="; ".join(missing())), pytest.mark.timeout(400)]

ARTICLES = 10
PATHS = (
    "/feeds/all.atom",
    "/feeds/de.rss",
    "/feeds/zh.json",
    "/feeds/fr/sections/culture.atom",
    "/feeds.opml",
    "/feeds/de",
)
OF_BYTES = ("ETag", "Last-Modified", "Content-Type", "Cache-Control", "Link", "Vary")


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(articles=ARTICLES, every_s=0).start() as site:
        yield site


@pytest.fixture(scope="module")
def cluster(newsroom: Newsroom) -> Iterator[Cluster]:
    """The scheduler polls by itself: what is tested here is behind it."""
    rate = "100000 per minute"
    with running_cluster(workers=0, newsroom_url=newsroom.url, redis_url="", client_rate=rate) as started:
        wait_for_all(started, newsroom)
        yield started


def wait_for_all(cluster: Cluster, newsroom: Newsroom) -> None:
    """Until each web has each article."""

    def have_all() -> bool:
        return all(
            newsroom.url_of(article).encode() in ask(web.port, "/feeds/all.atom").body
            for web in cluster.webs
            for article in newsroom.articles()
        )

    cluster.wait_until(have_all, "each web has each article")


def test_each_node_answers_with_the_same_bytes(cluster: Cluster, newsroom: Newsroom) -> None:
    """Lists of feeds and pages once each node has counted its articles again: it keeps what it counted for a while."""
    newsroom.publish("de")
    wait_for_all(cluster, newsroom)

    def ask_both(path: str) -> list[tuple[object, ...]]:
        answers = [ask(web.port, path) for web in cluster.webs]
        return [(each.status, each.body, *(each[name] for name in OF_BYTES)) for each in answers]

    tries = 0

    def are_equal(path: str) -> bool:
        nonlocal tries
        tries += 1
        if tries % 200 == 0:
            newsroom.publish("de")  # what has no change number shows with the next change, or in ten minutes
        first, second = ask_both(path)
        return first == second

    for path in PATHS:
        cluster.wait_until(lambda path=path: are_equal(path), f"both answer alike: {path}")  # type: ignore[misc]  # a lambda with a default
        assert ask_both(path)[0][0] == 200
    tag = ask(cluster.webs[0].port, "/feeds/all.atom")["ETag"]
    assert ask(cluster.webs[1].port, "/feeds/all.atom", If_None_Match=tag).status == 304


def test_one_that_dies_costs_no_answer_and_both_leave_what_is_kept(cluster: Cluster) -> None:
    assert [cluster.get("/feeds/ja.atom").status for _ in range(3)] == [200] * 3
    asked = 0

    def ask_new() -> Answer:
        """What nginx has not kept, so that a web must answer."""
        nonlocal asked
        asked += 1
        return cluster.get(f"/feeds/en/keywords/word{asked}.atom")

    first, second = cluster.webs
    with ThreadPoolExecutor(4) as threads:
        answers = [threads.submit(ask_new) for _ in range(400)]
        cluster.wait_until(lambda: sum(each.done() for each in answers) > 40, "some are answered")
        first.kill()
        assert not all(each.done() for each in answers), "killed too late to prove anything"
        assert {each.result().status for each in answers} == {200}
    second.kill()
    cluster.wait_until(lambda: "STALE" in cluster.get("/feeds/ja.atom")["Cache-Status"], "what is kept is too old")
    answer = cluster.get("/feeds/ja.atom")
    assert answer.status == 200
    assert answer["Cache-Status"] in {
        "nginx; hit; detail=STALE",
        "nginx; hit; detail=UPDATING",
    }  # asked again meanwhile
    refused = ask_new()
    assert (refused.status, refused["Retry-After"]) == (503, "5")
    for web in cluster.webs:
        web.launch()
    cluster.wait_until(lambda: ask_new().status == 200, "it is answered as before")
