"""How truly syndicated copies are told: real articles, copied as papers copy agencies, against all other pairs.

The articles stand beside the checkout (``../shared/corpus/pages.jsonl``) and are no part of it: without them this says
so. Recall: of each kind of copy, how many meet their original in a band and are then told to be its copy. Precision:
of all pairs of different articles in one language, and of all entries of one feed, how many are told to be copies.
Cost: bands of an article against reading its page, in one run.
"""

from __future__ import annotations

import datetime as dt
import gzip
import itertools
import json
import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from feeds.decide.copies import Reading, is_copy
from feeds.errors import PolyfeedError
from feeds.extract.feed import read_feed
from feeds.model import Document, Kind, Section, Source
from feeds.normalise.html import plain_text, sanitise
from feeds.normalise.likeness import bands_of, shingles_of, terms_of, words_of
from feeds.pipeline.read import read_article

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
SEEN_AT = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
BYLINE = "BERLIN (agency) - "
FOOTER = "\n© All rights reserved. This text was published automatically and was not edited except for its headline."
FLOOR = 0.97  # the least recall of each kind but the shortest
ROUNDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """An article of the corpus, in paragraphs."""

    title: str
    language: str
    paragraphs: tuple[str, ...]

    @property
    def body(self) -> str:
        """All of it."""
        return "\n".join(self.paragraphs)


def main() -> int:
    """Prints the tables; exits with 1 when a kind of copy is found too rarely or two articles are taken for one."""
    texts = load_texts()
    if not texts:
        print("no real articles beside the checkout (../shared/corpus): nothing to measure on.")
        return 0
    print(f"{len(texts)} real articles\n\n| copied | meets in a band | told a copy |\n|---|---:|---:|")
    rarely = measure_recall(texts)
    mistaken = measure_precision(texts)
    measure_cost()
    return 1 if rarely or mistaken else 0


def load_texts() -> list[Text]:
    """Articles with enough text to be compared, as the corpus gives them."""
    file = CORPUS / "pages.jsonl"
    rows = [json.loads(line) for line in file.read_text().splitlines()] if file.is_file() else []
    found = []
    for row in rows:
        if shingles_of(row["body"] or ""):
            parts = [part for part in row["body"].split("\n") if part.strip()]
            if len(parts) < 4:  # noqa: PLR2004 - one paragraph cannot be cut: taken by threes of sentences
                sentences = re.split(r"(?<=[.!?。])\s*", row["body"])
                parts = ["".join(sentences[at : at + 3]) for at in range(0, len(sentences), 3)]
            found.append(Text(title=row["title"], language=row["language"], paragraphs=tuple(parts)))
    return found


def reading(title: str, language: str, body: str) -> Reading:
    """An article as it is compared; originals and copies need no ids here."""
    words = words_of(title)
    return Reading(
        article_id="",
        source_id="",
        language=language,
        title=tuple(words),
        title_terms=terms_of(words),
        terms=terms_of([*words, *words_of(body)]),
        shingles=shingles_of(body),
        published=None,
        seen_at=SEEN_AT,
    )


# --- copies ------------------------------------------------------------------------------------------------------


def cut(text: Text, share: float) -> str:
    """Its first paragraphs, up to ``share`` of its length."""
    left = share * len(text.body)
    kept = []
    for paragraph in text.paragraphs:
        kept.append(paragraph)
        left -= len(paragraph)
        if left <= 0:
            break
    return "\n".join(kept)


def edit(body: str, share: float, chance: random.Random) -> str:
    """With ``share`` of its words (of its characters, where there are no spaces) put elsewhere."""
    pieces = body.split(" ")
    joint = " "
    if len(pieces) < len(body) / 15:
        pieces, joint, share = list(body), "", share / 3
    for at in chance.sample(range(len(pieces)), int(len(pieces) * share)):
        pieces[at] = chance.choice(pieces)
    return joint.join(pieces)


