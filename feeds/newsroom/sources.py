"""The newsroom's address in, the Sources that poll its five editions out."""

from __future__ import annotations

from feeds.model import Kind, Recipe, Section, Source
from feeds.newsroom.editions import EDITIONS, ZONE, Edition

# What one knows of such a system before looking at its pages: how it lists and pages. Article pages need no recipe.
RECIPE = Recipe(
    entry='//li[.//a[contains(@href, "/t2")]]',
    link='.//a[contains(@href, "/t2")]',
    listed_title='.//a[contains(@href, "/t2")][normalize-space()]',
    listed_date=".//span[@class='rq']",
    next_page="index_{n}.html",
)


def newsroom_sources(base_url: str, *, interval_s: float = 3.0) -> list[Source]:
    """One Source for each edition (``newsroom-de`` and so on) of a newsroom at ``base_url``.

    They are polled every ``interval_s`` seconds without pauses, so that a subscriber sees something at once.
    """
    return [_source(edition, base_url.rstrip("/"), interval_s) for edition in EDITIONS]


def _source(edition: Edition, base_url: str, interval_s: float) -> Source:
    home = f"{base_url}/{edition.language}/"
    return Source(
        id=f"newsroom-{edition.language}",
        name=edition.site,
        kind=Kind.LISTING,
        url=home,
        language=edition.language,
        zone=ZONE,
        sections=tuple(
            Section(url=f"{home}{path}/index.html", slug=path.lower(), name=name) for path, name in edition.sections
        ),
        recipe=RECIPE,
        interval_s=interval_s,
        max_interval_s=interval_s,  # its archive is old, so by its own rhythm it would hardly be looked at
        delay_s=0.0,
        pages=3,
        allow_private=True,
    )
