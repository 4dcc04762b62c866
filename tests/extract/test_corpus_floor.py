"""A floor under each field on the real pages: what was once read stays read."""

from __future__ import annotations

from collections.abc import Mapping
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
def scores(scorer: ModuleType) -> Mapping[str, tuple[float, int]]:
    answers = [scorer.score_page(page, answer(page["html"], page["url"])) for page in scorer.load_pages()]
    return dict(scorer.summarise(answers))


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
