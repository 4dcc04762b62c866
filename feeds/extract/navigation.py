"""A front page's links in, its section pages out: those of the same edition that list articles.

A link of the page's menus is a section when articles that the page lists lie below it, or when it keeps company with
such links; where the addresses of articles name no section, the longest menu is offered, and whether it holds sections
must be seen by looking at one of them (``Menu.is_proven``). Only the page is read here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from feeds.extract.listing_links import Link, PageLinks
from feeds.extract.listing_words import address_score, headline_score, is_service

_FRONT_FILE = re.compile(
    r"(?:index|default|home|homepage|main|start|startseite|accueil|inicio)(?:\.\w{2,5})?", re.IGNORECASE
)
_ENDING = re.compile(r"\.\w{2,5}\Z")
_LONGEST_NAME = 40
_NAME_LIKE = 0.5  # "Health & Lifestyle" is no headline yet
_DEEPEST = 3
_FEWEST = 2
_MOST_PLACES = 400
_LONGEST_MENU = 30
# what a reader is told, asked or sold, in the words of the menus themselves
_SERVICES = re.compile(
    r"^(?:login|log in|sign (?:in|up)|register|subscribe|subscriptions?|newsletters?|contact(?: us)?|about(?: us)?|"
    r"home(?:page)?|search|menu|more|all|rss|podcasts?|e-?paper|shop|store|jobs|careers|advertis(?:e|ing)|privacy|terms|"
    r"help|faq|games?|puzzles?|crosswords?|my account|"
    r"anmelden|abo(?:nnement)?s?|abonnieren|kontakt|impressum|datenschutz|über uns|startseite|suche|mehr|hilfe|shop|"
    r"connexion|s.abonner|contactez?-?nous|contact|accueil|recherche|à propos|mentions légales|"
    r"iniciar sesión|suscríbete|contacto|inicio|buscar|"
    r"首页|首頁|登录|登錄|注册|关于我们|联系我们|搜索|ホーム|トップ|ログイン|会員登録|お問い合わせ|検索|"
    r"로그인|회원가입|홈|войти|главная|контакты|о нас|реклама|поиск|الرئيسية|اتصل بنا|من نحن|होम|หน้าแรก)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionLink:
    """A page of the site that its menus name. ``articles`` of those listed on the page read lie below it."""

    url: str
    name: str
    articles: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """The section pages of an edition, in the page's order. ``is_proven``: articles of the page lie below some."""

    sections: tuple[SectionLink, ...] = ()
    is_proven: bool = False


def find_sections(found: PageLinks, *, url: str, articles: Collection[str], others: Iterable[str] = ()) -> Menu:
    """The sections that the page's menus lead to.

    Args:
        found: the page's links, from ``collect_links``.
        url: the page's address.
        articles: addresses of the articles that the page lists.
        others: addresses of the site's other editions, whose sections are not this one's.
    """
    ground = _Ground(url=url, others=tuple(folder_of(one) for one in others))
    candidates = _candidates((*found.in_regions, *found.links), ground, set(articles))
    if not candidates:
        return Menu()
    counts = _below(candidates, articles)
    proven = {place for one in candidates.values() if counts[one.link.identity] for place in one.places}
    chosen = [
        one
        for one in candidates.values()
        if counts[one.link.identity] or _keeps_company(one, proven, candidates, counts)
    ]
    is_proven = len(chosen) >= _FEWEST
    if not is_proven:
        chosen = _longest_menu(candidates.values())
    sections = [
        SectionLink(url=one.link.url, name=one.name, articles=counts[one.link.identity])
        for one in chosen
        if len(chosen) >= _FEWEST
    ]
    return Menu(sections=tuple(sections), is_proven=is_proven)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A link that may be a section's; ``places`` are the kinds of place where links to it stand."""

    link: Link
    name: str
    folder: str
    places: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What belongs to the edition: below ``url``, and not below ``others``."""

    url: str
    others: tuple[str, ...]

    def holds(self, address: str) -> bool:
        """Whether the address lies below the page's own folder, and in no other edition."""
        folder = folder_of(address)
        # what a front page's query says of its form (language, variant) is no folder
        own = folder_of(self.url.partition("?")[0] if not urlsplit(self.url).path.strip("/") else self.url)
        if any(folder.startswith(other) and len(other) > len(own) for other in self.others):
            return False
        return folder.startswith(own) and folder != own


