"""What became of each article: new readings and what is stored in, changes out.

Pure: no input or output, no clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from feeds.model import (
    Article,
    ArticleUpdate,
    Change,
    Known,
)

_LISTED = ("feed", "api", "sitemap")
# what a listing or feed entry may give and an article page lack
_FROM_LISTINGS = ("published", "section", "image", "image_caption", "image_credit")
_OF_THE_IMAGE = frozenset({"image_caption", "image_credit"})
_FROM_FEEDS = ("authors", "keywords", "enclosures", "rights")


def decide_changes(articles: Iterable[Article], known: Mapping[str, Known]) -> tuple[ArticleUpdate, ...]:
    """What became of each article: NEW, UPDATED or SAME. One that is known by any alias keeps its id.

    ``known`` maps identities of the same source to what is stored. Articles of the batch that share an identity
    become one, the later reading wins.
    """
    ids: dict[str, tuple[str, str | None]] = {key: (fact.article_id, fact.content_hash) for key, fact in known.items()}
    updates: dict[str, ArticleUpdate] = {}
    for article in articles:
        names = (article.identity, *article.aliases)
        found = next((ids[name] for name in names if name in ids), None)
        article_id, stored_hash = found if found is not None else (article.id, None)
        kept = article if article.id == article_id else replace(article, id=article_id)
        if stored_hash is None:
            change = Change.NEW
        else:
            change = Change.SAME if stored_hash == kept.content_hash else Change.UPDATED
        earlier = updates.pop(article_id, None)
        if earlier is not None:
            aliases = dict.fromkeys((*earlier.article.aliases, earlier.article.identity, *kept.aliases))
            aliases.pop(kept.identity, None)
            kept = replace(kept, aliases=tuple(aliases))
        updates[article_id] = ArticleUpdate(article=kept, change=change)
        ids.update(dict.fromkeys(names, (article_id, stored_hash)))
    return tuple(updates.values())


def keep_known(article: Article, stored: Article) -> Article:
    """A later reading, with what the page itself does not give kept from the first.

    When a page is looked at again its listing may name it no longer: the date, section and picture that only the
    listing gave stay, and so do authors, keywords, files and rights that a feed, an API or a sitemap gave. What was
    said of one picture is not said of another.
    """
    is_other = article.image not in {None, stored.image}
    names = [name for name in _FROM_LISTINGS if not getattr(article, name) and not (is_other and name in _OF_THE_IMAGE)]
    names += [
        name
        for name in _FROM_FEEDS
        if not getattr(article, name) and stored.provenance.get(name, "").startswith(_LISTED)
    ]
    kept = {name: getattr(stored, name) for name in names if getattr(stored, name)}
    if not kept:
        return article
    named = {name: stored.provenance[name] for name in kept if name in stored.provenance}
    return replace(article, **kept, provenance={**article.provenance, **named})
