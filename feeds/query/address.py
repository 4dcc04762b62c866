"""Public feed addresses in, FeedQuery out, and back: every question has one address and one feed id.

::

    /feeds/{languages}                      /feeds/de   /feeds/de+fr   /feeds/all
    /feeds/{languages}/keywords/A+B         articles that carry both A and B
    /feeds/{languages}/keywords/A,B         articles that carry A or B
    /feeds/{languages}/sections/{slug}
    /feeds/{languages}/sources/{id}

each with ``.atom``, ``.rss`` or ``.json`` behind it, or nothing for the HTML page of the same feed. ``?copies=hide``
leaves syndicated copies out; no other parameter means anything.

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
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Never
from urllib.parse import quote, unquote_plus, unquote_to_bytes

from feeds.errors import QueryError
from feeds.folding import display_form, is_language_tag, keyword_key, language_case
from feeds.model import FeedQuery, Format, Match

MAX_PATH_CHARS = 1000
MAX_KEYWORDS = 10
MAX_LANGUAGES = 20
EVERY_LANGUAGE = "all"
COPIES = "copies"
HIDE_COPIES = f"{COPIES}=hide"

# never change it: it is part of every feed's id
_FEED_NAMESPACE = uuid.UUID("5c8e2f0a-7d0b-5c55-9a4e-0f6f1f2b8d31")
_NONE: Mapping[str, str] = {}

_FORMAT_NAMES = ", ".join(f".{format_.value}" for format_ in Format)
_FORMAT_ENDING = re.compile(rf"\.({'|'.join(format_.value for format_ in Format)})$", re.IGNORECASE)
# what cannot stand bare inside one keyword; surrogates have no UTF-8 form of their own
_RESERVED = re.compile("[+,/%\x00-\x1f\x7f\ud800-\udfff]")
_DOTS = re.compile(r"\.+")
_KINDS = ("keywords", "sections", "sources")
_FORMS = "/feeds/{language}, /feeds/{language}/keywords/{A+B or A,B}, /sections/{slug} or /sources/{id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A question and how it is to be answered; ``format`` is None for the HTML page."""

    query: FeedQuery
    format: Format | None = None


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
    query = FeedQuery(languages=_read_languages(*languages, is_last=not selection))
    if selection:
        query = _read_selection(query, selection, len(path))
    return Address(query=query, format=format_)


def read_copies(query_string: str) -> tuple[bool, bool]:
    """What a query string says of syndicated copies: whether they are wanted, and whether it says so in the one way.

    ``copies=hide`` leaves them out; to want them it is best to say nothing, for any other value means that too. Other
    parameters say nothing.
    """
    if not query_string or (COPIES not in query_string.lower() and "%" not in query_string):
        return True, True
    said = [piece.partition("=") for piece in query_string.split("&") if _says_copies(piece)]
    if not said:
        return True, True
    is_hidden = unquote_plus(said[0][2]).strip().casefold() == "hide"
    return not is_hidden, ["".join(each) for each in said] == [HIDE_COPIES]


def without_copies(query_string: str) -> str:
    """The other parameters of a query string."""
    return "&".join(piece for piece in query_string.split("&") if piece and not _says_copies(piece))


def _says_copies(piece: str) -> bool:
    return unquote_plus(piece.partition("=")[0]).strip().casefold() == COPIES


def write_parameters(query: FeedQuery) -> str:
    """What stands behind the path of a question's address: ``?copies=hide``, or nothing."""
    return "" if query.copies else f"?{HIDE_COPIES}"


