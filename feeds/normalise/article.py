"""An Item in, an Article out: the common model, with an identity that never shifts and dates never invented."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from feeds.dates import Moment, read_date, with_zone
from feeds.errors import ArticleError
from feeds.folding import display_form
from feeds.model import Article, Item, instant
from feeds.names import split_authors, split_keywords
from feeds.normalise.files import one_file_each
from feeds.normalise.html import plain_text, sanitise
from feeds.normalise.language import read_language
from feeds.urls import clean_url, identity_of, is_http_url, plain_identity, registered_domain

_SLACK = dt.timedelta(days=1)  # a page may be dated by a clock in the far east of ours
_SUMMARY_CHARACTERS = 300
_TITLE_CHARACTERS = 100
_CREDIT_CHARACTERS = 200
_RIGHTS_CHARACTERS = 300
_CERTAINTY_DIGITS = 3  # more would only tell one machine's arithmetic from another's
_INDEX = re.compile(r"(?:index|default|home)\.\w+", re.IGNORECASE)
# what the addresses of articles have and those of sections have not: a number, several words, a file's ending
_ARTICLE_STEP = re.compile(r"\d|-.*-|\.\w+$")
# control characters, and halves of characters
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_READ_OF_A_NOTICE = 5000  # characters
_SENTENCE_ENDS = ".!?…。！？؟।"


def normalise(
    item: Item,
    *,
    source_id: str = "",
    zone: str = "UTC",
    language: str | None = None,
    date_formats: tuple[str, ...] = (),
    keyword_separators: str | None = None,
    now: dt.datetime,
) -> Article:
    """Make an article of what was found.

    Args:
        item: What was found.
        source_id: The source's id, part of the article's identity; empty where a page is read by hand.
        zone: IANA name, taken where a clock or a day has no zone of its own.
        language: The source's language, taken where neither page nor text tells.
        date_formats: ``strptime`` forms tried before the generic reading.
        keyword_separators: Characters between keywords that replace the usual ones.
        now: Aware; nothing is published later than a day after it.

    Raises:
        ArticleError: the item has no usable address, or neither a title nor any text.
    """
    if not is_http_url(item.url):
        raise ArticleError(f"no web address: {item.url!r}", source_id=source_id, url=item.url)
    content = sanitise(item.content_html, base_url=item.url) if item.content_html else ""
    text = plain_text(content) if content else ""
    summary = _summary(item.summary, text)
    title = display_title(item.title) or _shorten(_first_line(text or summary), _TITLE_CHARACTERS)
    if not title:
        raise ArticleError("neither a title nor any text", source_id=source_id, url=item.url)
    spoken = read_language(f"{title}. {text or summary}", declared=item.language, source=language)
    provenance = dict(item.provenance)
    dates = _dates(item, provenance, language=spoken.tag, zone=zone, formats=date_formats, now=now)
    identity, aliases = identify(item)
    # long because an article has many fields: a line for each, and whatever is more than a line has its own function
    return Article(
        id=uuid.uuid5(uuid.NAMESPACE_URL, f"{source_id}\n{identity}").urn,
        source_id=source_id,
        identity=identity,
        url=_address(item),
        title=title,
        language=spoken.tag,
        authors=split_authors(item.authors),
        published=dates["published"],
        updated=dates["updated"],
        keywords=split_keywords(item.keywords, keyword_separators),
        section=display_form(item.section) if item.section else None,
        summary=summary,
        content_html=content,
        content_text=text,
        image=item.image if item.image and is_http_url(item.image) else None,
        image_caption=plain_text(item.image_caption) if item.image_caption else None,
        image_credit=_notice(item.image_credit, _CREDIT_CHARACTERS),
        enclosures=one_file_each(item.enclosures),
        rights=_notice(item.rights, _RIGHTS_CHARACTERS),
        origin=display_form(item.origin) if item.origin else None,
        declared_language=spoken.declared or spoken.configured,
        detected_language=spoken.detected,
        language_certainty=round(spoken.sureness, _CERTAINTY_DIGITS) if spoken.detected else None,
        zone=zone,
        is_free=item.is_free,
        alternates=_alternates(item.alternates),
        aliases=aliases,
        provenance=MappingProxyType(provenance),
    )


def display_title(title: str | None) -> str:
    """The headline on one line, without markup."""
    if not title:
        return ""
    return " ".join((plain_text(title) if "<" in title else title).split())


def _notice(text: str | None, limit: int) -> str | None:
    """A credit or a notice on one line, without markup and control characters; shortened when it runs on."""
    words = display_title(_UNPRINTABLE.sub(" ", text[:_READ_OF_A_NOTICE])) if text else ""
    return _shorten(words, limit) or None


def identify(item: Item) -> tuple[str, tuple[str, ...]]:
    """The identity an article's id is made of, and every other under which it is known.

    A feed's own guid, else the canonical address, else the address; addresses cleaned and compared as https. Each
    address is also known in its plainest form, which it shares with its mobile and AMP forms.
    """
    named = [one for one in (item.guid, _canonical(item), item.url) if one]
    plain = [plain_identity(one) for one in named if is_http_url(one)]
    known = list(dict.fromkeys([*map(_identity, named), *plain]))
    return known[0], tuple(known[1:])


def _identity(text: str) -> str:
    return identity_of(text) if is_http_url(text) else " ".join(text.split())


def _canonical(item: Item) -> str | None:
    """The canonical address, unless it is a front page that a template left on every page.

    Taken at its word, a site's or section's front would make one article of all. A front stands above the page's own
    address (``/news/`` above ``/news/2020/story.html``) and its last step is a plain word; ``/a-story-7/`` above
    ``/a-story-7/amp/`` is an article.
    """
    address = item.canonical_url
    if not address or not is_http_url(address):
        return None
    above, own = _steps(address), _steps(item.url)
    stands_above = len(above) < len(own) and own[: len(above)] == above
    is_plain_word = not above or not _ARTICLE_STEP.search(above[-1])
    return None if stands_above and is_plain_word else address


def _steps(address: str) -> list[str]:
    """The steps of an address's path, without an index page at its end."""
    steps = [step for step in urlsplit(address).path.split("/") if step]
    return steps[:-1] if steps and _INDEX.fullmatch(steps[-1]) else steps


