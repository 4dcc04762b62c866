"""A question and a window of articles in, the feed as a ready answer out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from urllib.parse import urlsplit

from feeds.model import FeedQuery, Format
from feeds.query import NamedFeed, is_relative, write_address
from feeds.render.head import MEDIA_TYPES, make_head, newest_change
from feeds.render.renderer import Renderer
from feeds.settings import Settings
from feeds.web.catalogue import Catalogue
from feeds.web.loading import Loader
from feeds.web.ready import Ready, keep_ready

CONTENT_TYPES: Mapping[Format, str] = MappingProxyType(
    {
        Format.ATOM: f"{MEDIA_TYPES[Format.ATOM]}; charset=utf-8",
        Format.RSS: f"{MEDIA_TYPES[Format.RSS]}; charset=utf-8",
        Format.JSON: MEDIA_TYPES[Format.JSON],  # JSON is UTF-8, and has no charset parameter (RFC 8259, 11)
    }
)


class Maker:
    """Makes feeds; safe to share between threads."""

    def __init__(self, settings: Settings, catalogue: Catalogue, loader: Loader) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._loader = loader
        self._prefix = urlsplit(settings.base_url).path  # where a proxy in front has mounted the service
        self._renderer = Renderer(public_url=settings.base_url)

    def make(
        self, query: FeedQuery, format_: Format, window: Sequence[tuple[str, int]], *, named: NamedFeed | None
    ) -> Ready:
        """The feed of these articles; raises StoreError, and RenderError when it cannot be made."""
        articles = self._loader.load(window)
        labels = self._loader.labels(query, articles)
        overview = self._catalogue.overview()
        source, section = query.source, query.section
        name = named.name if named else None
        names = self._loader.names({stored.article.source_id for stored in articles} | ({source} if source else set()))
        head = make_head(
            query,
            format_,
            public_url=self._settings.base_url,
            service=self._settings.title,
            labels=labels,
            section_name=overview.section_name(section, query.languages) if section else None,
            source_name=names.get(source) if source else None,
            named=named,
        )
        body = self._renderer.render(
            head,
            articles,
            format_,
            labels=labels,
            source_names=names,
            originals=self._loader.originals(articles),
            translations=self._loader.translations(articles),
        )
        return keep_ready(
            body,
            CONTENT_TYPES[format_],
            # articles leave and enter as time goes by, and their dates of change do not tell
            last_modified=newest_change(articles) if articles and not is_relative(query.question) else None,
            extra=(("Link", _links(head.self_url, head.html_url, head.alternates, format_)), _FOR_ALL_ORIGINS),
            twin=f"{self._prefix}{write_address(query, None, labels, name=name)}#subscribe",
        )


def _links(self_url: str, html_url: str, alternates: Mapping[Format, str], format_: Format) -> str:
    """The Link header (RFC 8288): this feed, its page, and the same feed in the other formats."""
    links = [f'<{self_url}>; rel="self"', f'<{html_url}>; rel="alternate"; type="text/html"']
    links += [
        f'<{url}>; rel="alternate"; type="{MEDIA_TYPES[other]}"'
        for other, url in alternates.items()
        if other != format_
    ]
    return ", ".join(links)


_FOR_ALL_ORIGINS = ("Access-Control-Allow-Origin", "*")  # readers that run in a browser
