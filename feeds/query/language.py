r"""A question as people type it in, the Question it means out; or where it goes wrong, and what was expected there.

::

    BMW "electric car"              both: words and phrases, in title, text, keywords and authors
    keyword:BMW lang:de             also source: section: author: title: text:
    since:7d before:2020-07-08      dates: a day (UTC), or an age in hours, days or weeks
    BMW OR (Alibaba AND NOT VW)     AND, OR and NOT in capitals; AND goes without saying, ``-VW`` is ``NOT VW``

AND binds closer than OR. Signs of East Asian keyboards (``（ ） ： “ ” 「 」`` and full-width letters) mean what their
ASCII forms mean. In quotation marks a mark is written ``\"``.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import cache
from typing import TYPE_CHECKING, Never

from feeds.errors import QueryError
from feeds.folding import is_language_tag, keyword_key, language_case
from feeds.model import AnyOf, Dated, Field, Has, Not, Question, Side
from feeds.query.canon import QUOTES, SPOKEN, all_of, canonical_question, depth, write_question
from feeds.words import tokens_of

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

MAX_QUESTION_CHARS = 500
MAX_TERMS = 30
MAX_DEPTH = 8  # brackets within brackets
MAX_AGE_S = 200 * 365 * 86_400

_GRAMMAR = r"""
?any: all (_OR all)*
?all: part (_AND? part)*
?part: atom | not
not: (NOT | MINUS)+ atom
?atom: _OPEN any _CLOSE | term
term: WORD | PHRASE | FIELD (VALUE | PHRASE)

