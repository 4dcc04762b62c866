"""polyfeed search, and named feeds in check, feeds and export, as their user types them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

from feeds.cli import main
from feeds.model import Article, ArticleUpdate, Change, Kind, Source, Update
from feeds.store import open_store

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
Run = Callable[..., tuple[int, str, str]]


def article(number: int, language: str, title: str, text: str, *keywords: str) -> Article:
    url = f"https://news.test/{number}"
    return Article(
        id=f"urn:uuid:00000000-0000-5000-8000-{number:012d}",
        source_id="news",
        identity=url,
        url=url,
        title=title,
        language=language,
        published=NOW - dt.timedelta(days=number),
        keywords=keywords,
        content_text=text,
    )


ARTICLES = (
    article(1, "de", "BMW baut ein Werk", "Elektrische Autos aus Shenyang.", "BMW"),
    article(2, "de", "Ein Abend im Museum", "Wer abends kommt, sieht mehr als ein Auto."),
    article(3, "zh-Hans", "高铁新线通车", "全长三百公里。", "高铁"),
    article(4, "en", "Evil \x1b[31mtitle", "A car."),
)


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    new_sqlite: Callable[[Path], str],
) -> Iterator[Run]:
    monkeypatch.setenv("POLYFEED_DATA", str(tmp_path))
    monkeypatch.setenv("POLYFEED_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("COLUMNS", "120")
    (tmp_path / "config" / "sources").mkdir(parents=True)
    store = open_store(new_sqlite(tmp_path))
    store.register([Source(id="news", name="News", kind=Kind.LISTING, url="https://news.test/")], NOW)
    claim = store.claim("news", NOW, lease_s=60)
    assert claim is not None
    store.write(claim, Update(articles=tuple(ArticleUpdate(article=each, change=Change.NEW) for each in ARTICLES)), NOW)
    store.close()

    def run_command(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        captured = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, captured.out, captured.err

    yield run_command
    structlog.reset_defaults()


def found(run: Run, *arguments: str) -> list[str]:
    code, out, _ = run("search", "--json", *arguments)
    assert code == 0
    return [each["url"][-1] for each in json.loads(out)["articles"]]


@pytest.mark.parametrize(
    ("arguments", "numbers"),
    [
        (("bmw OR museum",), ["1", "2"]),
        (("新线 keyword:高铁",), ["3"]),
        (("-bmw", "--language", "DE"), ["2"]),
        (("-nirgends", "--language", "de", "--language", "zh"), ["1", "2", "3"]),
        (("-nirgends", "--limit", "1", "--language", "zh"), ["3"]),
        (("before:2026-11-20",), ["3", "4"]),
        (('title:"abend im"',), ["2"]),
        (("nirgends",), []),
    ],
)
def test_it_finds_the_newest(run: Run, arguments: tuple[str, ...], numbers: list[str]) -> None:
    assert found(run, *arguments) == numbers


def test_it_is_readable_and_names_the_feed(run: Run) -> None:
    code, out, _ = run("search", "(CAR OR bmw)")
    assert code == 0
    assert "2026-11-21  BMW baut ein Werk  de" in out
    assert "https://news.test/1" in out
    assert "\x1b" not in out
    assert "2 articles" in out
    assert "http://127.0.0.1:8000/feeds/all/search.atom?q=bmw+OR+car" in out
    assert "No article answers this yet." in run("search", "keyword:nirgends")[1]


def test_a_mistake_is_pointed_at(run: Run) -> None:
    code, out, err = run("search", "bmw AND (museum OR")
    assert (code, out) == (2, "")
    lines = err.splitlines()
    assert lines[:2] == ["bmw AND (museum OR", " " * 18 + "^"]
    assert lines[2].startswith("polyfeed: expected a word")
    code, _, err = run("search", "bmw", "--language", "?")
    assert (code, "no language tag" in err) == (2, True)


def test_named_feeds_are_checked_and_listed(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "config" / "feeds.toml"
    file.write_text('[cars]\ntitle = "Cars"\nq = "bmw OR car"\nlanguages = ["de"]\n', encoding="utf-8")
    code, out, _ = run("check")
    assert (code, "1 named feed, 0 mistakes" in out) == (0, True)
    assert "http://127.0.0.1:8000/feeds/named/cars.atom" in run("feeds")[1]
    code, _, _ = run("export", str(tmp_path / "public"))
    assert code == 0
    exported = json.loads((tmp_path / "public" / "feeds" / "named" / "cars.json").read_text(encoding="utf-8"))
    assert [item["title"] for item in exported["items"]] == ["BMW baut ein Werk"]

    file.write_text('[cars]\ntitle = "Cars"\nq = "bmw OR"\n\n["Ü"]\nq = "x"\nqq = 1\n', encoding="utf-8")
    code, _, err = run("check")
    assert code == 2
    assert "cars.q: at character 7: expected a word" in err
    assert "\n    bmw OR\n          ^" in err
    assert all(f"Ü{key}: " in err for key in ("", ".title", ".qq"))
