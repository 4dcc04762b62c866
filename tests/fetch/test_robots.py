"""feeds.fetch.robots: RFC 9309, with answers made by hand and a clock that stands still."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from feeds.errors import FetchError, RateLimited, RobotsRefused
from feeds.fetch import robots as module
from feeds.fetch.exchange import Answer
from feeds.fetch.robots import MAX_ROBOTS_BYTES, Robots

PAGE = "http://site.example/news/a.html"
RULES = "http://site.example/robots.txt"
REFUSING = b"User-agent: *\nDisallow: /"


class World:
    """Answers by address: (status, body) or (status, body, location); an error is raised."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, bytes] | tuple[int, bytes, str] | Exception] = {}
        self.asked: list[str] = []
        self.now_s = 0.0

    def ask(self, url: str) -> Answer:
        self.asked.append(url)
        found = self.answers[url]
        if isinstance(found, Exception):
            raise found
        headers = {"location": found[2]} if len(found) == 3 else {}
        return Answer(url=url, status=found[0], headers=httpx2.Headers(headers), body=found[1])


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def check(world: World) -> Callable[..., float]:
    robots = Robots(product="Polyfeed", ttl_s=100, retry_s=10, clock=lambda: world.now_s)
    return lambda url=PAGE: robots.check(url, world.ask)


@pytest.mark.parametrize(
    ("rules", "is_allowed"),
    [
        (b"", True),
        (b"User-agent: *\nDisallow:", True),
        (REFUSING, False),
        (b"\xef\xbb\xbf" + REFUSING, False),
        (b"User-agent: *\nDisallow: /news/", False),
        (b"User-agent: *\nDisallow: /newspaper", True),
        (b"User-agent: *\nDisallow: /*.html$", False),
        (b"User-agent: *\nDisallow: /news/\nAllow: /news/a", True),
        (b"User-agent: polyfeed\nDisallow: /", False),
        (b"User-agent: otherbot\nDisallow: /", True),
        (b"User-agent: *\nDisallow: /\n\nUser-agent: PolyFeed\nAllow: /", True),
        (b"<html><p>This is no robots.txt: Disallow: /", True),
        (b"\xff\xfe\x00garbage\nUser-agent: *\nDisallow: /news", False),
    ],
)
def test_the_rules_decide(world: World, check: Callable[..., float], rules: bytes, *, is_allowed: bool) -> None:
    world.answers[RULES] = (200, rules)
    if is_allowed:
        assert check() == 0.0
    else:
        with pytest.raises(RobotsRefused, match=r"site\.example/robots\.txt does not allow Polyfeed.*a\.html"):
            check()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451, 499])
def test_no_rules_is_no_refusal(world: World, check: Callable[..., float], status: int) -> None:
    world.answers[RULES] = (status, REFUSING)
    assert check() == 0.0


@pytest.mark.parametrize("status", [500, 502, 503, 599])
def test_a_failing_server_allows_nothing_for_a_while(world: World, check: Callable[..., float], status: int) -> None:
    world.answers[RULES] = (status, b"")
    for _ in range(3):
        with pytest.raises(FetchError, match=f"answered {status}: until the site's rules can be read"):
            check()
    assert len(world.asked) == 1
    world.now_s += 10
    world.answers[RULES] = (200, b"")
    assert check() == 0.0


def test_old_rules_go_on_while_the_server_fails(world: World, check: Callable[..., float]) -> None:
    world.answers[RULES] = (200, b"User-agent: *\nDisallow: /secret")
    check()
    for failure in ((503, b""), FetchError("no connection")):
        world.now_s += 100
        world.answers[RULES] = failure
        assert check() == 0.0
        with pytest.raises(RobotsRefused):
            check("http://site.example/secret")
    assert len(world.asked) == 3


def test_a_host_that_does_not_answer_is_asked_again_each_time(world: World, check: Callable[..., float]) -> None:
    world.answers[RULES] = FetchError("no connection to site.example")
    for _ in range(2):
        with pytest.raises(FetchError, match="no connection"):
            check()
    assert len(world.asked) == 2


