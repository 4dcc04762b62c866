"""Pages made to break a reader: each comes back, as text or a named error, in seconds and bounded memory."""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import lxml.html
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.errors import ExtractError
from feeds.extract.body import Body, read_body
from feeds.extract.tree import MAX_DEPTH, MAX_PAGE_BYTES, parse_html
from feeds.extract.verdict import check_article
from feeds.normalise.html import plain_text, sanitise

URL = "https://news.example/a/b.html"
LINE = b"<p>The council met on Monday, and the mayor said that the bridge would open in spring.</p>"
CORPUS = Path(__file__).resolve().parents[2] / "../shared/corpus"


def read(html: bytes, content_type: str | None = None) -> Body | None:
    """The whole body side; None where it refuses in its own words."""
    try:
        tree = parse_html(html, content_type=content_type)
        body = read_body(tree, url=URL, title="The bridge")
        check_article(tree=tree, title="The bridge", body=body, url=URL)
    except ExtractError:
        return None
    plain_text(sanitise(body.html, base_url=URL))
    return body


def many(piece: bytes, size: int = 10_000_000) -> bytes:
    return piece * (size // len(piece))


def numbered(form: str, count: int) -> bytes:
    return "".join(form.format(i) for i in range(count)).encode()


GIANTS = {
    "10 MB of paragraphs": lambda: b"<h1>x</h1>" + many(LINE),
    "10 MB in one paragraph": lambda: b"<h1>x</h1><p>" + many(b"word and more, "),
    "10 MB of line breaks": lambda: b"<div>" + many(b"The word is out.<br><br>"),
    "10 MB of white space": lambda: b" " * 10_000_000,
    "10 MB of zeros": lambda: b"\0" * 10_000_000,
    "10 MB of noise": lambda: random.Random(1).randbytes(10_000_000),
    "noise in markup's characters": lambda: bytes(random.Random(1).choices(b"<>/ab c='\"&;!-pdiv\n", k=1_000_000)),
    "100,000 nested boxes": lambda: b"<div>" * 100_000 + LINE * 9,
    "100,000 nested marks": lambda: b"<b>" * 100_000 + LINE * 9,
    "100,000 nested quotations": lambda: b"<blockquote>" * 100_000 + LINE * 9,
    "33,000 nested tables": lambda: b"<table><tr><td>" * 33_000 + LINE * 9,
    "50,000 nested lists": lambda: b"<ul><li>" * 50_000 + LINE * 9,
    "marks nested again and again": lambda: (b"<b>" * 150 + b"abc" + b"</b>" * 150) * 2000,
    "50,000 links": lambda: numbered("<a href='/n/{0}.html'>Story number {0} of the day</a> ", 50_000),
    "50,000 links in lists": lambda: numbered("<li><a href='/n/{0}.html'>Story number {0} of the day</a>", 50_000),
    "50,000 links in paragraphs": lambda: (
        LINE * 9 + numbered("<p>Told <a href=/{0}>here</a> and at length, as was said.", 50_000)
    ),
    "50,000 rows": lambda: LINE * 9 + b"<table>" + b"<tr><td>a cell</td><td>another cell</td></tr>" * 50_000,
    "100,000 pictures": lambda: LINE * 9 + numbered("<figure><img src=/{0}.jpg></figure>", 100_000) + LINE * 9,
    "100,000 headings": lambda: b"<h2>Head</h2>" * 100_000 + LINE * 9,
    "60,000 classes": lambda: numbered(
        "<p class='c{0} x{0}'>The council met on Monday, and so on and so on.</p>", 60_000
    ),
    "a class of 5 MB": lambda: b"<p class='" + many(b"abc-def ", 5_000_000) + b"'>" + LINE * 9,
    "200,000 attributes": lambda: b"<p " + numbered("a{0}=1 ", 200_000) + b">" + LINE * 9,
    "300,000 entities": lambda: b"<p>" + b"&amp;&lt;&#0;&#55296;&#x1F600;" * 60_000,
    "a script of half strings": lambda: b"<script>" + (b'"content":"' + b"a b" * 200) * 10_000 + b"</script>",
    "a script of 8 MB of text": lambda: (
        b'<script>{"content":"' + many(b"The word is out. ", 8_000_000) + b'"}</script>'
    ),
    "a picture set of 5 MB": lambda: LINE * 9 + b"<img srcset='" + many(b"a.jpg 1w, ", 5_000_000) + b"'>" + LINE,
}


@pytest.mark.parametrize("make", GIANTS.values(), ids=GIANTS)
def test_giants_come_back_in_time(make: Callable[[], bytes]) -> None:
    html = make()
    started = time.process_time()
    read(html)
    assert time.process_time() - started < 5


def test_memory_is_bounded() -> None:
    program = """
        from pathlib import Path
        from feeds.extract.body import read_body
        from feeds.extract.tree import parse_html
        html = b"<h1>x</h1>" + b"<p>The council met on Monday, and the mayor said so.</p>" * 180_000
        read_body(parse_html(html), url="https://a.example/")
        print(next(line.split()[1] for line in Path("/proc/self/status").open() if line.startswith("VmHWM")))
    """
    # its own process, since a peak is never given back; getrusage would tell the peak of whoever started it
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(run.stdout) < 300_000  # kB


BROKEN = {
    "nothing": b"",
    "no body": LINE * 3,
    "no markup": b"The council met on Monday, and the mayor said that the bridge would open in spring. " * 3,
    "only a frameset": b"<frameset><frame src=x></frameset>",
    "two bodies": b"<body>" + LINE * 3 + b"<body>" + LINE * 3,
    "zeros within words": LINE.replace(b"e", b"e\0") * 3,
    "lone surrogates": "<p>\ud800 one \udfff two</p>".encode("utf-8", "surrogatepass") + LINE * 3,
    "surrogates by reference": b"<p>&#55296; one &#xDFFF; two &#1; &#0;</p>" + LINE * 3,
    "unfinished tag": LINE * 3 + b"<p class='x",
    "unfinished comment": LINE * 3 + b"<!-- x",
    "xml": b"<?xml version='1.0' encoding='utf-8'?><html xmlns='http://www.w3.org/1999/xhtml'><body>" + LINE * 3,
    "names with colons": b"<x:y:z a:b:c=1 xmlns:q=w>" + LINE * 3 + b"</x:y:z>",
    "control characters in tags": b"<p\x0b\x0cclass=\x01x\x02>" + LINE * 3,
    "base that is no address": b"<base href='http://[bad'>" + LINE * 3 + b"<p><a href='http://[bad'>x</a> and more</p>",
}


@pytest.mark.parametrize("html", BROKEN.values(), ids=BROKEN)
def test_broken_pages_are_read_or_refused(html: bytes) -> None:
    body = read(html)
    if b"council" in html:
        assert body is not None
        assert "The council met on Monday" in body.text.replace("\ufffd", "")
    else:
        assert body is None


def test_a_page_over_the_cap_is_refused_with_its_size() -> None:
    with pytest.raises(ExtractError, match="20,000,001 bytes"):
        parse_html(b" " * (MAX_PAGE_BYTES + 1))


@pytest.mark.parametrize("tag", ["div", "span", "p", "table", "x-y"])
def test_depth_is_bounded_and_text_is_not_lost(tag: str) -> None:
    tree = parse_html(f"<body>{f'<{tag}>' * 1500}deep words{f'</{tag}>' * 1500}<p>after".encode())
    assert max(sum(1 for _ in element.iterancestors()) for element in tree.iter()) <= MAX_DEPTH
    assert "after" in tree.text_content()
    if tag not in {"p", "table"}:
        assert "deep words" in tree.text_content()


SMALL = (
    b"<html lang=de><head><meta charset=utf-8><title>x</title></head><body><nav><a href=/>y</a></nav>"
    b"<h1>Br\xc3\xbccke</h1>"
    b"<div class=text>" + LINE * 3 + b"<h2>More</h2><ul><li>one<li>two</ul><table><tr><td>a<td>b</table><blockquote>q"
    b"</blockquote><figure><img src=a.jpg><figcaption>c</figcaption></figure></div>"
    b"<script>var x = '<p>'</script></body></html>"
)
SHARDS = [
    b"<",
    b">",
    b"</",
    b"<!--",
    b"\0",
    b"\xff",
    b"&#",
    b"'",
    b'"',
    b"<p>",
    b"</div>",
    b"<table>",
    b"<script>",
    b"<a href=",
]


@given(st.data())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_mutated_small_pages_never_break_it(data: st.DataObject) -> None:
    read(mutate(SMALL, data))


def mutate(html: bytes, data: st.DataObject) -> bytes:
    """Cut, repeat and put in, as broken proxies and editors do."""
    for _ in range(data.draw(st.integers(1, 5))):
        at, end = sorted((data.draw(st.integers(0, len(html))), data.draw(st.integers(0, len(html)))))
        part = data.draw(st.sampled_from([b"", html[at:end] * 2, *SHARDS]) | st.binary(max_size=8))
        html = html[:at] + part + html[end if data.draw(st.booleans()) else at :]
    return html


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of real pages is not beside this checkout")
@given(st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_mutated_real_pages_never_break_it(data: st.DataObject) -> None:
    lines = (CORPUS / "pages.jsonl").read_text(encoding="utf-8").splitlines()
    record = json.loads(data.draw(st.sampled_from(lines)))
    read(
        mutate(gzip.decompress((CORPUS / record["page"]).read_bytes()), data),
        data.draw(st.none() | st.text(max_size=30)),
    )


@given(st.binary(max_size=400))
def test_any_bytes_are_answered(html: bytes) -> None:
    read(html)


@given(
    st.recursive(
        st.text(max_size=10),
        lambda inner: st.tuples(
            st.sampled_from(["p", "b", "div", "li", "ul", "td", "table", "a", "pre"]), st.lists(inner, max_size=4)
        ),
        max_leaves=30,
    )
)
def test_nested_html_keeps_its_words_in_order(nested: object) -> None:
    """Whatever the nesting, what is written out holds the same words as the text."""

    def write(node: object) -> str:
        if isinstance(node, tuple):
            tag, inner = node
            return f"<{tag}>{''.join(map(write, inner))}</{tag}>"
        return str(node).replace("&", "").replace("<", "").replace("\x00", "")

    body = read(f"<body><div>{write(nested)}</div>".encode("utf-8", "replace") + LINE * 3)
    assert body is not None
    shown = lxml.html.fragment_fromstring(body.html, create_parent="div").text_content()
    assert "".join(shown.split()) == "".join(body.text.split())


@pytest.mark.parametrize(
    ("start", "kind"),
    [(b"%PDF-1.7\n", "PDF"), (b"\x89PNG\r\n\x1a\n", "picture"), (b"PK\x03\x04", "zip"), (b"\x1f\x8b\x08\x00", "gzip")],
)
def test_a_file_of_another_kind_is_named_whatever_it_is_called(start: bytes, kind: str) -> None:
    body = start + b"stream of words that read like a text " * 200
    with pytest.raises(ExtractError, match=kind):
        parse_html(body, content_type="text/html; charset=utf-8")
