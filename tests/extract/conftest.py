"""Small pages for tests: a head, a body, and enough text to be an article."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from feeds.extract.evidence import Evidence, gather
from feeds.extract.tree import parse_html

PARAGRAPHS = "".join(
    f"<p>{text}</p>"
    for text in (
        "The harbour of the small town was opened again on Tuesday after three years of work on its walls.",
        "Several hundred people came to see the first ships, and the mayor thanked the builders for their patience.",
        "“We have waited a long time for this day,” she said, and promised that the market would return in spring.",
        "The work had cost more than planned, since old foundations were found below the quay during the first summer.",
    )
)

Write = Callable[..., bytes]
Gather = Callable[..., Evidence]


@pytest.fixture
def write() -> Write:
    """Writes a page: ``write(head=…, body=…, ld=…, lang=…)``; the text of an article follows ``body``."""

    def write(head: str = "", body: str = "<h1>Harbour opened again</h1>", ld: Any = None, lang: str = "en") -> bytes:
        data = f'<script type="application/ld+json">{json.dumps(ld)}</script>' if ld is not None else ""
        page = f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8">{head}{data}</head>'
        return f"{page}<body><main><article>{body}{PARAGRAPHS}</article></main></body></html>".encode()

    return write


@pytest.fixture
def seen(write: Write) -> Gather:
    """What such a page says of itself."""

    def seen(url: str = "https://news.example.org/2026/harbour.html", **parts: Any) -> Evidence:
        return gather(parse_html(write(**parts)), url)

    return seen


@pytest.fixture(scope="session")
def scorer(shared: Path) -> ModuleType:
    """What scores an answer against what a reader finds on a real page; tests that use it skip where it is absent."""
    path = shared / "tools" / "fidelity.py"
    if not path.is_file() or not (shared / "corpus" / "pages.jsonl").is_file():
        pytest.skip("no corpus of real pages in ../shared")
    spec = importlib.util.spec_from_file_location("fidelity_scoring", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
