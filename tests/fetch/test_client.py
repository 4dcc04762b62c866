"""feeds.fetch.client over real HTTP: documents, conditions, redirects, statuses, robots.txt, the budget, TLS."""

from __future__ import annotations

import gzip
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpcore2
import httpx2
import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import Blocked, FetchError, RateLimited, RobotsRefused, SourceError, SourceGone
from feeds.fetch.budget import Budget
from feeds.fetch.client import ACCEPT_FEED, Fetcher, _cookie_header, requestable
from feeds.fetch.exchange import in_parts
from feeds.model import Document, NotModified, Validators

from .conftest import USER_AGENT, Get, Handler, MakeFetcher, Site, answer, redirect, running

PAGE = b"<html>page</html>"


# --- a document -------------------------------------------------------------------------------------------------


def test_a_document_is_what_was_sent(site: Site, get: Get) -> None:
    headers = {
        "Content-Type": "text/html; charset=gb2312",
        "ETag": '"v1"',
        "Last-Modified": "Sun, 22 Nov 2026 10:00:00 GMT",
    }
    site.routes["/a"] = answer(200, PAGE, headers)
    url = site.url("/a")
    assert get(url) == Document(
        url=url,
        requested_url=url,
        body=PAGE,
        content_type="text/html; charset=gb2312",
        validators=Validators(etag='"v1"', last_modified="Sun, 22 Nov 2026 10:00:00 GMT"),
    )


def test_a_document_without_headers(site: Site, get: Get) -> None:
    site.routes["/a"] = answer(200, PAGE)
    document = get(site.url("/a"))
    assert document.content_type is None
    assert document.validators == Validators()


def test_the_request_says_who_asks_and_what_can_be_read(site: Site, get: Get) -> None:
    site.routes["/a"] = answer(200, PAGE)
    get(site.url("/a"), accept=ACCEPT_FEED)
    assert site.headers[-1] == {
        "Host": f"127.0.0.1:{site.port}",
        "User-Agent": USER_AGENT,
        "Accept": ACCEPT_FEED,
        "Accept-Encoding": "gzip, deflate, br",
    }


