"""A cluster that polls papers, and what must hold whatever happened: each article once, whole, under its id."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

import psutil
import redis
from dramatiq import Message

from cluster.asking import ask
from cluster.processes import Process
from cluster.roles import Role
from cluster.whole import Cluster
from feeds.errors import StoreError
from feeds.model import FeedQuery, StoredArticle
from feeds.store import Store
from feeds.urls import identity_of

from .papers import Hold, Paper

MANY = 10_000
FEED = "/feeds/all.json"
READ_EVERY_S = 0.1
SILENT_S = 2.0  # less than feeds.tasks.ledger.ALIVE_S


def stored(store: Store) -> dict[str, StoredArticle]:
    """Address -> article, of all that is stored; no address twice."""
    ids = [article_id for article_id, _ in store.window(FeedQuery(), limit=MANY)]
    articles = store.load(ids)
    found = {one.article.url: one for one in articles.values()}
    assert len(found) == len(ids), f"stored twice: {sorted(one.article.url for one in articles.values())}"
    return found


def assert_true(store: Store, papers: Mapping[str, Paper], ids: dict[str, str]) -> None:
    """What is stored was published, and is whole, under the ids it had (``ids``, which grows) and must have."""
    found = stored(store)
    truth = {url: (name, piece) for name, paper in papers.items() for url, piece in paper.truth.items()}
    for url, one in found.items():
        source_id, piece = truth[url]
        article = one.article
        assert (article.source_id, article.title) == (source_id, piece.title)
        assert article.id == uuid.uuid5(uuid.NAMESPACE_URL, f"{source_id}\n{identity_of(url)}").urn
        assert ids.setdefault(url, article.id) == article.id
        assert "".join(article.content_text.split()) == "".join("".join(piece.paragraphs).split()), (
            f"{url} is not whole"
        )
    assert ids.keys() == found.keys(), "what was stored once is still there"
    numbers = sorted(seq for _, seq in store.window(FeedQuery(), limit=MANY))
    assert numbers == list(range(1, store.change_seq() + 1)), "each article changed once, when it came"


@dataclass(slots=True, kw_only=True)
class World:
    """``papers`` by the ids of their sources; what ``late`` ones publish is not waited for."""

    cluster: Cluster
    store: Store
    papers: dict[str, Paper]
    clock: Path
    late: set[str] = field(default_factory=set)
    ids: dict[str, str] = field(default_factory=dict)
    _hold: Hold = field(default_factory=Hold)
    _seen: set[str] = field(default_factory=set)
    _seq: int = 0

    @property
    def paper(self) -> Paper:
        return self.papers["one"]

    def has(self, paths: list[str]) -> bool:
        """Whether these of the first paper are stored."""
        return {self.paper.url + path for path in paths} <= self._there()

    def _there(self) -> set[str]:
        """Addresses of what is stored, read anew when something changed; as last seen while the database is away."""
        with suppress(StoreError):
            if (seq := self.store.change_seq()) != self._seq:
                self._seen, self._seq = set(stored(self.store)), seq
        return self._seen

    def leader(self) -> Role | None:
        """The scheduler that leads."""
        return next((one for one in self.cluster.schedulers if number(one, "polyfeed_leader") == 1), None)

    def dropped(self) -> float:
        """How many messages the workers found to be twice or too late."""
        return sum(number(worker, "polyfeed_stale_messages_total") for worker in self.cluster.workers)

    @contextmanager
    def in_the_middle(self, articles: int = 3) -> Iterator[tuple[Role, list[str]]]:
        """A poll that stands at the first of so many new pages: the worker that polls, and the pages' paths.

        Afterwards the site goes on, and in the end everything is there and right.
        """
        self._hold = hold = Hold()
        paths = self.paper.publish(articles, hold=hold)
        assert hold.reached.wait(60), self.cluster.workers[0].end_of_log()
        (worker,) = (role for role in self.cluster.workers if hold.port in _ports(role))
        assert not self.has(paths[:1]), "nothing of it is stored yet"
        try:
            yield worker, paths
        finally:
            hold.let_go()
        self.settle()

    def let_go(self) -> None:
        """The site that holds a poll in the middle goes on already."""
        self._hold.let_go()

    @contextmanager
    def messages(self, client: redis.Redis) -> Iterator[list[Message[None]]]:
        """Messages that wait in Redis; until the end no worker takes any up."""
        while True:
            for worker in self.cluster.workers:
                worker.freeze()
            found, until_s = _waiting(client), time.monotonic() + SILENT_S
            while not found and time.monotonic() < until_s:
                found = _waiting(client)
            try:
                if found:
                    yield found
                    return
            finally:
                for worker in self.cluster.workers:
                    worker.thaw()
            time.sleep(SILENT_S)  # whoever is silent for longer is handed nothing until it is heard again

    def settle(self) -> None:
        """Waits until all that was published is stored and on every web, and checks that it is right."""

        def is_there() -> bool:
            expected = self.papers.keys() - self.late
            return all(self.papers[name].truth.keys() <= self._there() for name in expected)

        self.cluster.wait_until(is_there, "all that was published is stored")
        self.cluster.wait_until(self._is_shown, "each web shows the same, all of it")
        assert_true(self.store, self.papers, self.ids)

    def _is_shown(self) -> bool:
        bodies = [ask(web.port, FEED).body for web in self.cluster.webs]
        shown = [item["id"] for item in json.loads(bodies[0])["items"]]
        there = [article_id for article_id, _ in self.store.window(FeedQuery(), limit=MANY)]
        return len(set(bodies)) == 1 and sorted(shown) == sorted(there)

    @contextmanager
    def asked_all_along(self, *, is_new: bool = True) -> Iterator[None]:
        """Someone asks nginx again and again, for what it keeps for a second and, if ``is_new``, what it never kept."""
        ended, wrong, turns = threading.Event(), [], 0

        def read() -> None:
            nonlocal turns
            while not ended.wait(READ_EVERY_S):
                turns += 1
                for path in (FEED, f"/feeds/de/keywords/wort{uuid.uuid4().hex}.json")[: 1 + is_new]:
                    try:
                        answer = self.cluster.get(path)
                        if answer.status != 200:
                            wrong.append(f"{path}: {answer.status}")
                    except (OSError, HTTPException) as error:
                        wrong.append(f"{path}: {error!r}")

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        try:
            yield
        finally:
            ended.set()
            reader.join()
        assert turns > 1
        assert not wrong, wrong[:9]


def number(role: Role, name: str) -> float:
    """One of its numbers; -1 while it does not answer."""
    with suppress(OSError, HTTPException):
        lines = ask(role.port, "/metrics").body.decode().splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.split("{")[0].split(" ")[0] == name)
    return -1.0


def lines(process: Process, *words: str) -> int:
    """How many lines of its log say all of this."""
    return sum(all(each in line for each in words) for line in process.log.read_text(errors="replace").splitlines())


def _waiting(client: redis.Redis) -> list[Message[None]]:
    """As Dramatiq keeps them: the ids of a queue in a list, the messages by id in a hash."""
    found = (client.hget("polyfeed:polls.msgs", each) for each in client.lrange("polyfeed:polls", 0, -1))
    return [Message.decode(each) for each in found if isinstance(each, bytes)]


def _ports(role: Role) -> set[int]:
    """From which it has connections; none once it was killed."""
    if role.exit_code is not None:
        return set()
    return {each.laddr.port for each in psutil.Process(role.pid).net_connections()}
