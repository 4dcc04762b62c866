"""preview, suggest, sample, check and schema as an operator types them, against a real newsroom over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

from feeds.newsroom import Newsroom
from feeds.sources import load_sources, source_schema
from tests.cli.running import Ran, run_command

RECIPE = """
[recipe]
entry = "td.lb li"
title = "h1.bt"
body = "div.TRS_Editor"
"""


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Run]:
    monkeypatch.setenv("POLYFEED_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("POLYFEED_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config" / "sources").mkdir(parents=True, exist_ok=True)

    def run(*arguments: str) -> Ran:
        return run_command(capsys, *arguments)

    yield run
    structlog.reset_defaults()


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(articles=100, every_s=0).start() as site:
        yield site


@pytest.fixture
def jade(newsroom: Newsroom, tmp_path: Path) -> Path:
    """A disabled source with a recipe; the path of its file."""
    path = tmp_path / "config" / "sources" / "jade.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'name = "Jade"\nkind = "listing"\nurl = "{newsroom.url}/de/"\nlanguage = "de"\nzone = "Asia/Shanghai"\n'
        "allow_private = true\ndelay_s = 0\nenabled = false\n"
        f'sections = [{{ slug = "china", name = "China", url = "China/index.html" }}]\n{RECIPE}',
        encoding="utf-8",
    )
    return path


# --- preview ----------------------------------------------------------------------------------------------------


def test_preview_shows_items_and_fields_with_where_they_came_from(
    run: Run, newsroom: Newsroom, jade: Path, tmp_path: Path
) -> None:
    ran = run("preview", "jade", "--articles", "2")
    assert ran.code == 0, ran
    assert "Jade (jade, listing, not enabled)" in ran.out
    newest = next(one for one in newsroom.articles() if (one.edition, one.section) == ("de", "China"))
    assert newest.title in ran.out
    assert re.search(r"keywords .*label:Stichwörter", ran.out)
    assert re.search(r"title .* recipe", ran.out)
    assert "2 of 2 opened and read. Nothing was stored." in ran.out
    assert not (tmp_path / "data").exists()
    assert run("preview", str(jade), "--articles", "0").code == 0, "by its file"


@pytest.mark.usefixtures("jade")
def test_preview_as_json_holds_everything_whole(run: Run, newsroom: Newsroom) -> None:
    seen = json.loads(run("preview", "jade", "--json", "--articles", "1").out)
    assert seen["source"] == {"id": "jade", "kind": "listing", "enabled": False}
    assert seen["targets"][0]["url"] == f"{newsroom.url}/de/China/index.html"
    assert seen["targets"][0]["items"][0]["provenance"]["url"] == "recipe"
    (article,) = seen["articles"]
    assert article["url"] == seen["targets"][0]["items"][0]["url"], "the newest is opened"
    assert article["unmet"] == []
    assert article["article"]["provenance"]["content_html"] == "recipe"
    assert article["article"]["published"] == newsroom.articles()[0].day.isoformat()


@pytest.mark.usefixtures("jade")
def test_preview_says_which_selectors_find_nothing(run: Run, newsroom: Newsroom) -> None:
    newsroom.misbehave("/de/", "restyle")
    ran = run("preview", "jade", "--articles", "1")
    assert ran.code == 0
    assert "recipe.entry found nothing on this listing; it was read without" in ran.out
    assert "recipe.title, recipe.body found nothing on this article page; it was read without" in ran.out
    seen = json.loads(run("preview", "jade", "--json", "--articles", "1").out)
    assert seen["targets"][0]["unmet"] == ["entry"]
    assert seen["articles"][0]["unmet"] == ["title", "body"]


def test_preview_of_a_lapsed_recipe_reads_without_it(run: Run, jade: Path) -> None:
    jade.write_text(jade.read_text() + "valid_until = 2020-01-01\n")
    ran = run("preview", "jade", "--articles", "1")
    assert "Its recipe was valid until 2020-01-01 and is not used." in ran.out
    assert not re.search(r"│ recipe\b", ran.out)


@pytest.mark.usefixtures("jade")
def test_preview_tells_what_cannot_be_read_and_exits_1(run: Run, newsroom: Newsroom) -> None:
    newsroom.misbehave("/de/", 500)
    ran = run("preview", "jade")
    assert ran.code == 1
    assert "cannot be read" in ran.out
    assert "500" in ran.out
    assert "0 articles listed, none opened." in ran.out


@pytest.mark.usefixtures("jade")
def test_preview_of_saved_pages_asks_nobody(run: Run, newsroom: Newsroom, tmp_path: Path) -> None:
    article = next(one for one in newsroom.articles() if one.edition == "de")
    page = tmp_path / "page.html"
    page.write_bytes(newsroom.page(article))
    newsroom.forget()
    seen = json.loads(run("preview", "jade", "--json", "--page", str(page), "--url", newsroom.url_of(article)).out)
    assert seen["targets"] == []
    assert seen["articles"][0]["article"]["title"] == article.title
    assert run("preview", "jade", "--page", str(page)).code == 0, "under the address that it declares, or the source's"
    listing = tmp_path / "listing.html"
    listing.write_text(
        "<ul>"
        + "".join(f'<li><a href="t20260707_80021345{n}.html">A longer headline number {n}</a></li>' for n in range(6))
        + "</ul>"
    )
    seen = json.loads(run("preview", "jade", "--json", "--page", str(listing)).out)
    assert len(seen["targets"][0]["items"]) == 6
    assert newsroom.counts == {}
    missing = run("preview", "jade", "--page", "nothing.html")
    assert missing.code == 2
    assert "there is no file nothing.html" in missing.err


def test_preview_of_a_feed_and_of_a_section_of_another_kind(run: Run, newsroom: Newsroom, jade: Path) -> None:
    folder = jade.parent
    (folder / "feed.toml").write_text(
        f'kind = "feed"\nurl = "{newsroom.url}/de/rss.xml"\nallow_private = true\ndelay_s = 0\n'
        f'sections = [{{ slug = "feed", url = "rss.xml" }},'
        f'{{ slug = "page", url = "China/index.html", kind = "listing" }}]'
    )
    seen = json.loads(run("preview", "feed", "--json", "--articles", "1").out)
    assert [target["error"] for target in seen["targets"]] == [None, None], seen
    assert all(target["items"] for target in seen["targets"])
    assert seen["articles"][0]["article"]["title"]


def test_a_source_that_is_not_there_or_wrong_is_said(run: Run, jade: Path) -> None:
    ran = run("preview", "jad")
    assert ran.code == 2
    assert "did you mean jade?" in ran.err
    assert run("suggest", "other.toml").code == 2
    jade.write_text("titel = 3\n" + jade.read_text())
    ran = run("preview", "jade")
    assert ran.code == 2
    assert "titel: no such key" in ran.err


# --- suggest ----------------------------------------------------------------------------------------------------


def test_suggest_drafts_a_recipe_that_works_after_a_redesign(run: Run, newsroom: Newsroom, jade: Path) -> None:
    newsroom.misbehave("/de/", "restyle")
    before = jade.read_text()
    ran = run("suggest", "jade")
    assert ran.code == 0, ran
    assert 'body = "div.text"' in ran.out
    assert "on 4 of 4 article pages" in ran.out
    assert "no authors: not found on any of 4 article pages" in ran.err
    assert jade.read_text() == before, "it writes nothing"
    jade.write_text(before.replace(RECIPE, "\n" + ran.out))
    assert load_sources(jade.parent).mistakes == ()
    seen = json.loads(run("preview", "jade", "--json").out)
    assert all(one["unmet"] == [] for one in (*seen["targets"], *seen["articles"]))


@pytest.mark.usefixtures("jade")
def test_suggest_as_json_and_where_nothing_answers(run: Run, newsroom: Newsroom) -> None:
    said = json.loads(run("suggest", "jade", "--json", "--articles", "2").out)
    assert said["recipe"]["entry"] == "td.lb li"
    assert said["evidence"]["body"] == "on 2 of 2 article pages, the same words"
    newsroom.misbehave("/de/", 500)
    ran = run("suggest", "jade")
    assert ran.code == 1
    assert "answered 500" in ran.err
    assert "Nothing can be suggested." in ran.err


# --- samples ----------------------------------------------------------------------------------------------------


def test_samples_are_saved_replayed_and_differences_told(run: Run, newsroom: Newsroom, jade: Path) -> None:
    ran = run("sample", "jade")
    assert ran.code == 0, ran
    folder = Path("tests/data/samples/jade")
    names = sorted(path.name for path in folder.iterdir())
    assert names[:3] == ["jade.toml", "listing-china.html", "listing-china.json"]
    assert len(names) == 5
    newsroom.forget()
    ran = run("check", "--samples")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "2 samples read again, 0 differ."), ran
    assert newsroom.counts == {}, "no network"

    jade.write_text(jade.read_text().replace('title = "h1.bt"', 'title = "td.ly"'))
    ran = run("check", "--samples")
    assert ran.code == 1
    newest = newsroom.articles()[0]
    assert f"  title\n    expected  {newest.title}\n    got       · {newest.day}" in ran.out
    assert "2 samples read again, 1 differs." in ran.out

    jade.unlink()  # without a present configuration the saved one is used
    assert run("check", "--samples").code == 0


@pytest.mark.usefixtures("jade")
def test_a_sample_s_listing_tells_items_that_are_gone_new_or_other(run: Run) -> None:
    run("sample", "jade", "--dir", "kept")
    file = Path("kept/jade/listing-china.json")
    about = json.loads(file.read_text(encoding="utf-8"))
    items = about["expected"]["items"]
    items[0]["title"] = "Another"
    gone = items.pop()
    items.append({**gone, "url": "https://example.org/x"})
    file.write_text(json.dumps(about))
    ran = run("check", "--samples", "--dir", "kept")
    assert ran.code == 1
    assert f"  items[{items[0]['url']}].title\n    expected  Another\n" in ran.out
    assert f"  items[{gone['url']}]\n    expected  not listed\n    got       listed\n" in ran.out
    assert "  items[https://example.org/x]\n    expected  listed\n    got       not listed\n" in ran.out


@pytest.mark.usefixtures("jade")
def test_a_sample_is_taken_anew_only_when_asked(run: Run, newsroom: Newsroom) -> None:
    url = newsroom.url_of(next(one for one in newsroom.articles() if one.edition == "de"))
    assert "written" in run("sample", "jade", url).out
    (file,) = Path("tests/data/samples/jade").glob("t*.json")
    text = file.read_text(encoding="utf-8")
    assert json.loads(text)["url"] == url
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    assert "kept" in run("sample", "jade", url).out
    file.write_text("{}")
    assert "written" in run("sample", "jade", url, "--replace").out
    file.write_text("{}")
    ran = run("check", "--samples")
    assert ran.code == 1
    assert "this sample cannot be read: no 'section' in it" in ran.err


@pytest.mark.usefixtures("jade")
def test_no_sample_of_what_is_no_article_and_none_yet(run: Run, newsroom: Newsroom) -> None:
    ran = run("sample", "jade", f"{newsroom.url}/nothing.html")
    assert ran.code == 1
    assert "404" in ran.err
    assert not Path("tests").exists()
    assert "No samples in tests/data/samples" in run("check", "--samples").out


# --- check, schema and init -------------------------------------------------------------------------------------


def test_check_warns_of_what_is_hardly_meant(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "config" / "sources"
    (folder / "a.toml").write_text(
        'kind = "feed"\nurl = "https://example.org/"\ndelay_s = 0\n[recipe]\nentry = "li"\nvalid_until = 2020-01-01\n'
    )
    (folder / "b.toml").write_text('kind = "archive"\nurl = "https://example.org/"\npath = "nowhere"\n')
    (folder / "c.toml").write_text('kind = "listing"\nurl = "https://example.org/"\n[recipe]\nlisted_date = "time"\n')
    ran = run("check")
    assert ran.code == 0
    assert [line.split(": ")[2] for line in ran.err.splitlines()] == [
        "recipe.valid_until",
        "recipe.entry",
        "delay_s",
        "path",
        "recipe.listed_date",
    ]
    assert all(line.startswith("warning: ") for line in ran.err.splitlines())
    assert ran.out == "3 sources right, 0 mistakes, 5 warnings.\n"


def test_check_names_an_expression_that_cannot_be_read(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "config" / "sources" / "a.toml"
    path.write_text('kind = "json"\nurl = "https://example.org/"\n[api]\nitems = "data[*"\ntitle = "t"\n')
    ran = run("check")
    assert ran.code == 2
    assert [line.split(": ")[1] for line in ran.err.splitlines()] == ["api.items"]


def test_schema_prints_what_init_hands_out(run: Run, tmp_path: Path) -> None:
    assert run("schema").out == source_schema()
    run("init", str(tmp_path / "new"))
    assert (tmp_path / "new" / "config" / "source.schema.json").read_text(encoding="utf-8") == source_schema()