Copier = Callable[[Text, Text, random.Random], str]
COPIES: dict[str, Copier] = {
    "byline and footer": lambda text, _, __: BYLINE + text.body + FOOTER,
    "first 60 %": lambda text, _, __: cut(text, 0.6),
    "first 40 %": lambda text, _, __: cut(text, 0.4),
    "first 30 %": lambda text, _, __: cut(text, 0.3),
    "every third paragraph left out": lambda text, _, __: "\n".join(
        part
        for at, part in enumerate(text.paragraphs)
        if at % 3 != 2  # noqa: PLR2004
    ),
    "new first paragraph": lambda text, other, _: "\n".join((other.paragraphs[0], *text.paragraphs[1:])),
    "one paragraph added": lambda text, other, _: "\n".join((*text.paragraphs, other.paragraphs[0])),
    "5 % of the words changed": lambda text, _, chance: edit(text.body, 0.05, chance),
    "10 % of the words changed": lambda text, _, chance: edit(text.body, 0.10, chance),
    "60 %, byline, footer, 3 % changed": lambda text, _, chance: edit(BYLINE + cut(text, 0.6) + FOOTER, 0.03, chance),
}
SHORTEST = "first 30 %"


def measure_recall(texts: list[Text]) -> bool:
    """Whether a kind of copy is found more rarely than it may be."""
    chance = random.Random(4)
    is_rare = False
    for kind, make in COPIES.items():
        tried = met = told = 0
        for text in texts:
            other = chance.choice([one for one in texts if one.language == text.language and one is not text] or texts)
            body = make(text, other, chance)
            if not shingles_of(body):
                continue
            tried += 1
            does_meet = bool(set(bands_of(body)) & set(bands_of(text.body)))
            met += does_meet
            told += does_meet and is_copy(
                reading(text.title, text.language, body), of=reading(text.title, text.language, text.body)
            )
        print(f"| {kind} | {met / tried:.3f} | {told / tried:.3f} |")
        is_rare = is_rare or (kind != SHORTEST and told / tried < FLOOR)
    return is_rare


# --- different articles ------------------------------------------------------------------------------------------


def measure_precision(texts: list[Text]) -> bool:
    """Whether two different real articles are taken for copies of each other."""
    articles = [reading(text.title, text.language, text.body) for text in texts]
    pairs = [(one, other) for one, other in itertools.combinations(articles, 2) if one.language == other.language]
    mistaken = [
        (one, other)
        for one, other in pairs
        if one.title != other.title and (is_copy(one, of=other) or is_copy(other, of=one))
    ]
    print(f"\n{len(pairs):,} pairs of different articles in one language: {len(mistaken)} taken for copies")
    entries = list(feed_entries())
    near = [
        (one, other)
        for feed in entries
        for one, other in itertools.combinations(feed, 2)
        if is_copy(one, of=other) or is_copy(other, of=one)
    ]
    count = sum(len(feed) * (len(feed) - 1) // 2 for feed in entries)
    print(f"{count:,} pairs of entries of one feed, as if they came from two sources: {len(near)} taken for copies")
    for one, other in near:
        print(f"    {' '.join(one.title)} | {' '.join(other.title)}")
    return bool(mistaken)


def feed_entries() -> Iterator[list[Reading]]:
    """The entries of each real feed that have text enough: the same hands, templates and footers."""
    for file in sorted((CORPUS / "feeds").glob("*.gz")):
        url = "https://bench.example/feed"
        document = Document(url=url, requested_url=url, body=gzip.decompress(file.read_bytes()))
        source = Source(id="bench", name="Bench", kind=Kind.FEED, url=url)
        try:
            items = read_feed(document, source=source, section=Section(url=url))
        except PolyfeedError:
            continue
        bodies = [(item.title or "", plain_text(sanitise(item.content_html or "", base_url=url))) for item in items]
        yield [reading(title, "und", body) for title, body in bodies if shingles_of(body)]


def measure_cost() -> None:
    """Bands of an article against reading its page."""
    files = sorted((CORPUS / "pages").rglob("*.html.gz"))[:60]
    pages = [gzip.decompress(file.read_bytes()) for file in files]
    url = "https://bench.example/2026/a-story-of-this-kind.html"
    articles = []
    best = {"read": float("inf"), "bands": float("inf")}
    for _ in range(ROUNDS):
        began = time.process_time()
        articles = [article for page in pages if (article := read(page, url))]
        best["read"] = min(best["read"], time.process_time() - began)
        bands_of.cache_clear()
        began = time.process_time()
        for body in articles:
            bands_of(body)
        best["bands"] = min(best["bands"], time.process_time() - began)
    each_ms = best["bands"] / len(articles) * 1000
    print(f"\nbands of an article cost {best['bands'] / best['read']:.3f} of reading its page ({each_ms:.2f} ms here)")


def read(page: bytes, url: str) -> str:
    """The page's text, empty when it is no article."""
    try:
        return read_article(page, url).content_text
    except PolyfeedError:
        return ""


if __name__ == "__main__":
    sys.exit(main())