def test_the_environment_is_no_part_of_it(site: Site, get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.3:1/")
    site.routes["/a"] = answer(200, PAGE)
    assert get(site.url("/a")).body == PAGE


def test_a_contact_in_any_letters_fits_into_the_header(site: Site, make_fetcher: MakeFetcher) -> None:
    fetcher = make_fetcher(user_agent="Polyfeed/1.0 (+Jürgen\r\nX: 1)")
    site.routes["/a"] = answer(200, PAGE)
    fetcher.fetch(site.url("/a"), source_id="s", allow_private=True)
    assert site.headers[-1]["User-Agent"] == "Polyfeed/1.0 (+J%C3%BCrgen%0D%0AX: 1)"


def test_an_address_is_asked_for_in_its_normal_form(site: Site, get: Get) -> None:
    site.routes["/%C3%A4?utm_source=x"] = answer(200, PAGE)
    requested = site.url("/x/../ä?utm_source=x#part")
    document = get(requested)
    assert (document.url, document.requested_url) == (site.url("/%C3%A4?utm_source=x"), requested)


def test_a_compressed_document_is_decompressed(site: Site, get: Get) -> None:
    site.routes["/a"] = answer(200, gzip.compress(PAGE), {"Content-Encoding": "gzip"})
    assert get(site.url("/a")).body == PAGE


def test_connections_are_used_again(site: Site, get: Get) -> None:
    site.routes["/a"] = answer(200, PAGE)
    site.routes["/304"] = answer(304)
    for _ in range(3):
        get(site.url("/a"))
        get(site.url("/304"), validators=Validators(etag='"1"'))
        with pytest.raises(SourceGone):
            get(site.url("/404"))
    assert len(site.peers) == 1


@pytest.mark.parametrize(
    "url",
    ["", "file:///etc/passwd", "ftp://127.0.0.1/", "//127.0.0.1/", "gopher://127.0.0.1/", "http://", "http://[::1"],
)
def test_only_http_addresses_are_fetched(url: str, get: Get) -> None:
    with pytest.raises(FetchError, match="not an address that can be fetched") as caught:
        get(url, source_id="odd")
    assert (caught.value.source_id, caught.value.url) == ("odd", url)


def test_an_endless_address_is_refused(site: Site, get: Get) -> None:
    with pytest.raises(FetchError, match=r"address of 1000\d\d characters"):
        get(site.url("/" + "x" * 100_000))


_ODD = st.text(alphabet="ab%.:/?#[]@;&=+\\ _-~0189ß。中\t\n\x00|'\"<>", max_size=30)


@given(st.builds("{}://{}/{}".format, st.sampled_from(["http", "https"]), _ODD, _ODD))
def test_the_http_library_reads_an_address_as_the_guard_does(text: str) -> None:
    try:
        url = requestable(text)
    except FetchError:
        return
    ours, theirs, dialled = urlsplit(url), httpcore2.URL(url), in_parts(url)
    assert ours.hostname == theirs.host.decode().strip("[]") == dialled.host.decode()
    assert (ours.port, ours.scheme.encode()) == (theirs.port, theirs.scheme) == (dialled.port, dialled.scheme)
    assert dialled.target.decode() == url.removeprefix(f"{ours.scheme}://{ours.netloc}")
    assert _cookie_header(httpx2.Cookies(), url) == ""


@pytest.mark.parametrize("path", ["/;", "/story;", "/story;id=7", "/a;b/c;d", "/story;id=7?page=2", "/?q=a;b"])
def test_what_follows_a_semicolon_is_asked_for_too(site: Site, get: Get, path: str) -> None:
    site.routes[path] = answer(200, PAGE)
    get(site.url(path))
    assert site.asked[-1] == path


@pytest.mark.parametrize("user", ["user:secret@", "user@", ":secret@", "@"])
def test_credentials_in_an_address_are_refused(site: Site, get: Get, user: str) -> None:
    with pytest.raises(FetchError, match="user name or password"):
        get(f"http://{user}127.0.0.1:{site.port}/")
    assert not site.asked


# --- conditions -------------------------------------------------------------------------------------------------


def test_validators_are_sent_and_304_is_not_modified(site: Site, get: Get) -> None:
    site.routes["/a"] = answer(304)
    url = site.url("/a")
    found = get(url, validators=Validators(etag='W/"1"', last_modified="Sun, 22 Nov 2026 10:00:00 GMT"))
    assert found == NotModified(url=url, requested_url=url)
    assert site.headers[-1]["If-None-Match"] == 'W/"1"'
    assert site.headers[-1]["If-Modified-Since"] == "Sun, 22 Nov 2026 10:00:00 GMT"
    assert "If-None-Match" not in site.headers[0]  # of robots.txt


@pytest.mark.parametrize("etag", ["a\r\nX: 1", "ä", "", "x" * 5000])
def test_a_validator_no_header_can_carry_is_not_sent(site: Site, get: Get, etag: str) -> None:
    site.routes["/a"] = answer(200, PAGE)
    assert get(site.url("/a"), validators=Validators(etag=etag)).body == PAGE
    assert "If-None-Match" not in site.headers[-1]


def test_304_that_nobody_asked_for_is_an_error(site: Site, get: Get) -> None:
    site.routes["/a"] = answer(304)
    with pytest.raises(FetchError, match="304 Not Modified, which was not asked for"):
        get(site.url("/a"))


# --- statuses ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "headers", "kind"),
    [
        (404, {}, SourceGone),
        (410, {}, SourceGone),
        (401, {}, Blocked),
        (403, {}, Blocked),
        (451, {}, Blocked),
        (503, {"cf-mitigated": "challenge"}, Blocked),
        (429, {}, RateLimited),
        (400, {}, FetchError),
        (500, {}, FetchError),
        (503, {}, FetchError),
        (204, {}, FetchError),
        (200, {}, FetchError),
    ],
)
def test_each_error_says_who_and_where(
    site: Site, get: Get, status: int, headers: dict[str, str], kind: type[SourceError]
) -> None:
    site.routes["/a"] = answer(status, b"", headers)
    url = site.url("/a") + "#as-given"
    with pytest.raises(SourceError, match=f"{site.url('/a')} answered {status}") as caught:
        get(url, source_id="paper")
    assert type(caught.value) is kind
    assert (caught.value.source_id, caught.value.url) == ("paper", url)


def test_an_error_page_that_never_ends_is_still_an_error_page(site: Site, get: Get) -> None:
    site.routes["/a"] = answer(404, b"x" * 5_000_000)
    site.routes["/b"] = answer(404, b"no gzip", {"Content-Encoding": "gzip"})
    for path in ("/a", "/b"):
        with pytest.raises(SourceGone):
            get(site.url(path))


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_holds_the_whole_domain(site: Site, get: Get, status: int) -> None:
    site.routes["/a"] = answer(status, b"", {"Retry-After": "120"})
    with pytest.raises(RateLimited) as caught:
        get(site.url("/a"))
    assert caught.value.retry_after_s == 120
    asked = len(site.asked)
    with pytest.raises(RateLimited, match=r"left alone for 1[12][0-9] s more") as caught:
        get(site.url("/b"))
    assert 110 < (caught.value.retry_after_s or 0) <= 120
    assert len(site.asked) == asked


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "later"}, {"Retry-After": "0"}])
def test_429_that_names_no_time_holds_nobody(site: Site, get: Get, headers: dict[str, str]) -> None:
    site.routes["/a"] = answer(429, b"", headers)
    site.routes["/b"] = answer(200, PAGE)
    with pytest.raises(RateLimited) as caught:
        get(site.url("/a"))
    assert caught.value.retry_after_s in {None, 0.0}
    assert get(site.url("/b")).body == PAGE


