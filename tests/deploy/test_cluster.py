"""``make cluster`` as it is typed: it comes up, tells what dies, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from cluster.asking import ask
from cluster.nginx import DEPLOY
from cluster.processes import wait_until
from cluster.whole import missing

WITHIN_S = 100  # a machine may have a lot else to do


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that PostgreSQL's account may enter."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def start(folder: Path, *arguments: str, **environ: str) -> subprocess.Popen[bytes]:
    """With its temporary files, and what it says, in ``folder``."""
    (folder / "tmp").mkdir()
    (folder / "tmp").chmod(0o755)
    (folder / "config").mkdir()
    own = {name: value for name, value in os.environ.items() if not name.startswith("POLYFEED_")}
    with (folder / "said").open("wb") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "cluster", "--config", str(folder / "config"), *arguments],
            cwd=DEPLOY.parent,
            env={**own, "TMPDIR": str(folder / "tmp"), **environ},
            stdout=said,
            stderr=said,
        )


@pytest.mark.skipif(bool(missing()), reason="; ".join(missing()))
@pytest.mark.slow
@pytest.mark.timeout(400)
def test_articles_arrive_what_dies_is_started_again_and_nothing_is_left(folder: Path) -> None:
    process = start(folder, "--port", "0", "--every", "1", "--articles", "5", "--workers", "1", "--webs", "1")

    def said() -> str:
        return (folder / "said").read_text(encoding="utf-8")

    def wait_for(pattern: str) -> str:
        def is_said() -> bool:
            assert process.poll() is None, said()
            return re.search(pattern, said()) is not None

        wait_until(is_said, f"{pattern} is said", within_s=WITHIN_S)
        found = re.search(pattern, said())
        assert found is not None
        return found[1]

    try:
        port = int(wait_for(r"Polyfeed is at http://127\.0\.0\.1:(\d+)/"))
        worker = int(wait_for(r"worker-1 +(\d+) "))
        mine = psutil.Process(process.pid).children(recursive=True)
        assert len(mine) > 6, "servers and roles"
        wait_until(lambda: b"<entry" in ask(port, "/feeds/all.atom").body, "articles arrive", within_s=WITHIN_S)
        os.kill(worker, signal.SIGKILL)
        wait_for(r"(worker-1 was ended by SIGKILL)")
        again = int(wait_for(r"worker-1 runs again, as process (\d+)"))
        mine += psutil.Process(process.pid).children(recursive=True)
        assert again in {each.pid for each in mine}
        process.send_signal(signal.SIGINT)
        assert process.wait(WITHIN_S) == 0, said()
    finally:
        process.terminate()  # if something failed: else it has ended
        process.wait(WITHIN_S)
    assert said().endswith("Stopped: nothing of it is left.\n")
    assert [each for each in mine if each.is_running() and each.status() != psutil.STATUS_ZOMBIE] == []
    assert list((folder / "tmp").iterdir()) == []


def test_without_the_packages_it_says_what_to_install(folder: Path) -> None:
    process = start(folder, PATH="")
    assert process.wait(WITHIN_S) == 3
    said = (folder / "said").read_text(encoding="utf-8")
    assert "nginx is not installed (Debian: nginx-light)" in said
    assert "sh cluster/debian-packages postgresql redis-server nginx-light" in said
