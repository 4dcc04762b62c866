"""A stored article in, an Entry out: what every format shows of it, decided once.

Which date is ``updated``: ``changed_at`` once the content has changed after the article was first seen, else the
date published. Both stand still until ``content_hash`` changes, so ``updated`` does too (RFC 4287, 4.2.15).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from zoneinfo import ZoneInfoNotFoundError

from feeds.folding import display_form, is_language_tag, keyword_key
from feeds.model import Article, Content, Enclosure, FeedQuery, Format, StoredArticle
from feeds.query import write_address
from feeds.render.media import Picture, shown_files, shown_picture
from feeds.render.text import exact_date, first_words, legal_text, one_line, plain_line, plain_text, web_address

TITLE_CHARS = 80
SUMMARY_CHARS = 300
UNKNOWN_LANGUAGE = "und"
_AMOUNTS = tuple(Content)  # the most first


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A keyword: its label, and the absolute address of the page of its feed.

    One that the publisher did not give counts as any other, so that readers can sort by it; its scheme ends in
    ``#inferred``, which leads to the same page.
    """

    label: str
    scheme: str
    inferred: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """What a syndicated copy repeats: the article, where it stands, and its source by id and name."""

    id: str
    url: str
    source_id: str
    source_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """The same story in another language: the article, its language as a BCP 47 tag, where it stands."""

    id: str
    language: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An article as a feed shows it: every text is legal in XML, every address absolute http, both dates aware.

    ``url`` is None when the article's address is none that a browser opens. ``published`` is midnight in the
    article's zone when ``is_date_only``, and the time it was first seen when not ``is_dated``; ``updated`` has a
    fraction of a second of its own: see ``told_apart``. ``copy_of`` is what it repeats, ``copied_feed`` the address
    of the RSS feed of that source. ``alternates`` are languages with addresses of the same story: ``translations``,
    which are articles of their own here, and others that its page names. Of ``files`` each has an address of its own
    and a type, or an empty one. ``rights`` are the article's own, empty when it says nothing of them.
    """

    id: str
    title: str
    url: str | None
    language: str | None
    published: dt.datetime
    is_dated: bool
    is_date_only: bool
    updated: dt.datetime
    authors: tuple[str, ...]
    categories: tuple[Category, ...]
    summary: str
    content_html: str
    origin: str
    picture: Picture | None
    alternates: tuple[tuple[str, str], ...]
    copy_of: Original | None = None
    copied_feed: str = ""
    translations: tuple[Translation, ...] = ()
    files: tuple[Enclosure, ...] = ()
    rights: str = ""


def lesser(one: Content, other: Content) -> Content:
    """The one that hands on less."""
    return max(one, other, key=_AMOUNTS.index)


def describe(
    stored: StoredArticle,
    *,
    labels: Mapping[str, str],
    source_name: str,
    public_url: str,
    original: Original | None = None,
    translations: Sequence[Translation] = (),
    content: Content = Content.FULL,
) -> Entry:
    """What a feed shows of an article.

    Args:
        stored: the article.
        labels: keyword key -> display form; a missing one shows as the article has it.
        source_name: stands in for authors where there are none; empty for none.
        public_url: where the service lives, without a slash behind it.
        original: the article that this one is a copy of.
        translations: stored articles that tell the same story.
        content: how much of it; a title goes without summary, picture and files.
    """
    article = stored.article
    told = _shown_translations(article, translations)
    copied = _shown_original(original)
    published = published_at(stored)
    is_changed = stored.changed_at > stored.first_seen_at
    is_more = content is not Content.TITLE
    return Entry(
        id=one_line(article.id),
        title=_title(article),
        url=web_address(article.url),
        language=_language(article),
        published=exact_date(published),
        is_dated=article.published is not None,
        is_date_only=article.published is not None and not isinstance(article.published, dt.datetime),
        updated=told_apart(exact_date(max(stored.changed_at, published) if is_changed else published), article.id),
        authors=_distinct(article.authors) or _distinct([source_name]),
        categories=_categories(article, labels, public_url),
        summary=_summary(article) if is_more else "",
        content_html=legal_text(article.content_html).strip() if content is Content.FULL else "",
        origin=plain_line(article.origin or ""),
        picture=shown_picture(article) if is_more else None,
        alternates=_alternates(article, told),
        copy_of=copied,
        copied_feed=public_url + write_address(FeedQuery(source=copied.source_id), Format.RSS) if copied else "",
        translations=told,
        files=shown_files(article) if is_more else (),
        rights=plain_line(article.rights or ""),
    )


def told_apart(when: dt.datetime, article_id: str) -> dt.datetime:
    """The same second with a fraction that follows from the article's id.

    Articles that name no time of day are all of midnight, and validators warn of two entries of one ``updated``.
    """
    digest = hashlib.blake2b(article_id.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return when.replace(microsecond=int.from_bytes(digest) % 1_000_000)


def _summary(article: Article) -> str:
    """The summary, else the first words of the text."""
    words = article.content_text[: SUMMARY_CHARS * 10]
    return plain_text(article.summary).strip() or plain_text(first_words(words, SUMMARY_CHARS))


def _shown_original(original: Original | None) -> Original | None:
    """The original as every format can hold it; None when it has no address that a browser opens."""
    url = web_address(original.url) if original else None
    if original is None or url is None:
        return None
    name = plain_line(original.source_name) or plain_line(original.source_id) or url
    return replace(original, id=one_line(original.id), url=url, source_name=name)


def published_at(stored: StoredArticle) -> dt.datetime:
    """The date a feed shows and sorts by; a zone that this machine does not know counts as UTC."""
    try:
        return stored.dated_at
    except (ZoneInfoNotFoundError, ValueError):  # a bad article must not cost the feed
        day = stored.article.published
        return dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC) if day else stored.first_seen_at


@lru_cache(maxsize=2**14)  # folding the keywords of 50 articles was a fifth of the time to render them again
def keys_of(keywords: tuple[str, ...]) -> tuple[str, ...]:
    """The key of each keyword."""
    return tuple(map(keyword_key, keywords))


def _language(article: Article) -> str | None:
    """The article's language when it is one: a feed states none rather than ``und``."""
    is_known = article.language != UNKNOWN_LANGUAGE and is_language_tag(article.language)
    return article.language if is_known else None