# --- redirects --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(site: Site, get: Get, status: int) -> None:
    site.routes["/old"] = redirect("new/../middle?x=1", status)
    site.routes["/middle?x=1"] = redirect(site.url("/new#part"), status)
    site.routes["/new"] = answer(200, PAGE)
    document = get(site.url("/old"))
    assert (document.body, document.url, document.requested_url) == (PAGE, site.url("/new"), site.url("/old"))


def test_too_many_redirects(site: Site, get: Get) -> None:
    for number in range(10):
        site.routes[f"/{number}"] = redirect(f"/{number + 1}")
    with pytest.raises(FetchError, match=r"redirects more than 5 times; the last leads to .*/6"):
        get(site.url("/0"))
    assert site.asked[1:] == [f"/{number}" for number in range(6)]


def test_a_circle_is_seen_at_once(site: Site, get: Get) -> None:
    site.routes["/a"] = redirect("/b")
    site.routes["/b"] = redirect("/a#x")
    with pytest.raises(FetchError, match="in a circle"):
        get(site.url("/a"))
    assert (site.count("/a"), site.count("/b")) == (1, 1)


def test_a_cookie_comes_back_within_one_fetch_only(site: Site, get: Get) -> None:
    def wall(handler: Handler) -> None:
        has_cookie = "Cookie" in site.headers[-1]
        play = answer(200, PAGE) if has_cookie else redirect("/a", headers={"Set-Cookie": "seen=1; Path=/"})
        play(handler)

    site.routes["/a"] = wall
    assert get(site.url("/a")).body == PAGE
    assert site.headers[-1]["Cookie"] == "seen=1"
    get(site.url("/a"))
    assert [("Cookie" in headers) for headers in site.headers] == [False, False, True, False, True]


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "http://u:p@127.0.0.1/",
        "javascript:alert(1)",
        "http://[::1",
    ],
)
def test_a_redirect_out_of_http_is_refused(site: Site, get: Get, location: str) -> None:
    site.routes["/a"] = redirect(location)
    with pytest.raises(FetchError, match="redirects to where nothing is fetched"):
        get(site.url("/a"))


def test_a_redirect_to_nowhere(site: Site, get: Get) -> None:
    site.routes["/a"] = answer(302)
    with pytest.raises(FetchError, match="302 Found, but does not say where to go"):
        get(site.url("/a"))


def test_each_hop_asks_its_own_robots(site: Site, get: Get) -> None:
    with running("127.0.0.2") as other:
        other.routes["/robots.txt"] = answer(200, b"User-agent: Polyfeed\nDisallow: /private")
        other.routes["/private"] = answer(200, PAGE)
        site.routes["/a"] = redirect(other.url("/private"))
        with pytest.raises(RobotsRefused, match=f"{other.host}:{other.port}/robots.txt does not allow Polyfeed"):
            get(site.url("/a"))
        assert other.asked == ["/robots.txt"]


# --- robots.txt -------------------------------------------------------------------------------------------------


def test_robots_txt_is_asked_once_and_obeyed(site: Site, get: Get) -> None:
    site.routes["/robots.txt"] = answer(200, b"User-agent: *\nDisallow: /private/")
    site.routes["/a"] = answer(200, PAGE)
    site.routes["/private/a"] = answer(200, PAGE)
    get(site.url("/a"))
    get(site.url("/a"))
    with pytest.raises(RobotsRefused) as caught:
        get(site.url("/private/a"), source_id="paper")
    assert caught.value.source_id == "paper"
    assert site.asked == ["/robots.txt", "/a", "/a"]


def test_a_failing_robots_txt_stops_everything(site: Site, get: Get) -> None:
    site.routes["/robots.txt"] = answer(500)
    site.routes["/a"] = answer(200, PAGE)
    with pytest.raises(FetchError, match="until the site's rules can be read"):
        get(site.url("/a"))
    assert site.asked == ["/robots.txt"]


def test_a_limit_on_robots_txt_holds_the_domain(site: Site, get: Get) -> None:
    site.routes["/robots.txt"] = answer(429, b"", {"Retry-After": "60"})
    with pytest.raises(RateLimited) as caught:
        get(site.url("/a"))
    assert caught.value.retry_after_s == 60