def test_a_limit_is_passed_on(world: World, check: Callable[..., float]) -> None:
    world.answers[RULES] = RateLimited("wait", retry_after_s=5)
    with pytest.raises(RateLimited):
        check()


def test_rules_are_kept_for_their_time_only(world: World, check: Callable[..., float]) -> None:
    world.answers[RULES] = (200, b"")
    check()
    check("http://site.example/other")
    assert len(world.asked) == 1
    world.now_s += 100
    world.answers[RULES] = (200, REFUSING)
    with pytest.raises(RobotsRefused):
        check()


def test_each_origin_has_its_own_rules(world: World, check: Callable[..., float]) -> None:
    world.answers[RULES] = (200, REFUSING)
    world.answers["https://site.example/robots.txt"] = (200, b"")
    world.answers["http://site.example:8080/robots.txt"] = (404, b"")
    check("https://site.example/")
    check("http://site.example:8080/")
    with pytest.raises(RobotsRefused):
        check("http://site.example/")


def test_redirects_are_followed_even_to_another_host(world: World, check: Callable[..., float]) -> None:
    world.answers[RULES] = (301, b"", "//www.site.example/robots.txt")
    world.answers["http://www.site.example/robots.txt"] = (302, b"", "/rules")
    world.answers["http://www.site.example/rules"] = (200, REFUSING)
    with pytest.raises(RobotsRefused):
        check()


@pytest.mark.parametrize("location", ["/robots.txt", "ftp://site.example/robots.txt", "http://[::1"])
def test_redirects_without_end_or_sense_mean_no_rules(world: World, check: Callable[..., float], location: str) -> None:
    world.answers[RULES] = (301, REFUSING, location)
    assert check() == 0.0
    assert len(world.asked) <= 6


@pytest.mark.parametrize(
    ("rules", "delay_s"),
    [
        (b"User-agent: *\nCrawl-delay: 7", 7.0),
        (b"User-agent: *\nCrawl-delay: 0.5", 0.5),
        (b"User-agent: *\nCrawl-delay: 86400", 30.0),
        (b"User-agent: *\nCrawl-delay: soon", 0.0),
        (b"User-agent: *\nCrawl-delay: -1", 0.0),
        (b"User-agent: otherbot\nCrawl-delay: 7", 0.0),
    ],
)
def test_crawl_delay(world: World, check: Callable[..., float], rules: bytes, delay_s: float) -> None:
    world.answers[RULES] = (200, rules)
    assert check() == delay_s


def test_a_file_cut_at_the_limit_loses_its_last_line(world: World, check: Callable[..., float]) -> None:
    head = b"User-agent: *\nDisallow: /secret\n"
    tail = b"\nDisallow: /"  # of "Disallow: /nothing", cut
    filler = b"#" * (MAX_ROBOTS_BYTES - len(head) - len(tail))
    world.answers[RULES] = (200, head + filler + tail)
    assert check() == 0.0
    with pytest.raises(RobotsRefused):
        check("http://site.example/secret")


def test_the_memory_is_bounded(world: World, check: Callable[..., float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_ORIGINS", 3)
    origins = [f"http://{number}.example" for number in range(4)]
    for origin in origins:
        world.answers[f"{origin}/robots.txt"] = (404, b"")
        check(f"{origin}/")
    check(f"{origins[3]}/")
    assert len(world.asked) == 4
    check(f"{origins[0]}/")
    assert len(world.asked) == 5


def test_threads_that_come_together_ask_once() -> None:
    asked: list[str] = []
    robots = Robots(product="Polyfeed")
    gate = threading.Barrier(6)

    def ask(url: str) -> Answer:
        asked.append(url)
        time.sleep(0.05)
        return Answer(url=url, status=404, headers=httpx2.Headers(), body=b"")

    def check() -> float:
        gate.wait(5)
        return robots.check(PAGE, ask)

    with ThreadPoolExecutor(6) as pool:
        results = [future.result(5) for future in [pool.submit(check) for _ in range(6)]]
    assert results == [0.0] * 6
    assert asked == [RULES]
