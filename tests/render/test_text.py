"""Any text the store can hold becomes text that XML and JSON can carry."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from feeds.render.text import (
    exact_date,
    first_words,
    legal_text,
    one_line,
    plain_line,
    plain_text,
    rfc822,
    rfc3339,
    web_address,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("a\x00b\x08c\x1b[0m", "abc[0m"),
        ("a\r\nb\rc\x0bd\x0ce", "a\nb\nc\nd\ne"),
        ("tab\tstays", "tab\tstays"),
        ("\x80\x9fA\x85B\x7f", "A\nB"),
        ("a\ufffeb\uffffc\ufdd0d\U0001ffffe\U0010fffef", "abcdef"),
        ("\ud83d\ude00", "😀"),  # a pair left over from UTF-16
        ("a\ud83d", "a"),
        ("\udc00a\ufffd", "a"),
        ("👩\u200d👩\u200d👧 עברית \u202bمرحبا\u202c", "👩\u200d👩\u200d👧 עברית \u202bمرحبا\u202c"),
    ],
)
def test_legal_text(text: str, expected: str) -> None:
    assert legal_text(text) == expected


@given(st.text(st.characters()))
def test_legal_text_is_what_xml_and_utf8_hold(text: str) -> None:
    legal = legal_text(text)
    element = etree.Element("t")
    element.text = legal
    assert etree.fromstring(etree.tostring(element)).text == (legal or None)
    assert legal.encode().decode() == legal
    assert legal_text(legal) == legal


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="\ufffd")))
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert legal_text(text) == text


def test_one_line() -> None:
    assert one_line("  a\n\tb\u3000c\u2028d\x00 ") == "a b c d"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 < 2 > 0 & List<String>", "1 < 2 > 0 & List<String>"),
        ("<b>bold</b> & <br>", "‹b›bold‹/b› & ‹br›"),
        ("What does </body> do?", "What does ‹/body› do?"),
        ("&nbsp; &amp; <!-- </p> & R&D", "\uff06nbsp; \uff06amp; <!-- ‹/p› & R&D"),
        ("1 &lt; 2", "1 &lt; 2"),
        ("</ b> </3> </", "</ b> </3> </"),
        ("<a<b></a>\n", "<a‹b›‹/a›\n"),
    ],
)
def test_plain_text_is_taken_for_html_by_nobody(text: str, expected: str) -> None:
    assert plain_text(text) == expected
    assert plain_line(f" {text}  x") == " ".join(f"{expected} x".split())


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("short", 5, "short"),
        ("one two three", 9, "one two…"),
        ("one two, three", 9, "one two…"),
        ("Donaudampfschifffahrt", 10, "Donaudamp…"),
        ("宝马和阿里巴巴在上海共建创新基地", 8, "宝马和阿里巴巴…"),
        ("abcdefghe\u0301x", 10, "abcdefgh…"),  # an accent stays with its letter
        ("abcd👩\u200d👧xyz", 7, "abcd…"),  # a family is one sign
    ],
)
def test_first_words(text: str, limit: int, expected: str) -> None:
    assert first_words(text, limit) == expected


@given(st.text(st.characters()), st.integers(2, 40))
def test_first_words_are_never_longer(text: str, limit: int) -> None:
    assert len(first_words(text, limit)) <= limit


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.example/a?b=c#d", "https://news.example/a?b=c#d"),
        ("http://news.example", "http://news.example"),
        ("https://news.example/ä ö", "https://news.example/%C3%A4%20%C3%B6"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ('https://news.example/"><script>', "https://news.example/%22%3E%3Cscript%3E"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("/relative", None),
        ("https://", None),
        ("", None),
        (None, None),
    ],
)
def test_web_address(url: str | None, expected: str | None) -> None:
    assert web_address(url) == expected


@pytest.mark.parametrize(
    ("when", "atom", "rss"),
    [
        (
            dt.datetime(2020, 7, 7, tzinfo=ZoneInfo("Asia/Shanghai")),
            "2020-07-07T00:00:00+08:00",
            "Tue, 07 Jul 2020 00:00:00 +0800",
        ),
        (
            dt.datetime(2020, 7, 7, 1, 2, 3, 456, tzinfo=dt.UTC),
            "2020-07-07T01:02:03Z",
            "Tue, 07 Jul 2020 01:02:03 +0000",
        ),
        (
            dt.datetime(2020, 1, 2, tzinfo=dt.timezone(-dt.timedelta(hours=3, minutes=30))),
            "2020-01-02T00:00:00-03:30",
            "Thu, 02 Jan 2020 00:00:00 -0330",
        ),
        (  # local mean time, +08:05:43, is no offset of RFC 3339
            dt.datetime(1899, 7, 7, tzinfo=ZoneInfo("Asia/Shanghai")),
            "1899-07-07T00:00:00+08:06",
            "Thu, 06 Jul 1899 15:54:00 +0000",
        ),
        (  # and +0545 is one that validators of RSS do not know
            dt.datetime(2020, 1, 2, tzinfo=ZoneInfo("Asia/Kathmandu")),
            "2020-01-02T00:00:00+05:45",
            "Wed, 01 Jan 2020 18:15:00 +0000",
        ),
        (dt.datetime(999, 1, 1, tzinfo=dt.UTC), "0999-01-01T00:00:00Z", "Tue, 01 Jan 0999 00:00:00 +0000"),
    ],
)
def test_dates(when: dt.datetime, atom: str, rss: str) -> None:
    assert rfc3339(when) == atom
    assert rfc822(when) == rss
    assert exact_date(when).replace(tzinfo=None) == when.replace(microsecond=0, tzinfo=None)