def test_a_huge_robots_txt_is_read_to_the_limit(site: Site, get: Get) -> None:
    site.routes["/robots.txt"] = answer(200, b"User-agent: *\nDisallow: /secret\n" + b"#" * 5_000_000)
    site.routes["/a"] = answer(200, PAGE)
    assert get(site.url("/a")).body == PAGE
    with pytest.raises(RobotsRefused):
        get(site.url("/secret"))


# --- the budget -------------------------------------------------------------------------------------------------


def test_requests_to_one_domain_are_spaced_over_threads(site: Site, make_fetcher: MakeFetcher) -> None:
    fetcher = make_fetcher()
    for number in range(4):
        site.routes[f"/{number}"] = answer(200, PAGE)
    started = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        futures = [
            pool.submit(fetcher.fetch, site.url(f"/{number}"), source_id="s", allow_private=True, delay_s=0.1)
            for number in range(4)
        ]
        assert all(isinstance(future.result(5), Document) for future in futures)
    assert time.monotonic() - started >= 0.4  # robots.txt and four pages
    assert site.count("/robots.txt") == 1


def test_crawl_delay_raises_the_delay(site: Site, make_fetcher: MakeFetcher) -> None:
    slept: list[float] = []
    now_s = [0.0]

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now_s[0] += seconds

    fetcher = make_fetcher(budget=Budget(clock=lambda: now_s[0], sleep=sleep))
    site.routes["/robots.txt"] = answer(200, b"User-agent: *\nCrawl-delay: 7")
    site.routes["/a"] = answer(200, PAGE)
    fetcher.fetch(site.url("/a"), source_id="s", allow_private=True, delay_s=0.0)
    fetcher.fetch(site.url("/a"), source_id="s", allow_private=True, delay_s=9.0)
    assert slept == [7.0, 9.0]


def test_closing_ends_the_wait_of_other_threads(site: Site, make_fetcher: MakeFetcher) -> None:
    fetcher = make_fetcher()
    site.routes["/a"] = answer(200, PAGE)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(fetcher.fetch, site.url("/a"), source_id="s", allow_private=True, delay_s=30.0)
        time.sleep(0.1)
        fetcher.close()
        with pytest.raises(FetchError, match="stopped while waiting"):
            waiting.result(5)


# --- TLS --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure_site(authority: trustme.CA) -> Iterator[tuple[Site, list[str | None]]]:
    """A site for https://news.example, and the server names that clients asked it for."""
    names: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("news.example").configure_cert(context)
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    with running(context=context) as site:
        site.routes["/a"] = answer(200, PAGE)
        yield site, names


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def get_secure(fetcher: Fetcher, site: Site, host: str) -> Document | NotModified:
    return fetcher.fetch(site.url("/a", host), source_id="s", allow_private=True, delay_s=0.0)


def test_tls_keeps_the_name_though_the_address_is_dialled(
    secure_site: tuple[Site, list[str | None]], make_fetcher: MakeFetcher, authority: trustme.CA
) -> None:
    site, names = secure_site
    fetcher = make_fetcher(resolve=lambda _host, _port: ["127.0.0.1"], ssl_context=trusting(authority))
    document = get_secure(fetcher, site, "news.example")
    assert isinstance(document, Document)
    assert document.body == PAGE
    assert set(names) == {"news.example"}
    assert site.headers[-1]["Host"] == f"news.example:{site.port}"


def test_a_certificate_for_another_name_is_refused(
    secure_site: tuple[Site, list[str | None]], make_fetcher: MakeFetcher, authority: trustme.CA
) -> None:
    fetcher = make_fetcher(resolve=lambda _host, _port: ["127.0.0.1"], ssl_context=trusting(authority))
    with pytest.raises(FetchError, match=r"certificate of other\.example:\d+ is not valid: Hostname mismatch"):
        get_secure(fetcher, secure_site[0], "other.example")


def test_a_certificate_nobody_vouches_for_is_refused(
    secure_site: tuple[Site, list[str | None]], make_fetcher: MakeFetcher
) -> None:
    fetcher = make_fetcher(resolve=lambda _host, _port: ["127.0.0.1"])
    with pytest.raises(FetchError, match=r"certificate of news\.example:\d+ is not valid"):
        get_secure(fetcher, secure_site[0], "news.example")


def test_https_to_a_server_that_speaks_http(site: Site, get: Get) -> None:
    with pytest.raises(FetchError, match="no encrypted connection to 127"):
        get(site.url("/a").replace("http:", "https:"))
