"""Render: FeedQuery + articles in, the bytes of RSS, Atom, JSON Feed and OPML out."""

from feeds.render.entry import Original, Translation
from feeds.render.head import EPOCH, MEDIA_TYPES, FeedHead, make_head, newest_change
from feeds.render.opml import Outline, render_opml
from feeds.render.renderer import Renderer
from feeds.render.titles import feed_description, feed_title, language_name

__all__ = [
    "EPOCH",
    "MEDIA_TYPES",
    "FeedHead",
    "Original",
    "Outline",
    "Renderer",
    "Translation",
    "feed_description",
    "feed_title",
    "language_name",
    "make_head",
    "newest_change",
    "render_opml",
]
