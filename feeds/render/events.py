"""Changes of sources' states in, the operator's Atom feed of them out; and what to do about each state, in words."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from html import escape
from types import MappingProxyType
from urllib.parse import urlencode

from feeds.model import Format, SourceEvent, SourceState
from feeds.render import xml
from feeds.render.entry import Category, Entry, told_apart
from feeds.render.head import EPOCH, FeedHead
from feeds.render.text import exact_date, legal_text, one_line, plain_line

# never change it: it is part of the feed's id and of every entry's
_NAMESPACE = uuid.UUID("0a1f7c8e-2f57-5d0e-8a5b-7a3c54d1b6f2")
LANGUAGE = "en"  # as the reasons are recorded
TROUBLE = (  # the most pressing first
    SourceState.BROKEN,
    SourceState.GONE,
    SourceState.BLOCKED,
    SourceState.EMPTY,
    SourceState.STALE,
    SourceState.QUIET,
)
ADVICE: Mapping[SourceState, str] = MappingProxyType(
    {
        SourceState.WAITING: "Nothing to do: its first poll comes by itself.",
        SourceState.OK: "Nothing to do.",
        SourceState.QUIET: "Open the page: if it has newer articles than the feed, try “polyfeed preview” on it.",
        SourceState.EMPTY: "Open the page: if it still lists articles, “polyfeed suggest” drafts a recipe for it.",
        SourceState.STALE: "Replace the recipe by the suggested one, or remove it.",
        SourceState.BLOCKED: "Ask the site to let this service in, poll it less often, or poll its feed instead.",
        SourceState.BROKEN: "If it lasts, check the address in a browser; polling goes on by itself.",
        SourceState.GONE: "Find the new address and write it into the source’s file, or remove the source.",
        SourceState.RETIRED: "Nothing to do: it is no longer configured, and its articles stay.",
    }
)


def state_slug(state: SourceState) -> str:
    """A state as addresses and style sheets spell it: ``recipe-stale``."""
    return state.value.replace(" ", "-")


def source_page(base: str, source_id: str) -> str:
    """Where the page about one source is; ``base`` has no slash behind it."""
    return f"{base}/sources?{urlencode({'source': source_id})}"


def state_page(base: str, state: SourceState) -> str:
    """Where the page about all sources in one state is."""
    return f"{base}/sources?{urlencode({'state': state_slug(state)})}"


def render_events(events: Sequence[SourceEvent], *, public_url: str, service: str) -> bytes:
    """An Atom feed in UTF-8 of these changes, newest first whatever their order, one entry each.

    Equal changes are equal bytes, and an entry's id hangs on nothing that a restart or another page of the log changes.

    Args:
        events: each once.
        public_url: where the service lives; its feeds of events are told from another service's by it.
        service: the first word of the title.
    """
    base = public_url.rstrip("/")
    updated = max((event.at for event in events), default=EPOCH).astimezone(dt.UTC).replace(microsecond=0)
    opened = xml.stamp(xml.open_feed(_head(base, service), Format.ATOM), Format.ATOM, updated)
    newest_first = sorted(events, key=lambda event: event.seq, reverse=True)
    entries = [xml.write_entry(describe_event(event, base), Format.ATOM) for event in newest_first]
    return b"".join((opened, *entries, xml.close_feed(Format.ATOM)))


def describe_event(event: SourceEvent, base: str) -> Entry:
    """What the feed shows of one change."""
    at = exact_date(event.at.astimezone(dt.UTC))
    name = plain_line(event.name) or plain_line(event.source_id)
    reason, advice = plain_line(event.reason), ADVICE[event.after]
    since = at.strftime("%Y-%m-%d %H:%M")
    paragraphs = [
        f"{name} ({one_line(event.source_id)}) was {event.before} and is {event.after} since {since} UTC.",
        *([f"Why: {reason}"] if reason else []),
        *([f"What to do: {advice}"] if event.after in TROUBLE else []),
    ]
    urn = _urn(base, "event", str(event.seq), event.source_id, event.at.isoformat(), event.before, event.after)
    return Entry(
        id=urn,
        title=f"{name}: {event.before} → {event.after}",
        url=source_page(base, legal_text(event.source_id)),
        language=LANGUAGE,
        published=at,
        is_dated=True,
        is_date_only=False,
        updated=told_apart(at, urn),
        authors=(),
        categories=(Category(label=event.after.value, scheme=state_page(base, event.after)),),
        summary=reason or advice,
        content_html="".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in paragraphs),
        origin="",
        picture=None,
        alternates=(),
    )


def _head(base: str, service: str) -> FeedHead:
    return FeedHead(
        id=_urn(base, "events"),
        title=f"{service} · Sources",
        description=f"{service}: each time a source begins or ceases to do well.",
        self_url=f"{base}/sources.atom",
        html_url=f"{base}/sources",
        home_url=f"{base}/",
        language=LANGUAGE,
        author=service,
    )


def _urn(*parts: str) -> str:
    return f"urn:uuid:{uuid.uuid5(_NAMESPACE, chr(0x1F).join(parts).encode('utf-8', 'replace').decode())}"
