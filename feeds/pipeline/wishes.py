"""What a publisher asks for, heard while its listings are read: answers in; wishes and time of freshness out."""

from __future__ import annotations

from dataclasses import dataclass, field

from feeds.decide.pace import strictest
from feeds.extract.feed import read_hints
from feeds.model import Document, Hints, Kind, NotModified, Section


@dataclass(slots=True, kw_only=True)
class Wishes:
    """Collects what each listing page, feed and sitemap of a source says in one poll."""

    _hints: list[Hints] = field(default_factory=list)
    _fresh_s: list[float] = field(default_factory=list)
    _silent_feeds: int = 0

    def hear(self, target: Section, answer: Document | NotModified) -> None:
        """Takes note of an answer."""
        self._fresh_s.append(answer.fresh_s or 0.0)
        if target.kind is not Kind.FEED:
            return
        if isinstance(answer, NotModified):
            self._silent_feeds += 1
        else:
            self._hints.append(read_hints(answer))

    def hints(self, remembered: Hints) -> Hints:
        """What its feeds ask for. What was remembered still holds unless each of them was read anew."""
        return strictest(self._hints if self._hints and not self._silent_feeds else [remembered, *self._hints])

    @property
    def fresh_s(self) -> float | None:
        """For so long nothing new is to be expected from any of them; None when one of them does not say."""
        return min(self._fresh_s, default=0.0) or None
