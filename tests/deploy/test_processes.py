"""What tests of faults stand on: a process that is killed, frozen and restarted, and what it leaves."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from cluster.ports import free_port, is_open
from cluster.processes import Process, wait_until

# answers at a port, and has started another that outlives it unless somebody ends it
SERVER = """
import http.server, subprocess, sys
subprocess.Popen(["sleep", sys.argv[2]])
print("listens", flush=True)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""


def make(folder: Path, lasts_s: float) -> Process:
    port = free_port()
    return Process("server", [sys.executable, "-c", SERVER, str(port), str(lasts_s)], port=port, folder=folder)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Process]:
    made = make(tmp_path, 1000)
    made.start()
    yield made
    made.close()


def has_ended(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def statuses(of: Process) -> set[str]:
    leader = psutil.Process(of.pid)
    return {each.status() for each in (leader, *leader.children())}


def test_it_is_frozen_with_what_it_started_and_ends_all_the_same(server: Process) -> None:
    (left,) = psutil.Process(server.pid).children()
    server.freeze()
    wait_until(lambda: statuses(server) == {psutil.STATUS_STOPPED}, "it stands still")
    server.thaw()
    wait_until(lambda: psutil.STATUS_STOPPED not in statuses(server), "it goes on")
    server.freeze()
    assert server.stop() == -signal.SIGTERM
    assert left.is_running(), "only the one that was asked to end"
    server.close()
    wait_until(lambda: has_ended(left), "and then all of it")


def test_it_comes_back_at_its_port_once_what_a_crash_left_is_gone(tmp_path: Path) -> None:
    server = make(tmp_path, 0.5)
    server.start()
    (left,) = psutil.Process(server.pid).children()
    before = server.pid
    server.kill()
    assert (server.exit_code, is_open(server.port)) == (-signal.SIGKILL, False)
    server.start()
    assert has_ended(left)
    assert (server.pid != before, is_open(server.port)) == (True, True)
    assert server.end_of_log() == "listens\nlistens"
    server.close()


def test_one_that_does_not_start_says_why(tmp_path: Path) -> None:
    broken = Process("broken", ["sh", "-c", "echo no such thing; exit 7"], port=free_port(), folder=tmp_path)
    with pytest.raises(RuntimeError, match=r"(?s)broken did not start.*no such thing"):
        broken.start()
    assert broken.exit_code == 7
