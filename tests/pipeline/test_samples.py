"""Samples: what is saved is what is read again, and a saved file that is wrong says so."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from feeds.errors import ConfigError, ConfigErrors, NothingFound
from feeds.model import Document, Kind, Recipe, Section, Source
from feeds.pipeline.samples import ARTICLE, LISTING, Sample, load_samples, replay, save_sample

SHIPPED = Path(__file__).resolve().parents[1] / "data" / "samples"
SOURCE = Source(id="feed", name="Feed", kind=Kind.FEED, url="https://news.example.org/feed", recipe=Recipe(title="h1"))
RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>F</title>
<item><title>One story of the day</title><link>https://news.example.org/2026/one</link><guid>1</guid></item>
<item><title>Another story of the day</title><link>https://news.example.org/2026/two</link><guid>2</guid></item>
</channel></rss>"""


def document(url: str, body: bytes, content_type: str) -> Document:
    return Document(url=url, requested_url=url, body=body, content_type=content_type)


def save_feed(folder: Path, now: dt.datetime, body: bytes = RSS) -> Path:
    return save_sample(
        folder,
        kind=LISTING,
        source=SOURCE,
        section=SOURCE.targets[0],
        document=document(SOURCE.url, body, "application/rss+xml"),
        taken_at=now,
    )


def only(folder: Path, **configured: Source) -> Sample:
    (sample,) = load_samples(folder, configured)
    assert isinstance(sample, Sample)
    return sample


def test_the_shipped_samples_are_read_as_they_say() -> None:
    samples = list(load_samples(SHIPPED, {}))
    assert len(samples) == 4
    for sample in samples:
        assert isinstance(sample, Sample)
        assert replay(sample) == [], sample.file


def test_a_feed_is_saved_and_replayed(tmp_path: Path, now: dt.datetime) -> None:
    file = save_feed(tmp_path, now)
    assert sorted(path.name for path in file.parent.iterdir()) == ["feed.toml", "listing.json", "listing.xml"]
    sample = only(tmp_path)
    assert sample.document.body == RSS
    assert sample.taken_at == now
    assert sample.source == SOURCE
    assert sample.section.kind is Kind.FEED
    assert replay(sample) == []


def test_the_present_source_wins_over_the_saved_one(tmp_path: Path, now: dt.datetime) -> None:
    save_feed(tmp_path, now)
    other = Source(id="feed", name="Other", kind=Kind.FEED, url="https://news.example.org/feed")
    assert only(tmp_path, feed=other).source is other


def test_the_order_of_a_list_is_a_difference(tmp_path: Path, now: dt.datetime) -> None:
    file = save_feed(tmp_path, now)
    about = json.loads(file.read_text(encoding="utf-8"))
    about["expected"]["items"].reverse()
    file.write_text(json.dumps(about), encoding="utf-8")
    (difference,) = replay(only(tmp_path))
    assert difference.field == "items: order"


def test_a_document_that_gives_nothing_any_more_is_one_difference(tmp_path: Path, now: dt.datetime) -> None:
    file = save_feed(tmp_path, now)
    (file.parent / "listing.xml").write_bytes(b"<html><body>gone</body></html>")
    (difference,) = replay(only(tmp_path))
    assert difference.field == ""
    assert difference.expected == "it can be read"
    assert difference.got


def test_dates_are_judged_by_the_day_of_the_sample(tmp_path: Path) -> None:
    words = "".join(f"<p>Words of part {n} of the story, and some more of them to read.</p>" for n in range(12))
    page = (
        "<html><head><meta property='article:published_time' content='2026-11-22T10:00:00Z'></head><body><article>"
        f"<h1>A story of the harbour</h1>{words}"
        "</article></body></html>"
    )
    save_sample(
        tmp_path,
        kind=ARTICLE,
        source=SOURCE,
        section=Section(url="https://news.example.org/2026/one?id=7"),
        document=document("https://news.example.org/2026/one?id=7", page.encode(), "text/html"),
        taken_at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC),
    )
    sample = only(tmp_path)
    assert sample.file.name == "one-id-7.json"
    assert sample.expected["published"] is None, "it lies in the future of that day"
    assert replay(sample) == []


def test_nothing_is_saved_of_what_cannot_be_read_or_is_there(tmp_path: Path, now: dt.datetime) -> None:
    with pytest.raises(NothingFound):
        save_feed(tmp_path, now, RSS.split(b"<item>", maxsplit=1)[0] + b"</channel></rss>")
    assert not list(tmp_path.iterdir())
    save_feed(tmp_path, now)
    with pytest.raises(ConfigError, match="there already"):
        save_feed(tmp_path, now)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "Expecting"),
        ("{}", "no 'section' in it"),
        ("[]", "indices"),
        ('{"section": {"url": "x", "slug": "", "kind": null}, "kind": "picture"}', "neither 'article' nor 'listing'"),
        ('{"section": {"url": "x", "slug": "", "kind": "pictures"}, "kind": "listing"}', "pictures"),
    ],
)
def test_a_wrong_file_is_told_with_its_name(tmp_path: Path, now: dt.datetime, text: str, said: str) -> None:
    file = save_feed(tmp_path, now)
    file.write_text(text, encoding="utf-8")
    (errors,) = load_samples(tmp_path, {})
    assert isinstance(errors, ConfigErrors)
    assert str(file) in str(errors)
    assert said in str(errors)


def test_a_sample_reads_no_file_outside_of_its_folder(tmp_path: Path, now: dt.datetime) -> None:
    file = save_feed(tmp_path, now)
    (tmp_path / "secret.xml").write_bytes(RSS)
    about = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(about | {"file": "../secret.xml"}), encoding="utf-8")
    (errors,) = load_samples(tmp_path, {})
    assert isinstance(errors, ConfigErrors)
