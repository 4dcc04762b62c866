"""Public feed addresses in, FeedQuery out, and back: every question has one address and one feed id.

::

    /feeds/{languages}                      /feeds/de   /feeds/de+fr   /feeds/all
    /feeds/{languages}~{language}           /feeds/de~en~fr   German, and English for stories without a German
                                            edition, and French for those that have neither
    /feeds/{languages}/keywords/A+B         articles that carry both A and B
    /feeds/{languages}/keywords/A,B         articles that carry A or B
    /feeds/{languages}/sections/{slug}
    /feeds/{languages}/sources/{id}
    /feeds/{languages}/search?q=…           whatever the language of questions can ask
    /feeds/named/{name}                     a question that the operator has given a name

each with ``.atom``, ``.rss`` or ``.json`` behind it, or nothing for the HTML page of the same feed. ``?copies=hide``
leaves syndicated copies out, ``?inferred=no`` keywords that were only found in the text, ``?content=summary`` the body
of every article, ``?content=title`` its summary too. ``?archive=3`` and ``?before=700`` are further documents of the
same feed (``Part``). No other parameter means anything.

An address has three spellings. The *decoded path* is what a WSGI server hands on (``PATH_INFO`` as text): that is
what ``read_address`` reads and ``spell_address`` writes. The *wire* form is the decoded path percent-encoded, and
what ``write_address`` writes. Inside one keyword the signs that would be read as something else (``+ , / %``, the
dot of a last ``.atom``, control characters) are percent-encoded once more, so that they survive the server's own
decoding: ``C++`` is ``C%2B%2B`` in the decoded path and ``C%252B%252B`` on the wire.
"""

from __future__ import annotations

import dataclasses
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Never
from urllib.parse import quote, quote_plus, unquote_to_bytes

from feeds.errors import QueryError
from feeds.folding import display_form, is_language_tag, keyword_key, language_case, language_covers, without_covered
from feeds.model import Content, FeedQuery, Format, Match
from feeds.query.language import read_question
from feeds.query.parameters import CONTENT, COPIES, INFERRED, NEWEST, QUESTION, Parameters, Part
from feeds.query.settle import MAX_KEYWORDS, MAX_LANGUAGES, search_text, settle

MAX_PATH_CHARS = 1000
EVERY_LANGUAGE = "all"
SEARCH = "search"
NAMED = "named"
STANDS_IN = "~"

# never change it: it is part of every feed's id
_FEED_NAMESPACE = uuid.UUID("5c8e2f0a-7d0b-5c55-9a4e-0f6f1f2b8d31")
_NONE: Mapping[str, str] = {}

