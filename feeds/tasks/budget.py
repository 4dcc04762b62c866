"""The budget of domains true across all workers: one script a turn inside Redis, by Redis's own clock.

While Redis is away each process's own ``Budget`` rules, and it knows of every turn that this process had: neither going
away nor coming back empty lets a process ask a domain sooner than it should.
"""

from __future__ import annotations

import threading
from contextlib import suppress

from feeds.errors import QueueError
from feeds.fetch.budget import LONGEST_WAIT_S, Budget, crowded, held, stopped
from feeds.tasks.link import Link

# what is known of a domain is kept as long as a later turn could have to wait for it: an hour is the longest delay_s
_KEEP_S = 3600

_NOW = """
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1e6
local known = redis.call('HMGET', KEYS[1], 'start', 'delay', 'held')
local start, delay, held = tonumber(known[1]) or 0, tonumber(known[2]) or 0, tonumber(known[3]) or 0
local function keep(until_s)
    redis.call('PEXPIRE', KEYS[1], math.ceil((math.max(until_s, held) - now + tonumber(ARGV[1])) * 1000))
end
"""
# ARGV: _KEEP_S, delay_s, longest_wait_s, the seconds that this process's own turns ask for
_TURN = f"""{_NOW}
if held > now then return {{'held', string.format('%.6f', held - now)}} end
local apart = math.max(tonumber(ARGV[2]), delay)
local begin = math.max(now + tonumber(ARGV[4]), start + apart)
if begin - now > tonumber(ARGV[3]) + apart then return {{'crowded', '0'}} end
redis.call('HSET', KEYS[1], 'start', string.format('%.6f', begin), 'delay', ARGV[2])
keep(begin)
return {{'turn', string.format('%.6f', begin - now)}}
"""
# ARGV: _KEEP_S, the seconds to hold the domain for; 0 only asks. Returns how long it is held
_HOLD = f"""{_NOW}
local asked = now + tonumber(ARGV[2])
if asked > held and asked > now then
    held = asked
    redis.call('HSET', KEYS[1], 'held', string.format('%.6f', held))
    keep(start)
end
return string.format('%.6f', math.max(0, held - now))
"""


class SharedBudget:
    """The turns of all processes that share a Redis; see ``feeds.fetch.budget.Turns``."""

    def __init__(self, link: Link, *, longest_wait_s: float = LONGEST_WAIT_S) -> None:
        self._link = link
        self._longest_wait_s = longest_wait_s
        self._own = Budget(longest_wait_s=longest_wait_s)
        self._closed = threading.Event()
        self._turn = link.client.register_script(_TURN)
        self._hold = link.client.register_script(_HOLD)

    def take_turn(self, domain: str, delay_s: float) -> None:
        """See ``Turns``."""
        try:
            wait_s = self._reserve(domain, delay_s)
        except QueueError:
            self._own.take_turn(domain, delay_s)
            return
        if wait_s <= 0:
            return
        if self._closed.wait(wait_s):
            raise stopped(domain)
        self._own.ready_in_s(domain, delay_s)  # somebody may have been told to wait meanwhile, here or elsewhere
        if (left_s := self._held_s(domain, 0.0)) > 0:
            raise held(domain, left_s)

    def _reserve(self, domain: str, delay_s: float) -> float:
        own_s = self._own.ready_in_s(domain, delay_s)
        given = [_KEEP_S, delay_s, self._longest_wait_s, own_s]
        verdict, seconds = self._link.ask(lambda: self._turn(keys=[_key(domain)], args=given))
        wait_s = float(seconds)
        if verdict == b"held":
            raise held(domain, wait_s)
        if verdict == b"crowded":
            raise crowded(domain)
        self._own.note_turn(domain, wait_s, delay_s)
        return wait_s

    def hold(self, domain: str, seconds: float) -> None:
        """See ``Turns``."""
        self._own.hold(domain, seconds)
        self._held_s(domain, seconds)

    def _held_s(self, domain: str, seconds: float) -> float:
        with suppress(QueueError):
            return float(self._link.ask(lambda: self._hold(keys=[_key(domain)], args=[_KEEP_S, seconds])))
        return 0.0

    def close(self) -> None:
        """See ``Turns``."""
        self._closed.set()
        self._own.close()
        self._link.close()


def _key(domain: str) -> str:
    return f"polyfeed:turns:{domain}"
