"""A disk that is full: what was stored is still answered, the log names the file and what to do, then it goes on."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cluster.asking import ask
from cluster.processes import wait_until
from cluster.roles import Role
from feeds.store import open_store

from .papers import Paper
from .worlds import assert_true, stored

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

DISK = "size=24m"
FEED = "/feeds/all.json"
LONG = 40  # times as long as others: half a megabyte


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", DISK, "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip(f"a disk that can be filled needs the right to mount one: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path) -> Path:
    """A file that takes all the room that is left."""
    path = disk / "ballast"
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
    return path


def test_serve_goes_on_by_itself_when_there_is_room_again(disk: Path, tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    ids: dict[str, str] = {}
    with Paper("one", "127.0.0.1") as paper:
        (tmp_path / "sources" / "one.toml").write_text(paper.toml)
        paper.publish(3)
        settings = {"config": tmp_path, "data": disk / "data", "lease_s": 2, "web_workers": 1}
        serve = Role("serve", "serve", (), folder=tmp_path, settings=settings)
        serve.start()
        try:
            with closing(open_store(f"sqlite:///{disk}/data/polyfeed.sqlite3")) as store:
                wait_until(lambda: stored(store).keys() == paper.truth.keys(), "the first are stored", parts=[serve])
                wait_until(lambda: all(url.encode() in ask(serve.port, FEED).body for url in paper.truth), "and shown")
                shown = ask(serve.port, FEED)
                ballast = fill(disk)
                before = set(paper.truth)
                paper.publish(3, scale=LONG)
                wait_until(lambda: "is full" in serve.log.read_text(), "it says so", parts=[serve])
                said = next(line for line in serve.log.read_text().splitlines() if "is full" in line)
                assert f"{disk}/data/polyfeed.sqlite3" in said
                assert "make room" in said
                assert stored(store).keys() == before
                assert ask(serve.port, FEED).body == shown.body
                assert ask(serve.port, "/feeds/de/keywords/neu.atom").status == 200
                ballast.unlink()
                wait_until(lambda: stored(store).keys() == paper.truth.keys(), "it goes on", parts=[serve])
                assert_true(store, {"one": paper}, ids)
                wait_until(lambda: all(url.encode() in ask(serve.port, FEED).body for url in paper.truth), "and shown")
        finally:
            code = serve.stop()
            serve.close()
        assert code == 0
        assert "Traceback" not in serve.log.read_text()
