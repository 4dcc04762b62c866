"""How truly articles are read from real pages: Polyfeed, trafilatura and newspaper4k in one run, as a Markdown table.

    python -m benchmarks.fidelity            the table
    python -m benchmarks.fidelity --fast     without the speeds

The pages and the scoring stand beside the checkout (``../shared``) and are no part of it. newspaper4k is measured when
it is installed (``pip install polyfeed[bench]``); a dash stands for what a tool does not give. The scoring tool takes
``polyfeed`` below as its adapter: ``--adapter benchmarks.fidelity:polyfeed``.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from feeds import read_article
from feeds.errors import PolyfeedError

SHARED = Path(__file__).resolve().parents[2] / "shared"
COLUMNS: Mapping[str, str] = {
    "title exact": "title exact",
    "date instant": "instant",
    "authors F1": "authors F1",
    "keywords F1": "keywords F1",
    "body F1": "body F1",
    "body >=0.9": "body ≥0.9",
    "language": "language",
    "image": "image",
}
Answer = Mapping[str, Any]
Adapter = Callable[[bytes, str], Answer]


def polyfeed(html: bytes, url: str) -> Answer:
    """One page read by Polyfeed, in the scoring tool's terms; a page it refuses is nothing read."""
    try:
        article = read_article(html, url)
    except PolyfeedError:
        return {}
    return {
        "title": article.title,
        "authors": list(article.authors),
        "published": article.published,
        "keywords": list(article.keywords),
        "language": article.language,
        "body_text": article.content_text,
        "image": article.image,
    }


def trafilatura(html: bytes, url: str) -> Answer:
    """The same page read by trafilatura, with its metadata and with the time of day where it finds one."""
    from trafilatura import bare_extraction

    dates = {"original_date": True, "extensive_search": True, "outputformat": "%Y-%m-%dT%H:%M:%S%z"}
    found = bare_extraction(html, url=url, with_metadata=True, date_extraction_params=dates, include_comments=False)
    if found is None:
        return {}
    page = found if isinstance(found, dict) else found.as_dict()
    return {
        "title": page.get("title"),
        "authors": (page.get("author") or "").split("; "),
        "published": page.get("date"),
        "keywords": [*(page.get("tags") or []), *(page.get("categories") or [])],
        "body_text": page.get("text"),
        "image": page.get("image"),
    }


def newspaper(html: bytes, url: str) -> Answer:
    """The same page read by newspaper4k, which fetches nothing for it."""
    from newspaper import Article

    article = Article(url, fetch_images=False)
    article.download(input_html=html.decode("utf-8", "replace"))
    article.parse()
    return {
        "title": article.title,
        "authors": article.authors or [],
        "published": article.publish_date,
        "keywords": [word for word in article.meta_keywords or () if word] or sorted(article.tags or ()),
        "language": article.meta_lang,
        "body_text": article.text,
        "image": article.top_image,
    }


def load_scoring() -> ModuleType | None:
    """The scoring tool beside the checkout, None when it or the pages are absent."""
    path = SHARED / "tools" / "fidelity.py"
    spec = importlib.util.spec_from_file_location("fidelity_scoring", path) if path.is_file() else None
    if spec is None or spec.loader is None or not (SHARED / "corpus" / "pages.jsonl").is_file():
        return None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def adapters() -> dict[str, Adapter]:
    """What can be measured here, by the name of its row."""
    rows: dict[str, Adapter] = {"**Polyfeed**": polyfeed, "trafilatura": trafilatura}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newspaper4k says on import that it lacks what is not used here
        if importlib.util.find_spec("newspaper") is not None:
            import newspaper as _  # noqa: F401 - imported now, so that its warning stays in here

            rows["newspaper4k"] = newspaper
    return rows


def measure(scoring: ModuleType, pages: list[dict[str, Any]], adapter: Adapter, *, fast: bool) -> list[str]:
    """One row's cells: the mean of each score, and the cost in bare lxml parses of the same bytes."""
    errors: Counter[str] = Counter()

    def careful(html: bytes, url: str) -> Answer:
        try:
            return adapter(html, url)
        except Exception as error:  # noqa: BLE001 - what raises, whatever it raises, has read nothing
            errors[f"{type(error).__name__}: {error}".partition("\n")[0]] += 1
            return {}

    answers = [careful(page["html"], page["url"]) for page in pages]
    for error, count in errors.most_common():
        print(f"{adapter.__name__}: {count} pages: {error}", file=sys.stderr)
    table = scoring.summarise([scoring.score_page(page, got) for page, got in zip(pages, answers, strict=True)])
    gives = {field for answer in answers for field in answer}
    cells = ["–" if row in ("language", "image") and row not in gives else f"{table[row][0]:.3f}" for row in COLUMNS]
    if not fast:
        own, bare = scoring.measure_speed(careful, pages)
        cells.append(f"{bare / own:.1f}")
    return cells


def main(argv: list[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--fast", action="store_true", help="leave the speeds out")
    fast = parser.parse_args(argv).fast
    scoring = load_scoring()
    if scoring is None:
        print("Not measured: the real pages (../shared/corpus) are not beside this checkout.")
        return 0
    pages = scoring.load_pages()
    heads = [*COLUMNS.values(), *([] if fast else ["× bare lxml parse"])]
    print(f"| {len(pages)} real pages | {' | '.join(heads)} |")
    print(f"|---|{'---|' * len(heads)}")
    for name, adapter in adapters().items():
        print(f"| {name} | {' | '.join(measure(scoring, pages, adapter, fast=fast))} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
