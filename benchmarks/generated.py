"""A store full of generated articles, made by the database itself: so many articles in, a SQLite file out.

30 languages in eight scripts with 8,000 words each, 20,000 keywords, three to an article, all by Zipf's law; a title
and three sentences of twelve words, a name that few share, one article a minute. Everything the service would have
written is written, as it would have been: articles, with their identities (by the trigger), change log, keyword
postings, counts, full text.
"""

from __future__ import annotations

import datetime as dt
import functools
import random
import sqlite3
from array import array
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from feeds.folding import keyword_key
from feeds.model import Article, Kind, Source
from feeds.store import open_store
from feeds.store.terms import day_facets, facet, index_terms

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
FIRST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
SOURCE = "bench"
KEYWORDS = 20_000
WORDS = 8_000
SENTENCES = 1_500  # of each language, of which its articles are made
NAMED_ALIKE = 5  # articles that share a name
BATCH = 200_000
_SLOTS = 1 << 20  # of which each keyword has as many as Zipf's law gives it
SIGNS = {
    "zh-Hans": (0x4E00, 0x5200),
    "zh-Hant": (0x4E00, 0x5200),
    "ja": (0x3042, 0x3090),
    "ko": (0xAC00, 0xAE00),
    "th": (0x0E01, 0x0E2F),
    "ru": (0x0430, 0x0450),
    "uk": (0x0430, 0x0450),
    "ar": (0x0628, 0x0640),
    "hi": (0x0915, 0x0935),
}
LATIN = ("de", "en", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl", "cs", "sk", "hu", "ro", "tr", "vi")
LANGUAGES = [*SIGNS, *LATIN, "id", "sl", "hr"]
UNSPACED = {"zh-Hans", "zh-Hant", "ja", "th"}
KEYS = [keyword_key(f"topic{rank}") for rank in range(KEYWORDS)]
KEY_WEIGHTS = list(accumulate(1 / (rank + 1) for rank in range(KEYWORDS)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """One language: its sentences with their terms, and its words, the most frequent first."""

    tag: str
    words: list[str]
    sentences: list[str]
    terms: list[str]

    def name(self, number: int) -> str:
        """A word that few articles have."""
        return f"{self.tag.lower()[:2]}{number}"


def make_tongues() -> list[Tongue]:
    """The same languages at each call."""
    chance = random.Random(3)
    return [_make_tongue(tag, chance) for tag in LANGUAGES]


def _make_tongue(tag: str, chance: random.Random) -> Tongue:
    first, last = SIGNS.get(tag, (0x61, 0x7B))
    signs = [chr(sign) for sign in range(first, last) if chr(sign).isalpha()]
    longest = 2 if tag in {"zh-Hans", "zh-Hant"} else 8
    words = ["".join(chance.choices(signs, k=chance.randint(2, longest))) for _ in range(WORDS)]
    weights = list(accumulate(1 / (rank + 5) for rank in range(len(words))))
    gap = "" if tag in UNSPACED else " "
    sentences = [gap.join(chance.choices(words, cum_weights=weights, k=12)) for _ in range(SENTENCES)]
    return Tongue(tag=tag, words=words, sentences=sentences, terms=[index_terms([each]) for each in sentences])


def make_article(seq: int, tongues: Sequence[Tongue], chance: random.Random) -> Article:
    """One more article, as a poll would find it."""
    tongue = chance.choice(tongues)
    title, *body = chance.choices(tongue.sentences, k=4)
    return Article(
        id=f"urn:uuid:{seq:012}",
        source_id=SOURCE,
        identity=str(seq),
        url=f"https://bench.example/{seq}",
        title=title,
        language=tongue.tag,
        published=FIRST + dt.timedelta(minutes=seq),
        keywords=tuple(dict.fromkeys(chance.choices(KEYS, cum_weights=KEY_WEIGHTS, k=3))),
        content_text=f"{'. '.join(body)} {tongue.name(chance.randrange(seq // NAMED_ALIKE + 1))}",
    )


def fill(file: Path, count: int, tongues: Sequence[Tongue], *, only_rows: bool = False) -> None:
    """Makes a store of ``count`` articles, or only its rows, for another database to take over."""
    with closing(open_store(f"sqlite:///{file}")) as store:
        store.register([Source(id=SOURCE, name="Bench", kind=Kind.FEED, url="https://bench.example/feed")], NOW)
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000", "temp_store = FILE"):
            connection.execute(f"PRAGMA {setting}")
        connection.execute("BEGIN")
        _lay_out(connection, tongues, count)
        indexes = _drop_indexes(connection)
        for start in range(1, count + 1, BATCH):
            _draw(connection, range(start, min(start + BATCH, count + 1)), count)
        for statement in _FILL if only_rows else (*_FILL, *_WORDS, *indexes):
            connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")


def _lay_out(connection: sqlite3.Connection, tongues: Sequence[Tongue], count: int) -> None:
    """What articles are put together from."""
    for statement in _PARTS:
        connection.execute(statement)
    connection.executemany(
        "INSERT INTO tongue VALUES (?, ?, ?, ?)",
        [(at, each.tag, facet("l", each.tag), each.name(0)[:-1]) for at, each in enumerate(tongues)],
    )
    connection.executemany(
        "INSERT INTO sentence VALUES (?, ?, ?)",
        [
            (at * SENTENCES + place, each.sentences[place], each.terms[place])
            for at, each in enumerate(tongues)
            for place in range(SENTENCES)
        ],
    )
    topics = [(rank, key, facet("g", key)) for rank, key in enumerate(KEYS)]
    connection.executemany("INSERT INTO topic VALUES (?, ?, ?)", topics)
    days = range((dt.timedelta(minutes=count) // dt.timedelta(days=1)) + 1)
    connection.executemany(
        "INSERT INTO day VALUES (?, ?)",
        [(day, " ".join(day_facets(FIRST + dt.timedelta(days=day)))) for day in days],
    )


def _drop_indexes(connection: sqlite3.Connection) -> list[str]:
    """Indexes of the tables that are filled, to be made again at once when all is there."""
    found = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        " AND tbl_name IN ('alias', 'article', 'entry', 'article_keyword', 'change', 'identity')"
    ).fetchall()
    for name, _ in found:
        connection.execute(f'DROP INDEX "{name}"')
    return [statement for _, statement in found]


def _draw(connection: sqlite3.Connection, numbers: range, count: int) -> None:
    """Decides by chance what each of these articles is made of."""
    chance = random.Random(f"{count} {numbers.start}").random
    ranks, names, many = _ranks(), count // NAMED_ALIKE + 1, len(LANGUAGES)

    def rows() -> Iterator[tuple[int, ...]]:
        for seq in numbers:
            tongue = int(chance() * many)
            first = tongue * SENTENCES
            places = [first + int(chance() * SENTENCES) for _ in range(4)]
            keys = [ranks[int(chance() * _SLOTS)] for _ in range(3)]
            yield (seq, tongue, *places, *keys, int(chance() * names))

    connection.executemany("INSERT INTO draw VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows())


@functools.cache
def _ranks() -> Sequence[int]:
    """The keyword of each slot: one look-up is a draw by Zipf's law."""
    ends = (int(weight / KEY_WEIGHTS[-1] * _SLOTS) for weight in KEY_WEIGHTS)
    ranks = array("H")
    for rank, end in enumerate(ends):
        ranks.extend([rank] * (end - len(ranks)))
    return ranks


_PARTS = (
    "CREATE TEMP TABLE tongue (at INTEGER PRIMARY KEY, tag TEXT, facet TEXT, name TEXT)",
    "CREATE TEMP TABLE sentence (at INTEGER PRIMARY KEY, text TEXT, terms TEXT)",
    "CREATE TEMP TABLE topic (at INTEGER PRIMARY KEY, key TEXT, facet TEXT)",
    "CREATE TEMP TABLE day (at INTEGER PRIMARY KEY, facets TEXT)",
    """
CREATE TEMP TABLE draw (seq INTEGER PRIMARY KEY, tongue INTEGER, title INTEGER, one INTEGER, two INTEGER, three INTEGER,
  a INTEGER, b INTEGER, c INTEGER, name INTEGER)""",
)

_AT = f"'{FIRST:%Y-%m-%d}', seq || ' minutes'"
_DRAWN = """
FROM draw JOIN tongue ON tongue.at = draw.tongue
JOIN sentence AS s0 ON s0.at = title JOIN sentence AS s1 ON s1.at = one
JOIN sentence AS s2 ON s2.at = two JOIN sentence AS s3 ON s3.at = three
JOIN topic AS ta ON ta.at = a JOIN topic AS tb ON tb.at = b JOIN topic AS tc ON tc.at = c
"""
_ID = "printf('urn:uuid:%012d', seq)"
_SEEN = f"'{NOW:%Y-%m-%d %H:%M:%S}.000000'"
# a keyword that was drawn twice is given once
_B, _C = "b <> a", "c <> a AND c <> b"
_FILL = (
    f"""
INSERT INTO article (id, source_id, identity, content_hash, whole_hash, first_seen_at, changed_at, published_at,
  published, zone, language, url, title, authors, keywords, alternates, provenance, summary, content_html, content_text)
SELECT {_ID}, '{SOURCE}', seq, '', '', {_SEEN}, {_SEEN}, strftime('%Y-%m-%d %H:%M:00.000000', {_AT}),
  strftime('%Y-%m-%dT%H:%M:00+00:00', {_AT}), 'UTC', tag, 'https://bench.example/' || seq, s0.text, '[]',
  '["' || ta.key || iif({_B}, '", "' || tb.key, '') || iif({_C}, '", "' || tc.key, '') || '"]', '{{}}', '{{}}', '', '',
  s1.text || '. ' || s2.text || '. ' || s3.text || ' ' || tongue.name || draw.name
{_DRAWN} ORDER BY seq""",
    f"""
INSERT INTO alias (source_id, identity, article_id)
SELECT '{SOURCE}', CAST(seq AS TEXT), {_ID} FROM draw ORDER BY CAST(seq AS TEXT)""",
    f"""
INSERT INTO entry (seq, article_id, source_id, language, section, in_words, dated_at)
SELECT seq, {_ID}, '{SOURCE}', tag, '', 1, strftime('%Y-%m-%d %H:%M:00.000000', {_AT})
FROM draw JOIN tongue ON tongue.at = draw.tongue ORDER BY seq""",
    f"INSERT INTO change (seq, article_id, kind, at) SELECT seq, {_ID}, 'new', {_SEEN} FROM draw ORDER BY seq",
    f"""
INSERT INTO article_keyword (key, language, seq, display)
SELECT key, tag, seq, key
FROM (SELECT a AS rank, seq, tongue FROM draw
  UNION ALL SELECT b, seq, tongue FROM draw WHERE {_B} UNION ALL SELECT c, seq, tongue FROM draw WHERE {_C}) AS drawn
JOIN topic ON topic.at = rank JOIN tongue ON tongue.at = drawn.tongue ORDER BY key, tag, seq""",
    "INSERT INTO shelf SELECT language, '', count(*), 0 FROM entry GROUP BY language",
    "INSERT INTO keyword_language SELECT key, language, count(*), 0 FROM article_keyword GROUP BY key, language",
    "INSERT INTO keyword_form SELECT key, key, sum(articles) FROM keyword_language GROUP BY key",
    "INSERT INTO keyword SELECT key, display, articles FROM keyword_form",
)
_WORDS = (
    "INSERT INTO words (words, rank) VALUES ('hashsize', 67108864)",
    f"""
INSERT INTO words (rowid, title, body, authors, keywords, facets)
SELECT seq, s0.terms, s1.terms || ' ' || s2.terms || ' ' || s3.terms || ' ' || tongue.name || draw.name, '',
  ta.key || iif({_B}, ' ¶ ' || tb.key, '') || iif({_C}, ' ¶ ' || tc.key, ''),
  'a ' || tongue.facet || ' {facet("s", SOURCE)} ' || ta.facet || iif({_B}, ' ' || tb.facet, '')
    || iif({_C}, ' ' || tc.facet, '') || ' ' || day.facets
{_DRAWN} JOIN day ON day.at = seq / 1440 ORDER BY seq""",
    "INSERT INTO words (words, rank) VALUES ('hashsize', 1048576)",
)
