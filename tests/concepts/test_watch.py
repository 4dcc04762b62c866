"""The operator's file as it stands now: read once, and again when it changes."""

from __future__ import annotations

from pathlib import Path

from feeds.concepts import ConceptsFile
from feeds.concepts.watch import LOOK_EVERY_S


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    now = 0.0
    file = ConceptsFile(tmp_path, cache_folder=None, clock=lambda: now)
    before = file.meanings
    assert before.concepts.of("宝马") is None
    (tmp_path / "keywords.toml").write_text('BMW = ["宝马"]\n', encoding="utf-8")
    assert file.meanings is before  # not looked at again yet
    now = LOOK_EVERY_S
    assert file.meanings.concepts.of("宝马") == "keyword:bmw"
    assert file.meanings is file.meanings
    assert not file.loaded.mistakes
    (tmp_path / "keywords.toml").write_text("BMW = 1\n", encoding="utf-8")
    now = 2 * LOOK_EVERY_S
    assert [error.key for error in file.loaded.mistakes] == ["BMW"]
