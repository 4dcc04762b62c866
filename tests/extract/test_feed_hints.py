"""What a feed says of how often to ask for it: a document in, Hints out."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.extract.feed import read_hints
from feeds.model import Document, Hints

CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus" / "feeds"
SY = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'


def hints(body: str | bytes, content_type: str | None = None) -> Hints:
    data = body.encode() if isinstance(body, str) else body
    url = "https://news.example/feed"
    return read_hints(Document(url=url, requested_url=url, body=data, content_type=content_type))


def channel(said: str) -> Hints:
    return hints(
        f'<rss version="2.0" {SY} xmlns:other="urn:other"><channel><title>T</title>{said}'
        "<item><title>t</title><link>https://news.example/1</link><ttl>9999</ttl></item></channel></rss>"
    )


@pytest.mark.parametrize(
    ("said", "interval_s"),
    [
        ("<ttl>60</ttl>", 3600),
        ("<ttl> 1.5\n</ttl>", 90),
        ("<TTL>5</TTL>", 300),
        ("<ttl>15</ttl><ttl>30</ttl>", 1800),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>1</sy:updateFrequency>", 3600),
        ("<sy:updatePeriod>\n  hourly \n</sy:updatePeriod><sy:updateFrequency> 2 </sy:updateFrequency>", 1800),
        ("<sy:updatePeriod>Weekly</sy:updatePeriod>", 7 * 86_400),
        ("<sy:updateFrequency>4</sy:updateFrequency>", 21_600),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>often</sy:updateFrequency>", 86_400),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", 86_400),
        ("<ttl>5</ttl><sy:updatePeriod>hourly</sy:updatePeriod>", 3600),
        ("<ttl>120</ttl><sy:updatePeriod>hourly</sy:updatePeriod>", 7200),
        ("", None),
        ("<ttl/>", None),
        ("<ttl>0</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>1e9</ttl>", None),
        ("<ttl>nan</ttl>", None),
        ("<ttl>PT1H</ttl>", None),
        (f"<ttl>{'9' * 400}</ttl>", None),
        ("<ttl>६०</ttl>", None),
        ("<sy:updatePeriod>fortnightly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", None),
        ("<other:ttl>60</other:ttl><other:updatePeriod>daily</other:updatePeriod>", None),
        ("<image><ttl>60</ttl></image>", None),
        ("<description>ttl 60</description>", None),
    ],
)
def test_the_time_between_two_polls(said: str, interval_s: float | None) -> None:
    assert channel(said) == Hints(interval_s=interval_s)


@pytest.mark.parametrize(
    ("said", "skip_hours", "skip_days"),
    [
        ("<skipHours><hour>3</hour><hour>1</hour><hour>3</hour></skipHours>", (1, 3), ()),
        ("<skipHours><hour>24</hour><hour>23</hour></skipHours>", (0, 23), ()),
        ("<skiphours><hour>25</hour><hour>-1</hour><hour>x</hour><hour/><minute>4</minute></skiphours>", (), ()),
        ("<skipHours><hour>2.5</hour><hour> 07 </hour></skipHours>", (7,), ()),
        ("<skipDays><day>Sunday</day><day> saturday </day><day>Tag</day></skipDays>", (), (5, 6)),
        ("<skipHours>" + "".join(f"<hour>{hour}</hour>" for hour in range(24)) + "</skipHours>", (), ()),
    ],
)
def test_hours_and_days_without_news(said: str, skip_hours: tuple[int, ...], skip_days: tuple[int, ...]) -> None:
    assert channel(said) == Hints(skip_hours=skip_hours, skip_days=skip_days)


def test_a_feed_that_skips_every_day_of_the_week_is_not_taken_at_its_word() -> None:
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    assert channel("<skipDays>" + "".join(f"<day>{day}</day>" for day in days) + "</skipDays>") == Hints()


def test_every_kind_of_feed_can_say_it() -> None:
    period = "<x:updatePeriod>hourly</x:updatePeriod>"
    module = 'xmlns:x="http://purl.org/rss/1.0/modules/syndication/"'
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        f'{module}><channel rdf:about="https://news.example/">{period}</channel></rdf:RDF>'
    )
    atom = f'<feed xmlns="http://www.w3.org/2005/Atom" {module}><title>T</title>{period}</feed>'
    damaged = "<rss><channel><title>a & b</title><sy:updatePeriod>hourly</sy:updatePeriod></channel>"
    for body in (rdf, atom, damaged, f'<?xml version="1.0" encoding="utf-16"?>{atom}'.encode("utf-16")):
        assert hints(body) == Hints(interval_s=3600)


@pytest.mark.parametrize(
    "body", ["", "ttl", '{"version": "https://jsonfeed.org/version/1", "ttl": 60}', "<html>ttl</html>", b"\xff\xfettl"]
)
def test_what_says_nothing_gives_no_hints(body: str | bytes) -> None:
    assert hints(body) == Hints()


@given(st.text(alphabet="<>/ ttlskipHoursDay:updatePeriodFrequency019.-&\x00é", max_size=120))
def test_any_text_gives_hints_within_their_bounds(text: str) -> None:
    for body in (text, f"<rss><channel><ttl>{text}</ttl><skipHours><hour>{text}</hour></skipHours></channel></rss>"):
        found = hints(body.encode())
        assert found.interval_s is None or found.interval_s > 0
        assert set(found.skip_hours) < set(range(24))
        assert set(found.skip_days) < set(range(7))


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus of real feeds is not beside the checkout")
def test_real_feeds_say_it() -> None:
    found = [hints(gzip.decompress(file.read_bytes())) for file in sorted(CORPUS.glob("*.gz"))]
    assert found
    said = [one.interval_s for one in found if one.interval_s is not None]
    assert said
    assert all(60 <= interval_s <= 366 * 86_400 for interval_s in said)
