"""What a client says of itself in, whether a person opens a feed there out: they are shown the feed's page instead.

Browsers say so by ``Sec-Fetch-Dest: document``, but older ones and those that reached us over plain http do not; then
it is asked whether ``Accept`` names HTML, and prefers it to every form that a feed has (RFC 9110, 12.5.1).
"""

from __future__ import annotations

from functools import lru_cache

from feeds.web.encodings import read_weights

VARY = "Accept, Sec-Fetch-Dest"  # of whatever has a page beside it
_PAGE = "text/html"
# whoever names one of these reads feeds, whatever the format of this one
_FEEDS = ("application/atom+xml", "application/rss+xml", "application/rdf+xml", "application/feed+json")
_GENERAL = ("application/xml", "text/xml", "application/json", "application/*", "*/*")
_MOST_CHARS = 1024  # browsers send 150; what is longer is not kept in mind, nor read
# what Java's HttpURLConnection sends when nobody says otherwise: it is no wish of anyone's
_NO_WISH = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"


def wants_page(fetch_dest: str | None, accept: str | None) -> bool:
    """Whether a request for a feed is a person's, by its ``Sec-Fetch-Dest`` and ``Accept``."""
    if fetch_dest is not None:
        return fetch_dest == "document"
    return accept is not None and len(accept) <= _MOST_CHARS and prefers_page(accept)


@lru_cache(maxsize=512)  # clients send a few dozen different ones
def prefers_page(accept: str) -> bool:
    """Whether HTML is named, and worth more than any form of a feed; of equals the feed, which is what was asked for.

    ``text/html, */*;q=0.8`` is a browser's; ``application/atom+xml, text/html`` and ``*/*`` are a feed reader's.
    """
    if accept == _NO_WISH:
        return False
    asked = dict(read_weights(accept))
    return asked.get(_PAGE, 0.0) > max(asked.get(name, 0.0) for name in (*_FEEDS, *_GENERAL))
