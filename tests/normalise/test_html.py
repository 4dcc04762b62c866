"""Hostile and sloppy HTML through the one policy of what is published."""

from __future__ import annotations

import re
import time

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.normalise.html import plain_text, sanitise

BASE = "https://news.example/politik/artikel.html"

# the classics (OWASP filter evasion, DOMPurify's and ammonia's own lists) and the tricks of mutation XSS
HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src=x:x onerror='alert(1)'//",
    "<IMG SRC=JaVaScRiPt:alert(1)>",
    '<img src="jav\tascript:alert(1)">',
    '<img src="jav&#x0A;ascript:alert(1)">',
    '<img src=" &#14; javascript:alert(1)">',
    "<a href=javascript:alert(1)>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='&#1;javascript:alert(1)'>x</a>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='feed:javascript:alert(1)'>x</a>",
    "<a href='//evil.example' onmouseover=alert(1)>x</a>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><img src=x onerror=alert(1)></template>",
    "<form action=javascript:alert(1)><button>go</button></form>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<link rel=stylesheet href=javascript:alert(1)>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=javascript:alert(1)//>",
    "<body onload=alert(1)>",
    "<div style='background:url(javascript:alert(1))'>x</div>",
    "<div style=width:expression(alert(1))>x</div>",
    "<style>@import'javascript:alert(1)';</style>",
    "<input autofocus onfocus=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<table background=javascript:alert(1)><td background=javascript:alert(1)>x",
    "<a href=https://x.example style=position:fixed;inset:0>x</a>",
    "<img src='https://x.example/a.jpg' srcset='javascript:alert(1) 1x'>",
    "<blockquote cite=javascript:alert(1)>x</blockquote>",
    "<p id=__proto__ name=attributes class=x>x</p>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml <img src=x onerror=alert(1)>?>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
    "<plaintext><img src=x onerror=alert(1)>",
    "<title><img src=x onerror=alert(1)></title>",
    "<textarea></textarea><img src=x onerror=alert(1)>",
    '<img alt="<x" title="/><img src=x onerror=alert(1)>" src=/a.jpg>',
    "<a title='\"><img src=x onerror=alert(1)>' href=/a>x</a>",
]

SCHEMES = ("http://", "https://", "mailto:")
ADDRESSES = {"href", "src", "cite"}
LOUD = {
    "script",
    "style",
    "iframe",
    "object",
    "embed",
    "form",
    "input",
    "button",
    "svg",
    "math",
    "link",
    "meta",
    "base",
}


def assert_harmless(html: str) -> None:
    for element in lxml.html.fragment_fromstring(html, create_parent="main").iterdescendants():
        assert element.tag not in LOUD
        for name, value in element.items():
            assert not name.startswith("on")
            assert name not in {"style", "class", "id", "name", "srcset", "srcdoc", "background"}
            if name in ADDRESSES:
                assert value.startswith(SCHEMES), value


@pytest.mark.parametrize("html", HOSTILE)
def test_hostile_html_comes_out_harmless(html: str) -> None:
    clean = sanitise(f"<p>before</p>{html}<p>after</p>", base_url=BASE)
    assert_harmless(clean)
    assert "before" in clean
    assert sanitise(clean, base_url=BASE) == clean


@given(
    st.lists(
        st.sampled_from([*HOSTILE, "<p>", "</p>", "<b>", "</table>", "<!--", "\x00", "&", "'", '"', ">"]), max_size=8
    )
)
def test_hostile_html_stays_harmless_in_any_company(parts: list[str]) -> None:
    assert_harmless(sanitise("".join(parts), base_url=BASE))


@given(st.text(max_size=200), st.text(max_size=30))
def test_any_text_is_answered(html: str, base_url: str) -> None:
    clean = sanitise(html, base_url=base_url)
    assert_harmless(clean)
    plain_text(html)
    plain_text(clean)


def test_structure_is_kept() -> None:
    html = (
        "<h2>Head</h2><p>One <strong>two</strong> <em>three</em><br>four</p><ul><li>a</li></ul>"
        '<ol start="3"><li>b</li></ol><blockquote><p>q</p></blockquote><pre>c  d</pre>'
        '<table><thead><tr><th scope="col">h</th></tr></thead><tbody><tr><td colspan="2">x</td></tr></tbody></table>'
        '<figure><img src="https://news.example/a.jpg" alt="A" width="640" height="480">'
        "<figcaption>Cap</figcaption></figure>"
    )
    assert sanitise(html, base_url=BASE) == html


def test_unknown_elements_are_unwrapped_and_attributes_dropped() -> None:
    html = '<center><font color=red>text</font></center><p class=x style="a:b" data-y=z id=i>p</p>'
    assert sanitise(html, base_url=BASE) == "text<p>p</p>"


