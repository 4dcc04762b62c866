"""A floor under each field on the real pages: what was once read stays read."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest

from feeds.errors import PolyfeedError
from feeds.pipeline.read import read_article

# the measured values less .01, n = 148 pages
FLOORS: Mapping[str, float] = {
    "title exact": 0.841,
    "date day": 0.983,
    "date instant": 0.983,
    "authors F1": 0.954,
    "keywords F1": 0.894,
    "body F1": 0.975,
    "body >=0.9": 0.969,
    "language": 0.99,
    "image": 0.789,
}


@pytest.fixture(scope="module")
def scores(shared: Path) -> Mapping[str, tuple[float, int]]:
    if not (shared / "corpus" / "pages.jsonl").is_file() or not (shared / "tools" / "fidelity.py").is_file():
        pytest.skip("no corpus of real pages in ../shared")
    scoring = load(shared / "tools" / "fidelity.py")
    pages = scoring.load_pages()
    return dict(scoring.summarise([scoring.score_page(page, answer(page["html"], page["url"])) for page in pages]))


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("fidelity_scoring", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def answer(html: bytes, url: str) -> dict[str, object]:
    try:
        article = read_article(html, url)
    except PolyfeedError:
        return {}
    return {
        "title": article.title,
        "authors": article.authors,
        "published": article.published,
        "keywords": article.keywords,
        "language": article.language,
        "body_text": article.content_text,
        "image": article.image,
    }


@pytest.mark.timeout(300)
@pytest.mark.parametrize("field", FLOORS)
def test_floor(scores: Mapping[str, tuple[float, int]], field: str) -> None:
    value, pages = scores[field]
    assert pages > 100
    assert value >= FLOORS[field], f"{field} fell to {value:.3f}"
