"""Exactly the feeds that changed are told, once, also over failures, restarts and several processes."""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from feeds.model import Change, Twin, window_mark
from feeds.push import Pusher, pusher

from .conftest import NOW, Clock, House, Timer
from .loopback import Hub, an_article

Make = Callable[..., Pusher]

DE, ALL, BMW = "/feeds/de.atom", "/feeds/all.rss", "/feeds/de/keywords/BMW.json"
QUIET = ("/feeds/fr.atom", "/feeds/de/keywords/Kunst.atom", "/feeds/de/sections/kultur.rss", "/feeds/de/sources/weekly")


def test_exactly_the_feeds_that_changed_are_told(house: House, hub: Hub, make_pusher: Make) -> None:
    house.ask(DE, ALL, BMW, *QUIET)
    telling = make_pusher()
    assert telling.look() == 0
    house.put(an_article("a", keywords=("BMW",)))
    assert telling.look() == 3
    assert hub.taken == sorted((DE, ALL, BMW))
    assert telling.look() == 0
    assert {topic.removeprefix("https://feeds.test") for topic, _ in hub.asked} == {DE, ALL, BMW}
    assert all(agent.startswith("Polyfeed/") for agent in hub.agents)


def test_nothing_is_told_twice_over_restarts(house: House, hub: Hub, make_pusher: Make) -> None:
    house.ask(DE)
    house.put(an_article("a"))
    first = make_pusher()
    assert first.look() == 1
    first.close()
    second = make_pusher()
    assert second.look() == 0
    second.close()
    house.put(an_article("b"))
    assert make_pusher().look() == 1, "what happened while nobody ran"
    assert hub.taken == [DE, DE]


def test_a_feed_that_was_just_asked_for_has_no_news(house: House, hub: Hub, make_pusher: Make) -> None:
    house.put(an_article("a"))
    telling = make_pusher()
    telling.look()
    house.ask(DE)
    for _ in range(3):
        telling.look()
    assert hub.asked == []


