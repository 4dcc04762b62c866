"""RFC 3229 with ``A-IM: feed``: what a reader gets who holds an earlier answer, of any process, through any cache."""

from __future__ import annotations

import dataclasses
import datetime as dt
import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from lxml import etree

from feeds.model import Change
from feeds.render.renderer import Rendered
from feeds.settings import Settings
from feeds.store.base import Store
from feeds.web import ready as web_ready
from feeds.web.app import create_app
from feeds.web.deltas import find_parts, wants_delta
from feeds.web.encodings import Encoding
from feeds.web.memory import BoundedMemory
from feeds.web.ready import FEED_CACHING, Ready, decide, keep_ready

from .conftest import ARTICLES, NOW, SOURCES, Answer, Both, make_article, write

TRACED = "no-store, im, max-age=60"
ENDINGS = ["atom", "rss", "json"]
Ask = Callable[..., Answer]


@pytest.fixture
def ask_anew(settings: Settings, store: Store) -> Ask:
    """Asks processes that have just been started: whatever they know of earlier answers stands in the request."""

    def ask(path: str, **headers: str) -> Answer:
        return Both(create_app(settings, store))(path, **headers)

    return ask


def ids(answer: Answer) -> list[str]:
    """The entries of a feed in any format, by id."""
    if (answer["Content-Type"] or "").startswith("application/feed+json"):
        return [item["id"] for item in json.loads(answer.body)["items"]]
    root = etree.fromstring(answer.body)
    found = root.findall("{*}entry/{*}id") or root.findall("channel/item/guid")
    return [each.text or "" for each in found]


def add(store: Store, number: int, **given: Any) -> str:
    article = make_article(number, "rundschau", "de", f"Neuigkeit {number}", **given)
    write(store, [article], NOW + dt.timedelta(minutes=number))
    return article.id


def traced(ask_anew: Ask, store: Store, path: str = "/feeds/de.atom", **headers: str) -> str:
    """A tag that tells what its holder has: what the second answer to a reader carries."""
    first = ask_anew(path, a_im="feed", **headers)
    add(store, 100)
    return ask_anew(path, a_im="feed", if_none_match=first["ETag"] or "", **headers)["ETag"] or ""


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_reader_is_told_what_is_new(ask_anew: Ask, store: Store, ending: str) -> None:
    path = f"/feeds/de.{ending}"
    first = ask_anew(path, a_im="feed")
    assert (first.status, first["Cache-Control"]) == (200, FEED_CACHING)
    assert {"Accept-Encoding", "A-IM"} <= set((first["Vary"] or "").split(", "))
    add(store, 20)
    # a cache on the way may have asked in this reader's name: it is given all, and a tag that no cache keeps
    second = ask_anew(path, a_im="feed", if_none_match=first["ETag"] or "")
    assert (second.status, second["Cache-Control"], second["Vary"]) == (200, TRACED, first["Vary"])
    assert len(ids(second)) == 3
    new = add(store, 21)
    third = ask_anew(path, a_im="feed", if_none_match=second["ETag"] or "")
    assert third.status == 226
    assert ids(third) == [new]
    assert (third["IM"], third["Delta-Base"], third["Cache-Control"]) == ("feed", second["ETag"], TRACED)
    assert third["Vary"] == first["Vary"]
    assert third["Content-Length"] == str(len(third.body))
    whole = ask_anew(path)
    for same in ("Content-Type", "Last-Modified", "Link", "Access-Control-Allow-Origin"):
        assert third[same] == whole[same]
    edited = dataclasses.replace(ARTICLES[1], title="Berichtigt")
    write(store, [edited], NOW + dt.timedelta(hours=1), change=Change.UPDATED)
    fourth = ask_anew(path, a_im="feed", if_none_match=third["ETag"] or "")
    assert (fourth.status, ids(fourth)) == (226, [edited.id])
    assert "Berichtigt" in fourth.body.decode()
    fifth = ask_anew(path, a_im="feed", if_none_match=fourth["ETag"] or "")
    assert (fifth.status, fifth["ETag"], fifth["Cache-Control"], fifth.body) == (304, fourth["ETag"], TRACED, b"")
    # whoever missed some steps gets them together
    late = ask_anew(path, a_im="feed", if_none_match=second["ETag"] or "")
    assert (late.status, set(ids(late))) == (226, {new, edited.id})


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_delta_is_the_whole_less_what_is_known(ask_anew: Ask, store: Store, ending: str) -> None:
    path = f"/feeds/de.{ending}"
    tag = traced(ask_anew, store, path)
    for number in (30, 31, 32):
        add(store, number)
    delta, whole = ask_anew(path, a_im="feed", if_none_match=tag), ask_anew(path)
    assert delta.status == 226
    if ending == "json":
        parted, full = json.loads(delta.body), json.loads(whole.body)
        entries = full.pop("items")
        assert parted.pop("items") == [item for item in entries if item["id"] in ids(delta)]
        assert parted == full
        return
    parted, full = etree.fromstring(delta.body), etree.fromstring(whole.body)
    place, name = (full, "{*}entry") if ending == "atom" else (full[0], "item")
    for entry in place.findall(name):
        known = entry.findtext("{*}id") or entry.findtext("guid")
        if known not in ids(delta):
            place.remove(entry)
    assert etree.tostring(parted, method="c14n") == etree.tostring(full, method="c14n")


