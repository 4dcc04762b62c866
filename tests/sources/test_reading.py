"""Source files: what a right one gives, and every mistake named with file and key."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from feeds.folding import canonical_language, keyword_key
from feeds.model import ApiFields, Content, Kind, Recipe, Section, Source
from feeds.sources import load_sources

WHOLE = """
name = "Rundschau"
kind = "listing"
url = "https://example.org/"
language = "DE"
zone = "Asia/Shanghai"
interval_s = 300
delay_s = 0.5
pages = 3
recheck_s = 86400
content = "summary"
allow_private = true

[[sections]]
name = "Wirtschaft"
url = "Wirtschaft/index.html"

[[sections]]
slug = "kultur"
name = "Kultur und Leben"
url = "https://example.org/Kultur/index.html"

[recipe]
entry = "li"
body = "//div[@class='body']"
next_page = "index_{n}.html"
date_formats = ["%d.%m.%Y"]
encoding = "gb18030"
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_whole_file(tmp_path: Path) -> None:
    write(tmp_path, "rundschau.toml", WHOLE)
    loaded = load_sources(tmp_path)
    assert loaded.mistakes == ()
    assert loaded.sources == (
        Source(
            id="rundschau",
            name="Rundschau",
            kind=Kind.LISTING,
            url="https://example.org/",
            language="de",
            zone="Asia/Shanghai",
            sections=(
                Section(slug="wirtschaft", name="Wirtschaft", url="https://example.org/Wirtschaft/index.html"),
                Section(slug="kultur", name="Kultur und Leben", url="https://example.org/Kultur/index.html"),
            ),
            recipe=Recipe(
                entry="li",
                body="//div[@class='body']",
                next_page="index_{n}.html",
                date_formats=("%d.%m.%Y",),
                encoding="gb18030",
            ),
            interval_s=300.0,
            delay_s=0.5,
            max_interval_s=3600.0,
            pages=3,
            recheck_s=86400.0,
            content=Content.SUMMARY,
            allow_private=True,
        ),
    )


def test_the_least_a_file_can_say(tmp_path: Path) -> None:
    write(tmp_path, "a.toml", 'kind = "feed"\nurl = "https://example.org/feed"')
    source = load_sources(tmp_path).sources[0]
    assert source == Source(id="a", name="a", kind=Kind.FEED, url="https://example.org/feed")
    assert source.targets == (Section(url="https://example.org/feed", kind=Kind.FEED),)


def test_all_mistakes_of_all_files_and_the_right_ones_run(tmp_path: Path) -> None:
    write(tmp_path, "good.toml", 'kind = "feed"\nurl = "https://example.org/feed"')
    write(tmp_path, "empty.toml", "")
    write(tmp_path, "Bad Name.toml", 'kind = "feed"\nurl = "https://example.org/feed"')
    write(tmp_path, "broken.toml", "kind = ")
    write(
        tmp_path,
        "many.toml",
        """
        kind = "sitemaps"
        url = "ftp://example.org"
        langage = "de"
        language = "german!"
        zone = "Asia/Peking"
        interval_s = -1
        pages = 0
        content = "excerpt"
        allow_private = "yes"
        sections = [{ slug = "a/b", url = "http://[x" }, { slug = "c" }]
        [recipe]
        titel = "h1"
        title = 3
        date_formats = ["%Q", "%H:%M"]
        next_page = "index.html"
        encoding = "klingon"
        """,
    )
    loaded = load_sources(tmp_path)
    assert [source.id for source in loaded.sources] == ["good"]
    found = {(Path(mistake.file).name, mistake.key) for mistake in loaded.mistakes}
    assert found == {
        ("empty.toml", "kind"),
        ("empty.toml", "url"),
        ("Bad Name.toml", ""),
        ("broken.toml", ""),
        *(
            ("many.toml", key)
            for key in (
                "kind",
                "url",
                "langage",
                "language",
                "zone",
                "interval_s",
                "pages",
                "content",
                "allow_private",
                "sections[1].slug",
                "sections[1].url",
                "sections[2].url",
                "recipe.titel",
                "recipe.title",
                "recipe.date_formats",
                "recipe.next_page",
                "recipe.encoding",
            )
        ),
    }
    assert all(mistake.reason for mistake in loaded.mistakes)


