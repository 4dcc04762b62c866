"""Generated articles in a real store, for benchmarks that need many: Zipf keywords in five languages."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

from feeds.model import Article, ArticleUpdate, Change, Kind, Source, Update
from feeds.settings import Settings
from feeds.store import open_store

LANGUAGES = ("de", "ja", "fr", "en", "zh")
WORDS = {
    "de": ["Stadt", "Markt", "Werk", "Zug", "Energie", "Schule", "Hafen", "Strom", "Messe", "Reise"],
    "ja": ["都市", "市場", "工場", "鉄道", "電力", "学校", "港", "旅行", "技術", "祭り"],
    "fr": ["ville", "marché", "usine", "train", "énergie", "école", "port", "salon", "voyage", "culture"],
    "en": ["city", "market", "plant", "train", "energy", "school", "harbour", "fair", "travel", "culture"],
    "zh": ["城市", "市场", "工厂", "铁路", "电力", "学校", "港口", "旅行", "技术", "文化"],
}
BATCH = 1000
KEYWORDS = 2000


def make_article(number: int, rng: random.Random) -> Article:
    """One article of about 1,500 characters, dated a minute after the one before it."""
    language = LANGUAGES[number % len(LANGUAGES)]
    words = WORDS[language]
    paragraphs = [" ".join(rng.choices(words, k=40)) for _ in range(5)]
    ranks = {int(rng.paretovariate(0.9)) % KEYWORDS for _ in range(3)}
    return Article(
        id=f"urn:uuid:00000000-0000-5000-8000-{number:012x}",
        source_id="bench",
        identity=f"https://bench.example/{number}",
        url=f"https://bench.example/{number}",
        title=" ".join(rng.choices(words, k=7)),
        language=language,
        published=dt.datetime(2020, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=number),
        keywords=tuple(f"{words[rank % len(words)]} {rank}" for rank in sorted(ranks)),
        summary=paragraphs[0],
        content_html="".join(f"<p>{paragraph}</p>" for paragraph in paragraphs),
        content_text="\n".join(paragraphs),
    )


def fill_store(folder: Path, count: int) -> None:
    """Writes ``count`` articles to a SQLite store in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(1)
    store = open_store(Settings(data=folder).store_url)
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    store.register([Source(id="bench", name="Bench", kind=Kind.FEED, url="https://bench.example/feed")], now)
    claim = store.claim("bench", now, lease_s=1e6)
    assert claim is not None
    for start in range(0, count, BATCH):
        articles = [make_article(number, rng) for number in range(start, min(count, start + BATCH))]
        updates = tuple(ArticleUpdate(article=article, change=Change.NEW) for article in articles)
        store.write(claim, Update(articles=updates), now + dt.timedelta(seconds=start))
    store.close()
