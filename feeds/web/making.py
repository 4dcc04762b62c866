"""A question and a window of articles in; what the feed shows, and the feed as a ready answer, out."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from types import MappingProxyType
from urllib.parse import urlsplit

from feeds.model import Content, FeedQuery, Format, StoredArticle
from feeds.query import NEWEST, NamedFeed, Part, feed_id, is_relative, write_address
from feeds.render.entry import Original, Translation, lesser
from feeds.render.head import MEDIA_TYPES, NO_HISTORY, FeedHead, make_head, newest_change
from feeds.render.renderer import Renderer
from feeds.settings import Settings
from feeds.web.catalogue import Catalogue
from feeds.web.deltas import find_parts, stand_for
from feeds.web.loading import Loader
from feeds.web.origins import FOR_ALL_ORIGINS
from feeds.web.ready import Ready, keep_ready
from feeds.web.relations import in_other_languages, write_links

CONTENT_TYPES: Mapping[Format, str] = MappingProxyType(
    {
        Format.ATOM: f"{MEDIA_TYPES[Format.ATOM]}; charset=utf-8",
        Format.RSS: f"{MEDIA_TYPES[Format.RSS]}; charset=utf-8",
        Format.JSON: MEDIA_TYPES[Format.JSON],  # JSON is UTF-8, and has no charset parameter (RFC 8259, 11)
    }
)

# what never changes need not be asked for again (RFC 8246)
ARCHIVE_CACHING = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """All that a feed shows, but for what settings say: its articles, and what no change number tells of.

    ``names`` and ``contents`` are by source id, ``section`` is the name of the section that it is of, ``others`` are
    the same question in other languages, ``history`` its further documents, ``meant`` what its keywords mean.
    """

    articles: Sequence[StoredArticle]
    labels: Mapping[str, str]
    names: Mapping[str, str]
    contents: Mapping[str, Content]
    originals: Mapping[str, Original]
    translations: Mapping[str, tuple[Translation, ...]]
    section: str | None
    others: tuple[FeedQuery, ...]
    history: Mapping[str, Part]
    meant: str

    @property
    def digest(self) -> str:
        """Equal where the body is; what an export keeps to know a feed by."""
        by_key = self.labels, self.names, self.contents, self.originals, self.translations, self.history
        told = [(each.article.id, each.seq) for each in self.articles], self.section, self.meant
        said = repr((told, *(sorted(each.items(), key=itemgetter(0)) for each in by_key)))
        return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()

    @property
    def mark(self) -> bytes:
        """Equal where the whole answer is, headers too."""
        others = [each.languages for each in self.others]
        return hashlib.blake2b(repr((self.digest, others)).encode(), digest_size=16).digest()


class Maker:
    """Makes feeds; safe to share between threads."""

    def __init__(self, settings: Settings, catalogue: Catalogue, loader: Loader) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._loader = loader
        self._prefix = urlsplit(settings.base_url).path  # where a proxy in front has mounted the service
        self._renderer = Renderer(public_url=settings.base_url)

    def gather(
        self,
        query: FeedQuery,
        window: Sequence[tuple[str, int]],
        *,
        named: NamedFeed | None,
        part: Part = NEWEST,
        history: Mapping[str, Part] = NO_HISTORY,
    ) -> Shown:
        """All that the feed of these articles shows; raises StoreError.

        ``part`` says which of its documents it is, ``history`` which others there are.
        """
        articles = self._loader.load(window)
        present = {stored.article.source_id for stored in articles}
        sources = self._catalogue.sources(present | ({query.source} if query.source else set()))
        others = () if named or part != NEWEST else in_other_languages(query, self._catalogue.overview())
        return Shown(
            articles=articles,
            labels=self._loader.labels(query, articles),
            names={source_id: each.name for source_id, each in sources.items()},
            contents={
                source_id: lesser(query.content, sources[source_id].content)
                for source_id in sorted(present & sources.keys())
            },
            originals=self._loader.originals(articles),
            translations=self._loader.translations(articles),
            section=self._section_name(query),
            others=tuple(others),
            history=history,
            meant=self._catalogue.meant_by(query),
        )

    def make(
        self, query: FeedQuery, format_: Format, shown: Shown, *, named: NamedFeed | None, part: Part = NEWEST
    ) -> Ready:
        """The feed as a ready answer; raises RenderError when it cannot be made."""
        articles, labels = shown.articles, shown.labels
        names, history = shown.names, shown.history
        head = self._head(query, format_, labels, names, shown.section, named=named, part=part, history=history)
        rendered = self._renderer.render_parts(
            head,
            articles,
            format_,
            labels=labels,
            source_names=shown.names,
            contents=shown.contents,
            originals=shown.originals,
            translations=shown.translations,
        )
        # articles leave and enter as time goes by, and neither their dates of change nor their numbers tell
        is_timeless = not is_relative(query.question)
        return keep_ready(
            rendered.body,
            CONTENT_TYPES[format_],
            last_modified=newest_change(articles) if articles and is_timeless else None,
            always=FOR_ALL_ORIGINS,
            extra=(("Link", write_links(head, format_, shown.others)),),
            twin=self._twin(query, labels, named),
            parts=find_parts(rendered, head=_identify(head, query, shown.meant))
            if is_timeless and part == NEWEST
            else None,
        )

    def restore(
        self,
        query: FeedQuery,
        format_: Format,
        body: bytes,
        last_modified: dt.datetime | None,
        *,
        named: NamedFeed | None,
        part: Part,
        history: Mapping[str, Part],
    ) -> Ready:
        """An archive as it was once written; raises StoreError."""
        labels = self._catalogue.labels_of(query)
        section = self._section_name(query)
        head = self._head(query, format_, labels, {}, section, named=named, part=part, history=history)
        return keep_ready(
            body,
            CONTENT_TYPES[format_],
            last_modified=last_modified,
            caching=ARCHIVE_CACHING,
            always=FOR_ALL_ORIGINS,
            extra=(("Link", write_links(head, format_, ())),),
            twin=self._twin(query, labels, named),
        )

    def _head(
        self,
        query: FeedQuery,
        format_: Format,
        labels: Mapping[str, str],
        names: Mapping[str, str],
        section: str | None,
        *,
        named: NamedFeed | None,
        part: Part,
        history: Mapping[str, Part],
    ) -> FeedHead:
        """What it says of itself; ``names`` are those of sources, ``section`` is what its section is called."""
        return make_head(
            query,
            format_,
            public_url=self._settings.base_url,
            service=self._settings.title,
            labels=labels,
            section_name=section,
            source_name=names.get(query.source) if query.source else None,
            hub=self._settings.public_hub or None if part == NEWEST else None,
            named=named,
            part=part,
            history=history,
        )

    def _twin(self, query: FeedQuery, labels: Mapping[str, str], named: NamedFeed | None) -> str:
        """The page of a feed, where a person who opens it is sent."""
        return f"{self._prefix}{write_address(query, None, labels, name=named.name if named else None)}#subscribe"

    def _section_name(self, query: FeedQuery) -> str | None:
        overview = self._catalogue.overview() if query.section else None
        return overview.section_name(query.section or "", query.languages) if overview else None


def _identify(head: FeedHead, query: FeedQuery, meant: str) -> str:
    """Stands for all of a feed that a change number does not tell: its words and links, and what it asks."""
    said = (head.id, head.title, head.description, head.language, head.self_url, head.html_url, head.author)
    links = (head.rights, head.hub, tuple(head.alternates.values()))
    # a named feed keeps its id when it asks something else
    return stand_for(said, links, feed_id(query), meant)
