"""Article pages: a plan in; pages fetched, read and written, and the errors among them, out.

Wanted ──► fetch ──► read_page ──► merge with its listing ──► normalise ──► write, ten at a time
             │
             └─ an error: remembered with the page; a feed's own words stand in where nothing was read
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from feeds.decide.changes import keep_known
from feeds.decide.plan import Plan, Wanted, is_in_trouble
from feeds.decide.records import failed_record, read_record, unchanged_record
from feeds.errors import ArticleError, Blocked, FetchError, PolyfeedError, RateLimited, SourceError, StandIn
from feeds.extract.page import read_page
from feeds.model import Article, Document, NotModified, PageRecord
from feeds.pipeline.batches import batched
from feeds.pipeline.doubt import Doubt
from feeds.pipeline.moved import leads_to
from feeds.pipeline.read import merge_listed, with_address
from feeds.pipeline.turn import Turn
from feeds.pipeline.watch import RecipeWatch


@dataclass(slots=True, kw_only=True)
class PageTaker:
    """Takes the article pages of one poll.

    ``former`` are addresses at which new pages may have been before, ``first_asked`` and ``first_read`` count pages of
    which no article was stored yet, ``first_errors`` are theirs, ``errors`` those of all; ``stopped`` is the one that
    ended it all.
    """

    turn: Turn
    watch: RecipeWatch
    former: Mapping[str, str]
    errors: list[PolyfeedError] = field(default_factory=list)
    first_errors: list[PolyfeedError] = field(default_factory=list)
    first_asked: int = 0
    first_read: int = 0
    stopped: PolyfeedError | None = None
    _in_a_row: list[PolyfeedError] = field(default_factory=list)
    _doubt: Doubt = field(init=False)
    _batch: dict[str, Wanted] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Doubts no page yet."""
        self._doubt = Doubt(source=self.turn.source)

    def take(self, plan: Plan) -> int:
        """Fetches and stores pages in batches; returns how many were left when it was broken off."""
        asked = 0
        for batch in batched(plan.pages):
            articles: dict[str, Article] = {}
            records: dict[str, PageRecord] = {}
            self._batch = {want.item.url: want for want in batch}
            for want in batch:
                if self.stopped is not None or self.turn.stopping():
                    break
                asked += 1
                self._take_page(want, articles, records)
            self.turn.write(articles.values(), records.values())
        return len(plan.pages) - asked

    def _take_page(self, want: Wanted, articles: dict[str, Article], records: dict[str, PageRecord]) -> None:
        self.first_asked += want.is_first
        now = self.turn.clock()
        try:
            document = self._open(want)
            if not isinstance(document, NotModified):
                article, echoes = self._read(want, document)
                if echoes:
                    self._take_echoes(echoes, want, article.title, articles, records)
                    return
                articles[want.item.url] = article
                records[want.item.url] = read_record(
                    want, now=now, source=self.turn.source, article_id=article.id, validators=document.validators
                )
            elif want.before is not None:
                records[want.item.url] = unchanged_record(want.before, now=now)
        except (SourceError, ArticleError) as error:
            self._take_failure(want, error, articles, records)
            return
        self._in_a_row.clear()
        self.first_read += want.is_first

    def _open(self, want: Wanted) -> Document | NotModified:
        """The page; one that may have moved is asked for where it was, since only there it is said to have moved."""
        former = self.former.get(want.item.url)
        if former is not None:
            try:
                answer = self.turn.get(former, None)
                if leads_to(answer, want.item.url):
                    return answer
            except RateLimited:
                raise
            except SourceError:
                pass  # nothing there any more: then nobody says that this is the same article
        return self.turn.get(want.item.url, want.validators)

    def _read(self, want: Wanted, document: Document) -> tuple[Article, Collection[str]]:
        """One article page, from its bytes to the common model; and the addresses that answered with the same."""
        recipe = self.turn.source.recipe
        item = read_page(document.body, document.url, content_type=document.content_type, recipe=recipe)
        stored = self.turn.stored(want.before)
        # an archive is what its operator put there, some of it twice
        echoes = (
            self._doubt.check(want.item, item, document, stored=stored.article if stored else None)
            if self.turn.archived is None
            else ()
        )
        self.watch.note_page(item, document)
        article = self.turn.normalise(merge_listed(item, want.item))
        if document.moved:
            article = with_address(article, document.requested_url)
        return (keep_known(article, stored.article) if stored else article), echoes

    def _take_echoes(
        self,
        echoes: Collection[str],
        want: Wanted,
        title: str,
        articles: dict[str, Article],
        records: dict[str, PageRecord],
    ) -> None:
        """The same words at several addresses are no article's; those of them not written yet are taken back."""
        for url in echoes:
            one = want
            if url != want.item.url:
                if articles.pop(url, None) is None:
                    continue
                one = self._batch[url]
                self.first_read -= one.is_first
            error = StandIn(f"{len(echoes)} addresses answered with the same page, “{title}”", url=url)
            self._take_failure(one, error, articles, records)

    def _take_failure(
        self,
        want: Wanted,
        error: SourceError | ArticleError,
        articles: dict[str, Article],
        records: dict[str, PageRecord],
    ) -> None:
        """Counts what went wrong; a feed's own words stand in for a page of which nothing was read."""
        self.errors.append(error)
        self._in_a_row.append(error)
        if isinstance(error, RateLimited):
            self.stopped = error
        elif is_in_trouble(self._in_a_row):
            kind = Blocked if isinstance(error, Blocked) else FetchError
            self.stopped = kind(
                f"the last {len(self._in_a_row)} article pages could not be fetched; the poll was broken off: {error}"
            )
        turn = self.turn
        record = failed_record(want, error, now=turn.clock(), source=turn.source, attempts=turn.limits.page_attempts)
        stand_in = None if isinstance(error, RateLimited) else self._stand_in(want)
        if stand_in is not None:
            articles[want.item.url] = stand_in
            record = replace(record, article_id=stand_in.id)
            self.first_read += want.is_first
        elif want.is_first:
            self.first_errors.append(error)
        records[want.item.url] = record

    def _stand_in(self, want: Wanted) -> Article | None:
        """The article that a teaser makes, unless its page was read before."""
        item = want.item
        if not (item.summary or item.content_html):
            return None
        stored = self.turn.stored(want.before)
        if stored and stored.article.content_html and not _is_listed(stored.article.provenance.get("content_html")):
            return None
        try:
            return self.turn.normalise(item)
        except ArticleError:
            return None


def _is_listed(where: str | None) -> bool:
    """Whether a text came from a feed or an API, and not from the article's page."""
    return where is None or where.startswith(("feed", "api"))