@pytest.mark.parametrize("accept", ["gzip", "br"])
def test_a_delta_in_each_coding(ask_anew: Ask, store: Store, accept: str) -> None:
    tag = traced(ask_anew, store, accept_encoding=accept)
    add(store, 30)
    plain = ask_anew("/feeds/de.atom", a_im="feed", if_none_match=tag)
    packed = ask_anew("/feeds/de.atom", a_im="feed", if_none_match=tag, accept_encoding=accept)
    assert (packed.status, packed["Content-Encoding"]) == (226, accept)
    assert packed["ETag"] != plain["ETag"]
    if accept == "gzip":
        assert gzip.decompress(packed.body) == plain.body


def test_head_of_a_delta(ask_anew: Ask, store: Store) -> None:
    tag = traced(ask_anew, store)
    add(store, 30)
    get = ask_anew("/feeds/de.atom", a_im="feed", if_none_match=tag)
    head = ask_anew("/feeds/de.atom", method="HEAD", a_im="feed", if_none_match=tag)
    assert (head.status, head.headers, head.body) == (226, get.headers, b"")


@pytest.mark.parametrize(
    ("a_im", "is_wanted"),
    [
        ("feed", True),
        ("FEED", True),
        ("gzip, feed", True),
        ("vcdiff, diffe, feed ;q=0.3", True),
        ("feed;q=0.5, identity;q=0.5", True),
        ("feed; q=0.4, identity; q=0.5", False),
        ("identity", False),
        ("feed;q=0", False),
        ("feed;q=0.0", False),
        ("feed;q=high", False),
        ("feeds", False),
        ("vcdiff", False),
        ("*", False),  # no such thing in RFC 3229
        ("", False),
        (",,;", False),
    ],
)
def test_who_wants_a_delta(ask_anew: Ask, store: Store, a_im: str, is_wanted: bool) -> None:  # noqa: FBT001
    assert wants_delta(a_im) is is_wanted
    tag = traced(ask_anew, store)
    add(store, 30)
    answer = ask_anew("/feeds/de.atom", a_im=a_im, if_none_match=tag)
    assert (answer.status, answer["Cache-Control"]) == ((226, TRACED) if is_wanted else (200, FEED_CACHING))


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ("{tag}", 226),
        ("W/{tag}", 226),  # nginx's gzip makes every tag on its way weak
        ('"other", {tag}', 226),
        ('{tag}, "other"', 226),
        ("{tag}, {tag}", 226),
        ("*", 304),
        ("{now}, {tag}", 304),
        ("{public}, {tag}", 304),
        ('"other"', 200),
        ("{bare}", 200),
        ("{older}", 200),  # the tag of a public answer: a cache may have sent it
        ('"0123456789abcdef01234567.0123456789abcdef.1"', 200),  # another head
        ("", 200),
    ],
)
def test_what_may_be_held(ask_anew: Ask, store: Store, form: str, status: int) -> None:
    older = ask_anew("/feeds/de.atom")["ETag"]
    tag = traced(ask_anew, store)
    new = add(store, 30)
    public = ask_anew("/feeds/de.atom")["ETag"]
    now = ask_anew("/feeds/de.atom", a_im="feed", if_none_match=tag)["ETag"]
    given = form.format(tag=tag, bare=tag.strip('"'), now=now, public=public, older=older)
    answer = ask_anew("/feeds/de.atom", a_im="feed", if_none_match=given)
    assert answer.status == status
    if status == 226:
        assert (ids(answer), answer["Delta-Base"]) == ([new], tag)


