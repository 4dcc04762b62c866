"""When a source is polled next.

Pure: no input or output, no clock.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from feeds.errors import (
    PolyfeedError,
    RateLimited,
)
from feeds.model import (
    Source,
    SourceState,
)

SHORTEST_RETRY_S = 30.0
LONGEST_WAIT_S = 86_400.0
# backing off doubles the interval with each failure in a row, up to a day
MAX_DOUBLINGS = 10
JITTER = 0.1


def next_poll(
    source: Source, state: SourceState, *, now: dt.datetime, failures: int, left: int, error: PolyfeedError | None
) -> dt.datetime:
    """When the source is polled next.

    After its interval when all is well, at once when pages had to wait, later with each failure in a row, and never
    before a Retry-After. A jitter of up to ±10 %, fixed for each source, keeps sources apart.
    """
    if state is SourceState.OK:
        wait_s = min(source.interval_s, SHORTEST_RETRY_S) if left else source.interval_s
    else:
        wait_s = min(LONGEST_WAIT_S, source.interval_s * 2.0 ** min(max(0, failures - 1), MAX_DOUBLINGS))
    spread = int.from_bytes(hashlib.blake2b(source.id.encode(), digest_size=2).digest()) / 0xFFFF
    wait_s *= 1 + JITTER * (2 * spread - 1)
    if isinstance(error, RateLimited) and error.retry_after_s is not None:
        wait_s = max(wait_s, error.retry_after_s)
    return now + dt.timedelta(seconds=wait_s)
