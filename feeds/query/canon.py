"""A question in; its one form, its one spelling, and its meaning at an instant out.

Whatever says the same by these rules is one value: groups within groups of their kind are one group, parts have one
order and stand once, a double negation is none, a group of one part is the part. No part is proved to follow from
another: ``a -a`` stays what it is.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from itertools import pairwise

from feeds.model import AllOf, AnyOf, Dated, Field, Has, Not, Question
from feeds.words import tokens_of

# signs that a reader takes for a quotation mark, or that end a word; 1:1 and also in their full-width forms
QUOTES = "\u0022\u201c\u201d\u201e\u201f\u00ab\u00bb\u300c\u300d\u300e\u300f\u301d\u301e\u301f\uff02\uff62\uff63"
BRACKETS = "()\uff08\uff09"
SPOKEN = frozenset({Field.WORDS, Field.TITLE, Field.TEXT, Field.AUTHOR})  # looked for word by word

_HOUR_S = 3600
_DAY_S = 24 * _HOUR_S
_BARE = re.compile(rf"[^\s{QUOTES}{BRACKETS}]+")
_TO_ESCAPE = re.compile(rf"[\\{QUOTES}]")


def canonical_question(question: Question) -> Question:
    """The one form of all questions that say the same by the rules above."""
    match question:
        case AllOf():
            return all_of(map(canonical_question, question.parts))
        case AnyOf():
            return _any_of(map(canonical_question, question.parts))
        case Not():
            part = canonical_question(question.part)
            return part.part if isinstance(part, Not) else Not(part)
        case Dated(at=dt.datetime()):
            return _canonical_instant(question)
    return question


def all_of(parts: Iterable[Question]) -> Question:
    """Every one of these canonical parts at once, in canonical form; there is at least one."""
    flat = _in_order(inner for part in parts for inner in (part.parts if isinstance(part, AllOf) else (part,)))
    return flat[0] if len(flat) == 1 else AllOf(flat)


def conjuncts(question: Question | None) -> tuple[Question, ...]:
    """The parts of a canonical question that must all hold; none of no question."""
    if question is None:
        return ()
    return question.parts if isinstance(question, AllOf) else (question,)


def write_question(question: Question) -> str:
    """A question in its own language; of a canonical one the canonical text, which reads back as the same."""
    match question:
        case Has():
            return _write_has(question)
        case Dated():
            return f"{question.side.value}:{_write_date(question)}"
        case Not():
            return f"-{_write_inside(question.part)}"
        case AllOf():
            return " ".join(_write_inside(part) for part in question.parts)
        case AnyOf():
            return " OR ".join(_write_inside(part) for part in question.parts)


def depth(question: Question) -> int:
    """How many brackets stand within each other when a question is written."""
    match question:
        case AllOf() | AnyOf():
            return max(_depth_inside(part) for part in question.parts)
        case Not():
            return _depth_inside(question.part)
    return 0


def resolve(question: Question, now: dt.datetime) -> Question:
    """The same question with every age as an instant, counted back from the full hour before ``now`` (aware)."""
    match question:
        case AllOf():
            return AllOf(tuple(resolve(part, now) for part in question.parts))
        case AnyOf():
            return AnyOf(tuple(resolve(part, now) for part in question.parts))
        case Not():
            return Not(resolve(question.part, now))
        case Dated(age_s=int(age_s)):
            return Dated(question.side, at=full_hour(now) - dt.timedelta(seconds=age_s))
    return question


def is_relative(question: Question | None) -> bool:
    """Whether the answer changes by time alone."""
    match question:
        case AllOf() | AnyOf():
            return any(is_relative(part) for part in question.parts)
        case Not():
            return is_relative(question.part)
        case Dated():
            return question.age_s is not None
    return False


def full_hour(now: dt.datetime) -> dt.datetime:
    """The full hour (UTC) that ``now`` is in, to which ages are counted."""
    return now.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)


def _any_of(parts: Iterable[Question]) -> Question:
    flat = _in_order(inner for part in parts for inner in (part.parts if isinstance(part, AnyOf) else (part,)))
    return flat[0] if len(flat) == 1 else AnyOf(flat)


def _in_order(parts: Iterable[Question]) -> tuple[Question, ...]:
    """Each part once, ordered by how it is written."""
    by_text = {write_question(part): part for part in parts}
    return tuple(by_text[text] for text in sorted(by_text))


def _canonical_instant(dated: Dated) -> Dated:
    """An instant in UTC; midnight is the day."""
    assert isinstance(dated.at, dt.datetime)
    at = dated.at.astimezone(dt.UTC)
    return Dated(dated.side, at=at.date() if at.time() == dt.time() else at)


# --- writing ----------------------------------------------------------------------------------------------------


def _write_inside(part: Question) -> str:
    text = write_question(part)
    return f"({text})" if isinstance(part, AllOf | AnyOf) else text


def _depth_inside(part: Question) -> int:
    return depth(part) + isinstance(part, AllOf | AnyOf)


def _write_has(has: Has) -> str:
    prefix = "" if has.field is Field.WORDS else f"{has.field.value}:"
    return prefix + (_quoted_unless_bare(_spell(has.terms)) if has.field in SPOKEN else _quote(has.terms[0]))


def _spell(tokens: tuple[str, ...]) -> str:
    """Text that these tokens are read from, without a space where none is needed: ``中国``."""
    text = tokens[0]
    for before, token in pairwise(tokens):
        text += token if tokens_of(before + token) == [before, token] else f" {token}"
    return text if tuple(tokens_of(text)) == tokens else " ".join(tokens)


def _quoted_unless_bare(text: str) -> str:
    return text if " " not in text else f'"{text}"'


def _quote(name: str) -> str:
    """A name as it stands, or in quotation marks where it would end too early or start another thing."""
    if _BARE.fullmatch(name):
        return name
    return '"' + _TO_ESCAPE.sub(lambda found: f"\\{found[0]}", name) + '"'


def _write_date(dated: Dated) -> str:
    if dated.age_s is not None:
        days, rest = divmod(dated.age_s, _DAY_S)
        return f"{dated.age_s // _HOUR_S}h" if rest else f"{days}d"
    at = dated.at
    assert at is not None
    return at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z") if isinstance(at, dt.datetime) else at.isoformat()