def test_the_newest_of_several_tags_is_built_upon(ask_anew: Ask, store: Store) -> None:
    older = traced(ask_anew, store)
    add(store, 30)
    newer = ask_anew("/feeds/de.atom", a_im="feed", if_none_match=older)["ETag"] or ""
    last = add(store, 31)
    for tags in (f"{older}, {newer}", f"{newer}, {older}"):
        answer = ask_anew("/feeds/de.atom", a_im="feed", if_none_match=tags)
        assert (ids(answer), answer["Delta-Base"]) == ([last], newer)


def test_a_feed_that_says_something_else_of_itself_is_given_whole(
    ask_anew: Ask, store: Store, settings: Settings
) -> None:
    tag = traced(ask_anew, store)
    add(store, 30)
    renamed = Both(create_app(dataclasses.replace(settings, title="Anders"), store))
    answer = renamed("/feeds/de.atom", a_im="feed", if_none_match=tag)
    assert (answer.status, answer["Cache-Control"]) == (200, TRACED)
    assert b"Anders" in answer.body


def test_what_changed_without_a_new_entry_is_given_whole(ask_anew: Ask, store: Store) -> None:
    tag = traced(ask_anew, store, "/feeds/de.rss")
    named = [dataclasses.replace(source, name=f"{source.name} am Abend") for source in SOURCES]
    store.register(named, NOW)
    answer = ask_anew("/feeds/de.rss", a_im="feed", if_none_match=tag)
    assert (answer.status, answer["ETag"] == tag) == (200, False)


def test_a_reader_to_whom_all_is_new_gets_the_whole(store: Store, settings: Settings) -> None:
    def ask_anew(path: str, **headers: str) -> Answer:
        return Both(create_app(dataclasses.replace(settings, feed_entries=2), store))(path, **headers)

    tag = traced(ask_anew, store)
    add(store, 30)
    assert ask_anew("/feeds/de.atom", a_im="feed", if_none_match=tag).status == 226
    add(store, 31)
    answer = ask_anew("/feeds/de.atom", a_im="feed", if_none_match=tag)
    assert (answer.status, answer["Cache-Control"]) == (200, TRACED)


def test_a_tag_from_the_future_of_another_store_is_not_believed(ask_anew: Ask, store: Store) -> None:
    tag = traced(ask_anew, store)
    digest, head, _ = tag.strip('"').split(".")
    add(store, 30)
    answer = ask_anew("/feeds/de.atom", a_im="feed", if_none_match=f'"{digest}.{head}.ffffffffffffffff"')
    assert answer.status == 200


def test_feeds_that_time_changes_have_no_deltas(ask_anew: Ask, store: Store) -> None:
    path, query = "/feeds/de/search.atom", "q=since:7d"
    first = ask_anew(path, query=query, a_im="feed")
    assert first.status == 200
    assert "A-IM" not in (first["Vary"] or "")
    add(store, 30)
    answer = ask_anew(path, query=query, a_im="feed", if_none_match=first["ETag"] or "")
    assert (answer.status, answer["Cache-Control"]) == (200, FEED_CACHING)


def test_deltas_that_are_kept_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: BoundedMemory[tuple[str, Encoding, int | None], bytes] = BoundedMemory(4000)
    monkeypatch.setattr(web_ready, "_derived", kept)
    ready = make_ready([(number, number) for number in range(1, 201)])
    held = decide(ready, {"HTTP_A_IM": "feed", "HTTP_IF_NONE_MATCH": '"other"'})
    assert held.status == "200 OK"
    digest, head, _ = dict(held.headers)["ETag"].strip('"').split(".")
    for seq in range(1, 200):
        tag = f'"{digest}.{head}.{seq:x}"'
        said = {"HTTP_A_IM": "feed", "HTTP_IF_NONE_MATCH": tag}
        first, again = decide(ready, said), decide(ready, said)
        assert first.status == "226 IM Used"
        assert first == again
    assert 0 < kept.size_bytes <= 4000


# --- through a cache that has never heard of it ---------------------------------------------------------------------


