"""polyfeed search: which stored articles answer a question, the newest first."""

from __future__ import annotations

import json
import re
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from feeds.cli.counting import counted
from feeds.cli.options import opened_store, with_settings
from feeds.clock import utc_now
from feeds.concepts import ConceptsFile
from feeds.errors import QueryError
from feeds.folding import canonical_language
from feeds.model import FeedQuery, Format, StoredArticle
from feeds.query import canonical, point_at, read_question, resolved, spell_address, spell_parameters
from feeds.settings import Settings

MOST = 1000
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


@click.command(
    context_settings={"ignore_unknown_options": True},  # a question may begin with a -
    epilog="""Example: polyfeed search 'keyword:BMW OR "electric car" -lang:en since:7d'""",
)
@click.argument("question")
@click.option(
    "--language", "languages", multiple=True, metavar="TAG", help="Only in this language; several times: any."
)
@click.option("--limit", type=click.IntRange(1, MOST), default=20, show_default=True, help="Articles at most.")
@click.option("--no-copies", is_flag=True, help="Leave out what is copied from other sources.")
@click.option("--no-inferred", is_flag=True, help="Count only keywords that publishers gave themselves.")
@click.option("--json", "as_json", is_flag=True, help="A list of objects, with the question and its address.")
@with_settings
def search(
    settings: Settings,
    question: str,
    *,
    languages: tuple[str, ...],
    limit: int,
    no_copies: bool,
    no_inferred: bool,
    as_json: bool,
) -> int:
    """Prints the newest articles that answer QUESTION, in the language of questions.

    \b
    BMW "electric car"          both: words and phrases
    keyword:BMW source:example  also lang: section: author: title: text:
    since:7d before:2020-07-08  an age (24h, 7d, 2w) or a day
    a OR (b -c)                 AND (or nothing), OR, NOT (or -), brackets

    Exit code 2 when the question cannot be read: it is shown where, and what was expected there.
    """  # noqa: D301 - \b tells click to keep the lines
    try:
        asked = read_question(question)
    except QueryError as error:
        click.echo(f"{point_at(question, error.position)}\npolyfeed: {error.reason}", err=True)
        return 2
    meanings = ConceptsFile(settings.config, cache_folder=settings.data).meanings
    query = meanings.canonical(
        canonical(
            FeedQuery(languages=_read_tags(languages), question=asked, copies=not no_copies, inferred=not no_inferred)
        )
    )
    with opened_store(settings) as store:
        window = store.window(meanings.widened(resolved(query, utc_now())), limit=limit)
        loaded = store.load([article_id for article_id, _ in window])
    found = [loaded[article_id] for article_id, _ in window if article_id in loaded]
    found.sort(key=lambda stored: (stored.dated_at, stored.seq), reverse=True)
    address = settings.base_url + spell_address(query, Format.ATOM) + spell_parameters(query)
    if as_json:
        said = {"feed": address, "articles": [_as_json(stored) for stored in found]}
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
        return 0
    console = Console(soft_wrap=True, highlight=False)
    for stored in found:
        _print(stored, console)
    many = "No article answers this yet." if not found else f"{counted(len(found), 'article')}, the newest."
    console.print(f"{many} As a feed: {address}", markup=False)
    return 0


def _read_tags(languages: tuple[str, ...]) -> tuple[str, ...]:
    tags = []
    for given in languages:
        tag = canonical_language(given)
        if tag is None:
            raise click.UsageError(f"{given!r} is no language tag; expected one such as de, pt-BR or zh-Hant")
        tags.append(tag)
    return tuple(tags)


def _as_json(stored: StoredArticle) -> dict[str, Any]:
    article = stored.article
    return {
        "id": article.id,
        "title": article.title,
        "url": article.url,
        "published": article.published.isoformat() if article.published else None,
        "first_seen_at": stored.first_seen_at.isoformat(),
        "language": article.language,
        "source": article.source_id,
        "section": article.section,
        "authors": list(article.authors),
        "keywords": list(article.keywords),
        "inferred": list(article.inferred),
        "summary": article.summary,
    }


def _print(stored: StoredArticle, console: Console) -> None:
    article = stored.article
    day = f"{stored.dated_at:%Y-%m-%d}"
    console.print(Text.assemble((day, "dim"), "  ", (_line(article.title), "bold"), f"  {article.language}"))
    console.print(Text(f"            {_line(article.source_id)}  {_line(article.url)}", style="dim"))


def _line(text: str) -> str:
    """What a terminal may be told: no control characters."""
    return _CONTROL.sub(" ", text)
