"""Where processes count: in memory, from nothing, and nothing is left."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from feeds.cli import metering
from feeds.cli.metering import counting_together


def folder_of(data: Path, *, left: str = "") -> Path:
    with counting_together(data):
        folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
        assert list(folder.iterdir()) == []
        if left:
            (folder / left).touch()
    assert not folder.exists()
    return folder


def test_they_count_in_memory_and_in_the_data_folder_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")
    memory, data = tmp_path / "memory", tmp_path / "data"
    data.mkdir()
    monkeypatch.setattr(metering, "MEMORY", memory)
    assert folder_of(data) == data / "metrics"
    memory.mkdir()
    folder = folder_of(data, left="counter_1.db")
    assert folder.parent == memory
    folder.mkdir()
    (folder / "counter_2.db").touch()  # of one that was killed
    assert folder_of(data) == folder
    assert folder_of(tmp_path) != folder
    folder.touch()  # someone else's
    assert folder_of(data) == data / "metrics"
