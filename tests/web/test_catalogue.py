from __future__ import annotations

import itertools
import threading
from typing import cast

from feeds.model import SourceStatus
from feeds.store.base import Store
from feeds.web.catalogue import Catalogue, Kept

from .conftest import NOW, SOURCES, Clock, Watched, make_source


def test_a_table_is_kept_for_a_moment(clock: Clock) -> None:
    reads = itertools.count(1)
    kept = Kept(lambda: next(reads), clock)
    assert [kept.value(), kept.value()] == [1, 1]
    clock.now_s += 1.9
    assert kept.value() == 1
    assert kept.value(older_than_s=1.0) == 2
    clock.now_s += 2
    assert kept.value() == 3


def test_a_table_that_takes_long_is_kept_longer(clock: Clock) -> None:
    reads: list[float] = []

    def read_slowly() -> int:
        reads.append(clock.now_s)
        clock.now_s += 3
        return len(reads)

    kept = Kept(read_slowly, clock)
    assert kept.value() == 1
    clock.now_s += 59
    assert kept.value() == 1
    clock.now_s += 1
    assert kept.value() == 2


def test_what_is_quick_is_read_every_time(clock: Clock) -> None:
    cost_s = 0.1

    def read() -> float:
        clock.now_s += cost_s
        return clock.now_s

    kept = Kept(read, clock, quick_s=0.2)
    assert kept.value() != kept.value()
    cost_s = 0.3
    assert kept.value() == kept.value()


def test_who_comes_while_it_is_read_again_gets_the_value_before(clock: Clock) -> None:
    reading, may_go_on = threading.Event(), threading.Event()
    reads: list[int] = []

    def read() -> int:
        reads.append(0)
        if len(reads) > 1:
            reading.set()
            assert may_go_on.wait(10)
        return len(reads)

    kept = Kept(read, clock)
    assert kept.value() == 1
    clock.now_s += 5
    reader = threading.Thread(target=kept.value)
    reader.start()
    assert reading.wait(10)
    assert kept.value() == 1
    may_go_on.set()
    reader.join(10)
    assert kept.value() == 2


def test_a_source_registered_just_now_is_known_at_once(store: Store, clock: Clock) -> None:
    catalogue = Catalogue(store, clock)
    assert not catalogue.has(lambda overview: overview.knows_language("sw"))
    store.register([*SOURCES, make_source("habari", "Habari", "sw")], NOW)
    clock.now_s += 0.5
    assert catalogue.has(lambda overview: overview.knows_language("sw"))


def test_labels_are_asked_for_once(watched: Watched) -> None:
    catalogue = Catalogue(cast("Store", watched))
    assert catalogue.labels(["bmw", "nix"]) == {"bmw": "BMW"}
    assert catalogue.labels(["bmw"]) == {"bmw": "BMW"}
    assert watched.calls["labels"] == 1
    assert catalogue.labels(["bmw", "nix"]) == {"bmw": "BMW"}
    assert watched.calls["labels"] == 2, "what is unknown may become known"


def test_a_section_is_called_what_its_source_calls_it(store: Store) -> None:
    overview = Catalogue(store).overview()
    assert overview.section_name("wirtschaft", ("de",)) == "Wirtschaft"
    assert overview.section_name("nowhere") == "nowhere"
    assert all(isinstance(source, SourceStatus) for source in overview.sources.values())
