"""Every language's labels are found, and are found only as labels."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from feeds.extract.evidence import Evidence
from feeds.extract.labels import FIELDS, LABELS, fields_of, fold_label

Gather = Callable[..., Evidence]


@pytest.mark.parametrize("language", sorted(LABELS))
@pytest.mark.parametrize("field", FIELDS)
def test_each_label_of_each_language_is_found(seen: Gather, language: str, field: str) -> None:
    for word in getattr(LABELS[language], field):
        page = seen(body=f"<h1>Harbour</h1><p>· {word.title()} : Xanadu</p>", lang=language)
        values = [found.value for found in page.visible.labelled(field)]
        assert ["Xanadu"] in values, word


@pytest.mark.parametrize("language", sorted(LABELS))
def test_a_row_names_its_keywords_and_its_source(language: str) -> None:
    assert LABELS[language].keywords
    assert LABELS[language].origin


def test_labels_are_compared_without_bullets_case_and_width() -> None:
    assert fold_label(" ·  Mots  Clés ") == "mots clés"
    assert "keywords" in fields_of()[fold_label("STICHWÖRTER")]


@pytest.mark.parametrize("colon", [":", "：", " :", "\u00a0:"])
def test_every_colon(seen: Gather, colon: str) -> None:
    page = seen(body=f"<h1>Harbour</h1><p>Source{colon} Xanadu</p>")
    assert [found.value for found in page.visible.labelled("origin")] == [["Xanadu"]]


def test_two_fields_in_one_line(seen: Gather) -> None:
    page = seen(body="<h1>Harbour</h1><p>2020-07-07 · Quelle:Nachbarblatt | Autor: Anna Muster</p>")
    assert [found.value for found in page.visible.labelled("origin")] == [["Nachbarblatt"]]
    assert [found.value for found in page.visible.labelled("authors")] == [["Anna Muster"]]


def test_a_word_in_the_running_text_is_no_label(seen: Gather) -> None:
    page = seen(body="<h1>Harbour</h1><p>He named as his only source: a friend. The tags were gone.</p>")
    assert list(page.visible.labelled("origin")) == []
    assert list(page.visible.headed("keywords")) == []


def test_the_value_may_stand_in_the_next_cell(seen: Gather) -> None:
    page = seen(body="<h1>Harbour</h1><table><tr><th>Source:</th><td>Xanadu</td></tr></table>")
    assert [found.value for found in page.visible.labelled("origin")] == [["Xanadu"]]


def test_scripts_and_options_are_not_seen(seen: Gather) -> None:
    body = (
        "<h1>Harbour</h1><script>Source: x</script><select><option>Source: y</option></select><style>Source: z</style>"
    )
    assert list(seen(body=body).visible.labelled("origin")) == []