def test_no_folder_means_no_sources(tmp_path: Path) -> None:
    assert load_sources(tmp_path / "none").sources == ()


@pytest.mark.parametrize(
    "url", ["https://user:pw@example.org/", "//example.org", "https://", "https://x:port/", "http://[::1"]
)
def test_addresses_that_cannot_be_polled(tmp_path: Path, url: str) -> None:
    write(tmp_path, "a.toml", f'kind = "feed"\nurl = "{url}"')
    assert [mistake.key for mistake in load_sources(tmp_path).mistakes] == ["url"]


NEW_KEYS = """
kind = "listing"
url = "https://example.org/"
max_interval_s = 7200
backfill = 0

[[sections]]
name = "Feed"
url = "https://example.org/feed.xml"
kind = "feed"

[[sections]]
slug = "api"
url = "/api.json"
kind = "json"

[api]
items = "data.list"
next = "links.next"
url = "web"

[recipe]
updated = "time.u"
summary = "p.lead"
section = "nav a"
language = "//article/@lang"
image_caption = "figcaption"
remove = "aside"
valid_until = 2027-06-30
"""


def test_every_newer_key(tmp_path: Path) -> None:
    write(tmp_path, "a.toml", NEW_KEYS)
    loaded = load_sources(tmp_path)
    assert loaded.mistakes == ()
    assert loaded.sources[0] == Source(
        id="a",
        name="a",
        kind=Kind.LISTING,
        url="https://example.org/",
        max_interval_s=7200.0,
        backfill=0,
        sections=(
            Section(slug="feed", name="Feed", url="https://example.org/feed.xml", kind=Kind.FEED),
            Section(slug="api", name="api", url="https://example.org/api.json", kind=Kind.JSON),
        ),
        api=ApiFields(items="data.list", next="links.next", url="web"),
        recipe=Recipe(
            updated="time.u",
            summary="p.lead",
            section="nav a",
            language="//article/@lang",
            image_caption="figcaption",
            remove="aside",
            valid_until=dt.date(2027, 6, 30),
        ),
    )


@pytest.mark.parametrize(
    ("lines", "bounds"),
    [
        ("", (600, 3600)),
        ("interval_s = 300", (300, 3600)),
        ("interval_s = 86400", (86400, 86400)),
        ("max_interval_s = 60", (60, 60)),
        ("max_interval_s = 900", (600, 900)),
        ("interval_s = 5\nmax_interval_s = 5", (5, 5)),
    ],
)
def test_of_two_bounds_the_one_that_is_not_given_gives_way(
    tmp_path: Path, lines: str, bounds: tuple[float, float]
) -> None:
    write(tmp_path, "a.toml", f'kind = "feed"\nurl = "https://example.org/"\n{lines}')
    source = load_sources(tmp_path).sources[0]
    assert (source.interval_s, source.max_interval_s) == bounds


def test_an_archive_has_its_path_from_the_folder_of_its_file(tmp_path: Path) -> None:
    write(tmp_path, "a.toml", 'kind = "archive"\nurl = "https://example.org/"\npath = "saved"')
    write(tmp_path, "b.toml", 'kind = "archive"\nurl = "https://example.org/"\npath = "/srv/pages.warc.gz"')
    relative, absolute = load_sources(tmp_path).sources
    assert relative.path == str(tmp_path / "saved")
    assert absolute.path == "/srv/pages.warc.gz"


