"""A question in, the title and description of its feed out, in the feed's own language.

Names of languages and the joining of lists come from CLDR (Babel); the sentences here exist in five languages (Chinese
in both scripts), and any other feed is described in English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from babel import Locale, UnknownLocaleError
from babel.lists import format_list

from feeds.model import Content, FeedQuery, Match
from feeds.query import write_question

_SEPARATOR = " · "
_DEFAULT = "en"
_UNKNOWN = "und"
_TRADITIONAL = re.compile("-(?:Hant|TW|HK|MO)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """Sentences of one language: ``{languages}`` in words for running text, ``{names}`` a joined list."""

    every_language: str
    articles: str
    all_articles: str
    with_one_keyword: str
    with_keywords: str
    with_any_keyword: str
    in_section: str
    from_source: str
    searched: str
    no_inferred: str
    without_inferred: str
    or_else: str  # {language} stands in for those before it: in a title, and in a sentence
    or_else_in: str
    no_copies: str
    without_copies: str
    only_summaries: str  # in a title, and in a sentence; the same of titles
    as_summaries: str
    only_titles: str
    as_titles: str
    end: str
    rights: str


_WORDS: Mapping[str, _Words] = MappingProxyType(
    {
        "en": _Words(
            every_language="All languages",
            articles="Articles in {languages}",
            all_articles="Articles in all languages",
            with_one_keyword=" with the keyword {names}",
            with_keywords=" with the keywords {names}",
            with_any_keyword=" with any of the keywords {names}",
            in_section=" in the section {name}",
            from_source=" from {name}",
            searched=", searched for: {question}",
            no_inferred="publishers’ keywords only",
            without_inferred=", by publishers’ own keywords only",
            or_else=", else {language}",
            or_else_in=", else in {language}",
            no_copies="without copies",
            without_copies=", without syndicated copies",
            only_summaries="summaries only",
            as_summaries=", as summaries",
            only_titles="titles only",
            as_titles=", as titles",
            end=".",
            rights="The rights in each article stay with its publisher.",
        ),
        "de": _Words(
            every_language="Alle Sprachen",
            articles="Artikel auf {languages}",
            all_articles="Artikel in allen Sprachen",
            with_one_keyword=" mit dem Stichwort {names}",
            with_keywords=" mit den Stichwörtern {names}",
            with_any_keyword=" mit einem der Stichwörter {names}",
            in_section=" in der Rubrik {name}",
            from_source=" von {name}",
            searched=", Suche: {question}",
            no_inferred="nur Stichwörter der Verlage",
            without_inferred=", nur nach Stichwörtern der Verlage selbst",
            or_else=", sonst {language}",
            or_else_in=", sonst auf {language}",
            no_copies="ohne Kopien",
            without_copies=", ohne übernommene Kopien",
            only_summaries="nur Zusammenfassungen",
            as_summaries=", als Zusammenfassungen",
            only_titles="nur Titel",
            as_titles=", als Titel",
            end=".",
            rights="Die Rechte an jedem Artikel bleiben bei seinem Verlag.",
        ),
        "fr": _Words(
            every_language="Toutes les langues",
            articles="Articles en {languages}",
            all_articles="Articles dans toutes les langues",
            with_one_keyword=" avec le mot-clé {names}",
            with_keywords=" avec les mots-clés {names}",
            with_any_keyword=" avec l’un des mots-clés {names}",
            in_section=" dans la rubrique {name}",
            from_source=" de {name}",
            searched=", recherche : {question}",
            no_inferred="mots-clés des éditeurs seulement",
            without_inferred=", d’après les seuls mots-clés des éditeurs",
            or_else=", sinon {language}",
            or_else_in=", sinon en {language}",
            no_copies="sans copies",
            without_copies=", sans les copies reprises d’ailleurs",
            only_summaries="résumés seulement",
            as_summaries=", en résumé",
            only_titles="titres seulement",
            as_titles=", titres seulement",
            end=".",
            rights="Les droits de chaque article restent à son éditeur.",
        ),
        "ja": _Words(
            every_language="すべての言語",
            articles="{languages}の記事",
            all_articles="すべての言語の記事",
            with_one_keyword="、キーワード：{names}",
            with_keywords="、キーワード（すべて）：{names}",
            with_any_keyword="、キーワード（いずれか）：{names}",
            in_section="、セクション：{name}",
            from_source="、配信元：{name}",
            searched="、検索：{question}",
            no_inferred="配信元のキーワードのみ",
            without_inferred="、配信元のキーワードのみ",
            or_else="、なければ{language}",
            or_else_in="、なければ{language}",
            no_copies="転載を除く",
            without_copies="、転載を除く",
            only_summaries="要約のみ",
            as_summaries="、要約のみ",
            only_titles="タイトルのみ",
            as_titles="、タイトルのみ",
            end="。",
            rights="各記事の権利はその発行元に帰属します。",
        ),
        "zh": _Words(
            every_language="所有语言",
            articles="{languages}文章",
            all_articles="所有语言的文章",
            with_one_keyword="，关键词：{names}",
            with_keywords="，包含全部关键词：{names}",
            with_any_keyword="，包含任一关键词：{names}",
            in_section="，栏目：{name}",
            from_source="，来源：{name}",
            searched="，搜索：{question}",
            no_inferred="仅限发布者的关键词",
            without_inferred="，仅限发布者的关键词",
            or_else="，否则{language}",
            or_else_in="，没有时为{language}文章",
            no_copies="不含转载",
            without_copies="，不含转载",
            only_summaries="仅摘要",
            as_summaries="，仅摘要",
            only_titles="仅标题",
            as_titles="，仅标题",
            end="。",
            rights="每篇文章的权利归其发布者所有。",
        ),
        "zh-Hant": _Words(
            every_language="所有語言",
            articles="{languages}文章",
            all_articles="所有語言的文章",
            with_one_keyword="，關鍵詞：{names}",
            with_keywords="，包含全部關鍵詞：{names}",
            with_any_keyword="，包含任一關鍵詞：{names}",
            in_section="，欄目：{name}",
            from_source="，來源：{name}",
            searched="，搜尋：{question}",
            no_inferred="僅限發布者的關鍵詞",
            without_inferred="，僅限發布者的關鍵詞",
            or_else="，否則{language}",
            or_else_in="，沒有時為{language}文章",
            no_copies="不含轉載",
            without_copies="，不含轉載",
            only_summaries="僅摘要",
            as_summaries="，僅摘要",
            only_titles="僅標題",
            as_titles="，僅標題",
            end="。",
            rights="每篇文章的權利歸其發布者所有。",
        ),
    }
)


def feed_title(
    query: FeedQuery,
    labels: Mapping[str, str],
    *,
    service: str,
    language: str | None,
    section_name: str | None = None,
    source_name: str | None = None,
) -> str:
    """A feed's name, such as ``Polyfeed · Deutsch · BMW + Alibaba``.

    Args:
        query: the question.
        labels: keyword key -> display form; a missing one is shown as its key.
        service: the first word.
        language: the BCP 47 tag to write in; with None, or one there are no sentences in, each language is named in
            its own words.
        section_name: for people, where the query names a section; else its slug is shown.
        source_name: the same for a source.
    """
    joiner = ", " if query.match is Match.ANY else " + "
    parts = [
        service,
        _languages_title(query.languages, query.fallback, language),
        source_name or query.source or "",
        section_name or query.section or "",
        joiner.join(labels.get(key) or key for key in query.keywords),
        write_question(query.question) if query.question else "",
        "" if query.inferred else _words(language).no_inferred,
        "" if query.copies else _words(language).no_copies,
        _amount_title(query.content, _words(language)),
    ]
    return _SEPARATOR.join(part for part in parts if part)


def feed_description(
    query: FeedQuery,
    labels: Mapping[str, str],
    *,
    service: str,
    language: str | None,
    section_name: str | None = None,
    source_name: str | None = None,
) -> str:
    """What a feed holds, in a sentence; arguments as of ``feed_title``."""
    words = _words(language)
    speaks = _locale(language)
    sentence = words.all_articles
    if query.languages:
        names = [language_name(tag, in_language=_spoken(language)) for tag in query.languages]
        sentence = words.articles.format(languages=_join(names, Match.ALL, speaks))
    for tag in query.fallback:
        sentence += words.or_else_in.format(language=language_name(tag, in_language=_spoken(language)))
    if query.keywords:
        shown = [labels.get(key) or key for key in query.keywords]
        form = words.with_keywords if query.match is Match.ALL else words.with_any_keyword
        form = words.with_one_keyword if len(shown) == 1 else form
        sentence += form.format(names=_join(shown, query.match, speaks))
    if query.section:
        sentence += words.in_section.format(name=section_name or query.section)
    if query.source:
        sentence += words.from_source.format(name=source_name or query.source)
    if query.question:
        sentence += words.searched.format(question=write_question(query.question))
    if not query.inferred:
        sentence += words.without_inferred
    if not query.copies:
        sentence += words.without_copies
    if query.content is not Content.FULL:
        sentence += words.as_summaries if query.content is Content.SUMMARY else words.as_titles
    return f"{service}: {sentence}{words.end}"


def feed_rights(language: str | None) -> str:
    """Whose the articles of a feed are, in a sentence; the language as of ``feed_title``."""
    return _words(language).rights


def _amount_title(content: Content, words: _Words) -> str:
    if content is Content.FULL:
        return ""
    return words.only_summaries if content is Content.SUMMARY else words.only_titles


@lru_cache(maxsize=4096)
def language_name(tag: str, *, in_language: str | None = None) -> str:
    """What a language is called: ``zh-Hant`` is ``繁體中文`` in its own words, ``chinois traditionnel`` in French.

    As it stands in running text: ``français``, not ``Français``. A tag that CLDR has no name for names itself.

    Args:
        tag: BCP 47.
        in_language: the BCP 47 tag of the language to answer in; None for its own.
    """
    locale = _parse(tag)
    speaks = _locale(in_language) if in_language else locale or _locale(None)
    names: Mapping[str, str] = speaks.languages
    whole = names.get(tag.replace("-", "_")) or (locale.get_display_name(speaks) if locale else None)
    return whole or names.get(tag.partition("-")[0]) or tag


def _parse(tag: str) -> Locale | None:
    """CLDR's locale of a tag; None for one it does not know (``und`` would be English otherwise)."""
    if tag.partition("-")[0] == _UNKNOWN:
        return None
    try:
        locale = Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return None
    scripts = [subtag for subtag in tag.split("-")[1:] if len(subtag) == 4]  # noqa: PLR2004 - ISO 15924
    return locale if not scripts or locale.script in {None, *scripts} else None  # of kk-Latn CLDR makes kk-Cyrl


