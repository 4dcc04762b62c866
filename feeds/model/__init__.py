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
    StoryLink,
    TargetRecord,
    Update,
)
from feeds.model.question import (
    AllOf,
    AnyOf,
    Dated,
    FeedQuery,
    Field,
    Format,
    Has,
    KeywordCount,
    Match,
    Not,
    Question,
    Side,
)
from feeds.model.source import ApiFields, Kind, Recipe, Section, Source

__all__ = [
    "NOTHING",
    "AllOf",
    "AnyOf",
    "ApiFields",
    "Article",
    "ArticleUpdate",
    "Change",
    "Claim",
    "Dated",
    "Document",
    "FeedQuery",
    "Field",
    "Format",
    "Has",
    "Hints",
    "Item",
    "KeywordCount",
    "Kind",
    "Known",
    "Marking",
    "Match",
    "Not",
    "NotModified",
    "Outcome",
    "PageRecord",
    "PageState",
    "Question",
    "Recipe",
    "Section",
    "Side",
    "Source",
    "SourceEvent",
    "SourceState",
    "SourceStatus",
    "StoredArticle",
    "StoryLink",
    "TargetRecord",
    "Twin",
    "Update",
    "Validators",
    "instant",
]
