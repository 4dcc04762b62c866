"""What a poller does with a claim that it cannot serve."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from structlog.testing import capture_logs

from feeds.model import Kind, Source, SourceState
from feeds.settings import Settings
from feeds.store import open_store
from feeds.tasks import Poller, open_fetcher


def test_a_source_that_is_not_configured_here_is_given_back_with_words(tmp_path: Path, now: dt.datetime) -> None:
    settings = Settings(data=tmp_path)
    store = open_store(settings.store_url)
    store.register([Source(id="elsewhere", name="E", kind=Kind.FEED, url="https://example.org/")], now)
    (claim,) = store.claim_due(now, limit=1, lease_s=60)
    with open_fetcher(settings) as fetcher, capture_logs() as logs:
        poller = Poller({}, settings=settings, store=store, fetcher=fetcher, clock=lambda: now)
        assert poller.poll(claim) is None
    (row,) = store.status()
    assert row.state is SourceState.BROKEN
    assert "polyfeed check" in row.reason
    assert row.next_poll_at == now + dt.timedelta(seconds=60)
    assert [line["log_level"] for line in logs] == ["warning"]
    store.close()
