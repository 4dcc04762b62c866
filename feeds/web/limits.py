"""A client's address in, whether it has had its share for now out; 429 in words when it has.

What counts is an answer that was made for this client: a page, a search, a page of the API, a feed that nobody asked
this process for before. What costs next to nothing does not count: feeds that are ready (the fast layer answers them
without coming here), 304, redirects and 401. So a reader that polls conditionally is never refused, however many
feeds it has. Each web process counts for itself, in memory: with two of them a client may get twice the rate. With
Redis all of them count together, and each by itself while it is away.
"""

from __future__ import annotations

import ipaddress
import logging
import time
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, request
from flask_limiter import Limiter, RateLimitExceeded
from werkzeug.middleware.proxy_fix import ProxyFix

from feeds.settings import Settings
from feeds.telling import Complaint
from feeds.web import layout, ops
from feeds.web.locales import gettext, ngettext
from feeds.web.refusals import refuse_client

log = structlog.get_logger()

MEMORY = "memory://"
PREFIX = "polyfeed:limits"
REDIS_WAIT_S = 0.25  # it answers in less than a millisecond, or is away
IPV6_CLIENT_BITS = 64  # what one customer of a provider is given, at least (RFC 6177): one client
_FORWARDING = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_VIA")


def limit_clients(app: Flask, settings: Settings) -> None:
    """Gives every client its ``client_rate`` in every room but those of operators and of style and script."""
    if settings.trusted_proxies:
        # the address only: host and scheme are what public_url says
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # as Flask's documentation has it
            app.wsgi_app, x_for=settings.trusted_proxies, x_proto=0, x_host=0, x_port=0, x_prefix=0
        )
    if not settings.client_rate:
        return
    if settings.redis_url:
        logging.getLogger("flask-limiter").addFilter(_STORAGE)
    unknown_proxies = _UnknownProxies()
    options: dict[str, Any] = {"socket_connect_timeout": REDIS_WAIT_S, "socket_timeout": REDIS_WAIT_S}
    limiter = Limiter(
        lambda: client_of(request.remote_addr or ""),
        app=app,
        application_limits=[settings.client_rate],
        application_limits_deduct_when=was_made,
        application_limits_exempt_when=lambda: not settings.trusted_proxies and unknown_proxies.hand_on(),
        storage_uri=settings.redis_url or MEMORY,
        storage_options=options if settings.redis_url else {},
        key_prefix=PREFIX,
        in_memory_fallback_enabled=bool(settings.redis_url),
        swallow_errors=bool(settings.redis_url),  # an answer that was made is given, counted or not
        strategy="fixed-window",
    )
    for room in (layout.room, ops.room):
        limiter.exempt(room)

    def refuse(_error: RateLimitExceeded) -> Response:
        current = limiter.current_limit
        return _refuse(max(1, current.reset_at - int(time.time())) if current else 1)

    app.register_error_handler(RateLimitExceeded, refuse)


def was_made(answer: Response) -> bool:
    """Whether an answer counts: 304, redirects, the question for a key and the refusal itself cost next to nothing."""
    status = answer.status_code
    is_led_away = HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST
    return not is_led_away and status not in {HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS}


def client_of(address: str) -> str:
    """What stands for one client: an IPv4 address, or the network that an IPv6 address is in.

    A server may give the port as well. What is no address, such as that of a local socket, is one client.
    """
    host = address.rpartition(":")[0] if address.startswith("[") or address.count(":") == 1 else address
    try:
        ip = ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return address or "unknown"
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((ip, IPV6_CLIENT_BITS), strict=False))


class _UnknownProxies:
    """A proxy of the operator's that ``trusted_proxies`` does not count: all its clients would be one.

    So they are not limited until it is counted, and that is told once. The headers are believed only from this
    machine and from private networks, so nobody outside gets past the limit with them.
    """

    def __init__(self) -> None:
        self._told = False

    def hand_on(self) -> bool:
        """Whether this request comes through one."""
        if not any(name in request.environ for name in _FORWARDING):
            return False
        try:
            is_near = not ipaddress.ip_address(request.remote_addr or "").is_global
        except ValueError:
            is_near = True
        if is_near and not self._told:
            self._told = True
            log.warning("clients behind this proxy are not limited: set trusted_proxies", proxy=request.remote_addr)
        return is_near


class _Storage(logging.Filter):
    """What flask-limiter says while Redis is away, a traceback for each answer, as one line a minute."""

    def __init__(self) -> None:
        super().__init__()
        self._complaint = Complaint("each web counts clients by itself: Redis does not answer")

    def filter(self, record: logging.LogRecord) -> bool:
        """Says it in our words, and keeps it from being said in others."""
        if record.levelno >= logging.WARNING:
            error = record.exc_info[1] if record.exc_info else None
            self._complaint.say(reason=str(error or record.getMessage()))
        return False


_STORAGE = _Storage()  # of the logger, which is one for the process


def _refuse(after_s: int) -> Response:
    reason = ngettext(
        "Your address has had as many answers as one may get at a time. Please come back in %(num)s second.",
        "Your address has had as many answers as one may get at a time. Please come back in %(num)s seconds.",
        after_s,
    )
    return refuse_client(
        HTTPStatus.TOO_MANY_REQUESTS, gettext("Too many requests"), reason, {"Retry-After": str(after_s)}
    )
