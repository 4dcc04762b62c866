"""Claims in, polls out: on this machine's threads, or on those of workers that take them from Redis.

    scheduler ─► line ─► message (source_id, token) ─► crew ─► poller ─► store
                 room: how many more may be claimed

``line`` hands claims on and says how many more the workers can take; ``crew`` is the threads of one worker, ``poller``
what they do with a claim. ``ledger`` counts what waits and who works, ``budget`` spaces the requests of all workers,
``link`` is a process's connection to Redis. Dramatiq and redis live here and nowhere else, and are loaded only by those
who hand on or take up.
"""

from feeds.tasks.poller import Poller, open_fetcher

__all__ = ["Poller", "open_fetcher"]