_FORMAT_NAMES = ", ".join(f".{format_.value}" for format_ in Format)
_FORMAT_ENDING = re.compile(rf"\.({'|'.join(format_.value for format_ in Format)})$", re.IGNORECASE)
# what cannot stand bare inside one keyword; surrogates have no UTF-8 form of their own
_RESERVED = re.compile("[+,/%\x00-\x1f\x7f\ud800-\udfff]")
# what would end a parameter or be read as another sign
_PARAMETER_SIGNS = re.compile("[ +&#%;\x00-\x1f\x7f]")
_DOTS = re.compile(r"\.+")
_KINDS = ("keywords", "sections", "sources")
_FORMS = "/feeds/{language}, /feeds/{language}/keywords/{A+B or A,B}, /sections/{slug}, /sources/{id} or /search?q=…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A question and how it is to be answered; ``format`` is None for the HTML page.

    Of a path ``name`` is that of a named feed, whose query is not known here, and ``is_search`` says that the
    parameters hold a question. ``part`` says which document of the feed.
    """

    query: FeedQuery
    format: Format | None = None
    name: str | None = None
    is_search: bool = False
    part: Part = NEWEST


def read_address(path: str) -> Address:
    """What a decoded path such as ``/feeds/de/keywords/BMW+Alibaba.atom`` asks for.

    Lenient where the meaning is plain: case, order, repetition, spaces around names, doubled and trailing slashes.
    The query that comes out is canonical. Whether a language, section or source exists is not asked here.

    Raises:
        QueryError: with the position in ``path`` and, in words, what was expected there.
    """
    if len(path) > MAX_PATH_CHARS:
        _refuse(f"an address has at most {MAX_PATH_CHARS} characters", MAX_PATH_CHARS)
    parts = [(part.start(), part.group()) for part in re.finditer("[^/]+", path)]
    if not parts or parts[0][1].casefold() != "feeds":
        _refuse(f"feed addresses are {_FORMS}", 0)
    if len(parts) == 1:
        _refuse(f"which language? Feed addresses are {_FORMS}", len(path))
    format_, parts[-1] = _read_format(parts[-1])
    _, languages, *selection = parts
    word = languages[1].strip().casefold()
    if word == NAMED:
        return Address(query=FeedQuery(), format=format_, name=_read_name(selection, len(path)))
    if word == SEARCH and not selection:
        return Address(query=FeedQuery(), format=format_, is_search=True)
    query = _read_languages(*languages, is_last=not selection)
    if len(selection) == 1 and selection[0][1].strip().casefold() == SEARCH:
        return Address(query=query, format=format_, is_search=True)
    if selection:
        query = _read_selection(query, selection, len(path))
    return Address(query=query, format=format_)


def with_parameters(address: Address, parameters: Parameters) -> FeedQuery:
    """What an address asks together with its parameters, in canonical form.

    Raises:
        QueryError: the question cannot be read; the position is in its text.
    """
    query = dataclasses.replace(
        address.query, copies=parameters.copies, inferred=parameters.inferred, content=parameters.content
    )
    text = parameters.question
    if not address.is_search or not text:
        return query
    if (at := text.find("\ufffd")) >= 0:
        _refuse("expected UTF-8", at)
    return canonical(dataclasses.replace(query, question=read_question(text)))


def write_parameters(query: FeedQuery) -> str:
    """What stands behind the path of a question's address: ``?copies=hide``, ``?q=…``, or nothing."""
    written = [
        f"{QUESTION}={quote_plus(value, safe=':')}" if name == QUESTION else f"{name}={value}"
        for name, value in _parameters(query)
    ]
    return f"?{'&'.join(written)}" if written else ""


def spell_parameters(query: FeedQuery) -> str:
    """The same in readable letters, to be shown."""
    shown = [f"{name}={_PARAMETER_SIGNS.sub(_show_sign, value)}" for name, value in _parameters(query)]
    return f"?{'&'.join(shown)}" if shown else ""


def _show_sign(found: re.Match[str]) -> str:
    return quote_plus(found[0])


def _parameters(query: FeedQuery) -> list[tuple[str, str]]:
    """Names and values, decoded, in their order."""
    query = canonical(query)
    said = [(QUESTION, search_text(query))] if is_search(query) else []
    if not query.copies:
        said.append((COPIES, "hide"))
    if not query.inferred:
        said.append((INFERRED, "no"))
    if query.content is not Content.FULL:
        said.append((CONTENT, query.content.value))
    return said


def is_search(query: FeedQuery) -> bool:
    """Whether a canonical query asks more than a path can say, and needs the language of questions."""
    selections = (bool(query.keywords), query.section is not None, query.source is not None)
    return query.question is not None or sum(selections) > 1


def spell_address(query: FeedQuery, format_: Format | None, labels: Mapping[str, str] = _NONE) -> str:
    """The canonical decoded path of a question, to be compared with ``PATH_INFO``; without its parameters.

    Args:
        query: any spelling of the question; it is brought into canonical form first.
        format_: None for the HTML page.
        labels: keyword key -> display form; a missing or wrong one is spelled as its key.
    """
    query = canonical(query)
    path = f"/feeds/{STANDS_IN.join(('+'.join(query.languages) or EVERY_LANGUAGE, *query.fallback))}"
    if is_search(query):
        path += f"/{SEARCH}"
    elif query.keywords:
        joiner = "," if query.match is Match.ANY else "+"
        path += "/keywords/" + joiner.join(_escape(_label(key, labels)) for key in query.keywords)
    elif query.section is not None:
        path += "/sections/" + _escape(query.section)
    elif query.source is not None:
        path += "/sources/" + _escape(query.source)
    return f"{path}.{format_.value}" if format_ else path


