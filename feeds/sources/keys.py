"""Every key of a source file: its form, what it means, its bounds. What reads, writes and describes files goes by this.

The tables stand in the order in which a file is written. Defaults are not repeated here: they are the dataclasses'.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any

from feeds.model import ApiFields, Content, Kind, Recipe, Section, Source
from feeds.sources.forms import (
    Address,
    Choice,
    DateForms,
    Day,
    Encoding,
    Flag,
    Form,
    Language,
    Seconds,
    Slug,
    Text,
    Whole,
    Zone,
)

_DAY_S = 86400.0
KINDS: Mapping[str, str] = {
    Kind.LISTING: "pages that list articles",
    Kind.FEED: "RSS, Atom or JSON Feed",
    Kind.SITEMAP: "a sitemap, a news sitemap, or an index of them",
    Kind.JSON: "an API that answers JSON",
    Kind.ARCHIVE: "saved pages in a folder, or a WARC file",
}
CONTENTS: Mapping[str, str] = {
    Content.FULL: "the whole text where there is one",
    Content.SUMMARY: "the summary",
    Content.TITLE: "the title alone",
}
_SELECTOR = "CSS, or XPath when it starts with '/', './' or '('."
_OF_ITEM = "A JMESPath expression that starts from one item; without it the usual names are tried."
_OF_ANSWER = "A JMESPath expression that starts from the whole answer; without it the usual names are tried."


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key: ``short`` stands as a comment beside it in a written file, ``more`` after it in an editor's help."""

    name: str
    form: Form
    short: str
    more: str = ""
    required: bool = False
    examples: tuple[str, ...] = ()

    @property
    def description(self) -> str:
        """The whole help."""
        return f"{self.short[:1].upper()}{self.short[1:]}. {self.more}".strip()


def _selector(name: str, short: str, *examples: str, more: str = "") -> Key:
    return Key(name=name, form=Text(), short=short, more=f"{_SELECTOR} {more}".strip(), examples=examples)


def _expression(name: str, short: str, *examples: str, start: str = _OF_ITEM) -> Key:
    return Key(name=name, form=Text(), short=short, more=start, examples=examples)


SOURCE_KEYS: tuple[Key, ...] = (
    Key(name="name", form=Text(), short="how pages and feeds call it", more="Without it the file's name."),
    Key(
        name="kind",
        form=Choice(described=KINDS),
        short="how it is read",
        more="; ".join(f"{kind}: {what}" for kind, what in KINDS.items()) + ".",
        required=True,
    ),
    Key(
        name="url",
        form=Address(),
        short="where it is polled",
        more="It is what is polled where there are no sections; of an archive, where its pages came from.",
        required=True,
        examples=("https://news.example.org/politics/",),
    ),
    Key(
        name="path",
        form=Text(),
        short="the folder of saved pages, or the WARC file",
        more="Relative to the folder of this file. An archive must have it, nothing else may.",
        examples=("../../archive/2020", "/srv/pages/crawl.warc.gz"),
    ),
    Key(
        name="language",
        form=Language(),
        short="BCP 47",
        more="Without it each article's own language is found.",
        examples=("de", "zh-Hant", "pt-BR"),
    ),
    Key(
        name="zone",
        form=Zone(),
        short="IANA name of the time zone in which its dates are meant",
        more="For dates and clocks that name no zone.",
        examples=("Europe/Berlin", "Asia/Shanghai"),
    ),
    Key(
        name="interval_s",
        form=Seconds(low=1.0, high=30 * _DAY_S),
        short="seconds between two polls at least",
        more="Between this and max_interval_s the time follows the source's own rhythm.",
    ),
    Key(
        name="max_interval_s",
        form=Seconds(low=1.0, high=30 * _DAY_S),
        short="seconds between two polls at most",
        more="Never less than interval_s. Where only one of the two is given, the other gives way to it.",
    ),
    Key(
        name="delay_s",
        form=Seconds(low=0.0, high=3600.0),
        short="seconds between two requests to its registered domain",
    ),
    Key(
        name="pages",
        form=Whole(low=1, high=1000),
        short="pages of each section that the first poll reads",
    ),
    Key(
        name="backfill",
        form=Whole(low=0, high=1_000_000),
        short="articles at most that the first poll takes of what it finds",
        more="Older ones are never fetched; 0 takes only what is new from then on.",
    ),
    Key(
        name="recheck_s",
        form=Seconds(low=0.0, high=365 * _DAY_S),
        short="seconds for which an article is read again to catch edits",
        more="0: only when the listing shows that it changed.",
    ),
    Key(
        name="infer_keywords",
        form=Flag(),
        short="whether known keywords are found in its titles and leads",
        more="They are added to those that the publisher gave, and marked as inferred.",
    ),
    Key(
        name="content",
        form=Choice(described=CONTENTS),
        short="how much of its articles feeds hand on at most",
        more="; ".join(f"{content}: {what}" for content, what in CONTENTS.items())
        + ". All of it is stored and searched all the same.",
    ),
    Key(
        name="allow_private",
        form=Flag(),
        short="whether it may be on this machine or a private network",
    ),
    Key(
        name="enabled",
        form=Flag(),
        short="whether it is polled",
        more="false keeps its articles and stops polling it.",
    ),
)

