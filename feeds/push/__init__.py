"""Feeds that changed in, a WebSub hub told of exactly those out (W3C Recommendation of 23 January 2018).

    web ─► topics in the store ─► changes ─► whose windows are others now? ─► one ping each ─► hub fetches, hands on

A feed changed when its window did: the ids and change numbers of the articles it holds, which is also when the web
makes it anew. Beside each topic the store keeps what the hub knows of it, so nothing is lost over restarts, and a
change is told once: by the one process that leads (``Store.lead``), which notes it as soon as the hub took it.

Which topics are looked at is found out first by what each asks for (``hooks``): of new articles only those that may
hold one. An article that was edited may also have *left* feeds, which nothing in it says any more; so topics that
held it when they were last looked at are looked at as well. A new process looks at all of them, some at a time.
"""

from __future__ import annotations

from feeds.push.hub import Hub, Verdict, ping_fields
from feeds.push.pusher import Push, Pusher, open_hub

__all__ = ["Hub", "Push", "Pusher", "Verdict", "open_hub", "ping_fields"]
