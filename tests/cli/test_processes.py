"""One serve for one data folder, and the way a poll of several sources shares sites with others."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from feeds.cli import processes
from feeds.cli.options import make_writable
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


def test_processes_that_start_at_once_do_not_trip_over_each_others_probe(tmp_path: Path) -> None:
    def prove() -> None:
        for _ in range(200):
            make_writable(tmp_path)

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(prove) for _ in range(4)]:
            done.result()
    assert list(tmp_path.iterdir()) == []
