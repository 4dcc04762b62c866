"""``app``: the service for any WSGI server, such as ``granian --interface wsgi feeds.web.wsgi:app``.

Built from the environment's settings when a server asks for it, and not by the import alone.
"""

from __future__ import annotations

import threading
from typing import Any

from feeds.settings import Settings, load_settings
from feeds.store import open_store
from feeds.store.base import Store
from feeds.web.app import create_app
from feeds.web.fast import FastLayer
from feeds.web.keys import Keys
from feeds.web.services import NAME

_lock = threading.Lock()


def build_app(settings: Settings, store: Store) -> FastLayer:
    """The Flask app with the layer of ready answers in front of it."""
    flask = create_app(settings, store)
    shared = flask.extensions[NAME]
    shared.meter.keep_counting()
    shared.pulse.keep_looking()
    if shared.asked_for is not None:
        shared.asked_for.keep_writing()
    return FastLayer(flask, shared.answers, shared.meter, Keys(settings.keys))


def __getattr__(name: str) -> Any:
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with _lock:
        if "app" not in globals():
            settings = load_settings()
            globals()["app"] = build_app(settings, open_store(settings.store_url))
    return globals()["app"]
