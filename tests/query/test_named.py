"""config/feeds.toml: named feeds, and every mistake in it at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from feeds.model import Content, FeedQuery
from feeds.query import load_named, read_question

SHIPPED = Path(__file__).resolve().parents[2] / "config" / "feeds.toml"


def load(folder: Path, text: str | bytes) -> tuple[dict[str, FeedQuery], list[str]]:
    (folder / "feeds.toml").write_bytes(text.encode() if isinstance(text, str) else text)
    loaded = load_named(folder)
    return {name: feed.query for name, feed in loaded.feeds.items()}, [f"{e.key}: {e.reason}" for e in loaded.mistakes]


def test_a_folder_without_the_file_has_none(tmp_path: Path) -> None:
    loaded = load_named(tmp_path)
    assert (dict(loaded.feeds), loaded.mistakes) == ({}, ())


def test_what_a_feed_can_say(tmp_path: Path) -> None:
    text = '[a]\ntitle = " A\\n B "\nq = "keyword:BMW vw"\nlanguages = ["DE", "fr"]\ncopies = false\ninferred = false\n'
    feeds, mistakes = load(tmp_path, text + '[b-2]\ntitle = "B"\nq = "x"\nlanguages = ["all"]\ncontent = "title"\n')
    assert mistakes == []
    assert feeds == {
        "a": FeedQuery(
            languages=("de", "fr"), keywords=("bmw",), question=read_question("vw"), copies=False, inferred=False
        ),
        "b-2": FeedQuery(question=read_question("x"), content=Content.TITLE),
    }
    assert load_named(tmp_path).feeds["a"].title == "A B"


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("[", ": cannot be read"),
        (b"\xff", ": cannot be read"),
        ("a = 1", "a: expected a table"),
        ('[A]\ntitle = "x"\nq = "x"', "A: the name stands in the feed's address"),
        ('[a]\nq = "x"', "a.title: is missing"),
        ('[a]\ntitle = "x"', "a.q: is missing"),
        ('[a]\ntitle = 1\nq = "x"', "a.title: expected a text, got 1"),
        ('[a]\ntitle = "x"\nq = " "', "a.q: expected a text"),
        ('[a]\ntitle = "x"\nq = "x ("', "a.q: at character 4: expected"),
        ('[a]\ntitle = "x"\nq = "x"\nlanguages = "de"', "a.languages: expected language tags"),
        ('[a]\ntitle = "x"\nq = "x"\nlanguages = ["d"]', "a.languages: expected language tags"),
        ('[a]\ntitle = "x"\nq = "x"\ncopies = "no"', "a.copies: expected true or false"),
        ('[a]\ntitle = "x"\nq = "x"\ncontent = "all"', "a.content: expected 'full', 'summary', 'title', got 'all'"),
        ('[a]\ntitle = "x"\nq = "x"\ncontent = ["full"]', "a.content: expected 'full', 'summary', 'title'"),
        ('[a]\ntitle = "x"\nq = "x"\ncopy = 1', "a.copy: no such key; there are: title, q, languages"),
    ],
)
def test_a_mistake_is_told_and_the_other_feeds_run(tmp_path: Path, text: str | bytes, mistake: str) -> None:
    feeds, mistakes = load(tmp_path, text)
    assert feeds == {}
    assert len(mistakes) == 1
    assert mistakes[0].startswith(mistake)
    if isinstance(text, str) and text.startswith("[a]"):
        feeds, mistakes = load(tmp_path, f'{text}\n[b]\ntitle = "B"\nq = "b"\n')
        assert (list(feeds), len(mistakes)) == (["b"], 1)


def test_the_shipped_example_would_load(tmp_path: Path) -> None:
    shipped = SHIPPED.read_text(encoding="utf-8")
    assert load(tmp_path, shipped) == ({}, [])
    uncommented = re.sub(r"^# (?=\[|[a-z]+ = )", "", shipped, flags=re.MULTILINE)
    feeds, mistakes = load(tmp_path, uncommented)
    assert (list(feeds), mistakes) == (["electric-cars"], [])
