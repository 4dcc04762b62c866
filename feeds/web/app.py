"""Settings and a store in, the Flask application out: its rooms, its languages, its words for errors."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

from flask import Flask, Response, g, request

from feeds.clock import utc_now
from feeds.concepts import ConceptsFile
from feeds.settings import Settings
from feeds.store.base import Store
from feeds.web import api, feeds, layout, opml, ops, pages, sources
from feeds.web.answers import Answers
from feeds.web.asked import AskedFor
from feeds.web.bounded import bounded
from feeds.web.catalogue import Catalogue
from feeds.web.errors import speak_of_errors
from feeds.web.gate import close_to_strangers
from feeds.web.keys import Keys
from feeds.web.limits import limit_clients
from feeds.web.locales import use_locales
from feeds.web.metrics import Meter
from feeds.web.named import NamedFeeds
from feeds.web.pulse import Pulse
from feeds.web.services import NAME, Services, services


def create_app(settings: Settings, store: Store, *, clock: Callable[[], dt.datetime] = utc_now) -> Flask:
    """Builds the application; it only reads from ``store``, but for feeds' history and what the hub is to be told of.

    Args:
        settings: of this process.
        store: open, and closed by whoever opened it.
        clock: what pages and metrics call now.
    """
    app = Flask("feeds.web", static_folder=None)
    app.config["TRUSTED_HOSTS"] = None
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it, the base class not
    app.url_map.merge_slashes = False  # read_address reads any number of them, and answers 301 and not 308
    app.url_map.converters["feed_path"] = feeds.FeedPath
    concepts = ConceptsFile(settings.config, cache_folder=settings.data)
    pulse = Pulse(store)
    store = bounded(store, pulse, settings)
    catalogue, named = Catalogue(store, concepts=concepts), NamedFeeds(settings.config)
    asked_for = AskedFor(store, now=clock) if settings.public_hub else None
    app.extensions[NAME] = Services(
        settings=settings,
        store=store,
        catalogue=catalogue,
        answers=Answers(settings, store, catalogue, now=clock, named=named, asked_for=asked_for, pulse=pulse),
        pulse=pulse,
        asked_for=asked_for,
        named=named,
        meter=Meter(store, clock),
        clock=clock,
    )
    use_locales(app)
    speak_of_errors(app)
    for room in (feeds.room, opml.room, pages.room, sources.room, api.room, ops.room, layout.room):
        app.register_blueprint(room)
    app.before_request(_start_clock)
    app.after_request(_count)
    limit_clients(app, settings)
    close_to_strangers(app, Keys(settings.keys))
    return app


def _start_clock() -> None:
    g.began = time.perf_counter()


def _count(answer: Response) -> Response:
    room = request.blueprint or "none"
    services().meter.note(room, str(answer.status_code), time.perf_counter() - g.began)
    return answer
