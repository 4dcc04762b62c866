"""Every fault that a cluster is to survive, in one that runs: nothing lost, nothing twice, no id changed.

Of PostgreSQL that crashes in the middle of a migration: ``tests/store/test_postgresql.py``.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
import redis
from dramatiq.brokers.redis import RedisBroker
from dramatiq.message import generate_unique_id

from cluster.processes import wait_until
from cluster.whole import missing, running_cluster
from feeds.store import open_store

from .papers import Cut, Paper
from .worlds import World, lines

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(bool(missing()), reason="; ".join(missing())),
]

HOSTS = {"one": "127.0.0.1", "two": "127.0.0.2", "cut": "127.0.0.3"}
SHIFTED = Path(__file__).parent / "shifted"
HOUR_S = 3600
STORE_FAILED = ("poll stopped: the store failed", "source_id=one")
TAKEN_OVER = ("poll stopped: another one has taken the source over", "source_id=one")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Two of each role, three papers with an article each."""
    folder = tmp_path_factory.mktemp("faults")
    clock = folder / "clock"
    clock.write_text("0")
    (folder / "sources").mkdir()
    with ExitStack() as opened:
        papers = {name: opened.enter_context(Paper(name, host)) for name, host in HOSTS.items()}
        for name, paper in papers.items():
            (folder / "sources" / f"{name}.toml").write_text(paper.toml)
        papers["one"].publish()
        papers["two"].publish()
        for cut in Cut:
            papers["cut"].publish(cut=cut)
        patch = opened.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("PYTHONPATH", str(SHIFTED))
        patch.setenv("CLOCK_SHIFT", str(clock))
        settings: dict[str, Any] = {"config": folder, "lease_s": 3, "tick_s": 0.2, "poll_threads": 2}
        settings |= {"feed_entries": 1000, "client_rate": "100000 per minute"}
        cluster = opened.enter_context(running_cluster(schedulers=2, newsroom=False, **settings))
        store = opened.enter_context(closing(open_store(cluster.database_url)))
        yield World(cluster=cluster, store=store, papers=papers, clock=clock, late={"cut"})


def test_a_worker_is_killed_while_it_polls(world: World) -> None:
    with world.asked_all_along(), world.in_the_middle() as (worker, paths):
        worker.kill()
        world.cluster.wait_until(lambda: world.has(paths), "the other one polls it")
    worker.start()


def test_a_web_is_killed(world: World) -> None:
    web, _other = world.cluster.webs
    with world.asked_all_along():
        paths = world.paper.publish()
        web.kill()
        world.cluster.wait_until(lambda: world.has(paths), "it is polled all the same")
        web.start()
        world.settle()


def test_a_scheduler_is_killed_another_takes_over_and_is_killed_too(world: World) -> None:
    cluster = world.cluster
    with world.asked_all_along():
        for left in (1, 0):
            cluster.wait_until(world.leader, "one leads")
            leader = world.leader()
            assert leader is not None
            leader.kill()
            paths = world.paper.publish()
            if left:
                cluster.wait_until(lambda paths=paths: world.has(paths), "the one that stood by has taken over")  # type: ignore[misc]  # a lambda with a default
        for scheduler in cluster.schedulers:
            scheduler.launch()
        world.settle()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["shut down", "crashed"])
def test_postgresql_is_away_when_a_poll_would_write(world: World, how: signal.Signals) -> None:
    postgresql = world.cluster.postgresql
    with world.asked_all_along(is_new=False), world.in_the_middle() as (worker, _paths):
        said = lines(worker, *STORE_FAILED)
        postgresql.stop(how)
        world.let_go()
        wait_until(lambda: lines(worker, *STORE_FAILED) > said, "the poll fails", parts=[worker])
        postgresql.start()


def test_redis_loses_what_it_had(world: World) -> None:
    """It is restarted in the middle of a poll, and emptied while messages wait in it."""
    server = world.cluster.redis
    with world.asked_all_along():
        with world.in_the_middle():
            server.restart(signal.SIGKILL)
        with closing(redis.Redis.from_url(server.url)) as client, world.messages(client):
            paths = world.paper.publish()
            client.flushall()
        world.cluster.wait_until(lambda: world.has(paths), "it is handed on again")
        world.settle()


def test_messages_come_twice_and_out_of_order(world: World) -> None:
    with closing(redis.Redis.from_url(world.cluster.redis.url)) as client:
        broker = RedisBroker(client=client, namespace="polyfeed", middleware=[])  # type: ignore[no-untyped-call]
        broker.declare_queue("polls")
        with world.messages(client) as old:
            pass
        world.settle()
        dropped = world.dropped()
        with world.messages(client) as new:
            world.paper.publish()
            copies = [*reversed(new), *old, *new, *reversed(old)]
            for message in copies:
                broker.enqueue(message.copy(message_id=generate_unique_id()))
        world.cluster.wait_until(lambda: world.dropped() >= dropped + len(copies), "all but one of each are dropped")
    world.settle()


def test_a_lease_runs_out_while_its_poll_still_runs(world: World) -> None:
    with world.asked_all_along(), world.in_the_middle() as (worker, paths):
        said = lines(worker, *TAKEN_OVER)
        worker.freeze()
        world.cluster.wait_until(lambda: world.has(paths), "the other one polls it")
        world.let_go()
        worker.thaw()
        wait_until(lambda: lines(worker, *TAKEN_OVER) > said, "it stops", parts=[worker])


def test_the_clock_is_set_back(world: World) -> None:
    """By an hour, while a source is leased to a worker that is no more; and forward again."""
    with world.asked_all_along():
        with world.in_the_middle() as (worker, paths):
            worker.kill()
            world.clock.write_text(str(-HOUR_S))
            world.cluster.wait_until(lambda: world.has(paths), "it is polled")
        worker.start()
        with world.in_the_middle():
            world.clock.write_text("0")


def test_connections_are_cut_while_a_page_comes(world: World) -> None:
    """Each page broke off when it was first asked for."""
    world.late.clear()
    world.settle()
    cut = world.papers["cut"]
    assert min(cut.counts[path] for path in cut.pieces) > 1