def _title(article: Article) -> str:
    """The title, else the first words of the text, else the address."""
    for text in (article.title, article.summary, article.content_text[: TITLE_CHARS * 10]):
        if title := plain_line(text):
            return title if text is article.title else first_words(title, TITLE_CHARS)
    return plain_line(article.url) or one_line(article.id)


def _categories(article: Article, labels: Mapping[str, str], public_url: str) -> tuple[Category, ...]:
    """One category a keyword key, in the article's order; the inferred ones behind."""
    language = _language(article)
    found: dict[str, Category] = {}
    keywords = (*article.keywords, *article.inferred)
    for place, (keyword, key) in enumerate(zip(keywords, keys_of(keywords), strict=True)):
        label = plain_line(shown_label(keyword, labels.get(key)))
        if key and label and key not in found:
            inferred = place >= len(article.keywords)
            scheme = public_url + _keyword_page(language, key, labels.get(key)) + "#inferred" * inferred
            found[key] = Category(label=label, scheme=scheme, inferred=inferred)
    return tuple(found.values())


def shown_label(keyword: str, label: str | None) -> str:
    """How an article's keyword is shown: as its address has it, where that differs in case at most.

    One key stands for 环境 and 環境 too, but a page in simplified letters is not shown the traditional ones.
    """
    own = display_form(keyword)
    return label if label and label.casefold() == own.casefold() else own


@lru_cache(maxsize=2**14)
def _keyword_page(language: str | None, key: str, label: str | None) -> str:
    query = FeedQuery(languages=(language,) if language else (), keywords=(key,))
    return write_address(query, None, {key: label} if label else {})


def _shown_translations(article: Article, translations: Sequence[Translation]) -> tuple[Translation, ...]:
    """Those that every format can hold, by language."""
    pairs = ((each, web_address(each.url)) for each in translations)
    found = [
        Translation(id=one_line(each.id), language=each.language, url=url)
        for each, url in pairs
        if url and _is_other(article, each.language)
    ]
    return tuple(sorted(found, key=lambda each: each.language))


def _alternates(article: Article, translations: Sequence[Translation]) -> tuple[tuple[str, str], ...]:
    """(language, address) of the same story in other languages, by language; ``x-default`` names none.

    An address that its page gives under another tag, ``en-us`` for what is told to be in ``en``, is given once.
    """
    pairs = ((language, web_address(url)) for language, url in sorted(article.alternates.items()))
    known = {each.language: each.url for each in translations}
    told = set(known.values())
    declared = {language: url for language, url in pairs if url and url not in told and _is_other(article, language)}
    return tuple(sorted((declared | known).items()))


def _is_other(article: Article, language: str) -> bool:
    return is_language_tag(language) and language not in {article.language, UNKNOWN_LANGUAGE} and language[:2] != "x-"


def _distinct(names: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in map(plain_line, names) if name))
