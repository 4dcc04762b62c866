"""Where the numbers of a scheduler or a worker are shown."""

from __future__ import annotations

import urllib.request

import pytest

from cluster.ports import free_port, is_open
from feeds import metrics
from feeds.errors import StartError
from feeds.metrics import shown_metrics


def test_numbers_are_shown_at_a_port_of_their_own() -> None:
    port = free_port()
    metrics.leader.set(1)
    with shown_metrics("127.0.0.1", port):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
            lines = answer.read().decode().splitlines()
        with pytest.raises(StartError, match="POLYFEED_METRICS_PORT"), shown_metrics("127.0.0.1", port):
            pass
    assert "polyfeed_leader 1.0" in lines
    assert not is_open(port)


def test_under_serve_they_are_shown_by_the_web(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "/nowhere")
    port = free_port()
    with shown_metrics("127.0.0.1", port):
        assert not is_open(port)