def _candidates(links: Sequence[Link], ground: _Ground, articles: set[str]) -> dict[str, _Candidate]:
    """Short-worded links of the edition that are no article and no service, by address."""
    kept: dict[str, _Candidate] = {}
    seen: set[str] = set()
    for link in links:
        if link.identity in kept:
            kept[link.identity].places.add(link.signature)
            continue
        if link.identity in seen:
            continue
        name = _name_of(link)
        if _may_be_section(link, name) and link.url not in articles and ground.holds(link.url):
            folder = folder_of(link.url)
            kept[link.identity] = _Candidate(link=link, name=name, folder=folder, places={link.signature})
        elif name and not link.is_labelled:
            seen.add(link.identity)
        if len(kept) >= _MOST_PLACES:
            break
    return kept


def _name_of(link: Link) -> str:
    """What a menu calls its entry; of one that also explains it, the first line."""
    text = link.text
    if len(text) > _LONGEST_NAME and not link.is_labelled and len(link.anchor):
        text = next((line for piece in link.anchor.itertext() if (line := " ".join(str(piece).split()))), text)
    return text.strip(" ›»>▸▾▼+·|")


def _may_be_section(link: Link, name: str) -> bool:
    if not name or name.isdecimal() or len(name) > _LONGEST_NAME:
        return False
    if headline_score(name) > _NAME_LIKE or _SERVICES.match(name):
        return False
    steps = [step for step in urlsplit(link.url).path.split("/") if step and not _FRONT_FILE.fullmatch(step)]
    if steps and steps[-1].isdigit():  # the archive of a month, or an article without words in its address
        return False
    return len(steps) <= _DEEPEST and not is_service(link.url) and address_score(link.url) <= _DEEPEST


def _below(candidates: dict[str, _Candidate], articles: Iterable[str]) -> Counter[str]:
    """How many articles lie below each candidate; below the deepest one where they lie below several."""
    by_folder = {one.folder: identity for identity, one in candidates.items()}
    counts: Counter[str] = Counter()
    for address in articles:
        folder = folder_of(address)
        while folder.count("/") > 1:
            folder = folder.rstrip("/").rpartition("/")[0] + "/"
            if folder in by_folder:
                counts[by_folder[folder]] += 1
                break
    return counts


def _keeps_company(one: _Candidate, proven: set[str], candidates: dict[str, _Candidate], counts: Counter[str]) -> bool:
    """Whether most links in the same kind of place are sections: then this one is too."""
    for place in one.places & proven:
        together = [identity for identity, other in candidates.items() if place in other.places]
        if sum(1 for identity in together if counts[identity]) * 2 >= len(together):
            return True
    return False


def _longest_menu(candidates: Iterable[_Candidate]) -> list[_Candidate]:
    """The links of the kind of place that holds most of them, in navigation."""
    all_of = list(candidates)
    sizes = Counter(place for one in all_of for place in one.places)
    # a larger one is a directory of places, people or shops
    menus = [place for place, size in sizes.most_common() if _FEWEST < size <= _LONGEST_MENU]
    return [one for one in all_of if menus[0] in one.places] if menus else []


def folder_of(address: str) -> str:
    """Host and path as far as what lies below an address shares it: without ``index.html``, endings and ``www.``."""
    parts = urlsplit(address)
    steps = [step for step in unquote(parts.path).split("/") if step]
    if steps and _FRONT_FILE.fullmatch(steps[-1]):
        steps.pop()
    if steps:
        steps[-1] = _ENDING.sub("", steps[-1])
    host = parts.netloc.lower().removeprefix("www.")
    return "/".join((host, *steps, *([f"?{parts.query}"] if parts.query else []))) + "/"
