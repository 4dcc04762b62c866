"""Every error Polyfeed raises on purpose.

PolyfeedError
├── ConfigError            file, key, reason; ``ConfigErrors`` carries all of them at once
├── SourceError            source_id
│   ├── FetchError         timeout, connection, 5xx, refused address, over a cap
│   │   └── RateLimited    retry_after_s
│   ├── Blocked            401, 403, a challenge page
│   ├── SourceGone         404, 410
│   │   └── RobotsRefused  robots.txt says no
│   └── ExtractError       unreadable document
│       └── NothingFound   the page answered, no article in it
│           └── StandIn    for now: a notice, a login, a soft 404; ``Challenged`` wants proof of a human reader
├── ArticleError           source_id, url: this one is skipped and counted, the rest go on
├── QueryError             a question that cannot be read: position and reason -> 400
├── StoreError
│   └── LeaseLost          another poll has taken this source over: write nothing
├── QueueError             Redis does not answer: polls are not handed on, each process keeps its own budget
├── RenderError
└── StartError             the service cannot start: port in use, data directory, database version

A stage wraps a library's errors at its own border (``raise ... from``). The pipeline catches ``PolyfeedError``
only; anything else is a bug and must be loud.
"""

from __future__ import annotations

from collections.abc import Sequence


class PolyfeedError(Exception):
    """The root: catching it catches everything Polyfeed raises on purpose."""


class ConfigError(PolyfeedError):
    """One mistake in one configuration file."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        super().__init__(f"{file}: {key}: {reason}" if key else f"{file}: {reason}")
        self.file = file
        self.key = key
        self.reason = reason


class ConfigErrors(PolyfeedError):
    """All mistakes of a configuration at once."""

    def __init__(self, mistakes: Sequence[ConfigError]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = tuple(mistakes)


class SourceError(PolyfeedError):
    """A source could not be polled; ``source_id`` is empty where a single page is read by hand."""

    def __init__(self, reason: str, *, source_id: str = "", url: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.source_id = source_id
        self.url = url


class FetchError(SourceError):
    """Timeout, connection, TLS, 5xx, a refused address, or an answer over a cap."""

    def __init__(self, reason: str, *, source_id: str = "", url: str = "", status: int | None = None) -> None:
        super().__init__(reason, source_id=source_id, url=url)
        self.status = status


class RateLimited(FetchError):
    """429, or 503 with Retry-After: come back after ``retry_after_s`` seconds (None: the server did not say)."""

    def __init__(
        self,
        reason: str,
        *,
        source_id: str = "",
        url: str = "",
        status: int | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(reason, source_id=source_id, url=url, status=status)
        self.retry_after_s = retry_after_s


class Blocked(SourceError):
    """The site answers, but not to us: 401, 403, or a challenge page."""


class SourceGone(SourceError):
    """404, or 410: gone for good (RFC 9110, 15.5.11)."""

    def __init__(self, reason: str, *, source_id: str = "", url: str = "", status: int | None = None) -> None:
        super().__init__(reason, source_id=source_id, url=url)
        self.status = status


class RobotsRefused(SourceGone):
    """robots.txt does not allow this address."""


class ExtractError(SourceError):
    """The document cannot be read at all."""


class NothingFound(ExtractError):
    """The page answered, and there is no article (or no article link) in it."""


class StandIn(NothingFound):
    """For now something else answers in an article's place: a notice, a login, an error under 200; tried again."""


class Challenged(StandIn, Blocked):
    """A page that answered 200 and wants proof of a human reader."""


class ArticleError(PolyfeedError):
    """One article could not be read: it is skipped and counted, the rest go on."""

    def __init__(self, reason: str, *, source_id: str = "", url: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.source_id = source_id
        self.url = url


class QueryError(PolyfeedError):
    """A question or feed address that cannot be read; ``position`` counts characters from 0."""

    def __init__(self, reason: str, *, position: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position


class StoreError(PolyfeedError):
    """The database refused, is unreachable, or is from a newer Polyfeed."""


class LeaseLost(StoreError):
    """Another poll has taken this source over; whoever sees this writes nothing."""


class QueueError(PolyfeedError):
    """Redis does not answer, or does not do what it is asked."""


class RenderError(PolyfeedError):
    """A feed could not be made."""


class StartError(PolyfeedError):
    """The service cannot start; the text is one line that says what to do."""
