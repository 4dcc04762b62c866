"""Each command as its user types it: what it prints, and its exit code."""

from __future__ import annotations

import gzip
import json
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import brotli
import feedparser
import pytest
import structlog

from feeds.cli import COMMANDS
from feeds.newsroom import Newsroom
from tests.cli.running import Ran, run_command


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Callable[..., Ran]]:
    monkeypatch.setenv("POLYFEED_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("POLYFEED_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("COLUMNS", "120")
    (tmp_path / "config" / "sources").mkdir(parents=True)

    def run(*arguments: str) -> Ran:
        return run_command(capsys, *arguments)

    yield run
    structlog.reset_defaults()  # the next test's standard error is another one


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(articles=60, every_s=0).start() as site:
        yield site


def write_source(folder: Path, newsroom: Newsroom, name: str = "sample") -> None:
    (folder / "config" / "sources" / f"{name}.toml").write_text(
        f'kind = "listing"\nurl = "{newsroom.url}/de/China/index.html"\nlanguage = "de"\n'
        'zone = "Asia/Shanghai"\nallow_private = true\ndelay_s = 0\n'
    )


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_each_command_has_help_with_an_example(run: Callable[..., Ran], name: str) -> None:
    ran = run(name, "--help")
    assert ran.code == 0
    assert "Example: " in ran.out


def test_help_names_every_command_and_the_exit_codes(run: Callable[..., Ran]) -> None:
    ran = run("--help")
    assert all(name in ran.out for name in COMMANDS)
    assert "Exit codes: 0 well" in ran.out


def test_poll_then_sources_feeds_export(run: Callable[..., Ran], newsroom: Newsroom, tmp_path: Path) -> None:
    write_source(tmp_path, newsroom)
    assert run("feeds").out == "No feed has an article yet. `polyfeed poll --all` polls every source now.\n"
    ran = run("poll", "sample")
    assert ran.code == 0, ran
    assert "sample" in ran.out
    assert "ok" in ran.out

    (row,) = json.loads(run("sources", "--json").out)
    assert {"id", "kind", "url", "language", "state", "articles", "last_poll_at", "last_error"} <= row.keys()
    assert (row["id"], row["kind"], row["state"], row["last_error"]) == ("sample", "listing", "ok", None)
    assert row["articles"] > 0
    assert row["last_poll_at"].endswith("+00:00")
    assert "sample" in run("sources").out

    addresses = json.loads(run("feeds", "--json").out)
    assert addresses[1]["atom"] == "http://127.0.0.1:8000/feeds/de.atom"
    assert "/feeds/de.atom" in run("feeds").out

    out = tmp_path / "public"
    assert run("export", str(out)).code == 0
    for row in addresses:
        for form in ("atom", "rss", "json"):
            path = out / row["shown"].removeprefix("http://127.0.0.1:8000/").replace(".atom", f".{form}")
            plain = path.read_bytes()
            assert gzip.decompress(Path(f"{path}.gz").read_bytes()) == plain
            assert brotli.decompress(Path(f"{path}.br").read_bytes()) == plain
    parsed = feedparser.parse((out / "feeds" / "de.rss").read_bytes())
    assert not parsed.bozo
    assert len(parsed.entries) == row_articles(run)
    assert (out / "feeds.opml").is_file()
    assert [*out.glob("feeds/*/keywords/*.opml")]
    assert not list(out.rglob("*.part"))
    again = run("export", str(out))
    assert " 0 files written" in again.out


def row_articles(run: Callable[..., Ran]) -> int:
    return int(json.loads(run("sources", "--json").out)[0]["articles"])


def test_poll_without_arguments_takes_what_is_due(run: Callable[..., Ran], newsroom: Newsroom, tmp_path: Path) -> None:
    write_source(tmp_path, newsroom)
    assert "sample" in run("poll").out
    assert "Nothing is due" in run("poll").out
    assert "sample" in run("poll", "--all").out


def test_a_source_that_fails_is_exit_code_1_with_its_reason(
    run: Callable[..., Ran], newsroom: Newsroom, tmp_path: Path
) -> None:
    write_source(tmp_path, newsroom)
    newsroom.misbehave("/de/", 500)
    ran = run("poll", "sample")
    assert ran.code == 1
    assert "broken" in ran.out
    (row,) = json.loads(run("sources", "--json").out)
    assert row["state"] == "broken"
    assert "500" in row["last_error"]
    assert f"sample: {row['reason']}\n" in ran.out, "whole, however narrow the terminal is"
    assert f"sample: {row['reason']}\n" in run("sources").out


def test_tables_show_ids_whole_on_a_narrow_terminal(
    run: Callable[..., Ran], newsroom: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    name = "the-evening-paper-of-a-small-town"
    write_source(tmp_path, newsroom, name)
    for shown in (run("poll", name).out, run("sources").out):
        lines = shown.splitlines()
        (first,) = [place for place, line in enumerate(lines) if " ok " in line]
        said = "".join(line.strip(" │").partition(" ")[0] for line in lines[first : first + 9])
        assert said.startswith(name)


def test_sources_by_state(run: Callable[..., Ran], newsroom: Newsroom, tmp_path: Path) -> None:
    write_source(tmp_path, newsroom)
    write_source(tmp_path, newsroom, "other")
    run("poll", "sample")
    newsroom.misbehave("/de/", 500)
    run("poll", "other")
    assert [row["id"] for row in json.loads(run("sources", "--json", "--state", "broken").out)] == ["other"]
    both = run("sources", "--json", "--state", "broken", "--state", "ok").out
    assert {row["id"] for row in json.loads(both)} == {"sample", "other"}
    shown = run("sources", "--state", "broken").out
    assert "sample" not in shown
    assert "other: If it lasts, check the address in a browser" in shown
    assert run("sources", "--state", "recipe-stale").out == "No source is recipe stale.\n"
    wrong = run("sources", "--state", "well")
    assert wrong.code == 2
    assert "recipe-stale" in wrong.err


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # of Apprise on Python 3.11
def test_alert_says_who_is_told_and_how_a_test_went(run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run("alert")
    assert ran.code == 0
    assert "No one is told" in ran.out
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        address = f"json://user:secret@127.0.0.1:{nobody.getsockname()[1]}/t0ken"
        monkeypatch.setenv("POLYFEED_ALERTS", f"{address} nonsense")
        checked = run("check")
        assert checked.code == 2
        assert "alerts: the 2nd address is none that Apprise knows" in checked.err
        ran = run("alert")
        assert ran.code == 1
        assert ran.out == "JSON (the 1st address): configured\n"
        assert "the 2nd address is none that Apprise knows" in ran.err
        monkeypatch.setenv("POLYFEED_ALERTS", address)
        ran = run("alert", "--test")
    assert ran.code == 1
    assert ran.out.startswith("JSON (the 1st address): not taken: A Connection error occurred")
    assert not {"secret", "t0ken"} & set(re.findall(r"\w+", ran.out + ran.err))


def test_without_sources_it_is_said_how_to_get_some(run: Callable[..., Ran]) -> None:
    for command in (("sources",), ("poll", "--all")):
        ran = run(*command)
        assert ran.code == 0
        assert "There are no sources in" in ran.out
        assert "polyfeed init" in ran.out


def test_a_private_address_is_refused_unless_allowed(
    run: Callable[..., Ran], newsroom: Newsroom, tmp_path: Path
) -> None:
    write_source(tmp_path, newsroom)
    path = tmp_path / "config" / "sources" / "sample.toml"
    path.write_text(path.read_text().replace("allow_private = true\n", ""))
    assert run("poll", "sample").code == 1
    (row,) = json.loads(run("sources", "--json").out)
    assert "allow_private" in row["last_error"]
    assert newsroom.counts == {}


def test_an_unknown_source_is_a_usage_error_that_names_those_there_are(run: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "config" / "sources" / "a.toml").write_text('kind = "feed"\nurl = "https://example.org/"\n')
    ran = run("poll", "b")
    assert ran.code == 2
    assert "no source b" in ran.err
    assert "there are: a" in ran.err


def test_check_names_every_mistake(run: Callable[..., Ran], tmp_path: Path) -> None:
    folder = tmp_path / "config" / "sources"
    (folder / "a.toml").write_text('kind = "feed"\nurl = "https://example.org/"\n')
    assert run("check").code == 0
    (folder / "b.toml").write_text('kind = "feed"\n')
    (folder / "c.toml").write_text(
        'kind = "listing"\nurl = "https://example.org/"\n[recipe]\nentry = "li["\nbody = "//["\n'
    )
    ran = run("check")
    assert ran.code == 2
    assert [line.split(": ")[1] for line in ran.err.splitlines()] == ["url", "recipe.entry", "recipe.body"]
    assert ran.out == "1 source right, 3 mistakes.\n"


def test_init_writes_a_configuration_that_check_accepts_and_never_overwrites(
    run: Callable[..., Ran], tmp_path: Path
) -> None:
    target = tmp_path / "mynews"
    assert run("init", str(target)).code == 0
    settings = target / "config" / "settings.toml"
    settings.write_text("port = 8123\n")
    again = run("init", str(target))
    assert again.code == 0
    assert "0 files written" in again.out
    assert settings.read_text() == "port = 8123\n"
    assert run("check", "--config", str(target / "config")).code == 0


def test_extract_prints_each_field_with_its_provenance(run: Callable[..., Ran], newsroom: Newsroom) -> None:
    article = next(one for one in newsroom.articles() if one.edition == "de")
    ran = run("extract", "--allow-private", "--json", newsroom.url_of(article))
    assert ran.code == 0, ran
    found = json.loads(ran.out)
    assert found["title"] == article.title
    assert found["keywords"] == list(article.keywords)
    assert found["published"] == article.day.isoformat()
    assert found["provenance"]["keywords"].startswith("label:")
    assert article.title in run("extract", "--allow-private", newsroom.url_of(article)).out
    refused = run("extract", newsroom.url_of(article))
    assert refused.code == 1
    assert refused.err.startswith("polyfeed: ")
    assert run("extract", "no-such-file").code == 2


def test_extract_reads_a_saved_page(run: Callable[..., Ran], tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    text = "A long enough sentence about a city that builds a new harbour for its ships. " * 8
    head = "<meta name=copyright content='&copy; Harbour'><meta property=og:audio content=/listen.mp3>"
    head += "<meta property=og:image content=/quay.jpg>"
    figure = "<figure><img src=/quay.jpg><figcaption>The quay. Photo: Ann Lee</figcaption></figure>"
    page.write_text(
        f"<html lang=en-GB><title>Harbour</title>{head}<h1>A new harbour</h1><article>{figure}<p>{text}</p></article>"
    )
    found = json.loads(run("extract", "--json", "--url", "https://example.org/a", str(page)).out)
    assert (found["title"], found["url"], found["language"]) == ("A new harbour", "https://example.org/a", "en")
    assert (found["declared_language"], found["detected_language"]) == ("en-GB", "en")
    assert 0.9 < found["language_certainty"] <= 1
    assert (found["image_credit"], found["rights"]) == ("Ann Lee", "© Harbour")
    assert found["provenance"]["image_credit"] == "figure"
    assert [(one["url"], one["media_type"]) for one in found["enclosures"]] == [
        ("https://example.org/listen.mp3", "audio/mpeg")
    ]
    shown = run("extract", "--url", "https://example.org/a", str(page)).out
    assert "url: https://example.org/listen.mp3" in shown


def test_a_database_that_cannot_be_opened_is_exit_code_3(run: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "polyfeed.sqlite3").write_bytes(b"not a database, and long enough to be looked at" * 100)
    ran = run("sources")
    assert ran.code == 3
    assert len(ran.err.splitlines()) == 1


def test_serve_imports_nothing_that_only_a_poll_needs() -> None:
    probe = (
        "import sys, feeds.cli, importlib; importlib.import_module('feeds.cli.serve');"
        "print([name for name in ('trafilatura', 'httpx2', 'feedgen', 'flask') if name in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True).stdout
    assert out == "[]\n"


def test_sources_of_one_site_are_polled_one_after_the_other_and_those_not_enabled_are_named(
    run: Callable[..., Ran], newsroom: Newsroom, tmp_path: Path
) -> None:
    for name in ("a", "b", "c"):
        write_source(tmp_path, newsroom, name)
    asleep = tmp_path / "config" / "sources" / "asleep.toml"
    asleep.write_text('kind = "feed"\nurl = "https://example.org/"\nenabled = false\n')
    ran = run("poll", "--all")
    assert ran.code == 0, ran
    assert {row["id"]: row["state"] for row in json.loads(run("sources", "--json").out)} == {
        "a": "ok",
        "b": "ok",
        "c": "ok",
        "asleep": "waiting",
    }
    named = run("poll", "asleep")
    assert named.code == 1
    assert "asleep: not polled: it is not enabled" in named.err