def _languages_title(languages: Sequence[str], fallback: Sequence[str], language: str | None) -> str:
    if not languages:
        return _words(language).every_language
    in_language = language if _speaks(language) else None
    title = " + ".join(_capital(language_name(tag, in_language=in_language)) for tag in languages)
    for tag in fallback:
        title += _words(language).or_else.format(language=_capital(language_name(tag, in_language=in_language)))
    return title


def _join(names: Sequence[str], match: Match, speaks: Locale) -> str:
    return format_list(list(names), style="standard" if match is Match.ALL else "or", locale=speaks)


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _words(language: str | None) -> _Words:
    spoken = _spoken(language)
    if not spoken.startswith("zh"):
        return _WORDS[spoken.partition("-")[0]]
    return _WORDS["zh-Hant" if _TRADITIONAL.search(spoken) else "zh"]


def _spoken(language: str | None) -> str:
    """The tag of the language that sentences for ``language`` are written in."""
    return language if language and _speaks(language) else _DEFAULT


def _speaks(language: str | None) -> bool:
    return language is not None and language.partition("-")[0] in _WORDS


@lru_cache(maxsize=512)
def _locale(language: str | None) -> Locale:
    """CLDR's locale of the language that sentences for ``language`` are written in."""
    spoken = _spoken(language)
    return _parse(spoken) or Locale.parse(spoken.partition("-")[0])
