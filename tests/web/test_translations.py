"""Every text of the pages is there in every language, with the same places to fill in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from feeds.render.events import ADVICE, TROUBLE
from feeds.web.locales import CATALOGS, DEFAULT, LANGUAGES, words_of

WEB = CATALOGS.parent
PLACES = re.compile(r"%\(\w+\)[sd]")
Text = str | tuple[str, ...]


def texts_in_the_code() -> set[Text]:
    methods = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
    said = {text for _, _, text, _, _ in extract_from_dir(WEB, methods)}
    return said | {ADVICE[state] for state in TROUBLE}


def read(language: str) -> Catalog:
    with (CATALOGS / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def as_list(text: object) -> list[str]:
    return [str(each) for each in text] if isinstance(text, (list, tuple)) else [str(text or "")]


def test_texts_are_found() -> None:
    assert "Subscribe" in texts_in_the_code()
    assert ("%(shown)s article", "%(shown)s articles") in texts_in_the_code()


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != DEFAULT])
def test_a_catalog_is_complete(language: str) -> None:
    catalog = read(language)
    messages = {message.id: message for message in catalog if message.id}
    assert set(messages) == texts_in_the_code()
    for message in messages.values():
        translations = as_list(message.string)
        originals = as_list(message.id)
        assert all(translations), message.id
        assert not message.fuzzy, message.id
        if isinstance(message.id, tuple):
            assert len(translations) == catalog.num_plurals
        for at, translation in enumerate(translations):
            original = originals[0 if at == 0 and len(translations) == len(originals) else -1]
            assert sorted(PLACES.findall(translation)) == sorted(PLACES.findall(original)), message.id


def test_there_is_a_catalog_for_each_language_and_no_other() -> None:
    folders = {path.name for path in CATALOGS.iterdir() if path.is_dir()}
    assert folders | {DEFAULT} == set(LANGUAGES)


def test_catalogs_need_no_compiling() -> None:
    assert not [*Path(CATALOGS).rglob("*.mo")]
    assert words_of("de-AT").gettext("Subscribe") == "Abonnieren"
    assert words_of("zh_Hant_TW").gettext("Subscribe") == "订阅"
    assert words_of("sw").gettext("Subscribe") == "Subscribe"
    assert words_of("fr").ngettext("%(shown)s article", "%(shown)s articles", 0) == "%(shown)s article"