_AND.3: /AND(?![^\s()"])/
_OR.3: /OR(?![^\s()"])/
NOT.3: /NOT(?![^\s()"])/
FIELD.2: /[^\s()":-][^\s()":]*:/
PHRASE.2: /"(?:\\.|[^"\\])*"/s
MINUS.2: /-(?=[^\s)])/
_OPEN.2: "("
_CLOSE.2: ")"
WORD.1: /(?!(?:AND|OR|NOT)(?![^\s()"]))[^\s()":-][^\s()":]*/
VALUE.1: /[^\s()"]+/
%ignore /\s+/
"""
# one sign for one, so that positions stay: full-width ASCII without the backslash, the ideographic space, all quotes
_ASCII = {0xFEE0 + sign: chr(sign) for sign in range(0x21, 0x7F) if sign != ord("\\")}
_PLAIN = str.maketrans({**{chr(sign): plain for sign, plain in _ASCII.items()}, **dict.fromkeys(QUOTES, '"')})
_FIELDS = {field.value: field for field in Field if field is not Field.WORDS}
_NAMES = ", ".join(f"{name}:" for name in (*_FIELDS, *Side))
_COLON = "a colon inside a word stands in quotation marks"
_ESCAPED = re.compile(rf"\\([\\{QUOTES}])")
_AGE = re.compile(r"(\d{1,7})([hdw])")
_UNITS_S = {"h": 3600, "d": 86_400, "w": 7 * 86_400}
_DAY = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{6})?)?Z")
_SHOWN_BEFORE, _SHOWN_AFTER = 48, 24  # a line of a terminal
_TERMS = frozenset({"WORD", "PHRASE", "VALUE"})


def read_question(text: str) -> Question:
    """What a text asks, in canonical form.

    Raises:
        QueryError: with the position in ``text`` and, in words, what was expected there. There is nothing in the
            text, it is no question, or it is more than MAX_QUESTION_CHARS characters, MAX_TERMS words, phrases and
            values or MAX_DEPTH brackets within each other, as it stands or when written out in canonical form.
    """
    question = canonical_question(_Reading(text).question(_parse(text)))
    written = write_question(question)
    if len(written) > MAX_QUESTION_CHARS or depth(question) > MAX_DEPTH:
        _refuse(f"written out in full this has over {MAX_QUESTION_CHARS} characters or {MAX_DEPTH} brackets", 0)
    return question


def point_at(text: str, position: int) -> str:
    """The text around that position and a caret below it, for a font of fixed width."""
    shown = re.sub(r"\s", " ", text)
    before, after = shown[:position], shown[position:]
    if len(before) > _SHOWN_BEFORE:
        before = f"…{before[-_SHOWN_BEFORE:]}"
    if len(after) > _SHOWN_AFTER:
        after = f"{after[:_SHOWN_AFTER]}…"
    return f"{before}{after}\n{''.join(map(_blank, before))}^"


def _blank(sign: str) -> str:
    """White space as wide as a sign."""
    if unicodedata.category(sign) in {"Mn", "Me", "Cf"}:
        return ""
    return "\u3000" if unicodedata.east_asian_width(sign) in {"W", "F"} else " "


# --- form -------------------------------------------------------------------------------------------------------


def _parse(text: str) -> Tree[Token]:
    """The tree of a text, by the grammar and within bounds."""
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken  # late: few commands read questions

    if len(text) > MAX_QUESTION_CHARS:
        _refuse(f"a question has at most {MAX_QUESTION_CHARS} characters", MAX_QUESTION_CHARS)
    if strange := re.search("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]", text):
        _refuse("expected text, found a control character", strange.start())
    if not text.strip():
        _refuse("expected a word, a “phrase” or a field such as keyword:BMW", 0)
    parsing = _parser().parse_interactive(text.translate(_PLAIN))
    try:
        _keep_bounds(parsing.iter_parse())
        tree: Tree[Token] = parsing.feed_eof()  # type: ignore[no-untyped-call]  # lark has no type for it
    except UnexpectedToken as error:
        at = len(text) if error.token.type == "$END" else int(error.token.start_pos or 0)
        _refuse(_expectation(error.expected, text[at : at + 1].translate(_PLAIN)), at)
    except UnexpectedCharacters as error:
        position: int = error.pos_in_stream  # type: ignore[assignment]  # lark sets it in every such error
        _refuse(_expectation(error.allowed or (), text[position : position + 1].translate(_PLAIN)), position)
    return tree


def _keep_bounds(tokens: Iterator[Token]) -> None:
    """Lets the tokens go by, as long as they are not too many or too deep."""
    depth, terms = 0, 0
    for token in tokens:
        depth += (token.type == "_OPEN") - (token.type == "_CLOSE")
        terms += token.type in _TERMS
        if depth > MAX_DEPTH:
            _refuse(f"at most {MAX_DEPTH} brackets within each other", int(token.start_pos or 0))
        if terms > MAX_TERMS:
            _refuse(f"at most {MAX_TERMS} words, phrases and values in one question", int(token.start_pos or 0))


@cache
def _parser() -> Lark:
    from lark import Lark  # late: few commands read questions

    return Lark(_GRAMMAR, start="any", parser="lalr", lexer="contextual", maybe_placeholders=False)


def _expectation(allowed: Collection[str], found: str) -> str:
    """What could have stood there, in words."""
    because = (
        (found == '"', "this quotation mark is never closed; expected another one"),
        (found == "-", "expected the word or phrase that is to be left out directly behind the -"),
        (found == ":", f"expected the name of a field in front of the colon: {_NAMES}; {_COLON}"),
        ("VALUE" in allowed, "expected a word or a “phrase” behind the colon"),
        ("_CLOSE" in allowed, "expected ), or more words: a bracket is not closed"),
        (found == ")" and "WORD" not in allowed, "no bracket was opened that this one could close"),
        (True, "expected a word, a “phrase”, a field such as keyword:BMW or a bracket"),
    )
    return next(reason for applies, reason in because if applies)


# --- meaning ----------------------------------------------------------------------------------------------------


class _Reading:
    """One text as its tree becomes a question."""

    def __init__(self, text: str) -> None:
        self._text = text

    def question(self, tree: Tree[Token]) -> Question:
        """What a tree means; not yet in canonical form, but for groups of all."""
        from lark import Tree  # late: few commands read questions

        if tree.data == "term":
            return self._term([child for child in tree.children if not isinstance(child, Tree)])
        parts = [self.question(child) for child in tree.children if isinstance(child, Tree)]
        if tree.data == "not":
            is_odd = (len(tree.children) - 1) % 2
            return Not(parts[0]) if is_odd else parts[0]
        return AnyOf(tuple(parts)) if tree.data == "any" else all_of(map(canonical_question, parts))

    def _term(self, tokens: list[Token]) -> Question:
        *field, value = tokens
        at = int(value.start_pos or 0)
        raw = self._text[at : value.end_pos]
        if value.type == "PHRASE":
            raw = _ESCAPED.sub(r"\1", raw[1:-1])
        if not field:
            return _has(Field.WORDS, raw, at)
        name = str(field[0])[:-1].casefold()
        if name in _FIELDS:
            return _has(_FIELDS[name], raw, at)
        if name in set(Side):
            return _dated(Side(name), raw.translate(_PLAIN).strip(), at)
        return _refuse(f"there is no field {name!r}; expected one of {_NAMES}; {_COLON}", int(field[0].start_pos or 0))


def _has(field: Field, raw: str, at: int) -> Has:
    """A value looked for in a field."""
    if field in SPOKEN:
        tokens = tuple(tokens_of(raw))
        if not tokens:
            _refuse("expected a letter or a digit", at)
        return Has(field, tokens)
    if field is Field.KEYWORD:
        name = keyword_key(raw)
    elif field is Field.LANGUAGE:
        name = language_case(raw.translate(_PLAIN).strip())
        if name == "all":
            _refuse("every language is meant without saying so; leave lang:all out", at)
        if not is_language_tag(name):
            _refuse(f"{raw!r} is no language tag; expected one such as de, pt-BR or zh-Hant", at)
    else:
        name = raw.strip().casefold()
    if not name:
        _refuse(f"expected a name for {field.value}:", at)
    return Has(field, (name,))


def _dated(side: Side, raw: str, at: int) -> Dated:
    """``7d``, ``24h``, ``2w``, ``2020-07-08`` or an instant such as ``2020-07-08T12:00Z``."""
    if age := _AGE.fullmatch(raw.lower()):
        age_s = int(age[1]) * _UNITS_S[age[2]]
        if not 0 < age_s <= MAX_AGE_S:
            _refuse("expected an age of at least 1h and at most 200 years", at)
        return Dated(side, age_s=age_s)
    try:
        if day := _DAY.fullmatch(raw):
            return Dated(side, at=dt.date(int(day[1]), int(day[2]), int(day[3])))
        if _INSTANT.fullmatch(raw.upper()):
            return Dated(side, at=dt.datetime.fromisoformat(raw.upper()))
    except ValueError:
        _refuse(f"there is no day {raw!r}", at)
    return _refuse("expected an age such as 24h, 7d or 2w, or a day such as 2020-07-08", at)


def _refuse(reason: str, position: int) -> Never:
    raise QueryError(reason, position=position)