@pytest.mark.parametrize(
    ("written", "absolute"),
    [
        ("../wirtschaft/b.html?x=1&y=2#z", "https://news.example/wirtschaft/b.html?x=1&amp;y=2#z"),
        ("/b.html", "https://news.example/b.html"),
        ("//cdn.example/b.html", "https://cdn.example/b.html"),
        ("#part", "https://news.example/politik/artikel.html#part"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("https://other.example/ä", "https://other.example/ä"),
    ],
)
def test_links_are_absolute_and_safe_to_follow(written: str, absolute: str) -> None:
    clean = sanitise(f'<a href="{written}">x</a>', base_url=BASE)
    assert clean == f'<a href="{absolute}" rel="noopener noreferrer">x</a>'


@pytest.mark.parametrize(
    "href", ["javascript:x()", "ftp://x.example/", "tel:123", "file:///etc/passwd", "http://[bad/"]
)
def test_a_link_that_goes_elsewhere_loses_its_target_and_keeps_its_words(href: str) -> None:
    assert sanitise(f'<p><a href="{href}">words</a></p>', base_url=BASE) == (
        '<p><a rel="noopener noreferrer">words</a></p>'
    )


@pytest.mark.parametrize(
    "image",
    [
        '<img src="https://t.example/p.gif" width="1" height="1">',
        "<img src=//t.example/p.gif width=1px height=1px>",
        '<img height="0" src="https://t.example/p.gif">',
        "<img src=data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP>",
        "<img src=mailto:a@b.example>",
        "<img alt=nothing>",
    ],
)
def test_trackers_and_pictures_without_an_address_are_dropped(image: str) -> None:
    assert sanitise(f"<p>a{image}b</p>", base_url=BASE) == "<p>ab</p>"


def test_direction_and_language_are_kept() -> None:
    html = '<div dir="rtl" lang="ar"><p>نص <bdi dir="ltr">text</bdi></p></div>'
    assert sanitise(html, base_url=BASE) == html
    assert sanitise('<p dir="sideways">x</p>', base_url=BASE) == "<p>x</p>"


@pytest.mark.parametrize(
    "control", ["\x00", "\x08", "\x0b", "\x1f", "\x7f", "\x9b", "\ud800", "\ufffe", "\uffff", "&#1;", "&#x1f;"]
)
def test_what_xml_cannot_carry_is_removed(control: str) -> None:
    assert sanitise(f"<p>a{control}b</p>", base_url=BASE) == "<p>ab</p>"


@pytest.mark.parametrize("base_url", ["", "news.example", "/x", "mailto:a@b", "http://[", "https://"])
def test_without_a_base_relative_addresses_are_dropped(base_url: str) -> None:
    clean = sanitise('<p><a href="/x">a</a><img src="b.jpg"></p>', base_url=base_url)
    assert clean == '<p><a rel="noopener noreferrer">a</a></p>'


GIANTS = {
    "divs": "<div>" * 100_000 + "end",
    "bolds": "<b>" * 100_000 + "end",
    "tables": "<table><tr><td>" * 30_000 + "end",
    "paragraphs": "<p>a" * 100_000,
    "links": "<a href=x>" * 50_000 + "end",
    "attributes": "<img " + "a=1 " * 100_000 + ">",
    "distinct attributes": "<img " + " ".join(f"a{i}=1" for i in range(50_000)) + ">",
    "brackets": "<" * 500_000,
    "entities": "&amp;" * 200_000,
}


@pytest.mark.parametrize("html", GIANTS.values(), ids=GIANTS)
def test_giants_are_answered_in_time(html: str) -> None:
    started = time.process_time()
    clean = sanitise(html, base_url=BASE)
    plain_text(clean)
    assert time.process_time() - started < 5


def test_plain_text_has_a_line_for_each_block_and_none_for_pictures() -> None:
    html = (
        "<h2>Head</h2><p>One <b>two</b>\n three<br>four</p><ul><li>a</li><li>b</li></ul><table><tr><td>x</td><td>y</td>"
        "</tr></table><figure><img src=a><figcaption>caption</figcaption></figure><blockquote>q</blockquote>tail"
    )
    assert plain_text(html).split("\n") == ["Head", "One two three", "four", "a", "b", "x", "y", "q", "tail"]


def test_plain_text_resolves_entities_and_drops_readings() -> None:
    assert plain_text("<p>a&nbsp;&amp;&nbsp;b &lt;c&gt;</p>") == "a & b <c>"
    assert plain_text("<p><ruby>尹<rt>ユン</rt></ruby>氏</p>") == "尹氏"


@pytest.mark.parametrize("html", ["", " ", "<", "<p>", "<!-- x -->", "\x00", "<!DOCTYPE html>", "<script>x</script>"])
def test_plain_text_of_nothing_is_nothing(html: str) -> None:
    assert re.sub(r"[<\x00]", "", plain_text(html)) == ""