def write_address(
    query: FeedQuery,
    format_: Format | None,
    labels: Mapping[str, str] = _NONE,
    *,
    name: str | None = None,
    part: Part = NEWEST,
) -> str:
    """The canonical percent-encoded path of a question and its parameters; arguments as of ``spell_address``.

    With ``name`` it is the named feed that asks this question; ``part`` is which document of the feed.
    """
    if name is not None:
        return spell_named(name, format_) + _join("", part)
    parameters = write_parameters(query)
    return quote(spell_address(query, format_, labels), safe="/+,") + parameters + _join(parameters, part)


def _join(parameters: str, part: Part) -> str:
    said = str(part)
    return f"{'&' if parameters else '?'}{said}" if said else ""


def spell_named(name: str, format_: Format | None) -> str:
    """The path of a named feed; such a name needs no encoding."""
    return f"/feeds/{NAMED}/{name}" + (f".{format_.value}" if format_ else "")


def named_id(name: str) -> str:
    """A ``urn:uuid:`` for a named feed: its name's, so that subscribers stay when its question is changed."""
    return f"urn:uuid:{uuid.uuid5(_FEED_NAMESPACE, spell_named(name, None))}"


def feed_id(query: FeedQuery) -> str:
    """A ``urn:uuid:`` for the question: equal for equal questions, on every host, whatever its keywords' labels are."""
    said = "".join(f"\n{name}={value}" for name, value in _parameters(query))  # no spelled path holds a line end
    return f"urn:uuid:{uuid.uuid5(_FEED_NAMESPACE, spell_address(query, None) + said)}"


@lru_cache(maxsize=512)  # every part of an address asks for it, thirty times in making one feed
def canonical(query: FeedQuery) -> FeedQuery:
    """The one form of a question: sorted, folded, without what another part of it already says.

    ``de`` holds ``de-AT``, so ``de+de-AT`` is ``de``; all of one keyword is any of it; what the language of questions
    says of keywords, languages, section and source stands where an address says it.
    """
    keywords = tuple(sorted({keyword_key(keyword) for keyword in query.keywords} - {""}))
    plain = dataclasses.replace(
        query,
        languages=without_covered(language_case(tag) for tag in query.languages),
        keywords=keywords,
        match=query.match if len(keywords) > 1 else Match.ALL,
        section=(query.section or "").strip().casefold() or None,
        source=(query.source or "").strip().casefold() or None,
    )
    settled = plain if query.question is None else settle(plain)
    return dataclasses.replace(settled, fallback=_standing_in(settled.languages, settled.fallback))


# --- reading ----------------------------------------------------------------------------------------------------


def _read_format(part: tuple[int, str]) -> tuple[Format | None, tuple[int, str]]:
    """Takes the ending off the last part of an address."""
    at, text = part
    ending = _FORMAT_ENDING.search(text.rstrip())
    if ending is None:
        return None, part
    return Format(ending.group(1).lower()), (at, text[: ending.start()])


def _read_languages(at: int, text: str, *, is_last: bool) -> FeedQuery:
    """Canonical tags of ``de+fr~en``; no languages for every one, in which nothing need stand in."""
    if is_last and "." in text:
        dot = text.index(".")
        _refuse(f"unknown format {text[dot:].strip()!r}; there are {_FORMAT_NAMES}, and none for the page", at + dot)
    first, *others = _split(text, STANDS_IN)
    tags = [_read_tag(at + start, raw) for start, raw in _split(first[1], "+")]
    fallback = [_read_tag(at + start, raw) for start, raw in others]
    if EVERY_LANGUAGE in fallback:
        _refuse(f"{EVERY_LANGUAGE} cannot stand in for others; name the languages, one behind each {STANDS_IN}", at)
    if len(tags) + len(fallback) > MAX_LANGUAGES:
        _refuse(f"at most {MAX_LANGUAGES} languages in one address; take {EVERY_LANGUAGE}", at)
    languages = () if EVERY_LANGUAGE in tags else without_covered(tags)
    return FeedQuery(languages=languages, fallback=_standing_in(languages, fallback))


def _read_tag(at: int, raw: str) -> str:
    tag = language_case(raw.strip())
    if not is_language_tag(tag):
        _refuse(
            f"{raw.strip()!r} is no language tag; expected one such as de, pt-BR or zh-Hant, several joined by +, "
            f"or {EVERY_LANGUAGE}; one that stands in for others follows {STANDS_IN}",
            at,
        )
    return tag


