"""feeds.urls: one spelling, one identity, one registered domain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.urls import (
    clean_url,
    identity_of,
    is_http_url,
    named_media_type,
    normal_url,
    plain_identity,
    read_media_type,
    registered_domain,
)

FORMS = [normal_url, clean_url, identity_of, plain_identity]


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("HTTP://Example.COM", "http://example.com/"),
        ("http://example.com:80/", "http://example.com/"),
        ("https://example.com:443/a", "https://example.com/a"),
        ("http://example.com:443/a", "http://example.com:443/a"),
        ("http://example.com:/a", "http://example.com/a"),
        ("http://example.com./a", "http://example.com/a"),
        ("http://example.com/a#part", "http://example.com/a"),
        ("http://example.com?a=1", "http://example.com/?a=1"),
        ("http://example.com/a/./b/../c", "http://example.com/a/c"),
        ("http://example.com/a/..", "http://example.com/"),
        ("http://example.com/a/b/.", "http://example.com/a/b/"),
        ("http://example.com/../../a", "http://example.com/a"),
        ("http://example.com/%2e%2e/a", "http://example.com/a"),
        ("http://example.com//a//b", "http://example.com//a//b"),
        ("http://example.com/%7euser/%c3%a4", "http://example.com/~user/%C3%A4"),
        ("http://example.com/ä b", "http://example.com/%C3%A4%20b"),
        ("http://example.com/a%2Fb", "http://example.com/a%2Fb"),
        ("http://example.com/100%", "http://example.com/100%25"),
        ("http://example.com/?q=%D6%D0", "http://example.com/?q=%D6%D0"),
        ("http://example.com/?b=2&a=1", "http://example.com/?b=2&a=1"),
        ("http://example.com/?u=a\\b", "http://example.com/?u=a%5Cb"),
        ("http:\\\\example.com\\a", "http://example.com/a"),
        ("  http://example.com/\na ", "http://example.com/a"),
        ("http://user:secret@example.com/", "http://example.com/"),
        ("http://straße.example/", "http://xn--strae-oqa.example/"),
        ("http://中国。公司/", "http://xn--fiqs8s.xn--55qx5d/"),
        ("http://ＥＸＡＭＰＬＥ.com/", "http://example.com/"),
        ("http://foo_bar.example.com/", "http://foo_bar.example.com/"),
        ("http://[0:0::1]:8080/", "http://[::1]:8080/"),
        ("http://１２７.0.0.1/", "http://127.0.0.1/"),
    ],
)
def test_normal_form(url: str, normal: str) -> None:
    assert normal_url(url) == normal


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("http://example.com/a?utm_source=x&id=7&UTM_Medium=y", "http://example.com/a?id=7"),
        ("http://example.com/a?fbclid=1&gclid=2", "http://example.com/a"),
        ("http://example.com/a?b=2&utm%5Fid=3&a=1", "http://example.com/a?b=2&a=1"),
        ("http://example.com/a?&&b=&c", "http://example.com/a?b=&c"),
        ("http://example.com/a;jsessionid=0A1B?x=1", "http://example.com/a?x=1"),
        ("http://example.com/a/..;jsessionid=1", "http://example.com/"),
        ("http://example.com/a?ref=front&source=x&from=y", "http://example.com/a?ref=front&source=x&from=y"),
        ("http://example.com/a?utmost=1", "http://example.com/a?utmost=1"),
        ("http://example.com/a?next=http://b/?utm_x=1", "http://example.com/a?next=http://b/?utm_x=1"),
    ],
)
def test_clean_form(url: str, clean: str) -> None:
    assert clean_url(url) == clean


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/a?id=7",
        "https://example.com/a?id=7",
        "https://EXAMPLE.com:443/a?utm_source=feed&id=7#comments",
        "http://example.com:80/x/../a?id=7",
    ],
)
def test_spellings_of_one_article_have_one_identity(url: str) -> None:
    assert identity_of(url) == "https://example.com/a?id=7"


def test_what_may_be_two_articles_keeps_two_identities() -> None:
    urls = ["http://a.example/x", "http://a.example/x/", "http://a.example/X", "http://a.example:8080/x"]
    urls += ["http://a.example/x?p=1", "http://a.example/x?p=2", "http://www.a.example/x", "http://a.example/a%2Fx"]
    assert len({identity_of(url) for url in urls}) == len(urls)


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://german.example.com.cn/a", "example.com.cn"),
        ("https://example.com.cn:8443/", "example.com.cn"),
        ("http://news.example.co.uk", "example.co.uk"),
        ("http://one.github.io/", "one.github.io"),
        ("http://x.two.github.io/", "two.github.io"),
        ("http://github.io/", "github.io"),
        ("http://www.täglich.example.de", "example.de"),
        ("http://www.täglich.de", "xn--tglich-bua.de"),
        ("http://a.b.公司.cn/", "b.xn--55qx5d.cn"),
        ("http://news.corp.lan/", "corp.lan"),
        ("http://localhost/", "localhost:80"),
        ("https://localhost/", "localhost:443"),
        ("http://LOCALHOST.:8000/", "localhost:8000"),
        ("http://127.0.0.1:8080/x", "127.0.0.1:8080"),
        ("http://[::1]/", "[::1]:80"),
    ],
)
def test_registered_domain(url: str, domain: str) -> None:
    assert registered_domain(url) == domain


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com",
        "//example.com/",
        "/a",
        "mailto:a@example.com",
        "ftp://example.com/",
        "javascript:alert(1)",
        "urn:uuid:1",
        "http://",
        "http:///a",
        "http://:80/",
        "http://exa mple.com/",
        "http://a%41.com/",
        "http://a..b/",
        "http://" + "a" * 64 + ".com/",
        "http://" + "a.b" * 100 + ".com/",
        "http://example.com:0/",
        "http://example.com:99999/",
        "http://example.com:port/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f.0.0.1/",
        "http://0x7f000001/",
        "http://1.2.3.256/",
        "http://❤.ws/",
        "http://exa\u2100mple.com/",
        "http://example.com/\ud800",
    ],
)
def test_no_address_is_a_value_error(text: str) -> None:
    assert not is_http_url(text)
    for form in [*FORMS, registered_domain]:
        with pytest.raises(ValueError, match=r"."):
            form(text)


@pytest.mark.parametrize("text", ["http://example.com", "HTTPS://[::1]:1/", " http://a/ "])
def test_an_address_is_one(text: str) -> None:
    assert is_http_url(text)


_ODD = st.text(alphabet="ab%.:/?#[]@;&=+\\ _-~0123456789xäß。中\t\n\x00|'\"<>utm", max_size=40)
_URLS = st.one_of(
    st.text(),
    st.builds("http://a.b/{};jsessionid={}".format, _ODD, _ODD),
    st.builds("{}://{}/{}?{}#{}".format, st.sampled_from(["http", "https", "HTTP"]), _ODD, _ODD, _ODD, _ODD),
    st.builds("https://example.com/{}?{}".format, _ODD, _ODD),
)


@given(_URLS)
def test_any_text_is_an_address_or_a_value_error(text: str) -> None:
    for form in [*FORMS, registered_domain]:
        try:
            result = form(text)
        except ValueError:
            assert not is_http_url(text)
        else:
            assert is_http_url(text)
            assert result.isascii()


@given(_URLS)
def test_every_form_is_its_own_form(text: str) -> None:
    for form in FORMS:
        try:
            once = form(text)
        except ValueError:
            continue
        assert form(once) == once
        assert form is plain_identity or identity_of(once) == identity_of(text)
        assert registered_domain(clean_url(text)) == registered_domain(text)


ARTICLE = "https://example.com/news/2020/a-story-of-two-quays"


@pytest.mark.parametrize(
    "url",
    [
        ARTICLE,
        "http://www.example.com/news/2020/a-story-of-two-quays/",
        "https://m.example.com/news/2020/a-story-of-two-quays?utm_source=x",
        "https://mobile.example.com/news/2020/a-story-of-two-quays",
        "https://www.m.example.com/news/2020/a-story-of-two-quays",
        "https://amp.example.com/news/2020/a-story-of-two-quays",
        "https://touch.example.com/news/2020/a-story-of-two-quays#top",
        "https://www.example.com/news/2020/a-story-of-two-quays/amp/",
        "https://www.example.com/amp/news/2020/a-story-of-two-quays",
        "https://www.example.com/news/2020/a-story-of-two-quays/amp.html",
        "https://www.example.com/news/2020/a-story-of-two-quays.amp",
        "https://www.example.com/news/2020/a-story-of-two-quays?amp",
        "https://www.example.com/news/2020/a-story-of-two-quays?amp=1&outputType=amp",
        "https://www.example.com/news/2020/a-story-of-two-quays/index.html",
        "https://www.example.com/news/2020/a-story-of-two-quays?ref=rss&source=newsletter",
        "https://www.example.com/news/2020/a-story-of-two-quays/?replytocom=17#respond",
        "https://www-example-com.cdn.ampproject.org/c/s/www.example.com/news/2020/a-story-of-two-quays/amp/",
        "https://www-example-com.cdn.ampproject.org/v/s/www.example.com/news/2020/a-story-of-two-quays?usqp=mq331AQ",
        "https://www.google.co.uk/amp/s/amp.example.com/news/2020/a-story-of-two-quays",
        "https://www.example.com/(S(lit3py55t21z5v55vlm25s55))/news/2020/a-story-of-two-quays",
        "https://www.example.com/news/2020/a-story-of-two-quays;jsessionid=1A2B",
    ],
)
def test_the_forms_of_one_article_have_one_plain_identity(url: str) -> None:
    assert plain_identity(url) == ARTICLE


def test_plain_forms_keep_the_ending_and_the_order_of_parameters_counts_for_nothing() -> None:
    assert (
        plain_identity("http://www.a.example/x/t20200707_800213.amp.html")
        == "https://a.example/x/t20200707_800213.html"
    )
    assert plain_identity("http://a.example/story-1-2.amphtml") == "https://a.example/story-1-2.html"
    assert plain_identity("http://a.example/show.php?id=4711&lang=de") == (
        plain_identity("http://a.example/show.php?lang=de&id=4711")
    )
    assert plain_identity("https://de.m.a.example/wiki/a-long-article") == "https://de.a.example/wiki/a-long-article"


def test_what_may_be_two_articles_keeps_two_plain_identities() -> None:
    urls = [f"https://a.example/show.php?{name}={value}" for name in ("id", "p", "sid", "cid") for value in (471, 472)]
    urls += [f"https://a.example/story-of-one-{word}" for word in ("quay", "amp", "m", "index")]
    urls += ["https://a.example/Story-Of-One-Quay", "https://a.example/de/story-of-one-quay"]
    urls += ["https://b.a.example/story-of-one-quay", "https://a.example:8080/story-of-one-quay"]
    urls += ["https://a.example/story-of-one-quay?ref=17", "https://a.example/story-of-one-quay?page=2"]
    urls += ["https://a.example/story-of-one-quay?source=agency", "https://a.example/shop/amp/a-fine-amplifier-100"]
    urls += ["https://a.example/shop/a-fine-amplifier-100", "https://amp-a-fine-amplifier.example/story-of-one-quay"]
    assert len({plain_identity(url) for url in urls}) == len(urls)


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("https://m.example.com/", "https://m.example.com/"),
        ("https://m.example.com/news/", "https://m.example.com/news/"),
        ("https://www.example.com/news/", "https://example.com/news/"),
        ("https://www.example.com/shop/amp", "https://example.com/shop/amp"),
        ("https://www.example.com/?p=3", "https://example.com/?p=3"),
        ("https://m.co.uk/a-story-of-two", "https://m.co.uk/a-story-of-two"),
        ("https://www.com/a-story-of-two", "https://www.com/a-story-of-two"),
        ("https://m.github.io/a-story-of-two", "https://m.github.io/a-story-of-two"),
        ("https://amp/a-story-of-two", "https://amp/a-story-of-two"),
        ("https://127.0.0.1:8000/a-story-of-two", "https://127.0.0.1:8000/a-story-of-two"),
        ("https://x.cdn.ampproject.org/c/s/", "https://x.cdn.ampproject.org/c/s/"),
        ("https://www.google.com/amp/index-of-all-things", "https://google.com/index-of-all-things"),
    ],
)
def test_where_little_is_told_little_is_left_out(url: str, plain: str) -> None:
    assert plain_identity(url) == plain


@pytest.mark.parametrize(
    "name",
    [
        *(
            "utm_id",
            "itm_source",
            "mtm_group",
            "fbclid",
            "gclid",
            "yclid",
            "_openstat",
            "at_link_id",
            "ref_src",
            "erid",
        ),
        *("wt_mc", "spm", "cm_mmc", "ASPSESSIONIDQABC", "dpg_campaign", "Echobox", "mindbox-click-id", "cmpid"),
    ],
)
def test_tracking_names_are_left_out(name: str) -> None:
    assert clean_url(f"https://example.com/a?id=7&{name}=x&b") == "https://example.com/a?id=7&b"


@pytest.mark.parametrize(
    "name", ["id", "p", "sid", "cid", "aid", "newsid", "session_id", "ref", "source", "v", "q", "s"]
)
def test_names_that_may_hold_an_id_stay(name: str) -> None:
    assert clean_url(f"https://example.com/a?{name}=7") == f"https://example.com/a?{name}=7"


_STEPS = st.lists(
    st.sampled_from(
        ["amp", "a-b-c", "2020", "index.html", "x.amp.html", "x.amp", "news", "c", "s", "m.example.com", ""]
    ),
    max_size=6,
)
_HOSTS = st.sampled_from(
    ["example.com", "www.example.com", "www.www.example.com", "m.example.com", "www.m.amp.example.co.uk", "m.co.uk",
     "x.cdn.ampproject.org", "www.google.com", "wap.github.io", "localhost", "127.0.0.1"]
)  # fmt: skip
_QUERIES = st.lists(
    st.sampled_from(["amp=1", "id=12345", "ref=rss", "ref=7", "b", "a=2", "outputType=amp", "utm_x=1", "replytocom=3"]),
    max_size=4,
)


@given(_HOSTS, _STEPS, _QUERIES)
def test_the_plainest_form_is_its_own_and_stays_on_the_site(host: str, steps: list[str], query: list[str]) -> None:
    url = f"https://{host}/{'/'.join(steps)}?{'&'.join(query)}"
    plain = plain_identity(url)
    assert plain_identity(plain) == plain
    assert identity_of(plain) == plain
    assert plain_identity(identity_of(url)) == plain
    if not host.endswith(("ampproject.org", "google.com")):
        assert registered_domain(plain) == registered_domain(identity_of(url))
    for kept in ("id=12345", "ref=7", "a=2"):
        assert (kept in plain) is (kept in query)


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("Audio/MPEG; charset=x", "audio/mpeg"),
        ("application/vnd.apple.mpegurl", "application/vnd.apple.mpegurl"),
        *((one, "") for one in ("mp3", "", "audio/", "/mpeg", "audio/<script>", 'audio/"x', "a b/c", "x/" + "y" * 200)),
    ],
)
def test_media_types(written: str, kind: str) -> None:
    assert read_media_type(written) == kind


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://news.example/a/b.JPG?w=9#x", "image/jpeg"),
        ("https://news.example/b%2Ejxl", "image/jxl"),
        ("https://news.example/b.mp3/", ""),
        ("https://news.example/b", ""),
        ("https://news.example/show?file=b.mp3", ""),
        ("https://agency.mov", ""),
        ("https://agency.zip/", ""),
    ],
)
def test_the_ending_of_a_path_tells_what_kind_of_file_it_is(url: str, kind: str) -> None:
    assert named_media_type(url) == kind