def spell_address(query: FeedQuery, format_: Format | None, labels: Mapping[str, str] = _NONE) -> str:
    """The canonical decoded path of a question, to be compared with ``PATH_INFO``; without its parameters.

    Args:
        query: any spelling of the question; it is brought into canonical form first.
        format_: None for the HTML page.
        labels: keyword key -> display form; a missing or wrong one is spelled as its key.

    Raises:
        QueryError: the question names two of keywords, section and source: such a feed has no address.
    """
    query = canonical(query)
    path = f"/feeds/{'+'.join(query.languages) or EVERY_LANGUAGE}"
    if sum((bool(query.keywords), query.section is not None, query.source is not None)) > 1:
        _refuse("a feed address names keywords, a section or a source, not two of them", 0)
    if query.keywords:
        joiner = "," if query.match is Match.ANY else "+"
        path += "/keywords/" + joiner.join(_escape(_label(key, labels)) for key in query.keywords)
    elif query.section is not None:
        path += "/sections/" + _escape(query.section)
    elif query.source is not None:
        path += "/sources/" + _escape(query.source)
    return f"{path}.{format_.value}" if format_ else path


def write_address(query: FeedQuery, format_: Format | None, labels: Mapping[str, str] = _NONE) -> str:
    """The canonical percent-encoded path of a question and its parameters; arguments as of ``spell_address``."""
    return quote(spell_address(query, format_, labels), safe="/+,") + write_parameters(query)


def feed_id(query: FeedQuery) -> str:
    """A ``urn:uuid:`` for the question: equal for equal questions, on every host, whatever its keywords' labels are."""
    hidden = "" if query.copies else f"\n{HIDE_COPIES}"  # no name in a spelled path holds a bare line end
    return f"urn:uuid:{uuid.uuid5(_FEED_NAMESPACE, spell_address(query, None) + hidden)}"


def canonical(query: FeedQuery) -> FeedQuery:
    """The one form of a question: sorted, folded, without what another part of it already says.

    ``de`` holds ``de-AT``, so ``de+de-AT`` is ``de``; all of one keyword is any of it.
    """
    keywords = tuple(sorted({keyword_key(keyword) for keyword in query.keywords} - {""}))
    return dataclasses.replace(
        query,
        languages=_without_covered(language_case(tag) for tag in query.languages),
        keywords=keywords,
        match=query.match if len(keywords) > 1 else Match.ALL,
        section=(query.section or "").strip().casefold() or None,
        source=(query.source or "").strip().casefold() or None,
    )


# --- reading ----------------------------------------------------------------------------------------------------


def _read_format(part: tuple[int, str]) -> tuple[Format | None, tuple[int, str]]:
    """Takes the ending off the last part of an address."""
    at, text = part
    ending = _FORMAT_ENDING.search(text.rstrip())
    if ending is None:
        return None, part
    return Format(ending.group(1).lower()), (at, text[: ending.start()])


def _read_languages(at: int, text: str, *, is_last: bool) -> tuple[str, ...]:
    """Canonical tags of ``de+fr``; empty for every language."""
    if is_last and "." in text:
        dot = text.index(".")
        _refuse(f"unknown format {text[dot:].strip()!r}; there are {_FORMAT_NAMES}, and none for the page", at + dot)
    tags = []
    for start, raw in _split(text, "+"):
        tag = language_case(raw.strip())
        if not is_language_tag(tag):
            _refuse(
                f"{raw.strip()!r} is no language tag; expected one such as de, pt-BR or zh-Hant, several joined by +, "
                f"or {EVERY_LANGUAGE}",
                at + start,
            )
        tags.append(tag)
    if len(tags) > MAX_LANGUAGES:
        _refuse(f"at most {MAX_LANGUAGES} languages in one address; take {EVERY_LANGUAGE}", at)
    return () if EVERY_LANGUAGE in tags else _without_covered(tags)


def _read_selection(query: FeedQuery, parts: list[tuple[int, str]], end: int) -> FeedQuery:
    """Adds to ``query`` what stands behind the language."""
    (at, raw_kind), *names = parts
    kind = raw_kind.strip().casefold()
    if kind not in _KINDS:
        _refuse(f"{raw_kind!r} is unknown here; a language has {', '.join(_KINDS)}", at)
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


def _without_covered(tags: Iterable[str]) -> tuple[str, ...]:
    """Sorted tags without those that a shorter one already holds."""
    unique = set(tags)
    return tuple(sorted(tag for tag in unique if not any(tag.startswith(f"{other}-") for other in unique)))


def _refuse(reason: str, position: int) -> Never:
    raise QueryError(reason, position=position)
