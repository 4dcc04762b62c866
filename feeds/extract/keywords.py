"""What a page declares and shows as its keywords in, one list of them out.

Sources in order of trust: JSON-LD, article:tag, the news metas, vendors' metas, keywords, a labelled list, tag links.
The first whose names look like an editor's choice for this article wins; a list that repeats the site's sections or
names, or the words of the address, does not.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from urllib.parse import unquote, urlsplit

import lxml.etree
import lxml.html

from feeds.extract import labels
from feeds.extract.evidence import Evidence
from feeds.extract.found import Found
from feeds.extract.jsonld import as_list, texts_of
from feeds.extract.site import bare_names
from feeds.extract.tags import find_tags, is_more_link
from feeds.folding import keyword_key
from feeds.names import split_keywords

_METAS = ("news_keywords", "dc.subject", "sailthru.tags", "parsely-tags", "keywords")
# vendors' names for the same thing
_META = re.compile(r"(?:^|[:._-])(?:news_?)?(?:keywords|tags|maintag|article_?tags?|subject|subjects|topics)$")
_TYPED = re.compile(r"^([\w .&-]{2,24})(?::\s+|:(?=\w)|/)(.+)$")
# kinds of typed tags ("Subject: Justice", "topic/justice") that name what an article is about
_SUBJECTS = re.compile(
    r"subject|topic|theme|\btag|keyword|person|people|entit|organi[sz]ation|place|location|^sections?$|company|event|"
    r"thema|tema|sujet|lieu|lugar",
    re.IGNORECASE,
)
_MACHINE = re.compile(
    r"^(?:[0-9a-f]{8}-[0-9a-f-]{20,}|\d{5,}|[0-9a-f]{16,}|[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|de|uk|ca|fr|info|io|co)|\w*_\w*|"
    r"\w+:\S+|https?:.*)$"
)
# put into keywords by templates that fill every field of a schema
_SCHEMA_TYPES = frozenset({"NewsArticle", "Article", "BlogPosting", "WebPage", "Organization", "NewsMediaOrganization"})
_FOR_READERS = frozenset({"meta:news_keywords", "meta:dc.subject"})
_ENOUGH_TYPED = 3
_NEARLY_ALL = 0.8
_PADDED = 1.5
_MOST = 60
_SENTENCE = 6
_TRADE_SHARE = 0.12
_MENU = 5
_TELLING = 4
_TOLD_SHARE = 0.25
_INNER_LABEL = re.compile(r"(?<=\s)((?:\w+ ){0,2}\w+)\s*[:：]\s*")
_UNLINKED = lxml.etree.XPath(
    "//body//text()[not(ancestor::a or parent::script or parent::style or parent::option)] | //title/text()",
    smart_strings=False,
)


def find_keywords(
    page: Evidence, *, separators: str | None = None, authors: Sequence[str] = ()
) -> Found[tuple[str, ...]] | None:
    """The article's keywords and where they stood.

    Args:
        page: The page; neither its site's names nor the words of its address are keywords.
        separators: Characters between keywords that replace the usual ones.
        authors: Who wrote it; not what it is about.
    """
    signed = {keyword_key(author) for author in authors}
    usable: list[Found[tuple[str, ...]]] = []
    sectional: Found[tuple[str, ...]] | None = None
    for sources in (_declared, _shown):
        for found in sources(page):
            names = _keep(found.value, page, separators, signed)
            if not names:
                continue
            one = Found(value=names, where=found.where)
            if bare_names(names) <= page.sections:
                sectional = sectional or one
            else:
                usable.append(one)
        if usable:
            break
    return _choose(usable) or sectional


def _keep(values: Sequence[str], page: Evidence, separators: str | None, signed: Collection[str]) -> tuple[str, ...]:
    """The values split into names, without those that name no subject; none of them when the list is no choice."""
    names = split_keywords(values, separators)
    owned = sum(1 for name in names if bare_names([name]) <= page.site)
    trade = _is_trade(names)
    names = tuple(
        name
        for name in _untyped(names)
        if not (_MACHINE.match(name) or is_more_link(name) or name in _SCHEMA_TYPES)
        and keyword_key(name) not in signed
        and not bare_names([name]) <= page.site
    )
    is_choice = (
        owned <= 1
        and len(names) <= _MOST
        and not _is_slug(names, page.url)
        and not _spells(names, page.head.title)
        and not trade
    )
    return names if is_choice else ()


def _choose(usable: Sequence[Found[tuple[str, ...]]]) -> Found[tuple[str, ...]] | None:
    """The first, unless a later source shows that it is a list without separators, or holds a list made for readers."""
    if not usable:
        return None
    first = usable[0]
    keys = {keyword_key(name) for name in first.value}
    for other in usable[1:]:
        others = {keyword_key(name) for name in other.value}
        words = {word for key in others for word in key.split()}
        if len(keys) == 1 < len(others) and {word for key in keys for word in key.split()} == words:
            return other
        if other.where in _FOR_READERS and len(others) > 1 and others < keys and len(keys) >= _PADDED * len(others):
            return other
    return first


def _declared(page: Evidence) -> Iterator[Found[list[str]]]:
    declared = texts_of(as_list(page.ld.article.get("keywords")))
    yield Found(value=declared, where="json-ld")
    several = len(_once(page.head.all("article:tag"))) > 1
    for name in ("article:tag", *_METAS) if several else (*_METAS, "article:tag"):
        yield Found(value=_once(page.head.all(name)), where=f"meta:{name}")
    for name, values in page.head.metas.items():
        if name not in (*_METAS, "article:tag") and _META.search(name):
            yield Found(value=_once(values), where=f"meta:{name}")


def _shown(page: Evidence) -> Iterator[Found[list[str]]]:
    for found in page.visible.labelled("keywords"):
        yield Found(value=[_cut_label(found.value[0])], where=found.where) if len(found.value) == 1 else found
    tags = find_tags(page.tree)
    if tags and _is_told(tags.value, page.tree):
        yield tags
    yield from page.visible.headed("keywords")


def _cut_label(text: str) -> str:
    """A list up to the label of another field in the same line, or from a second label of keywords on."""
    for match in _INNER_LABEL.finditer(text):
        words = match[1].split()
        for start in range(len(words)):
            fields = labels.fields_of().get(labels.fold_label(" ".join(words[start:])))
            if fields:
                return text[match.end() :] if "keywords" in fields else text[: match.start()] + " ".join(words[:start])
    return text


def _is_told(names: Sequence[str], tree: lxml.html.HtmlElement) -> bool:
    """Whether the text, links aside, speaks of what a longer tag list names; a menu of the site it does not."""
    if len(names) < _MENU:
        return True
    text = " ".join(_UNLINKED(tree)).casefold()
    told = sum(
        1
        for name in map(str.casefold, names)
        if name in text or any(word in text for word in name.split() if len(word) >= _TELLING)
    )
    return told >= _TOLD_SHARE * len(names)


def _once(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _untyped(names: Sequence[str]) -> tuple[str, ...]:
    """Names that carry their kind, without it; kinds that are the machinery's are dropped."""
    typed = [_TYPED.match(name) for name in names]
    count = sum(1 for match in typed if match)
    if count < min(_ENOUGH_TYPED, len(names)):
        return tuple(names)
    kept = []
    for name, match in zip(names, typed, strict=True):
        if match is None:
            if count < _NEARLY_ALL * len(names):
                kept.append(name)
        elif _SUBJECTS.search(match[1]):
            kept.append(match[2].strip())
    return tuple(dict.fromkeys(kept))


def _is_slug(names: Sequence[str], url: str) -> bool:
    """Whether the names are only the words of the address."""
    slug = set(re.split(r"[\W_]+", unquote(urlsplit(url).path).casefold()))
    return len(names) > 3 and all(name.casefold() in slug for name in names)  # noqa: PLR2004 - three may well coincide


def _spells(names: Sequence[str], title: str) -> bool:
    """Whether the names are the title, whole or word by word, its little words too."""
    if len(names) == 1:
        return len(names[0].split()) > _SENTENCE
    words = [word.casefold() for word in re.findall(r"\w+", title)]
    single = {re.sub(r"\W", "", name.casefold().removesuffix("'s")) for name in names if " " not in name}
    spelt = sum(1 for word in words if word in single)
    return len(words) >= _SENTENCE and spelt >= _NEARLY_ALL * len(words)


def _is_trade(names: Sequence[str]) -> bool:
    """Whether the names say what every page of a news site is about: news."""
    general = sum(1 for name in names if keyword_key(name) in labels.TRADE_WORDS)
    return general == len(names) or (general > 1 and general >= _TRADE_SHARE * len(names))
