"""The newsroom as one object: it holds articles, publishes new ones, misbehaves when told to, and serves it all."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from types import TracebackType
from typing import Self

from feeds.clock import utc_now
from feeds.errors import StartError
from feeds.newsroom import control
from feeds.newsroom.articles import NewsroomArticle, texts
from feeds.newsroom.editions import BY_LANGUAGE, EDITIONS, SECTIONS
from feeds.newsroom.holdings import Edit, Holdings
from feeds.newsroom.messages import Answer, Logged, Request, conclude
from feeds.newsroom.misbehaviour import Manner, Misbehaviour, Misbehaviours, read_status
from feeds.newsroom.server import Server
from feeds.newsroom.site import Site

_LOG_LENGTH = 20_000  # requests remembered one by one; the counters hold all


class Newsroom:
    """A magazine site in five languages on loopback, open for as long as a ``with`` block runs.

    ``with Newsroom() as newsroom`` takes a free port, ``with Newsroom().start(port=8081) as newsroom`` that one.
    ``articles`` old ones stand in the archive (of all editions together, dated up to yesterday). Every
    ``every_s`` seconds a new one appears (0: only by ``publish``), each edition and section in turn, dated today in
    Asia/Shanghai. ``seed`` chooses the articles; ``clock`` returns aware instants. All methods are safe to call
    from any thread.
    """

    def __init__(
        self,
        *,
        articles: int = 60,
        every_s: float = 5.0,
        seed: int = 1,
        clock: Callable[[], dt.datetime] = utc_now,
    ) -> None:
        if articles < 0 or every_s < 0:
            raise ValueError(f"articles and every_s must not be negative, got {articles} and {every_s}")
        self._every_s = every_s
        self._clock = clock
        self._started_at = clock()
        self._holdings = Holdings(articles=articles, seed=seed, started_at=self._started_at)
        self._misbehaviours = Misbehaviours()
        self._lock = threading.RLock()
        self._stopped = threading.Event()
        self._log: deque[Logged] = deque(maxlen=_LOG_LENGTH)
        self._counts: Counter[str] = Counter()
        self._turns = itertools.count()
        self._shared_sequence = 0
        self._site = Site(self._holdings, started_at=self._started_at)
        self._server: Server | None = None
        self._threads: list[threading.Thread] = []

    # --- running ------------------------------------------------------------------------------------------------

    def start(self, host: str = "127.0.0.1", port: int = 0) -> Self:
        """Serves on ``host`` and ``port`` (0: a free one) and begins to publish; returns the newsroom itself.

        Raises:
            StartError: the port is in use, or the address is not one of this machine.
            RuntimeError: it runs already.
        """
        if self._server is not None:
            raise RuntimeError("the newsroom is running already")
        try:
            self._server = Server((host, port), self._respond)
        except OSError as error:
            raise StartError(f"the newsroom cannot listen on {host}:{port}: {error.strerror or error}") from error
        self._site.base_url = self.url
        self._stopped.clear()
        self._threads = [
            threading.Thread(target=self._server.serve_forever, args=(0.05,), name="newsroom", daemon=True)
        ]
        if self._every_s > 0:
            self._threads.append(threading.Thread(target=self._publish_on, name="newsroom-desk", daemon=True))
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        """Stops publishing and serving; every connection is closed. Does nothing when it is not running."""
        if self._server is None:
            return
        self._stopped.set()
        self._server.stop()
        for thread in self._threads:
            thread.join()
        self._server, self._threads = None, []

    def __enter__(self) -> Self:
        """Starts on a free port of loopback, unless ``start`` was called already."""
        return self if self._server else self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops."""
        self.stop()

    @property
    def url(self) -> str:
        """Where it serves, such as ``http://127.0.0.1:8081``, without a slash at the end."""
        if self._server is None:
            raise RuntimeError("the newsroom is not running: call start() first")
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def url_of(self, article: NewsroomArticle) -> str:
        """The address of an article's page."""
        return self.url + article.path

    # --- the editors --------------------------------------------------------------------------------------------

    def publish(self, edition: str | None = None, section: str | None = None) -> NewsroomArticle:
        """Publishes one article now, where it is due: edition by edition, then section by section.

        Or in ``edition`` (``de``), there in ``section`` (``Wirtschaft``; its first when not given).

        Raises:
            ValueError: no such edition or section; the text names those there are.
        """
        with self._lock:
            if edition is None:
                if section is not None:
                    raise ValueError(f"name the edition of section {section!r} too")
                article = self._publish_next()
                assert article is not None  # only silence keeps one back
                return article
            edition_index, section_index = _indexes(edition, section)
            sequence = self._holdings.next_sequence(section_index)
            return self._holdings.publish(edition_index, section_index, sequence, self._clock())

    def edit(
        self,
        article: NewsroomArticle,
        *,
        title: str | None = None,
        paragraphs: Sequence[str] | None = None,
        day: dt.date | None = None,
        listed: bool = True,
    ) -> NewsroomArticle:
        """Changes an article under its old address and returns it as it is now.

        With nothing given, its title says that it was updated and its text gains a paragraph. The listing shows
        the new title and day only if ``listed``; it never shows that the text changed.

        Raises:
            KeyError: the newsroom does not hold the article.
        """
        if title is None and paragraphs is None and day is None:
            words = texts(article.edition)["words"]
            title = f"{article.title} ({words['update']})"
            paragraphs = (*article.paragraphs, words["update_text"])
        edit = Edit(
            title=title,
            paragraphs=None if paragraphs is None else tuple(paragraphs),
            day=day,
            listed=listed,
            edited_at=self._clock(),
        )
        with self._lock:
            return self._holdings.edit(article, edit)

    def articles(self) -> list[NewsroomArticle]:
        """Every article as it is now, edition by edition and section by section, newest first in each."""
        with self._lock:
            return list(self._holdings.everything())

    def page(self, article: NewsroomArticle) -> bytes:
        """The page of an article in its edition's encoding, as it is served when all is well."""
        with self._lock:
            return self._site.answer(article.path).body

    def article_at(self, path: str) -> NewsroomArticle | None:
        """The article whose page has this path, as it is now."""
        with self._lock:
            return self._holdings.find(path)

    # --- misbehaviour -------------------------------------------------------------------------------------------

    def misbehave(
        self,
        path_prefix: str,
        status: int | str,
        *,
        retry_after_s: float | None = None,
        delay_s: float = 0.0,
        times: int | None = None,
    ) -> None:
        """Answers paths that start with ``path_prefix`` wrongly, ``times`` times or until told to ``behave``.

        ``status`` is a code (500, 429, 410, …; 200 with ``delay_s`` is only late) or a ``Manner``: ``redesign``,
        ``restyle``, ``vanish``, ``challenge``, ``endless`` (pagers), ``silent`` (nothing more is published there of
        itself). Of several rules the newest that fits applies.

        Raises:
            ValueError: no such status or manner.
        """
        rule = Misbehaviour(
            path_prefix=path_prefix,
            status=read_status(status),
            retry_after_s=retry_after_s,
            delay_s=delay_s,
            times=times,
        )
        with self._lock:
            self._misbehaviours.add(rule)

    def behave(self) -> None:
        """Drops every rule of misbehaviour."""
        with self._lock:
            self._misbehaviours.clear()

    def misbehaviours(self) -> Sequence[Misbehaviour]:
        """The rules in force, newest first."""
        with self._lock:
            return self._misbehaviours.in_force()

    # --- what was asked -----------------------------------------------------------------------------------------

    @property
    def requests(self) -> list[Logged]:
        """The last requests, oldest first, with their headers (lower-case names) and the status they got."""
        with self._lock:
            return list(self._log)

    @property
    def counts(self) -> Mapping[str, int]:
        """Path -> how often it was asked for since the start or the last ``forget``."""
        with self._lock:
            return Counter(self._counts)

    def forget(self) -> None:
        """Empties the log and the counters."""
        with self._lock:
            self._log.clear()
            self._counts.clear()

    # --- inside -------------------------------------------------------------------------------------------------

    def _publish_on(self) -> None:
        while not self._stopped.wait(self._every_s):
            with self._lock:
                self._publish_next(heed_silence=True)

    def _publish_next(self, *, heed_silence: bool = False) -> NewsroomArticle | None:
        """Edition by edition, then section by section; one story for all editions of a round.

        With ``heed_silence``, None where the turn falls to an edition or section that was told to be silent.
        """
        section, edition = divmod(next(self._turns), len(EDITIONS))
        if edition == 0:
            self._shared_sequence = self._holdings.next_sequence(section % SECTIONS)
        home = f"/{EDITIONS[edition].language}/{EDITIONS[edition].sections[section % SECTIONS][0]}/"
        if heed_silence and self._misbehaviours.is_silent(home):
            return None
        return self._holdings.publish(edition, section % SECTIONS, self._shared_sequence, self._clock())

    def _respond(self, request: Request) -> Answer:
        if request.path.startswith(control.PREFIX):
            return control.answer(self, request)
        with self._lock:
            rule = self._misbehaviours.take(request.path)
        if rule is not None and rule.delay_s:
            self._stopped.wait(rule.delay_s)
        with self._lock:
            answer = conclude(self._answer(request, rule), request)
            self._counts[request.path] += 1
            self._log.append(
                Logged(method=request.method, path=request.path, headers=request.headers, status=answer.status)
            )
        return answer

    def _answer(self, request: Request, rule: Misbehaviour | None) -> Answer:
        if request.method == "POST":
            return Answer(status=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "GET, HEAD"})
        if rule is None or rule.status == HTTPStatus.OK:
            return self._site.answer(request.path, query=request.query)
        if isinstance(rule.status, Manner):
            return self._site.answer(request.path, rule.status, query=request.query)
        wait = {} if rule.retry_after_s is None else {"Retry-After": str(math.ceil(rule.retry_after_s))}
        text = f"<html><body><h1>{rule.status}</h1></body></html>"
        return Answer(status=rule.status, content_type="text/html", body=text.encode(), headers=wait)


def _indexes(language: str, section: str | None) -> tuple[int, int]:
    """Positions of an edition and a section.

    Raises:
        ValueError: no such edition or section.
    """
    edition = BY_LANGUAGE.get(language)
    if edition is None:
        raise ValueError(f"no edition {language!r}; there are: {', '.join(BY_LANGUAGE)}")
    names = [path for path, _ in edition.sections]
    if section is not None and section not in names:
        raise ValueError(f"no section {section!r} in {language}; there are: {', '.join(names)}")
    return EDITIONS.index(edition), names.index(section) if section else 0
