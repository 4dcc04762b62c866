"""How truly keywords are inferred: on real pages whose publishers gave keywords, by what they hold themselves.

For each page the vocabulary is built from the keywords of all *other* pages of its language and the names of countries,
as in a store; the page's own are hidden. *Confirmed* are inferred keywords that the publisher gave too, *borne out*
those of the rest that the text names again. What is left, named once and by no editor, is *doubtful*: an upper bound
of false taggings, each printed for a person to look at. Needs ``../shared/corpus``.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from feeds.clock import utc_now
from feeds.concepts import Concepts, load_concepts
from feeds.errors import ArticleError, ExtractError
from feeds.extract.page import read_page
from feeds.folding import keyword_key
from feeds.model import Article
from feeds.normalise.article import normalise
from feeds.normalise.tagging import Inferred, KnownKeyword, build_vocabulary, infer_keywords

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT.parent / "shared" / "corpus"
MOST_DOUBTFUL = 0.2  # the greatest share of inferred keywords that nothing else bears out


@dataclass(slots=True, kw_only=True)
class Tally:
    """Inferred keywords, and what bears them out."""

    pages: int = 0
    inferred: int = 0
    confirmed: int = 0
    borne_out: int = 0
    doubtful: Counter[str] = field(default_factory=Counter)


def read_corpus() -> Iterator[Article]:
    """The corpus's pages as articles; those that cannot be read are left out."""
    now = utc_now()
    for line in (CORPUS / "pages.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        page = gzip.decompress((CORPUS / record["page"]).read_bytes())
        try:
            yield normalise(read_page(page, record["url"], content_type="text/html"), source_id="corpus", now=now)
        except (ArticleError, ExtractError):
            continue


def infer(article: Article, others: Sequence[Article], concepts: Concepts) -> tuple[Inferred, ...]:
    """What is inferred with the article's own keywords hidden."""
    language = article.language.partition("-")[0]
    counts: Counter[str] = Counter()
    labels: dict[str, Counter[str]] = defaultdict(Counter)
    for other in others:
        for word in other.keywords:
            counts[keyword_key(word)] += 1
            labels[keyword_key(word)][word] += 1
    names = concepts.names_in(language)
    known = [
        KnownKeyword(key=key, label=labels[key].most_common(1)[0][0], articles=number, is_name=key in names)
        for key, number in counts.items()
    ]
    known += [KnownKeyword(key=key, label=label, is_name=True) for key, label in names.items() if key not in counts]
    vocabulary = build_vocabulary(known, language=language, articles=len(others))
    return infer_keywords(article.title, article.summary, vocabulary)


def judge(article: Article, found: Sequence[Inferred], concepts: Concepts, tally: Tally) -> None:
    """Counts what was inferred for one page."""
    given = set(map(keyword_key, article.keywords))
    meant = {concepts.of(key, article.language) for key in given} - {None}
    text = keyword_key(article.content_text)
    tally.pages += 1
    for one in found:
        tally.inferred += 1
        if one.key in given or concepts.of(one.key, article.language) in meant:
            tally.confirmed += 1
        elif text.count(one.key) > 1 + one.in_title:
            tally.borne_out += 1
        else:
            tally.doubtful[f"{article.language}: {one.label} | {article.title[:60]}"] += 1


def main() -> int:
    """Prints the figures, and every doubtful tagging so that a person can look."""
    if not CORPUS.is_dir():
        print(f"skipped: there is no {CORPUS}")
        return 0
    concepts = load_concepts(ROOT / "config").concepts
    articles = list(read_corpus())
    by_language: dict[str, list[Article]] = defaultdict(list)
    for article in articles:
        by_language[article.language.partition("-")[0]].append(article)
    tagged, tally = Tally(), Tally()
    began = time.perf_counter()
    for article in articles:
        others = [each for each in by_language[article.language.partition("-")[0]] if each is not article]
        judge(article, infer(article, others, concepts), concepts, tagged if article.keywords else tally)
    took = time.perf_counter() - began
    print(f"{'':22} {'pages':>6} {'inferred':>9} {'confirmed':>10} {'borne out':>10} {'doubtful':>9}")
    for name, each in (("with own keywords", tagged), ("without", tally)):
        doubtful = each.doubtful.total()
        print(f"{name:22} {each.pages:6} {each.inferred:9} {each.confirmed:10} {each.borne_out:10} {doubtful:9}")
    inferred = tagged.inferred + tally.inferred
    doubtful = tagged.doubtful.total() + tally.doubtful.total()
    share = doubtful / inferred if inferred else 0.0
    print(f"doubtful: {share:.1%} of {inferred} inferred keywords; {1000 * took / max(1, len(articles)):.1f} ms a page")
    for said in sorted((*tagged.doubtful, *tally.doubtful)):
        print(f"  {said}")
    return 1 if share > MOST_DOUBTFUL else 0


if __name__ == "__main__":
    sys.exit(main())
