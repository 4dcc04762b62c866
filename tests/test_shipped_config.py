"""The configuration that is shipped: it loads without a mistake, and what it says of defaults is true."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from feeds.model import Kind
from feeds.settings import Settings, load_settings
from feeds.sources import load_sources

CONFIG = Path(__file__).resolve().parents[1] / "config"


def test_the_five_editions_load_without_a_mistake() -> None:
    loaded = load_sources(CONFIG / "sources")
    assert loaded.mistakes == ()
    assert {(source.id, source.language, source.url) for source in loaded.sources} == {
        ("beijing-information", "fr", "http://french.beijingreview.com.cn/"),
        ("beijing-review", "en", "http://www.bjreview.com/"),
        ("beijing-rundschau", "de", "http://german.beijingreview.com.cn/"),
        ("beijing-zhoubao", "zh", "http://www.beijingreview.com.cn/"),
        ("pekin-shuho", "ja", "http://japanese.beijingreview.com.cn/"),
    }
    for source in loaded.sources:
        assert source.kind is Kind.LISTING
        assert source.zone == "Asia/Shanghai"
        assert source.recipe.body == "div.TRS_Editor"
        assert not source.allow_private
        assert source.delay_s >= 1


def test_the_german_edition_has_its_sections_and_pages() -> None:
    german = next(source for source in load_sources(CONFIG / "sources").sources if source.language == "de")
    assert [section.slug for section in german.sections] == [
        "china",
        "international",
        "wirtschaft",
        "kultur",
        "meinungen",
    ]
    assert all(section.url == f"{german.url}{section.name}/index.html" for section in german.sections)
    assert german.recipe.next_page == "index_{n}.html"
    assert german.recipe.date_formats == ("%d.%m.%Y", "%Y-%m-%d")


def test_every_optional_line_of_the_examples_would_load(tmp_path: Path) -> None:
    for path in (CONFIG / "sources").glob("*.toml"):
        text = re.sub(r"^# (?=\[\[|[a-z_]+ = )", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        (tmp_path / path.name).write_text(text.replace("…/", ""), encoding="utf-8")
    loaded = load_sources(tmp_path)
    assert loaded.mistakes == ()
    assert all(source.sections for source in loaded.sources)


def test_settings_toml_names_every_setting_with_its_default(tmp_path: Path) -> None:
    shipped = (CONFIG / "settings.toml").read_text(encoding="utf-8")
    assert load_settings({}, config=CONFIG) == Settings(config=CONFIG)
    uncommented = re.sub(r"^# (?=[a-z_]+ = )", "", shipped, flags=re.MULTILINE)
    (tmp_path / "settings.toml").write_text(uncommented, encoding="utf-8")
    assert load_settings({}, config=tmp_path) == Settings(config=tmp_path)
    named = re.findall(r"^([a-z_]+) = .*# \S", uncommented, flags=re.MULTILINE)
    assert sorted(named) == sorted({field.name for field in fields(Settings)} - {"config"})
