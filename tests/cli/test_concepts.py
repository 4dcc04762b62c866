"""polyfeed concepts: what stored keywords mean, what may be one thing; mistakes in keywords.toml are told."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feeds.cli import cli
from feeds.cli.roster import Roster
from feeds.model import Article, ArticleUpdate, Change, Kind, Source, Update
from feeds.settings import Settings
from feeds.store import Store, open_store

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "config" / "sources").mkdir(parents=True)
    return Settings(data=tmp_path / "data", config=tmp_path / "config")


@pytest.fixture
def store(settings: Settings, new_sqlite: Callable[[Path], str]) -> Iterator[Store]:
    settings.data.mkdir()
    opened = open_store(new_sqlite(settings.data))
    yield opened
    opened.close()


def run(settings: Settings, *arguments: str) -> Result:
    given = [*arguments, "--config", str(settings.config), "--data", str(settings.data)]
    return CliRunner().invoke(cli, given, standalone_mode=False, catch_exceptions=False)


def article(language: str, number: int, *keywords: str, other: str) -> Article:
    return Article(
        id=f"{language}{number}",
        source_id="s",
        identity=f"//s.example/{language}/{number}",
        url=f"https://s.example/{language}/{number}",
        title=f"Title {number}",
        language=language,
        keywords=keywords,
        alternates={other: f"https://s.example/{other}/{number}"},
    )


def fill(store: Store) -> None:
    store.register([Source(id="s", name="S", kind=Kind.FEED, url="https://s.example/")], NOW)
    claim = store.claim("s", NOW, lease_s=60)
    assert claim is not None
    articles = [article("de", number, "Hafen", "China", f"w{number}", other="fr") for number in range(3)]
    articles += [article("fr", number, "Port", "Chine", f"m{number}", other="de") for number in range(3)]
    articles += [article("de", 9, "Hafen", other="fr"), article("fr", 9, "Port", other="de")]
    updates = tuple(ArticleUpdate(article=each, change=Change.NEW) for each in articles)
    store.write(claim, Update(articles=updates), NOW)


def test_suggestions_are_printed_to_paste_and_nothing_is_written(settings: Settings, store: Store) -> None:
    fill(store)
    ended = run(settings, "concepts", "suggest")
    assert tomllib.loads(ended.output) == {"Hafen": {"de": ["Hafen"], "fr": ["Port"]}}
    assert "# 4 of 4 translations carry both Hafen and Port:" in ended.output
    assert "https://s.example/de/" in ended.output
    assert "# 1 proposal from 4 articles in translation." in ended.output
    assert not (settings.config / "keywords.toml").exists()
    (settings.config / "keywords.toml").write_text(ended.output, encoding="utf-8")
    assert run(settings, "check").output.startswith("0 sources right, 0 mistakes")
    assert tomllib.loads(run(settings, "concepts", "suggest").output) == {}, "it is known now"


def test_the_list_says_what_stored_keywords_mean(settings: Settings, store: Store) -> None:
    fill(store)
    output = run(settings, "concepts").output
    assert "China (country:CN): China 3, Chine 3" in output
    assert "Hafen" not in output


def test_a_mistake_is_told_by_check_and_by_the_scheduler(settings: Settings, store: Store) -> None:
    (settings.config / "keywords.toml").write_text("BMW = 1\n", encoding="utf-8")
    roster = Roster(settings)
    roster.refresh(store, NOW)
    (told,) = store.mistakes()
    assert "keywords.toml" in told
    assert "BMW: expected a list of keywords" in told
    checked = run(settings, "check")
    assert checked.return_value == 2
    (settings.config / "keywords.toml").write_text('BMW = ["宝马"]\n', encoding="utf-8")
    assert roster.refresh(store, NOW), "the file is read again when it changes"
    assert store.mistakes() == []