def test_what_changed_between_asking_and_noting_is_told(
    house: House, make_pusher: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The web notes topics some time after they were asked for."""
    monkeypatch.setattr(pusher, "IDLE_S", 0.0)
    before = house.window(DE)
    telling = make_pusher()
    house.put(an_article("a"))
    telling.look()
    house.store.ask_topics({DE: window_mark(before)}, NOW.date())
    deadline_s = time.monotonic() + 30
    while telling.look() == 0:
        assert time.monotonic() < deadline_s
        time.sleep(0.01)


def test_an_article_that_leaves_a_feed_changes_it(house: House, hub: Hub, make_pusher: Make) -> None:
    house.put(an_article("a", keywords=("BMW",)))
    house.ask(BMW, "/feeds/fr.atom", *QUIET[1:])
    telling = make_pusher()
    telling.look()
    house.put(an_article("a", keywords=("Audi",), language="fr"), change=Change.UPDATED)
    telling.look()
    assert hub.taken == sorted((BMW, "/feeds/fr.atom"))


def test_so_does_one_that_is_found_to_be_a_copy(house: House, hub: Hub, make_pusher: Make) -> None:
    house.put(an_article("original"))
    house.put(an_article("copy", source_id="weekly"))
    house.ask(DE, f"{DE}?copies=hide", "/feeds/de/sources/weekly.atom", "/feeds/de/sources/daily.atom")
    telling = make_pusher()
    telling.look()
    house.mark_as(Twin.COPY, "copy", "weekly")
    telling.look()
    assert hub.taken == sorted((DE, f"{DE}?copies=hide", "/feeds/de/sources/weekly.atom"))


def test_after_a_start_many_topics_are_looked_at_in_steps(
    house: House, hub: Hub, make_pusher: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feeds.push.finding.SWEPT_AT_ONCE", 2)
    house.ask("/feeds/de/keywords/k9.atom", *(f"/feeds/de/keywords/k{number}.atom" for number in range(7)))
    house.put(an_article("a", keywords=("k9",)))
    telling = make_pusher()
    looks = 0
    while not hub.asked:
        telling.look()
        looks += 1
        assert looks <= 4
    assert looks > 1
    assert hub.taken == ["/feeds/de/keywords/k9.atom"]


def test_more_changes_than_are_looked_at_one_by_one(
    house: House, hub: Hub, make_pusher: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feeds.push.finding.MOST_PLACED", 2)
    house.ask(DE, BMW, *QUIET)
    telling = make_pusher()
    telling.look()
    house.put(an_article("a"), an_article("b"), an_article("c", keywords=("BMW",)))
    telling.look()
    assert hub.taken == sorted((DE, BMW))


def test_a_question_of_age_changes_with_the_hour(house: House, hub: Hub, clock: Clock, make_pusher: Make) -> None:
    recent = "/feeds/de/search.atom?q=since:2h"
    house.put(an_article("a", published=NOW))
    house.ask(recent, DE)
    assert len(house.window(recent)) == 1
    telling = make_pusher()
    telling.look()
    clock.now += dt.timedelta(hours=4)
    telling.look()
    assert house.window(recent) == []
    assert hub.taken == [recent]


def test_named_feeds_and_concepts_follow_their_files(house: House, hub: Hub, make_pusher: Make) -> None:
    named = house.settings.config / "feeds.toml"
    named.write_text('[cars]\ntitle = "Cars"\nq = "keyword:BMW"\n')
    house.ask("/feeds/named/cars.atom", DE, "/feeds/all/keywords/China.atom")
    telling = make_pusher()
    house.put(
        an_article("a", keywords=("BMW",), language="fr"), an_article("b", keywords=("中国",), language="zh-Hans")
    )
    telling.look()
    assert hub.taken == sorted(("/feeds/named/cars.atom", "/feeds/all/keywords/China.atom"))
    hub.forget()
    named.write_text('[cars]\ntitle = "Cars"\nq = "keyword:Audi"\n')
    house.put(an_article("c", language="fr"))
    telling.look()
    assert hub.taken == ["/feeds/named/cars.atom"], "it holds nothing now"
    named.unlink()
    house.put(an_article("d", keywords=("Audi",), language="fr"))
    telling.look()
    assert hub.taken == ["/feeds/named/cars.atom"], "there is no such feed any more"


@pytest.mark.parametrize("status", [429, 500, 503, 408])
def test_a_hub_that_is_away_is_told_when_it_is_back(
    house: House, hub: Hub, make_pusher: Make, timer: Timer, monkeypatch: pytest.MonkeyPatch, *, status: int
) -> None:
    monkeypatch.setattr(pusher, "AT_ONCE", 1)
    house.ask(DE, ALL)
    telling = make_pusher()
    hub.status = status
    house.put(an_article("a"))
    with capture_logs() as logs:
        assert telling.look() == 0
        assert telling.look() == 0
    assert len(hub.asked) == 1, "one try, and then a pause for all"
    assert [line["event"] for line in logs] == ["the hub takes no pings; tried again"]
    house.put(an_article("b"))
    hub.status = 204
    timer.now_s += pusher.FIRST_RETRY_S - 0.1
    assert telling.look() == 0
    timer.now_s += 0.1
    assert telling.look() == 2
    assert telling.look() == 0
    record = house.store.hub_record()
    assert (record.taken, record.failed, record.waiting) == (2, 1, 0)
    assert str(status) in record.failure


def test_pauses_grow_and_retry_after_is_obeyed(house: House, hub: Hub, make_pusher: Make, timer: Timer) -> None:
    house.ask(DE)
    telling = make_pusher()
    hub.status = 500
    house.put(an_article("a"))
    with capture_logs() as logs:
        for pause_s in (5, 10, 20, 40):
            telling.look()
            assert logs[-1]["in_s"] == pause_s
            timer.now_s += pause_s
        hub.status, hub.headers = 503, {"Retry-After": "3600"}
        telling.look()
    assert [line["in_s"] for line in logs] == [5, 10, 20, 40, 3600]
    timer.now_s += 3599
    telling.look()
    assert len(hub.asked) == 5
    timer.now_s += 1
    telling.look()
    assert len(hub.asked) == 6


def test_a_hub_that_is_not_there(house: House, make_pusher: Make) -> None:
    house.settings = dataclasses.replace(house.settings, hub="http://127.0.0.1:1/")
    house.ask(DE)
    house.put(an_article("a"))
    assert make_pusher().look() == 0
    record = house.store.hub_record()
    assert (record.failed, record.waiting) == (1, 1)
    assert "127.0.0.1:1" in record.failure


def test_a_feed_that_the_hub_refuses_does_not_keep_the_others(
    house: House, hub: Hub, make_pusher: Make, timer: Timer
) -> None:
    house.ask(DE, ALL)
    hub.refused.add(f"https://feeds.test{DE}")
    telling = make_pusher()
    house.put(an_article("a"))
    assert telling.look() == 1
    house.put(an_article("b"))
    assert telling.look() == 1
    assert len(hub.asked) == 3, "the refused one waits"
    hub.refused.clear()
    timer.now_s += pusher.FIRST_RETRY_S
    assert telling.look() == 1
    assert hub.taken == sorted((ALL, ALL, DE))


def test_changes_within_the_time_are_told_together(house: House, hub: Hub, make_pusher: Make, timer: Timer) -> None:
    house.settings = dataclasses.replace(house.settings, hub_after_s=3)
    house.ask(DE)
    telling = make_pusher()
    telling.look()
    for number in range(3):
        house.put(an_article(f"a{number}"))
        assert telling.look() == 0
        timer.now_s += 0.9
    assert telling.look() == 0
    timer.now_s += 0.4
    assert telling.look() == 1
    assert len(hub.asked) == 1
    assert telling.look() == 0


def test_of_several_processes_one_tells(house: House, hub: Hub, make_pusher: Make) -> None:
    house.ask(DE, ALL, BMW)
    pushers = [make_pusher() for _ in range(4)]
    hub.delay_s = 0.02
    with ThreadPoolExecutor(len(pushers)) as threads:
        for number in range(5):
            house.put(an_article(f"a{number}", keywords=("BMW",)))
            list(threads.map(Pusher.look, pushers))
    assert hub.taken == sorted((DE, ALL, BMW) * 5)


def test_another_takes_over_what_a_killed_one_had_claimed(house: House, hub: Hub, make_pusher: Make) -> None:
    """It found the change and was killed before it could tell it."""
    house.ask(DE)
    house.put(an_article("a"))
    killed = make_pusher()
    killed._send_at_s = float("inf")
    assert killed.look() == 0
    assert killed._due
    other = make_pusher()
    assert other.look() == 0
    assert hub.asked == [], "it may only be slow"
    killed._store.close()  # and with it what it leads
    assert other.look() == 1
    killed._send_at_s = 0.0  # it was only stopped, and runs on
    assert killed.look() == 0
    assert hub.taken == [DE]


def test_a_hub_that_hangs_keeps_nobody_from_the_store(house: House, hub: Hub, make_pusher: Make) -> None:
    house.ask(DE)
    hub.delay_s = 3.0
    house.put(an_article("a"))
    telling = make_pusher()
    looking = threading.Thread(target=telling.look)
    looking.start()
    assert hub.called.wait(60)
    house.put(an_article("b"))
    house.window(DE)
    assert looking.is_alive(), "the hub was waited for"
    looking.join()
    hub.delay_s = 0.0
    telling.look()
    assert hub.taken == [DE, DE], "the second article is news as well"


def test_topics_that_nobody_asks_for_are_forgotten(house: House, hub: Hub, clock: Clock, make_pusher: Make) -> None:
    house.ask(DE, ALL)
    clock.now += dt.timedelta(days=31)
    house.ask(ALL)
    house.put(an_article("a"))
    make_pusher().look()
    assert hub.taken == [ALL]


def test_an_address_that_no_version_reads_any_more_is_left_alone(house: House, hub: Hub, make_pusher: Make) -> None:
    nothing = window_mark([])
    unread = ("/feeds/de/what/ever.atom", "/nothing", "/feeds/de/search.atom?q=%28")
    house.store.ask_topics(dict.fromkeys(unread, nothing), NOW.date())
    house.ask(DE)
    house.put(an_article("a"))
    make_pusher().look()
    assert hub.taken == [DE]
    assert [each.told for each in house.store.topics() if each.address != DE] == [nothing] * 3


LANGUAGES = st.sampled_from(["de", "fr", "zh-Hans", "de-AT", "yue"])
WORDS = st.lists(st.sampled_from(["BMW", "Kunst", "中国", "bmw"]), max_size=2, unique=True).map(tuple)
SECTIONS = st.sampled_from([None, "kultur", "Wirtschaft"])
ADDRESSES = [
    "/feeds/all.atom",
    "/feeds/de.atom",
    "/feeds/de.json",
    "/feeds/zh.rss",
    "/feeds/de+fr",
    "/feeds/de~fr.atom",
    "/feeds/all/keywords/China.atom",
    "/feeds/de/keywords/BMW.atom?inferred=no",
    "/feeds/all/keywords/BMW,Kunst.atom",
    "/feeds/all/keywords/BMW+Kunst.atom",
    "/feeds/de/sections/kultur.atom",
    "/feeds/all/sections/wirtschaft.atom",
    "/feeds/all/sources/weekly.atom",
    "/feeds/de.atom?copies=hide",
    "/feeds/all/search.atom?q=title:three",
    "/feeds/de/search.atom?q=-keyword:BMW",
]
CHANGES = st.lists(
    st.tuples(st.integers(0, 5), LANGUAGES, WORDS, SECTIONS, st.sampled_from(["Title", "Title three"])),
    min_size=1,
    max_size=6,
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(CHANGES, min_size=1, max_size=3))
def test_feeds_are_told_exactly_when_their_windows_are_others(
    house: House, hub: Hub, make_pusher: Make, batches: list[list[tuple[int, str, tuple[str, ...], str | None, str]]]
) -> None:
    house.ask(*ADDRESSES)
    telling = make_pusher()
    telling.look()
    for batch in batches:
        hub.forget()
        before = {address: house.widened(address) for address in ADDRESSES}
        for number, language, words, section, title in batch:
            source = "weekly" if number % 2 else "daily"
            edited = an_article(
                f"n{number}",
                source_id=source,
                language=language,
                keywords=words,
                inferred=("Kunst",) if number == 3 else (),
                section=section,
                title=title,
            )
            house.put(edited, change=Change.UPDATED)
        while telling._finder.sees_change():
            telling.look()
        changed = sorted(address for address in ADDRESSES if house.widened(address) != before[address])
        assert hub.taken == changed
    telling.close()
