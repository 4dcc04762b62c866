"""What went wrong with an address in, a sentence out that says why and what to do next."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from feeds.decide.candidates import Ranked
from feeds.errors import Blocked, RobotsRefused, SourceError, SourceGone
from feeds.extract.front import Front

_MOST_TOLD = 4


def advice(error: SourceError, url: str) -> str:
    """What to do next when the address that was given cannot be had."""
    origin = "/".join(url.split("/")[:3])
    match error:
        case RobotsRefused():
            return "its owner wants no robots there: ask them, or look for a feed or sitemap that is allowed"
        case SourceGone():
            return f"look at it in a browser, or try the site's front page: polyfeed add {origin}/"
        case Blocked():
            return "a feed is often let in where pages are not: if the site has one, give its address to `polyfeed add`"
    said = str(error).lower()
    if "allow_private" in said:
        return "here that is: polyfeed add --allow-private"
    if any(word in said for word in ("certificate", "ssl", "tls")) and url.startswith("https:"):
        return f"tell its owner that the certificate is wrong, or try {url.replace('https:', 'http:', 1)}"
    return "look at the address in a browser, then try again"


def why_nothing(front: Front, ranked: Iterable[Ranked], asked: Collection[str]) -> str:
    """Why nothing that a page leads to can be polled, and what to do next."""
    tried = [f"{one.candidate.url}: {one.bad[0] if one.bad else one.candidate.trouble}" for one in ranked]
    if front.links == 0 and front.has_scripts:
        why = "the page holds no links: its scripts draw everything, and they are not run"
        then = (
            "look for its feed, or in the browser's developer tools (network) for the address from which the page "
            "loads its articles, and give that"
        )
    elif front.refusal.startswith(("the site asks", "the page says")):
        why, then = front.refusal, "open it in a browser to see what it wants; another address may do without"
    else:
        why, then = "no feed, sitemap or list of articles was found", "give the address of a page that lists articles"
    if front.editions:
        then = "give one of the editions that it leads to: " + ", ".join(one.url for one in front.editions[:6])
    return f"{front.url}: {why}. {len(asked)} addresses were tried ({'; '.join(tried[:_MOST_TOLD])}). Next: {then}."
