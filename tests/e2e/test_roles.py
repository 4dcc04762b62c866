"""The roles of several machines on this one: what is said through Redis is polled, and each web answers the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from cluster.servers import Redis

FEED = "/feeds/all.atom"


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_serve_with_redis_polls_through_it_and_a_web_beside_it_answers_the_same(
    start_service: Callable[..., Any], new_database: Callable[[], str], redis: Redis
) -> None:
    shared = {
        "POLYFEED_DATABASE_URL": new_database(),
        "POLYFEED_REDIS_URL": redis.url,
        "POLYFEED_PUBLIC_URL": "https://feeds.test",
        "POLYFEED_WEB_WORKERS": "1",
    }
    serve = start_service("serve", "--newsroom", "--every", "3600", "--articles", "20", **shared)
    serve.wait_for(serve.is_up, "serve answers", within_s=120)
    web = start_service("web", **shared)
    web.wait_for(web.is_up, "web answers", within_s=120)
    web.wait_for(lambda: web.get(FEED)[0] == 200 and len(web.feed(FEED).entries) >= 20, "articles arrive")
    web.wait_for(lambda: serve.get(FEED)[2] == web.get(FEED)[2], "both have the last change")
    assert serve.get(FEED)[1]["ETag"] == web.get(FEED)[1]["ETag"]
    names = [" ".join(child.cmdline()) for child in psutil.Process(web.process.pid).children(recursive=True)]
    assert not [name for name in names if "schedule" in name or "worker" in name.split()]
    serve.wait_for(lambda: b'polyfeed_polls_total{state="ok"}' in serve.get("/metrics")[2], "polls are counted")
    numbers = serve.get("/metrics")[2].decode().splitlines()
    assert "polyfeed_worker_threads 8.0" in numbers
    assert "polyfeed_leader 1.0" in numbers
    assert [web.stop(), serve.stop()] == [0, 0]


def test_a_worker_without_redis_is_one_clear_line(start_service: Callable[..., Any], tmp_path: Path) -> None:
    worker = start_service("worker", data=tmp_path)
    assert worker.process.wait(60) == 2
    assert "set redis_url" in worker.log.read_text()
