"""polyfeed add as its user types it, against the sample newsroom."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

from feeds.newsroom import Newsroom
from feeds.sources import load_sources
from tests.cli.running import Ran, run_command

Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Run]:
    monkeypatch.setenv("POLYFEED_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("POLYFEED_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str, typed: str = "") -> Ran:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        return run_command(capsys, *arguments)

    yield run
    structlog.reset_defaults()


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(articles=100, every_s=0).start() as site:
        yield site


def files(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "config" / "sources").glob("*"))


def test_yes_writes_what_is_recommended_and_ends_with_the_next_command(
    run: Run, newsroom: Newsroom, tmp_path: Path
) -> None:
    ran = run("add", f"{newsroom.url}/de/", "--allow-private", "--yes")
    assert ran.code == 0, ran
    assert "Recommended: 1, feed" in ran.out
    assert ran.out.endswith("Next: polyfeed poll die-jadebruecke\n")
    assert f"polyfeed add {newsroom.url}/ja/ --allow-private" in ran.out
    loaded = load_sources(tmp_path / "config" / "sources")
    assert not loaded.mistakes
    assert [(one.id, one.language, one.allow_private) for one in loaded.sources] == [("die-jadebruecke", "de", True)]
    file = tmp_path / "config/sources/die-jadebruecke.toml"
    file.write_text(file.read_text().replace("allow_private", "delay_s = 0\nallow_private"))
    assert run("poll", "die-jadebruecke").code == 0


def test_a_configured_address_is_said_and_never_overwritten(run: Run, newsroom: Newsroom, tmp_path: Path) -> None:
    assert run("add", f"{newsroom.url}/de/", "--allow-private", "--yes").code == 0
    before = (tmp_path / "config/sources/die-jadebruecke.toml").read_text()
    ran = run("add", f"{newsroom.url}/de/", "--allow-private", "--yes")
    assert ran.code == 0
    assert "Configured already: " in ran.out
    assert files(tmp_path) == ["die-jadebruecke.toml"]
    ran = run("add", f"{newsroom.url}/fr/", "--allow-private", "--yes", "--id", "die-jadebruecke")
    assert ran.code == 2
    assert "give another --id" in ran.err
    assert (tmp_path / "config/sources/die-jadebruecke.toml").read_text() == before


def test_dry_run_shows_the_file_and_writes_nothing(run: Run, newsroom: Newsroom, tmp_path: Path) -> None:
    ran = run("add", f"{newsroom.url}/zh/", "--allow-private", "--yes", "--dry-run", "--id", "zh")
    assert ran.code == 0
    assert 'language = "zh"' in ran.out
    assert "Nothing was written" in ran.out
    assert files(tmp_path) == []


def test_a_person_chooses_by_number_and_takes_two_editions_too(run: Run, newsroom: Newsroom, tmp_path: Path) -> None:
    ran = run("add", f"{newsroom.url}/de/", "--allow-private", typed="9\n2\n1,2\n")
    assert ran.code == 0, ran
    assert "there are 1 to" in ran.out + ran.err
    sources = {one.id: one for one in load_sources(tmp_path / "config" / "sources").sources}
    assert len(sources) == 3
    chosen = sources["die-jadebruecke"]
    assert [one.name for one in chosen.sections] == ["China", "International", "Wirtschaft", "Kultur", "Meinungen"]
    assert {one.language for one in sources.values()} == {"de", "ja", "fr"}


def test_nobody_there_to_choose(run: Run, newsroom: Newsroom, tmp_path: Path) -> None:
    ran = run("add", f"{newsroom.url}/de/", "--allow-private")
    assert "--yes takes the recommendation" in ran.out
    assert files(tmp_path) == []


def test_json_for_scripts(run: Run, newsroom: Newsroom, tmp_path: Path) -> None:
    ran = run("add", f"{newsroom.url}/ja/", "--allow-private", "--json")
    found = json.loads(ran.out)
    assert found["candidates"][0]["kind"] == "feed"
    assert found["candidates"][0]["headlines"][0]["title"]
    assert {one["language"] for one in found["editions"]} == {"de", "fr", "en", "zh"}
    assert files(tmp_path) == []


def test_what_cannot_be_polled_ends_with_one_and_says_what_to_do(run: Run, newsroom: Newsroom) -> None:
    for url, words in (
        (f"{newsroom.url}/de/", "polyfeed add --allow-private"),
        ("nowhere at all", "give one such as https://example.org/news/"),
    ):
        ran = run("add", url)
        assert ran.code == 1
        assert words in ran.err
    ran = run("add", f"{newsroom.url}/nothing-here", "--allow-private")
    assert (ran.code, "try the site's front page" in ran.err) == (1, True)


def test_a_page_that_leads_to_editions_only_offers_them(run: Run, newsroom: Newsroom) -> None:
    ran = run("add", f"{newsroom.url}/", "--allow-private", "--yes", "--dry-run")
    assert all(
        f"polyfeed add {newsroom.url}/{one}/ --allow-private" in ran.out for one in ("de", "ja", "fr", "en", "zh")
    )


@pytest.mark.parametrize(("path", "kind"), [("/news-sitemap.xml", "sitemap"), ("/api/de/articles", "json")])
def test_a_sitemap_or_an_api_is_taken_as_what_it_is(
    run: Run, newsroom: Newsroom, tmp_path: Path, path: str, kind: str
) -> None:
    assert run("add", f"{newsroom.url}{path}", "--allow-private", "--yes", "--id", "it").code == 0
    (source,) = load_sources(tmp_path / "config" / "sources").sources
    assert (source.kind, source.url) == (kind, f"{newsroom.url}{path}")


def test_a_redesigned_page_without_links_still_has_its_feed(run: Run, newsroom: Newsroom) -> None:
    newsroom.misbehave("/fr/index.html", "redesign")
    newsroom.misbehave("/fr/Economie/", "redesign")
    assert run("add", f"{newsroom.url}/fr/index.html", "--allow-private", "--yes").code == 0
