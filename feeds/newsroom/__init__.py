"""The sample newsroom: a magazine site on loopback, for tests, demonstrations and benchmarks.

``Newsroom`` runs it, ``newsroom_sources`` gives the Sources that poll it, ``polyfeed newsroom`` runs it alone.
"""

from feeds.newsroom.articles import NewsroomArticle
from feeds.newsroom.newsroom import Newsroom
from feeds.newsroom.sources import newsroom_sources

__all__ = ["Newsroom", "NewsroomArticle", "newsroom_sources"]
