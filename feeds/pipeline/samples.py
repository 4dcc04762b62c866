"""Saved pages with what is read from them: written once, read again ever after, differences told field by field.

    <folder>/<source id>/<source id>.toml   the source as it was, with its recipe
                         <name>.html        the page, byte for byte
                         <name>.json        its address and type, when it was taken, and what was read from it

A replay needs no network and no store. The clock of a sample is the day it was taken.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from feeds.decide.validity import in_force
from feeds.errors import ConfigError, ConfigErrors, PolyfeedError
from feeds.model import Article, Document, Item, Kind, Section, Source
from feeds.pipeline.config import load_checked_source
from feeds.pipeline.preview import read_article_page, see_target
from feeds.sources import write_source

ARTICLE, LISTING = "article", "listing"
_ARTICLE_FIELDS = (
    "alternates", "authors", "content_text", "image", "image_caption", "is_free", "keywords", "language", "origin",
    "provenance", "published", "section", "summary", "title", "updated", "url",
)  # fmt: skip
_ITEM_FIELDS = ("image", "published", "title", "updated", "url")
_NOT_IN_NAMES = re.compile(r"[^\w-]+")
_LONGEST_NAME = 60
_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A saved document and what was read from it. ``file`` is the JSON file; ``expected`` as it stands there."""

    file: Path
    kind: str
    source: Source
    section: Section
    document: Document
    taken_at: dt.datetime
    expected: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field that is read otherwise than the sample says; both as short texts."""

    field: str
    expected: str
    got: str


def save_sample(
    folder: Path,
    *,
    kind: str,
    source: Source,
    section: Section,
    document: Document,
    taken_at: dt.datetime,
    replace: bool = False,
) -> Path:
    """Writes the document and what is read from it; returns the JSON file's path.

    Args:
        folder: where samples are; those of the source are in a folder of its id.
        kind: ``article`` or ``listing`` (a listing page, feed, sitemap or API answer).
        source: whose recipe is used; it is written beside its samples.
        section: under which the listing is read.
        document: as fetched.
        taken_at: aware; the clock of every replay.
        replace: overwrite a sample of the same name.

    Raises:
        ConfigError: the sample is there already.
        PolyfeedError: nothing can be read from the document: there would be nothing to expect.
        OSError: the folder cannot be written.
    """
    expected = _read(kind, source, section, document, taken_at)
    home = folder / source.id
    name = _name_of(kind, section, document.url)
    file = home / f"{name}.json"
    if file.exists() and not replace:
        raise ConfigError(str(file), "", "this sample is there already; --replace takes it anew")
    home.mkdir(parents=True, exist_ok=True)
    page = home / f"{name}{_ending(document)}"
    page.write_bytes(document.body)
    about = {
        "content_type": document.content_type,
        "expected": expected,
        "file": page.name,
        "kind": kind,
        "section": {"kind": section.kind, "slug": section.slug, "url": section.url},
        "taken_at": taken_at.astimezone(dt.UTC).isoformat(timespec="seconds"),
        "url": document.url,
    }
    file.write_text(json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    _save_source(home, source)
    return file


def _save_source(home: Path, source: Source) -> None:
    comment = "The source as it was when the newest of these samples was taken."
    # without its first line, which leads editors to the schema of a configuration folder
    _, _, text = write_source(source, comments={"": comment}).partition("\n")
    (home / f"{source.id}.toml").write_text(text, encoding="utf-8")


def load_samples(folder: Path, configured: Mapping[str, Source]) -> Iterator[Sample | ConfigErrors]:
    """Every sample below the folder, by name; what cannot be read comes as its error.

    ``configured`` are the present sources by id: they win over those saved beside the samples.
    """
    for file in sorted(folder.glob("*/*.json")):
        try:
            yield _load(file, configured)
        except ConfigErrors as errors:
            yield errors


def replay(sample: Sample) -> list[Difference]:
    """What is read from a sample now otherwise than it says; nothing when all is as it was."""
    try:
        got = _read(sample.kind, sample.source, sample.section, sample.document, sample.taken_at)
    except PolyfeedError as error:
        return [Difference(field="", expected="it can be read", got=str(error))]
    return list(_differences("", sample.expected, got))


def _load(file: Path, configured: Mapping[str, Source]) -> Sample:
    try:
        about = json.loads(file.read_text(encoding="utf-8"))
        section = about["section"]
        source_id = file.parent.name
        return Sample(
            file=file,
            kind=_one_of(about["kind"]),
            source=configured.get(source_id) or _saved_source(file.parent / f"{source_id}.toml"),
            section=Section(
                url=section["url"],
                slug=section["slug"],
                kind=Kind(section["kind"]) if section["kind"] else None,
            ),
            document=Document(
                url=about["url"],
                requested_url=about["url"],
                body=(file.parent / Path(about["file"]).name).read_bytes(),
                content_type=about["content_type"],
            ),
            taken_at=dt.datetime.fromisoformat(about["taken_at"]),
            expected=about["expected"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = f"no {error} in it" if isinstance(error, KeyError) else str(error)
        raise ConfigErrors([ConfigError(str(file), "", f"this sample cannot be read: {reason}")]) from error


def _saved_source(path: Path) -> Source:
    loaded = load_checked_source(path)
    if loaded.mistakes:
        raise ConfigErrors(loaded.mistakes)
    return loaded.sources[0]


def _one_of(kind: str) -> str:
    if kind not in {ARTICLE, LISTING}:
        raise ValueError(f"kind is {kind!r}, neither {ARTICLE!r} nor {LISTING!r}")
    return kind


# --- what is read -----------------------------------------------------------------------------------------------


def _read(kind: str, source: Source, section: Section, document: Document, now: dt.datetime) -> dict[str, Any]:
    """What the document gives, as JSON has it."""
    source = in_force(source, now)
    if kind == LISTING:
        target = see_target(section, source, document)
        if target.error is not None:
            raise target.error
        return {"items": [_plain(item, _ITEM_FIELDS) for item in target.items]}
    seen = read_article_page(source, Item(url=document.url), document, now=now)
    if seen.error is not None:
        raise seen.error
    assert seen.article is not None
    return _plain(seen.article, _ARTICLE_FIELDS) | {"content_text": seen.article.content_text.splitlines()}


def _plain(owner: Article | Item, names: Sequence[str]) -> dict[str, Any]:
    return {name: _as_json(getattr(owner, name)) for name in names}


def _as_json(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(sorted(value.items()))
    return list(value) if isinstance(value, tuple) else value


# --- what differs -----------------------------------------------------------------------------------------------


def _differences(where: str, expected: Any, got: Any) -> Iterator[Difference]:
    if expected == got:
        return
    if isinstance(expected, dict) and isinstance(got, dict):
        for name in sorted(expected.keys() | got.keys()):
            yield from _differences(f"{where}.{name}" if where else name, expected.get(name), got.get(name))
        return
    if isinstance(expected, list) and isinstance(got, list) and any(isinstance(one, dict) for one in expected):
        yield from _item_differences(where, expected, got)
        return
    if isinstance(expected, list) and isinstance(got, list) and max(len(expected), len(got)) > 1:
        missing = [one for one in expected if one not in got]
        new = [one for one in got if one not in expected]
        yield Difference(field=where, expected=_short(missing or expected), got=_short(new or got))
        return
    yield Difference(field=where, expected=_short(expected), got=_short(got))


def _item_differences(where: str, expected: list[dict[str, Any]], got: list[dict[str, Any]]) -> Iterator[Difference]:
    """Of two lists of items: those that only one has, then the fields of those that both have, then the order."""
    before, after = ({item["url"]: item for item in items} for items in (expected, got))
    for url in [*before, *(url for url in after if url not in before)]:
        if url in before and url in after:
            yield from _differences(f"{where}[{url}]", before[url], after[url])
        else:
            listed = ["not listed", "listed"]
            yield Difference(field=f"{where}[{url}]", expected=listed[url in before], got=listed[url in after])
    if before.keys() == after.keys() and list(before) != list(after):
        yield Difference(field=f"{where}: order", expected=_short(list(before)), got=_short(list(after)))


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"{text[:_SHOWN]}… ({len(text)} characters)" if len(text) > _SHOWN else text


# --- names ------------------------------------------------------------------------------------------------------


def _name_of(kind: str, section: Section, url: str) -> str:
    if kind == LISTING:
        return f"listing-{_NOT_IN_NAMES.sub('-', section.slug)}" if section.slug else "listing"
    parts = urlsplit(url)
    steps = [step for step in unquote(parts.path).split("/") if step]
    last = steps[-1].rsplit(".", 1)[0] if steps else parts.hostname or "page"
    name = _NOT_IN_NAMES.sub("-", f"{last}-{parts.query}" if parts.query else last).strip("-")
    return name[:_LONGEST_NAME] or "page"


def _ending(document: Document) -> str:
    said = (document.content_type or "").lower()
    return ".json.txt" if "json" in said else ".xml" if "xml" in said and "xhtml" not in said else ".html"