FEED = 'kind = "feed"\nurl = "https://example.org/"\n'


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        (FEED + "intervall_s = 9", "intervall_s", "did you mean 'interval_s'"),
        (FEED + 'body = "p"', "body", "belongs in the [recipe] table"),
        (FEED + 'recipe = { Title = "h1" }', "recipe.Title", "did you mean 'title'"),
        (FEED + "interval_s = 600\nmax_interval_s = 60", "max_interval_s", "no less than interval_s (600)"),
        (FEED + 'path = "x"', "path", "belongs to kind 'archive'"),
        (FEED + 'api = { items = "a" }', "api", "belongs to kind 'json'"),
        (FEED + "recipe = { valid_until = 7 }", "recipe.valid_until", "such as 2027-06-30"),
        (FEED + "recipe = { valid_until = 2027-06-30T10:00:00 }", "recipe.valid_until", "such as 2027-06-30"),
        (FEED + "backfill = 1.5", "backfill", "a whole number from 0"),
        (FEED + 'sections = [{ url = "/x" }]', "sections[1].slug", "is missing"),
        (FEED + 'sections = [{ slug = "a", url = "/x", kind = "archive" }]', "sections[1].kind", "expected one of"),
        (FEED.replace("feed", "sitemaps", 1), "kind", "did you mean 'sitemap'"),
        (FEED.replace("feed", "archive", 1), "path", "is missing"),
        (
            FEED.replace("feed", "archive", 1) + 'path = "x"\nsections = [{ slug = "a", url = "/x" }]',
            "sections",
            "an archive has none",
        ),
    ],
)
def test_a_mistake_says_what_is_right(tmp_path: Path, text: str, key: str, said: str) -> None:
    write(tmp_path, "a.toml", text)
    loaded = load_sources(tmp_path)
    assert loaded.sources == ()
    assert [mistake.key for mistake in loaded.mistakes] == [key]
    assert said in loaded.mistakes[0].reason


def test_a_file_that_nests_without_end_is_a_mistake(tmp_path: Path) -> None:
    write(tmp_path, "a.toml", "x = " + "[" * 20_000)
    assert [mistake.key for mistake in load_sources(tmp_path).mistakes] == [""]


def test_two_sections_with_one_slug(tmp_path: Path) -> None:
    sections = 'sections = [{ slug = "a", url = "/1" }, { slug = "a", url = "/2" }]'
    write(tmp_path, "a.toml", f'kind = "feed"\nurl = "https://example.org/feed"\n{sections}')
    assert [mistake.key for mistake in load_sources(tmp_path).mistakes] == ["sections[2].slug"]


def test_shipped_sources_are_right() -> None:
    loaded = load_sources(Path(__file__).resolve().parents[2] / "config" / "sources")
    assert loaded.mistakes == ()
    assert {source.language for source in loaded.sources} == {"de", "en", "fr", "ja", "zh"}
    german = next(source for source in loaded.sources if source.language == "de")
    assert [section.slug for section in german.sections] == [
        "china",
        "international",
        "wirtschaft",
        "kultur",
        "meinungen",
    ]
    assert {source.zone for source in loaded.sources} == {"Asia/Shanghai"}


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("de", "de"),
        ("ZH-hans", "zh-Hans"),
        ("zh-hant-hk", "zh-Hant-HK"),
        ("PT-br", "pt-BR"),
        ("es-419", "es-419"),
        ("sl-rozaj", "sl-rozaj"),
        ("german!", None),
        ("", None),
        ("d", None),
    ],
)
def test_canonical_language(tag: str, expected: str | None) -> None:
    assert canonical_language(tag) == expected


@pytest.mark.parametrize("same", ["BMW", "ＢＭＷ", "bmw", " b\u200bmw ", "B\u00adMW", "B\x02M\x9f\ufffeW\x1f"])
def test_spellings_of_one_keyword_have_one_key(same: str) -> None:
    assert keyword_key(same) == "bmw"


def test_keys_fold_sharp_s_hyphens_and_half_width_kana() -> None:
    assert keyword_key("Straße") == keyword_key("STRASSE")
    assert keyword_key("E\u2011Auto") == keyword_key("e-auto")
    assert keyword_key("ｱﾆﾒ") == keyword_key("アニメ")
    assert keyword_key("Künstliche \u00a0 Intelligenz") == "künstliche intelligenz"
