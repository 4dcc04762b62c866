"""The domain, as frozen values: what is polled, what was found, what is published.

Every stage speaks these types and nothing of its siblings. Imports nothing but the standard library and errors.
Datetimes are aware; instants the program itself records are UTC; dates a page gives keep the page's own offset.
"""

from feeds.model.article import NOTHING, Article, Item, StoredArticle, Twin, instant
from feeds.model.document import Document, Hints, NotModified, Validators
from feeds.model.poll import (
    ArticleUpdate,
    Change,
    Claim,
    Known,
    Marking,
    Outcome,
    PageRecord,
    PageState,
    SourceEvent,
    SourceState,
    SourceStatus,
    TargetRecord,
    Update,
)
from feeds.model.question import FeedQuery, Format, KeywordCount, Match
from feeds.model.source import ApiFields, Kind, Recipe, Section, Source

__all__ = [
    "NOTHING",
    "ApiFields",
    "Article",
    "ArticleUpdate",
    "Change",
    "Claim",
    "Document",
    "FeedQuery",
    "Format",
    "Hints",
    "Item",
    "KeywordCount",
    "Kind",
    "Known",
    "Marking",
    "Match",
    "NotModified",
    "Outcome",
    "PageRecord",
    "PageState",
    "Recipe",
    "Section",
    "Source",
    "SourceEvent",
    "SourceState",
    "SourceStatus",
    "StoredArticle",
    "TargetRecord",
    "Twin",
    "Update",
    "Validators",
    "instant",
]