def _standing_in(languages: Sequence[str], fallback: Iterable[str]) -> tuple[str, ...]:
    """Languages that stand in, in their order, without those that hold nothing which one before them does not.

    Where every language is asked for, before or among them, nothing needs to stand in any more.
    """
    found: list[str] = []
    for tag in map(language_case, fallback):
        if not languages or tag == EVERY_LANGUAGE:
            break
        if not any(language_covers(other, tag) for other in (*languages, *found)):
            found.append(tag)
    return tuple(found)


def _read_name(parts: list[tuple[int, str]], end: int) -> str:
    """The name of a named feed."""
    if not parts:
        _refuse(f"which of the named feeds? Expected a name behind /{NAMED}/", end)
    (_, name), *more = parts
    if more:
        _refuse("nothing can follow here", more[0][0] - 1)
    return name.strip().casefold()


def _read_selection(query: FeedQuery, parts: list[tuple[int, str]], end: int) -> FeedQuery:
    """Adds to ``query`` what stands behind the language."""
    (at, raw_kind), *names = parts
    kind = raw_kind.strip().casefold()
    if kind not in _KINDS:
        _refuse(f"{raw_kind!r} is unknown here; a language has {', '.join((*_KINDS, SEARCH))}", at)
    if not names:
        _refuse(f"which of the {kind}? Expected a name behind /{kind}/", end)
    (at, text), *more = names
    if more:
        _refuse("nothing can follow here; a slash inside a name is written %252F", more[0][0] - 1)
    if kind == "keywords":
        return _read_keywords(query, at, text)
    name = _unescape(at, text)
    if not name:
        _refuse(f"which of the {kind}? Expected a name behind /{kind}/", at)
    if kind == "sections":
        return dataclasses.replace(query, section=name.casefold())
    return dataclasses.replace(query, source=name.casefold())


def _read_keywords(query: FeedQuery, at: int, text: str) -> FeedQuery:
    """Adds the keywords of ``A+B`` or ``A,B``."""
    all_at, any_at = text.find("+"), text.find(",")
    if min(all_at, any_at) >= 0:
        _refuse(
            "+ (all of them) and , (any of them) cannot stand in one address; "
            "a plus inside a keyword is written %252B, a comma %252C",
            at + max(all_at, any_at),
        )
    keys = set()
    for start, raw in _split(text, "," if any_at >= 0 else "+"):
        key = keyword_key(_unescape(at + start, raw))
        if not key:
            _refuse(
                "a keyword is missing here; + and , join keywords; inside one they are written %252B and %252C: "
                "C++ is C%252B%252B",
                at + start,
            )
        keys.add(key)
    if len(keys) > MAX_KEYWORDS:
        _refuse(f"at most {MAX_KEYWORDS} keywords in one address", at)
    match = Match.ANY if any_at >= 0 and len(keys) > 1 else Match.ALL
    return dataclasses.replace(query, keywords=tuple(sorted(keys)), match=match)


def _split(text: str, separator: str) -> Iterator[tuple[int, str]]:
    """Pieces of ``text`` with where they start."""
    start = 0
    for piece in text.split(separator):
        yield start, piece
        start += len(piece) + 1


def _unescape(at: int, text: str) -> str:
    """Takes back the encoding of ``_escape``; a bare % that starts no code stands for itself."""
    raw = unquote_to_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        return raw.decode("utf-8", "surrogatepass").strip()
    except UnicodeDecodeError:
        _refuse("percent-codes must be UTF-8", at)


# --- writing ----------------------------------------------------------------------------------------------------


def _label(key: str, labels: Mapping[str, str]) -> str:
    """The display form of a key, unless it would be read as another keyword."""
    label = display_form(labels.get(key, key))
    return label if keyword_key(label) == key else key


def _escape(text: str) -> str:
    """Percent-encodes what could not be read back as part of one name."""
    escaped = _RESERVED.sub(lambda found: _encode(found.group()), text)
    if ending := _FORMAT_ENDING.search(escaped):
        escaped = f"{escaped[: ending.start()]}%2E{ending.group(1)}"
    if _DOTS.fullmatch(escaped):  # clients resolve /./ and /../ before they ask
        escaped = escaped.replace(".", "%2E")
    return escaped


def _encode(sign: str) -> str:
    return "".join(f"%{byte:02X}" for byte in sign.encode("utf-8", "surrogatepass"))


def _refuse(reason: str, position: int) -> Never:
    raise QueryError(reason, position=position)