def make_ready(window: list[tuple[int, int]]) -> Ready:
    """A feed of (id, change number), in the manner of a real one."""
    feed = Rendered(
        opened=f'{{"newest":{max(seq for _, seq in window)},"items":['.encode(),
        entries=[f'{{"id":{name},"seq":{seq},"text":"{"x" * 40}"}}'.encode() for name, seq in window],
        seqs=[seq for _, seq in window],
        separator=b",",
        closed=b"]}",
    )
    return keep_ready(feed.body, "application/feed+json", parts=find_parts(feed, head="0123456789abcdef"))


@dataclass
class Origin:
    """A feed whose newest five entries are shown, and what each tag of it stands for."""

    entries: dict[int, int] = field(default_factory=dict)
    seq: int = 0
    meaning: dict[str, dict[int, int]] = field(default_factory=dict)

    def write(self, name: int) -> None:
        self.seq += 1
        self.entries[name] = self.seq
        newest = sorted(self.entries.items(), key=lambda pair: -pair[1])[:5]
        self.ready = make_ready(sorted(newest))
        self.window = dict(newest)

    def answer(self, headers: dict[str, str]) -> Answer:
        found = decide(self.ready, headers)
        answer = Answer(int(found.status[:3]), found.headers, found.body)
        self.meaning[answer["ETag"] or ""] = self.window
        return answer


@dataclass
class Cache:
    """A shared cache that knows RFC 9111 and no more. One that ``strips`` asks for what it may keep, as nginx does."""

    origin: Origin
    strips: bool
    kept: dict[str | None, Answer] = field(default_factory=dict)

    def answer(self, headers: dict[str, str], *, is_fresh: bool) -> Answer:
        key, tag = headers.get("HTTP_A_IM"), headers.get("HTTP_IF_NONE_MATCH")  # as Vary says
        kept = self.kept.get(key)
        if kept is None or not is_fresh:
            asked = {name: value for name, value in headers.items() if name != "HTTP_IF_NONE_MATCH"}
            if kept is not None:  # on its own behalf, with the reader's A-IM
                asked["HTTP_IF_NONE_MATCH"] = kept["ETag"] or ""
            elif tag is not None and not self.strips:
                asked["HTTP_IF_NONE_MATCH"] = tag
            answer = self.origin.answer(asked)
            assert answer.status != 226 or "no-store" in (answer["Cache-Control"] or "")
            if answer.status == 200 and "no-store" not in (answer["Cache-Control"] or ""):
                self.kept[key] = answer
            if answer.status != 304 or kept is None:
                return answer
        found = self.kept[key]
        return Answer(304, found.headers, b"") if tag == found["ETag"] else found


@dataclass
class Reader:
    """Keeps what it has read, and believes every answer."""

    a_im: str | None
    tag: str | None = None
    known: dict[int, int] = field(default_factory=dict)

    def poll(self, ask: Callable[[dict[str, str]], Answer]) -> int:
        headers = {"HTTP_A_IM": self.a_im} if self.a_im else {}
        if self.tag:
            headers["HTTP_IF_NONE_MATCH"] = self.tag
        answer = ask(headers)
        if answer.status != 304:
            read = {item["id"]: item["seq"] for item in json.loads(answer.body)["items"]}
            self.known = {**self.known, **read} if answer.status == 226 else read
            self.tag = answer["ETag"]
        return answer.status


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(0, 8)),
        st.tuples(st.sampled_from(["direct", "fresh", "stale"]), st.integers(0, 3)),
    ),
    max_size=60,
)


@hypothesis_settings(max_examples=150, deadline=None)
@given(steps=STEPS, strips=st.booleans())
def test_no_reader_misses_an_entry_behind_a_cache(steps: list[tuple[str, int]], strips: bool) -> None:  # noqa: FBT001
    origin = Origin()
    for name in range(5):
        origin.write(name)
    cache = Cache(origin=origin, strips=strips)
    readers = [Reader(a_im="feed"), Reader(a_im="feed"), Reader(a_im=None), Reader(a_im="feed")]
    for step, number in steps:
        if step == "write":
            origin.write(number)
            continue
        reader = readers[number]
        if step == "direct":
            reader.poll(origin.answer)
        else:
            reader.poll(partial(cache.answer, is_fresh=step == "fresh"))
        held = origin.meaning[reader.tag or ""]
        assert held.items() <= reader.known.items()


def test_a_reader_that_nothing_stands_before_is_told_only_what_is_new() -> None:
    origin, reader = Origin(), Reader(a_im="feed")
    statuses = []
    for name in range(9):
        origin.write(name)
        statuses.append(reader.poll(origin.answer))
    assert statuses == [200, 200, *[226] * 7]