def _address(item: Item) -> str:
    """Where the reader is sent: the canonical address when it is on the same site, else where it was found."""
    canonical = _canonical(item)
    if canonical and registered_domain(canonical) == registered_domain(item.url):
        return clean_url(canonical)
    return clean_url(item.url)


def _dates(
    item: Item, provenance: dict[str, str], *, language: str, zone: str, formats: tuple[str, ...], now: dt.datetime
) -> dict[str, Moment | None]:
    """``published`` and ``updated`` as moments; what cannot be read or lies ahead is None, and provenance says so."""
    dates: dict[str, Moment | None] = {}
    for field in ("published", "updated"):
        written: str = getattr(item, field) or ""
        read = read_date(written, language=language, formats=formats)
        dates[field] = with_zone(read, zone) if read else None
        if written and not read:
            provenance.pop(field, None)
        elif _is_future(dates[field], zone, now):
            dates[field] = None
            provenance[field] = f"dropped: {written} is in the future"
    return dates


def _is_future(moment: Moment | None, zone: str, now: dt.datetime) -> bool:
    at = instant(moment, zone)
    return at is not None and at > now + _SLACK


def _summary(declared: str | None, text: str) -> str:
    """The declared description, else the first paragraph shortened."""
    if declared:
        words = " ".join(plain_text(declared).split())
        if words:
            return words
    return _shorten(_first_line(text), _SUMMARY_CHARACTERS)


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.split("\n") if line.strip()), "")


def _shorten(text: str, limit: int) -> str:
    """The text, or its beginning up to a sentence's end, else up to a word's end, with an ellipsis."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    head = text[:limit]
    sentence = max(head.rfind(end) for end in _SENTENCE_ENDS)
    if sentence >= limit // 2:
        return head[: sentence + 1]
    word = head.rfind(" ")
    return head[: word if word > limit // 2 else limit - 1].rstrip(" ,;:–-") + "…"


def _alternates(alternates: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType({tag: clean_url(url) for tag, url in alternates.items() if is_http_url(url)})
