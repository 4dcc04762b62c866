"""A feed of 50 entries after one new article: what Polyfeed renders again, against a full feedgen build of the same.

Run: ``python benchmarks/rendering.py``. Both sides start from the same 50 stored articles, and both outputs are
compared (as canonical XML) before anything is timed. Prints one line a format with the ratio; aim: 1/20 or less.
"""

from __future__ import annotations

import datetime as dt
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from lxml import etree

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from feeds.model import Article, FeedQuery, Format, StoredArticle
from feeds.render import FeedHead, Renderer, make_head, newest_change, xml
from feeds.render.entry import describe
from feeds.render.rhythm import measure_rhythm

PUBLIC_URL = "https://feeds.example"
LABELS = {"bmw": "BMW", "alibaba": "Alibaba", "wirtschaft": "Wirtschaft"}
ENTRIES = 50
ROUNDS = 200
STARTED_AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
PARAGRAPH = (
    "<p>Die Autoindustrie befindet sich in einem <b>tiefgreifenden</b> Wandel, so &amp; so viele Zeichen lang.</p>"
)


def stored(number: int) -> StoredArticle:
    """An article of some 4 kB, as an editor would write it."""
    at = STARTED_AT + dt.timedelta(minutes=number)
    body = f"<p>Nummer {number}</p>" + PARAGRAPH * 36
    return StoredArticle(
        article=Article(
            id=f"urn:uuid:00000000-0000-5000-8000-{number:012d}",
            source_id="example",
            identity=f"https://news.example/{number}",
            url=f"https://news.example/{number}.html",
            title=f"Nummer {number}: BMW und Alibaba errichten Innovationsbasis",
            language="de",
            authors=("Erika Muster",),
            published=at,
            keywords=("BMW", "Alibaba", "Wirtschaft"),
            summary="Die Autoindustrie befindet sich in einem tiefgreifenden Wandel.",
            content_html=body,
            content_text=body,
            image=f"https://news.example/{number}.jpg",
            image_caption="Ein Bild",
            origin="Example",
        ),
        seq=number,
        first_seen_at=at,
        changed_at=at,
    )


def build_whole(head: FeedHead, articles: list[StoredArticle], format_: Format) -> bytes:
    """The same feed by feedgen alone, every entry made anew."""
    newest_first = sorted(articles, key=lambda each: each.dated_at, reverse=True)
    rhythm = measure_rhythm([article.dated_at for article in newest_first]) if format_ is Format.RSS else None
    feed = xml.feed_generator(head, format_, newest_change(articles), rhythm)
    for article in newest_first:
        entry = describe(article, labels=LABELS, source_name="", public_url=PUBLIC_URL)
        made = xml.atom_entry_generator(entry) if format_ is Format.ATOM else xml.rss_entry_generator(entry)
        feed.add_entry(made, order="append")
    whole: bytes = feed.atom_str() if format_ is Format.ATOM else feed.rss_str()
    return whole


def median_ms(*runs: Callable[[int], object]) -> list[float]:
    """Median of each over many rounds, each told the round, in time of this process.

    Taken in turns, so that a busy machine slows all alike; what it does meanwhile is not counted, since it would
    mostly fall into the longer runs.
    """
    times: list[list[float]] = [[] for _ in runs]
    for number in range(ROUNDS):
        for run, taken in zip(runs, times, strict=True):
            started = time.process_time()
            run(number)
            taken.append((time.process_time() - started) * 1000)
    return [statistics.median(taken) for taken in times]


def compare(format_: Format) -> str:
    """Times both sides over windows that move on by one article a round."""
    articles = [stored(number) for number in range(ROUNDS + ENTRIES)]  # loaded once, as by a service
    windows = [articles[first : first + ENTRIES] for first in range(ROUNDS + 1)]
    head = make_head(FeedQuery(languages=("de",)), format_, public_url=PUBLIC_URL)
    renderer = Renderer(PUBLIC_URL)
    one, other = renderer.render(head, windows[0], format_, labels=LABELS), build_whole(head, windows[0], format_)
    if etree.canonicalize(one.decode()) != etree.canonicalize(other.decode()):
        sys.exit(f"{format_}: the two do not hold the same")
    spliced, whole = median_ms(
        lambda number: renderer.render(head, windows[number + 1], format_, labels=LABELS),
        lambda number: build_whole(head, windows[number + 1], format_),
    )
    return (
        f"{format_.value:4}  {ENTRIES} entries, one new: {spliced:.3f} ms   full feedgen build: {whole:.3f} ms   "
        f"ratio 1/{whole / spliced:.1f}   {len(one) / 1024:.0f} KiB"
    )


def main() -> None:
    """One line a format."""
    for format_ in (Format.ATOM, Format.RSS):
        print(compare(format_))


if __name__ == "__main__":
    main()
