"""What the newsroom is told to do wrong, and for which addresses.

Rules come in by ``add``; for each request ``take`` hands out the one that applies, the newest first, and counts it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Manner(StrEnum):
    """Ways to misbehave beside plain status codes."""

    REDESIGN = "redesign"  # 200, but pages are drawn by script: nothing in them
    RESTYLE = "restyle"  # 200, same articles in another layout: selectors for the old one find nothing
    VANISH = "vanish"  # 404
    CHALLENGE = "challenge"  # 403 with a page that asks for a browser
    ENDLESS = "endless"  # 200, but every listing page leads to a further one with the same articles in another order
    SILENT = "silent"  # 200, all as it was: the newsroom itself publishes nothing more there


@dataclass(slots=True, kw_only=True)
class Misbehaviour:
    """One rule: paths that start with ``path_prefix`` answer with ``status`` (a code or a manner).

    ``retry_after_s`` is sent as Retry-After, ``delay_s`` passes before the answer, ``times`` is how many answers
    are left (None: until told to behave).
    """

    path_prefix: str
    status: int | Manner
    retry_after_s: float | None = None
    delay_s: float = 0.0
    times: int | None = None


class Misbehaviours:
    """The rules in force. Not locked: the newsroom calls it under its own lock."""

    def __init__(self) -> None:
        self._rules: list[Misbehaviour] = []

    def add(self, rule: Misbehaviour) -> None:
        """Puts a rule in force; the newest that fits is the one that applies."""
        self._rules.insert(0, rule)

    def take(self, path: str) -> Misbehaviour | None:
        """The rule for this request, one use of it taken."""
        rule = next((rule for rule in self._rules if path.startswith(rule.path_prefix)), None)
        if rule is not None and rule.times is not None:
            rule.times -= 1
            if rule.times <= 0:
                self._rules.remove(rule)
        return rule

    def is_silent(self, path: str) -> bool:
        """Whether nothing more is to be published below this path."""
        return any(rule.status is Manner.SILENT and path.startswith(rule.path_prefix) for rule in self._rules)

    def clear(self) -> None:
        """Back to good behaviour."""
        self._rules.clear()

    def in_force(self) -> Sequence[Misbehaviour]:
        """The rules, newest first."""
        return tuple(self._rules)


def read_status(value: object) -> int | Manner:
    """A status code or the name of a manner, checked.

    Raises:
        ValueError: neither; the text says what there is.
    """
    if isinstance(value, int) and not isinstance(value, bool) and 200 <= value <= 599:  # noqa: PLR2004 - HTTP's range
        return value
    if isinstance(value, str) and value in set(Manner):
        return Manner(value)
    raise ValueError(f"status must be a code from 200 to 599 or one of {', '.join(Manner)}, got {value!r}")
