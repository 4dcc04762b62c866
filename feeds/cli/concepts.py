"""polyfeed concepts: what stored keywords mean; polyfeed concepts suggest: what else may be one thing."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator

import click

from feeds.cli.counting import counted
from feeds.cli.options import opened_store, with_settings
from feeds.concepts import FILE, ConceptsFile, Meanings
from feeds.decide.concepts import AT_LEAST, Proposal, Tagged, Word, propose_concepts
from feeds.folding import keyword_key, root_language
from feeds.model import FeedQuery, KeywordCount, StoredArticle
from feeds.settings import Settings
from feeds.store import Store
from feeds.urls import identity_of

MOST_KEYWORDS = 2000
_A_STEP = 500


@click.group(invoke_without_command=True, epilog="Example: polyfeed concepts suggest >> config/keywords.toml")
@with_settings
def concepts(settings: Settings) -> int:
    """Lists the things that stored keywords have several words for, with how often each word is used."""
    if click.get_current_context().invoked_subcommand is not None:
        return 0
    file = ConceptsFile(settings.config, cache_folder=settings.data)
    for mistake in file.loaded.mistakes:
        click.echo(f"polyfeed: {mistake}", err=True)
    with opened_store(settings) as store:
        found = _stored(store, file.meanings)
    for concept, rows in sorted(found.items(), key=lambda pair: -sum(row.articles for row in pair[1])):
        words = ", ".join(f"{row.label} {row.articles}" for row in rows)
        click.echo(f"{file.meanings.concepts.label(concept)} ({concept}): {words}")
    click.echo(
        f"{counted(len(found), 'thing')} among the {MOST_KEYWORDS} most used keywords; "
        f"{counted(len(file.meanings.concepts.own), 'entry', 'entries')} in {settings.config / FILE}."
    )
    return 2 if file.loaded.mistakes else 0


def _stored(store: Store, meanings: Meanings) -> dict[str, list[KeywordCount]]:
    found: dict[str, list[KeywordCount]] = defaultdict(list)
    for row in store.keywords(limit=MOST_KEYWORDS):
        concept = meanings.concepts.of(row.key) or meanings.concepts.of(row.key, row.language)
        if concept is not None:
            found[concept].append(row)
    return found


@concepts.command(epilog="Example: polyfeed concepts suggest --at-least 3")
@click.option(
    "--at-least",
    type=click.IntRange(min=1),
    default=AT_LEAST,
    show_default=True,
    help="Translated articles that must carry both words.",
)
@click.option(
    "--articles", type=click.IntRange(min=1), default=20_000, show_default=True, help="Newest articles to look at."
)
@with_settings
def suggest(settings: Settings, *, at_least: int, articles: int) -> int:
    """Prints entries for config/keywords.toml: words that articles in translation have for one thing.

    Each comes with how many translations carry both words, of those that carry either, and examples. Nothing is
    written: paste what is right.
    """
    meanings = ConceptsFile(settings.config, cache_folder=settings.data).meanings

    def is_known(one: Word, other: Word) -> bool:
        meant = [meanings.concepts.of(key, language) for language, key in (one, other)]
        return one[1] == other[1] or (meant[0] is not None and meant[0] == meant[1])

    with opened_store(settings) as store:
        pairs = list(_translations(store, articles))
    found = propose_concepts(pairs, is_known=is_known, at_least=at_least)
    for proposal in found:
        click.echo(_as_toml(proposal))
    click.echo(f"# {counted(len(found), 'proposal')} from {counted(len(pairs), 'article')} in translation.")
    return 0


def _translations(store: Store, most: int) -> Iterator[tuple[Tagged, Tagged]]:
    """Pairs of stored articles that tell one story, each once: as the store links them, and as pages declare it."""
    stored = _newest(store, most)
    by_url = {identity_of(each.article.url): each for each in stored.values()}
    seen: set[frozenset[str]] = set()
    for each in stored.values():
        linked = [stored.get(other) for other in each.translations.values()]
        linked += [by_url.get(identity_of(url)) for url in each.article.alternates.values()]
        for other in linked:
            if other is None or other.article.id == each.article.id:
                continue
            pair = frozenset({each.article.id, other.article.id})
            if pair not in seen:
                seen.add(pair)
                yield _tagged(each), _tagged(other)


def _newest(store: Store, most: int) -> dict[str, StoredArticle]:
    found: dict[str, StoredArticle] = {}
    before: int | None = None
    while len(found) < most and (
        step := store.window(FeedQuery(), limit=min(_A_STEP, most - len(found)), before_seq=before)
    ):
        found |= store.load([article_id for article_id, _ in step])
        before = step[-1][1]
    return found


def _tagged(stored: StoredArticle) -> Tagged:
    article = stored.article
    keywords = {key: word for word in article.keywords if (key := keyword_key(word))}
    return Tagged(url=article.url, language=root_language(article.language), keywords=keywords)


def _as_toml(proposal: Proposal) -> str:
    lines = []
    words: dict[str, list[str]] = {proposal.language: [proposal.label]}
    for one in proposal.others:
        words.setdefault(one.language, []).append(one.label)
        lines.append(f"# {one.both} of {one.either} translations carry both {proposal.label} and {one.label}:")
        lines += [f"#   {here}  {there}" for here, there in one.examples]
    table = ", ".join(f"{language} = {_quoted(said)}" for language, said in words.items())
    return "\n".join([*map(_one_line, lines), f"{_quoted(proposal.label)} = {{ {table} }}"])


def _quoted(value: str | list[str]) -> str:
    return json.dumps(value, ensure_ascii=False)  # a JSON string is a basic string of TOML


def _one_line(text: str) -> str:
    return " ".join(text.split())
