"""What was read of a page in; nothing out when it is an article, NothingFound with the reason in words when not.

A page that declares itself an article and has text is one, whatever else stands on it: a paywalled page gives what is
public. Doubt falls on what declares nothing, and on what has hardly any text. What the operator's recipe selects is
never doubted.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import urlsplit

import lxml.etree
import lxml.html

from feeds.errors import Challenged, NothingFound, StandIn
from feeds.extract.body import Body
from feeds.extract.prose import weigh
from feeds.extract.refusals import CHALLENGE, CONSENT, LOGIN, MISSING

# schema.org, with what is used for news besides
_ARTICLE_TYPES = re.compile(
    r"article$|^(?:BlogPosting|LiveBlogPosting|Report|Review|Recipe|CriticReview)$", re.IGNORECASE
)
_VIDEO_TYPES = frozenset({"VideoObject", "AudioObject", "Clip", "PodcastEpisode", "TVEpisode", "RadioEpisode"})
_LISTING_TYPES = frozenset({"CollectionPage", "SearchResultsPage", "ItemList", "ProfilePage", "ContactPage"})

# in Latin letters; what a refusal, a form or a teaser list may say, and a real text rarely falls short of
_HARDLY_ANY = 60
_SHORT = 400
_LONG = 1500
_MANY_LINKS = 20
_HEADLINE_WEIGHT = 20
_WEIGHT_PER_LINK = 10
_TEASER = 60
_PLAYERS = (
    "//video | //audio | //iframe[contains(@src, 'video') or contains(@src, 'player') or contains(@src, 'embed')]"
)

_OG_TYPE = lxml.etree.XPath("string(//meta[@property='og:type']/@content)", smart_strings=False)
_STATED_TIME = lxml.etree.XPath("boolean(//meta[@property='article:published_time'])")
_WINDOW_TITLE = lxml.etree.XPath("string(//head/title | //title)", smart_strings=False)
_HEADLINES = lxml.etree.XPath("//h1")
_PASSWORD = lxml.etree.XPath("boolean(//input[@type='password'])")
_PLAYER = lxml.etree.XPath(f"boolean({_PLAYERS})")
_LINKS = lxml.etree.XPath("//a[@href]")
_ROOT = re.compile(r"/?(?:index\.\w{2,5})?|/[a-z]{2}(?:-[a-z]{2})?/?", re.IGNORECASE)
_CHALLENGED = "the site asks for proof of a human reader instead of showing the article"
_SEPARATOR = re.compile(r"\s+[|–—·:-]\s+|\s*[|｜_]\s*")


def check_article(
    *,
    tree: lxml.html.HtmlElement,
    title: str | None,
    body: Body,
    json_ld_types: Collection[str] = (),
    published: str | None = None,
    url: str = "",
) -> None:
    """Refuse a page that is no article.

    Args:
        tree: the page, from ``parse_html``.
        title: the headline that was found.
        body: what ``read_body`` gave.
        json_ld_types: every ``@type`` of the page's JSON-LD.
        published: the publication date as written, or None.
        url: the page's address.

    Raises:
        NothingFound: a section front or a video shell; the reason says which.
        StandIn: a soft 404, consent wall or login page; Challenged: a challenge.
    """
    weight = weigh(body.text)
    if body.provenance == "recipe" and weight:
        return
    declared = _is_declared(tree, json_ld_types)
    refusal = _refusal(tree, title or "", weight, declared=declared)
    if refusal is not None:
        raise (Challenged if refusal == _CHALLENGED else StandIn)(refusal, url=url)
    reason = _lack(tree, weight, json_ld_types, declared=declared)
    if reason is None and not declared:
        reason = _listing(tree, weight, json_ld_types, url, dated=published is not None)
    if reason is None and weight < _SHORT and not (title or "").strip():
        reason = "hardly any text, and no headline on the page"
    if reason is not None:
        raise NothingFound(reason, url=url)


def _is_declared(tree: lxml.html.HtmlElement, json_ld_types: Collection[str]) -> bool:
    if any(_ARTICLE_TYPES.search(kind) for kind in json_ld_types) or _STATED_TIME(tree):
        return True
    # templates of tag and section pages say "article" too
    is_listing = not _LISTING_TYPES.isdisjoint(json_ld_types)
    return not is_listing and str(_OG_TYPE(tree)).strip().lower() == "article"


def _refusal(tree: lxml.html.HtmlElement, title: str, weight: int, *, declared: bool) -> str | None:
    """What the page says instead of an article, in its headline or window title."""
    if weight > _LONG or (declared and weight > _SHORT):
        return None
    said = [title, _WINDOW_TITLE(tree), *(" ".join(h.itertext()) for h in _HEADLINES(tree)[:3])]
    parts = {part for text in said for part in (text, *_SEPARATOR.split(text)[:4])}
    spoken = {" ".join(part.casefold().replace("’", "'").split()).strip(" .!…:?。！") for part in parts}
    spoken.discard("")
    for phrases, reason in (
        (MISSING, "the page says that it does not exist (a soft 404)"),
        (CHALLENGE, _CHALLENGED),
        (CONSENT, "the site asks for consent instead of showing the article"),
        (LOGIN, "the site asks for a login instead of showing the article"),
    ):
        if not spoken.isdisjoint(phrases):
            return reason
    if _PASSWORD(tree) and weight < _HARDLY_ANY:
        return "the site asks for a login instead of showing the article"
    return None


def _lack(tree: lxml.html.HtmlElement, weight: int, json_ld_types: Collection[str], *, declared: bool) -> str | None:
    """Why a page with hardly any text is no article."""
    if weight >= _HARDLY_ANY or (declared and weight > _HARDLY_ANY // 2):
        return None
    if not _VIDEO_TYPES.isdisjoint(json_ld_types) or _OG_TYPE(tree).startswith("video") or _PLAYER(tree):
        return "the page shows a video or sound and hardly any text"
    return "no article text on the page"


def _listing(
    tree: lxml.html.HtmlElement, weight: int, json_ld_types: Collection[str], url: str, *, dated: bool
) -> str | None:
    """Whether an undeclared page is a list of articles: the site's root, or headlines of others with little text."""
    path = urlsplit(url).path if url else "/?"
    headlines = sum(1 for link in _LINKS(tree) if weigh(" ".join("".join(link.itertext()).split())) >= _HEADLINE_WEIGHT)
    if _ROOT.fullmatch(path) and (
        weight < _TEASER * headlines if headlines >= _MANY_LINKS // 2 else not dated and weight < _LONG
    ):
        return "the site's front page, not an article"
    if weight >= _LONG:
        return None
    is_list = not _LISTING_TYPES.isdisjoint(json_ld_types) or (headlines >= _MANY_LINKS and weight < _SHORT)
    if is_list and weight < _WEIGHT_PER_LINK * headlines:
        return f"a list of {headlines} headlines with little text of its own: a section page, not an article"
    return None
