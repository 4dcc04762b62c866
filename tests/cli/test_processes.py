"""One serve for one data folder, and the way a poll of several sources shares sites with others."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from feeds.cli import processes
from feeds.cli.processes import only_one
from feeds.errors import StartError


def test_a_second_serve_is_told_who_has_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "HAND_OVER_S", 0.2)
    with (
        only_one(tmp_path),
        pytest.raises(StartError, match=rf"\(process {os.getpid()}\) uses the data directory .*--data"),
        only_one(tmp_path),
    ):
        pass
    with only_one(tmp_path):  # free again
        pass


def test_what_a_killed_serve_held_is_free(tmp_path: Path) -> None:
    script = (
        "import sys, os, signal, pathlib; from feeds.cli.processes import only_one\n"
        "with only_one(pathlib.Path(sys.argv[1])): os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False).returncode == -9
    with only_one(tmp_path):
        pass
