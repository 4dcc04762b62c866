"""An ETag that a client holds in; which entries of a feed are news to it, and the feed of only those, out.

RFC 3229 with the instance manipulation ``feed``: ``A-IM: feed`` beside ``If-None-Match`` asks for the entries that are
new or changed, answered with 226. What makes it safe behind caches that have never heard of it: a cache asks on its
own behalf with the tags it has stored, and passes the client's ``A-IM`` on. So 226 is only given for *tracing* tags,
and those only ever stand in answers with ``no-store``: who sends one has it from us, and holds what it stands for.

A tracing tag says all that must be known to answer it, so any worker does, after any restart::

    "<digest of the body>.<digest of the head>.<newest change number, hexadecimal><suffix of the coding>"
"""

from __future__ import annotations

import hashlib
import re
from array import array
from collections.abc import Hashable
from dataclasses import dataclass
from itertools import accumulate, islice

from feeds.render.renderer import Rendered
from feeds.web.conditions import read_tags
from feeds.web.encodings import read_weights

MANIPULATION = "feed"
CACHING = "no-store, im, max-age=60"  # "im": a cache that does know RFC 3229 need not heed no-store (10.8.3)

_TRACING = re.compile(r'"[0-9a-f]{24}\.([0-9a-f]{16})\.([0-9a-f]{1,16})(?:-[bg])?"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Where the entries of a feed stand in its body; some 16 bytes for each.

    ``opening`` is the length of all before the first entry, ``ends`` are the positions behind each, ``seqs`` their
    change numbers, both in the order of the body. ``head`` stands for everything of the feed but its entries: as long
    as it is the same, a change number tells what a client has.
    """

    opening: int
    separator: bytes
    ends: array[int]
    seqs: array[int]
    head: str

    @property
    def trace(self) -> str:
        """What a tracing tag holds behind the digest of the body."""
        return f".{self.head}.{max(self.seqs, default=0):x}"

    def since(self, if_none_match: str) -> tuple[str, int] | None:
        """The tag among these to build upon, and the change number from which on entries are news.

        None when none of them fits, when nothing is news to its holder (what changed then cannot be told by entries),
        or everything is.
        """
        held = [
            (int(said[2], 16), tag)
            for tag in read_tags(if_none_match)
            if (said := _TRACING.fullmatch(tag)) is not None and said[1] == self.head
        ]
        if not held or not min(self.seqs, default=0) <= max(held)[0] < max(self.seqs, default=0):
            return None
        seq, tag = max(held)
        return tag, seq

    def cut(self, body: bytes, seq: int) -> bytes:
        """The feed with only the entries that changed after ``seq``."""
        begins = [self.opening, *(end + len(self.separator) for end in self.ends[:-1])]
        places = zip(self.seqs, begins, self.ends, strict=True)
        kept = (body[begin:end] for number, begin, end in places if number > seq)
        return body[: self.opening] + self.separator.join(kept) + body[self.ends[-1] :]


def find_parts(feed: Rendered, *, head: str) -> Parts:
    """The places of a feed's entries."""
    lengths = (len(entry) for entry in feed.entries)
    ends = accumulate(lengths, lambda end, length: end + len(feed.separator) + length, initial=0)
    first = len(feed.opened) - len(feed.separator)
    return Parts(
        opening=len(feed.opened),
        separator=feed.separator,
        ends=array("Q", (first + end for end in islice(ends, 1, None))),
        seqs=array("Q", feed.seqs),
        head=head,
    )


def stand_for(*said: Hashable) -> str:
    """What stands for a head in its tags: the same in every process, so ``said`` must be spelled the same by all."""
    return hashlib.blake2b(repr(said).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def wants_delta(a_im: str) -> bool:
    """Whether an ``A-IM`` header takes ``feed``, and no less than ``identity``, the whole (RFC 3229, 10.5.3)."""
    asked = dict(read_weights(a_im))
    wish = asked.get(MANIPULATION, 0.0)
    return wish > 0 and wish >= asked.get("identity", 0.0)
