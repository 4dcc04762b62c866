"""The page's declared and visible titles in, its headline out.

A page gives its headline up to five times: JSON-LD, h1, og:title, twitter:title, title. They differ by what was put
around it (site, section, kicker) and by purpose (a shorter or a search engine's version). What stands around it is
cut when the page itself shows that it is a name or that another source does without it; then the sources are
weighed against each other.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from feeds.extract.evidence import Evidence
from feeds.extract.found import Found
from feeds.extract.jsonld import is_article
from feeds.extract.site import sections, site_names

# separators between a headline and what a template adds; a bar is never part of a headline, a dash may be
_BARS = "|｜ㅣ¦»«•·∙_"
_SEPARATOR = re.compile(rf"\s*[{_BARS}]\s*|\s+[-–—:~]\s+|(?<=\S)-(?=\S+$)|\s*--\s*|\s*—\s*")
_KICKER_END = re.compile(rf"\s*[{_BARS}:：]\s+|\s+[-–—]\s+")
_WORDS = re.compile(r"\w+")
_SAID = re.compile(r"\w+|[\"'?!]")
_CONFIRMED = 0.5  # share of a heading's words that another source must repeat
_MOST_CUTS = 3
_SHORTEST_PART = 4
_LONGEST = 600  # characters; what is longer is no headline
_MOST_HEADINGS = 40


def find_title(page: Evidence) -> Found[str] | None:
    """The headline and where it stood; None when the page has no title of any kind."""
    head, ld = page.head, page.ld
    declared = ld.text("headline") if is_article(ld.article) else ""
    found = {
        "json-ld": declared,
        "meta:og:title": next(iter(head.all("og:title")), ""),
        "meta:twitter:title": next(iter(head.all("twitter:title")), ""),
        "title": head.title,
    }
    headings = [text for text in page.visible.headings()[:_MOST_HEADINGS] if len(text) <= _LONGEST]
    found = {where: text for where, text in found.items() if len(text) <= _LONGEST}
    names = {_bare(name) for name in (*site_names(head, ld, page.url), *sections(head, ld))} - {""}
    known = {_bare(text) for text in (*found.values(), *headings)} - {""}
    standing: set[str] = set()
    if not {_bare(text) for text in found.values()} - {_bare(head.title), ""}:
        # nothing else is declared: a headline that is no first-rank heading still stands on the page by itself
        standing = {_bare(text) for text in page.visible.standing() if len(text) <= len(head.title)} - {""}
        known |= standing
    cut = {where: _cut(text, names, known) for where, text in found.items() if text}
    if standing and "title" in cut and _bare(cut["title"]) not in standing:
        cut["title"] = _headed_part(cut["title"], page.visible.subheadings()) or cut["title"]
    heading = _choose_heading([_cut(text, names, known) for text in headings], cut, standing)
    if heading:
        cut["h1"] = heading
    where = _weigh(cut)
    if where is None:
        return None
    usual = _usual_form(cut[where], tuple(cut.values()))
    others = [text for other, text in cut.items() if other not in {where, "h1"}]
    is_usual = _bare(usual) != _bare(cut[where])
    return Found(value=usual if is_usual else _without_kicker(usual, others), where=where)


def _headed_part(title: str, headings: Sequence[str]) -> str | None:
    """The part of a title that is a heading of the page; of two the lower one: a site is named above its story."""
    ranks = {_bare(text): rank for rank, text in reversed(list(enumerate(headings)))}
    parts = [
        part
        for separator in (_SEPARATOR, _KICKER_END)
        for match in separator.finditer(title)
        for part in (title[: match.start()], title[match.end() :])
        if _bare(part) in ranks and len(_bare(part)) >= _SHORTEST_PART
    ]
    return max(parts, key=lambda part: ranks[_bare(part)], default=None)


def _usual_form(text: str, all_texts: Sequence[str]) -> str:
    """The way of writing these very words that most sources share: "Kicker: headline" against "Kicker - headline"."""
    said = _SAID.findall(_bare(text))
    forms = Counter(_bare(other) for other in all_texts if _SAID.findall(_bare(other)) == said)
    usual, times = max(forms.items(), key=lambda form: form[1])
    return text if times <= forms[_bare(text)] else next(other for other in all_texts if _bare(other) == usual)


def _without_kicker(text: str, others: Iterable[str]) -> str:
    """The text without the line above the headline, when a declared title does without it or has another one there."""
    ends = {_bare(other) for other in others}
    ends |= {part for other in others for part in [_after_kicker(_bare(other))] if part}
    for match in _KICKER_END.finditer(text):
        after = text[match.end() :]
        if _bare(after) in ends and _bare(text) not in ends:
            return after
    return text


def _after_kicker(text: str) -> str:
    match = _KICKER_END.search(text)
    return text[match.end() :] if match else ""


def _weigh(texts: dict[str, str]) -> str | None:
    """Which source to believe.

    JSON-LD's headline is the newsroom's own word for it, unless it is the search engines' version: then title says
    the same, and the heading and og:title agree on another one. Without JSON-LD: the heading, when anything else on
    the page repeats it; else what is declared.
    """
    bare = {where: _bare(text) for where, text in texts.items()}
    heading = bare.get("h1")
    if "json-ld" in bare:
        if heading and heading == bare.get("meta:og:title") and bare["json-ld"] == bare.get("title") != heading:
            return "h1"
        return "json-ld"
    for where in ("h1", "meta:og:title", "meta:twitter:title", "title"):
        if where in texts:
            return where
    return None


def _choose_heading(headings: list[str], declared: Mapping[str, str], standing: set[str]) -> str | None:
    """The first heading that another source repeats: word for word, else within it or in most of its words.

    With nothing but ``<title>`` to compare, and that naming only site and section, the page's one heading; not where
    the title is ``standing`` on the page by itself, since then the heading names something else.
    """
    others = [_bare(other) for other in declared.values()]
    words_of = [set(_WORDS.findall(other)) for other in others]
    # sites and sections are named in headings too, often as a part of the title
    exact = next((heading for heading in headings if _bare(heading) in others), None)
    if exact:
        return exact
    if not standing.isdisjoint(others):
        return None
    for heading in headings:
        bare = _bare(heading)
        words = set(_WORDS.findall(bare))
        if bare and any(bare in other for other in others):
            return heading
        if words and any(len(words & other) >= _CONFIRMED * len(words) for other in words_of):
            return heading
    alone = len(set(map(_bare, headings))) == 1 and not declared.keys() - {"title"}
    return headings[0] if alone else None


def _cut(text: str, names: set[str], known: set[str]) -> str:
    """The text without what a template put before or behind it."""
    for _ in range(_MOST_CUTS):
        shorter = _cut_once(text, names, known)
        if shorter == text:
            break
        text = shorter
    return text


def _cut_once(text: str, names: set[str], known: set[str]) -> str:
    for match in reversed(list(_SEPARATOR.finditer(text))):
        before, after = text[: match.start()], text[match.end() :]
        is_bar = match[0].strip() in _BARS
        stands = _bare(before) in known and (is_bar or match[0].strip() == "--")
        if _names_site(after, names) or _names_site(_SEPARATOR.split(after)[0], names) or stands:
            return before or text
    for match in _SEPARATOR.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        if match[0].strip() != ":" and _bare(before) in names and _bare(after) in known:
            return after or text
    return text


def _names_site(text: str, names: set[str]) -> bool:
    """Whether the text is one of the site's names, with or without a top-level domain."""
    bare = _bare(text)
    joined = "".join(_WORDS.findall(bare))
    return bare in names or any(joined in ("".join(_WORDS.findall(name)), name) for name in names)


def _bare(text: str) -> str:
    """The text as it is compared: folded, one kind of quote and dash, no invisible characters."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = re.sub(
        "[\u2018\u2019\u201a\u201b\u2032`\u00b4]", "'", re.sub("[\u201c\u201d\u201e\u00ab\u00bb]", '"', folded)
    )
    folded = re.sub("[\u2010-\u2015]", "-", re.sub("[\u00ad\u200b-\u200f\u2060\ufeff]", "", folded))
    return " ".join(folded.split())