SECTION_KEYS: tuple[Key, ...] = (
    Key(
        name="slug",
        form=Slug(),
        short="how its feed's address calls it",
        more="/feeds/de/sections/SLUG.atom. Without it the name in lower case.",
        examples=("wirtschaft",),
    ),
    Key(name="name", form=Text(), short="how people call it", more="Without it the slug.", examples=("Wirtschaft",)),
    Key(
        name="url",
        form=Address(relative=True),
        short="its page",
        more="A relative address starts from the source's.",
        required=True,
        examples=("/wirtschaft/index.html",),
    ),
    Key(
        name="kind",
        form=Choice(described={kind: what for kind, what in KINDS.items() if kind != Kind.ARCHIVE}),
        short="how this section is read",
        more="Without it as the source says.",
    ),
)

API_KEYS: tuple[Key, ...] = (
    _expression("items", "the list of items", "data.articles", start=_OF_ANSWER),
    _expression("next", "the address of the next page", "links.next", start=_OF_ANSWER),
    _expression("url", "the article's address", "links.web"),
    _expression("guid", "its lasting name", "id"),
    _expression("title", "the headline", "headline.main"),
    _expression("authors", "who wrote it", "authors[].name"),
    _expression("published", "when it was published", "publishedAt"),
    _expression("updated", "when it was last changed", "updatedAt"),
    _expression("keywords", "its keywords", "tags[].label"),
    _expression("language", "its language", "lang"),
    _expression("section", "its section", "section.name"),
    _expression("summary", "its summary", "abstract"),
    _expression("content_html", "its whole text", "body"),
    _expression("image", "the address of its picture", "media[0].url"),
)

RECIPE_KEYS: tuple[Key, ...] = (
    _selector("entry", "one listed article", "ul.list > li", more="On the listing page."),
    _selector("link", "the link to it, inside the entry", "h2 a", more="On the listing page."),
    _selector("listed_title", "its title, inside the entry", "h2", more="On the listing page."),
    _selector("listed_date", "its date, inside the entry", "time", "span.date", more="On the listing page."),
    Key(
        name="next_page",
        form=Text(holding="{n}"),
        short="form of the further pages' addresses",
        more="{n} is 1, 2, …; relative to the section's page.",
        examples=("index_{n}.html", "?page={n}"),
    ),
    _selector("title", "the headline", "h1.title"),
    _selector("authors", "who wrote it", "a[rel=author]"),
    _selector("published", "when it was published", "time", "//meta[@name='date']/@content"),
    _selector("updated", "when it was last changed", "time.updated"),
    _selector("keywords", "its keywords", "a[rel=tag]"),
    _selector("language", "its language, as a BCP 47 tag", "//article/@lang"),
    _selector("section", "its section", "nav.breadcrumb a:last-child"),
    _selector("summary", "its summary", "p.lead"),
    _selector("body", "the words of the article", "div.article-text"),
    _selector("remove", "what is cut out of the body", "div.ad, aside"),
    _selector("image", "its picture, or the picture's address", "figure img"),
    _selector("image_caption", "the picture's caption", "figcaption"),
    _selector("origin", "where the text was taken from", "span.source"),
    Key(
        name="date_formats",
        form=DateForms(),
        short="strptime forms, tried before the generic reading",
        examples=("%d.%m.%Y",),
    ),
    Key(
        name="keyword_separators",
        form=Text(),
        short="characters between two keywords",
        more="In place of the usual ones.",
        examples=(";",),
    ),
    Key(
        name="encoding",
        form=Encoding(),
        short="the pages' character encoding",
        more="Without it the encoding is found from each page.",
        examples=("gb18030",),
    ),
    Key(
        name="valid_until",
        form=Day(),
        short="the last day on which this recipe is used",
        more="In the source's zone. After it the pages are read without a recipe, and `polyfeed check` says so.",
        examples=("2027-06-30",),
    ),
)

# the keys that are selectors: they cannot be checked here, since only the extractor can compile them
SELECTORS: tuple[str, ...] = tuple(key.name for key in RECIPE_KEYS if key.more.startswith(_SELECTOR))
TABLES = ("sections", "api", "recipe")
TABLES_DESCRIBED: Mapping[str, str] = {
    "sections": "The pages that are polled. Without any the source's url is. A section has a feed of its own.",
    "api": "Where a JSON answer holds what, as JMESPath expressions. All optional; only for kind json.",
    "recipe": "Selectors and hints for this one site. All optional: each overrides what Polyfeed finds by itself.",
}
OWNERS: Mapping[str, tuple[type, tuple[Key, ...]]] = {
    "": (Source, SOURCE_KEYS),
    "sections": (Section, SECTION_KEYS),
    "api": (ApiFields, API_KEYS),
    "recipe": (Recipe, RECIPE_KEYS),
}


def defaults_of(owner: type[Any]) -> dict[str, Any]:
    """Field name -> default, of the fields that have one."""
    return {field.name: field.default for field in fields(owner) if field.default is not MISSING}
