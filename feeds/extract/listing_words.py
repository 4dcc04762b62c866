"""A link's words or address in, a number out: how much it reads like a headline, how much like an article's address.

Both scores are signed: about -6 says navigation, about +4 says article, 0 says nothing. No language is known here:
scripts are told apart by how much one character says.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote

HEADLINE = 1.5
_NEVER = -8.0
_NAVIGATION = -6.0
_MOST = 5.0

# one of these says about as much as two letters
_IDEOGRAPH = re.compile("[\u3040-\u309f\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# so do the syllables of Korean and of Ethiopic
_HANGUL = re.compile("[\u1200-\u137f\uac00-\ud7af]")
# no spaces between words: the former, katakana, Thai, Lao, Tibetan, Burmese, Khmer
_UNSPACED = re.compile("[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
# not \w: it leaves out the vowel signs of Indic scripts
_SIGN = re.compile(r"[^\s!-/:-@\[-`{-~\u00a0-\u00bf\u2000-\u206f\u3000-\u303f\uff00-\uff0f]")
_PARAGRAPH = 400

_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d\d[-_/.]?(?:0[1-9]|1[0-2])(?:[-_/.]?(?:0[1-9]|[12]\d|3[01]))?(?!\d)"
    r"|(?<!\d)(?:19|20)\d\d/(?:[1-9]|1[0-2])(?:/\d{1,2})?(?=/)"
)
_DIGITS = re.compile(r"\d+")
_WORDS = re.compile(r"[^\W\d_]+")
_PAGE = re.compile(
    r"(?:index|default|list|page|seite|p)[-_]?\d{1,4}|(?:index|default|home|homepage|main|node|list)", re.IGNORECASE
)
_PAGE_NUMBER = re.compile(r"(?:^|/)(?:(?:page|seite)/\d{1,4}|p/\d{1,2})\Z")
_EXTENSION = re.compile(r"\.([a-z][a-z0-9]{1,5})\Z", re.IGNORECASE)
_PAGES = frozenset({"html", "htm", "shtml", "shtm", "php", "asp", "aspx", "jsp", "jspx", "do", "xhtml", "cms", "ece"})
_HASH = re.compile(r"(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{8,40}\Z", re.IGNORECASE)
_ARCHIVE = re.compile(r"[\W\d_]{0,4}")
_MIXED = re.compile(r"[-_%].*[-_%]|(?=.*\d).{8}")
_PAGING = re.compile(
    r"(?:page|pg|paged|start|offset|lang|language|hl|locale|sort|order|view|replytocom|share)=", re.IGNORECASE
)
_QUERY_ID = re.compile(
    r"=(?:\d{2,}|[0-9a-f-]{8,}|(?=[a-z_-]{0,40}\d)(?=[\d_-]{0,40}[a-z])[\w-]{8,40})(?:&|\Z)", re.IGNORECASE | re.ASCII
)
_NUMBERED = re.compile(r"(?:^|/)archives?/\d{2,}/\Z")
_BY_WORDS_IN_SLUG = ((5, 3.0), (3, 2.0), (2, 0.5))  # (at least, score)
_BY_DIGITS = ((5, 2.0), (3, 0.5))
_LONG_NUMBER = 5
_FILED = 4
_SENTENCE = 5
_SLUG = 3
# what services of a site are called in the slugs of their addresses
_SERVICE = re.compile(
    r"(?:^|-)(?:with|for|contact|about)-us(?:-|\Z)|(?:^|-)newsletters?\Z|^(?:subscribe|advertise|download)(?:-|\Z)|"
    r"(?:^|-)(?:privacy|cookies?)-(?:policy|notice|settings)|^terms-(?:of|and)-|"
    r"(?:^|-)editorial-(?:standards|policy|guidelines)|(?:^|-)code-of-(?:conduct|ethics|practice)\Z",
    re.IGNORECASE,
)
_A_SERVICE = 6.0
# fmt: off
# segments that say of the address they end: a tag, a person, a service of the site, and no article …
_META = frozenset({
    "abo", "about", "about-us", "account", "advertise", "agb", "auteur", "auteurs", "author", "authors", "autor",
    "autoren", "autores", "byline", "careers", "cart", "columnists", "contact", "contact-us", "contributors",
    "cookies", "datenschutz", "faq", "feed", "feeds", "hashtag", "help", "hilfe", "impressum", "imprint", "jobs",
    "journalist", "journalists", "kontakt", "konto", "legal", "login", "logout", "member", "members", "newsletter",
    "newsletters", "privacy", "privacy-policy", "profil", "profile", "profiles", "redakteur", "redakteure", "register",
    "reporter", "reporters", "rss", "shop", "signin", "signup", "sitemap", "staff", "subscribe", "subscription",
    "team", "terms", "user", "users", "writer", "writers",
})
# … and those that say it wherever they stand
_NOWHERE = frozenset({
    "assets", "buscar", "cdn-cgi", "etiqueta", "etiquetas", "images", "img", "keyword", "keywords", "label", "labels",
    "memberlist.php", "mot-cle", "mots-cles", "recherche", "schlagwoerter", "schlagwort", "schlagworte", "search",
    "showthread.php", "static", "stichwort", "suche", "tag", "tagged", "tags", "viewforum.php", "viewtopic.php",
    "wp-admin", "wp-content", "wp-login.php",
})
# scripts that do something with the article that their query names
_ACTIONS = frozenset({
    "comment", "comments", "email", "mail", "mailto", "print", "recommend", "reply", "report", "send", "share", "vote",
})
_TOPICS = frozenset({
    "category", "categories", "categoria", "kategorie", "rubrik", "rubriken", "section", "sections", "topic", "topics",
    "thema", "themen", "dossier", "dossiers", "archive", "archives", "archiv", "special", "specials", "series", "page",
})
_FILES = frozenset({
    "pdf", "jpg", "jpeg", "png", "gif", "webp", "svg", "mp3", "mp4", "m3u8", "zip", "xml", "rss", "atom", "json", "css",
    "js", "doc", "docx", "xls", "xlsx", "ppt", "apk", "exe", "ics", "epub",
})
# fmt: on


# (words, or none for scripts without spaces) -> (letters below which, score), and the score from there on
_BY_WORDS: dict[int, tuple[tuple[tuple[int, float], ...], float]] = {
    0: (((8, -2.0), (12, -1.0), (14, 0.0), (18, 1.5), (28, 2.0)), 2.5),
    1: (((26, -1.5),), -0.5),
    2: (((20, -1.5), (28, -0.5)), 0.5),
    3: (((16, -0.5), (24, 0.5)), 1.5),
    4: (((16, 0.0), (20, 1.0)), 2.0),
    5: (((16, 0.5), (20, 1.5), (30, 2.0)), 2.5),
}


@lru_cache(maxsize=8192)
def headline_score(text: str) -> float:
    """How much the words of a link read like a headline, in any script: from -2 to 2.5.

    Counted in words and letters, an ideograph or a Korean syllable as two letters. Headlines in Chinese have some
    ten characters, in English some seven words; what navigation says has one to three words.
    """
    if text.isascii():
        units, words = len(_SIGN.findall(text)), len(text.split())
    else:
        ideographs = len(_IDEOGRAPH.findall(text))
        units = len(_SIGN.findall(text)) + ideographs + len(_HANGUL.findall(text))
        words = len(text.split()) if len(_UNSPACED.findall(text)) * 4 < units else 0
    if units > _PARAGRAPH or not units:
        return 0.5 if units else -2.0
    steps, most = _BY_WORDS[min(words, 5)]
    return next((score for limit, score in steps if units < limit), most)


def is_headline(text: str) -> bool:
    """Whether the words alone would do for a headline."""
    return headline_score(text) >= HEADLINE


def address_score(url: str) -> float:
    """How much a clean address reads like an article's: from -8 (a file, a tag, page 2) to 5."""
    path, _, query = url.split("/", 3)[3].partition("?")
    segments = [segment for segment in path.split("/") if segment]
    if segments and re.fullmatch(r"(?:index|default)(?:\.\w{2,5})?", segments[-1], re.IGNORECASE):
        segments.pop()
    by_query = _query_score(query)
    if by_query < 0 or not segments:
        return by_query if query and by_query else _NAVIGATION
    last = unquote(segments[-1])
    extension = _EXTENSION.search(last)
    kind = extension[1].lower() if extension else ""
    stem = last[: extension.start()] if extension and (kind in _PAGES or kind in _FILES) else last
    names = [segment.lower() for segment in segments]
    if kind in _FILES or not _META.isdisjoint(names[-2:]) or not _NOWHERE.isdisjoint(names):
        return _NEVER
    if _PAGE.fullmatch(stem) or _PAGE_NUMBER.search("/".join(names[-2:])):
        return _NAVIGATION
    if by_query and stem.lower() in _ACTIONS:
        return _NAVIGATION
    by_path = _path_score(segments, stem, is_file=kind in _PAGES)
    if _SERVICE.search(stem) and not address_number(url):
        by_path -= _A_SERVICE
    # where a query names what is shown, a path of one word is no section
    return min(_MOST, by_query + (max(by_path, 0.0) if by_query and len(segments) == 1 else by_path))


def is_service(url: str) -> bool:
    """Whether a clean address names a service of the site, a person or a tag, in a step that says so."""
    names = [step.lower() for step in url.partition("?")[0].split("/")[3:] if step]
    return not _META.isdisjoint(names[-2:]) or not _NOWHERE.isdisjoint(names)


def slug_words(url: str) -> int:
    """How many words the last step of a clean address is made of."""
    last = unquote(url.partition("?")[0].rstrip("/").rpartition("/")[2])
    return _slug_words(_EXTENSION.sub("", last))


def address_number(url: str) -> bool:
    """Whether a clean address carries what articles are filed by: a date, a long number, a hash."""
    rest = "/".join(url.split("/")[3:])
    last = unquote(rest.partition("?")[0].rstrip("/").rpartition("/")[2])
    digits = max((len(run) for run in _DIGITS.findall(rest)), default=0)
    return digits >= _FILED or _DATE.search(rest) is not None or _HASH.match(_EXTENSION.sub("", last)) is not None


def _query_score(query: str) -> float:
    if not query:
        return 0.0
    if _PAGING.match(query) or any(_PAGING.match(part) for part in query.split("&")):
        return _NAVIGATION
    return 1.5 if _QUERY_ID.search(query) else 0.0


def _path_score(segments: list[str], stem: str, *, is_file: bool) -> float:
    path = "/".join(segments) + "/"
    dated = _DATE.search(path)
    if dated and not is_file and _ARCHIVE.fullmatch(stem) and not _is_called_something(segments):
        return _NAVIGATION
    undated = _DATE.sub(" ", "/".join(segments[-3:])) if dated else "/".join(segments[-3:])
    digits = max((len(run) for run in _DIGITS.findall(undated)), default=0)
    words = _slug_words(_DATE.sub(" ", stem))
    if digits and len(segments) > 1 and not words:  # the words may stand before the number: /a-long-slug/403.123
        words = _slug_words(unquote(segments[-2]))
    score = _step(words, _BY_WORDS_IN_SLUG) + _step(digits, _BY_DIGITS) + (2.5 if dated else 0.0)
    if dated and dated[0].count("/") > 1 and re.search(r"[^\W\d_]", stem):
        score += 1.5  # filed under a day, and called something
    score += 1.5 if digits < _LONG_NUMBER and _HASH.match(stem) else 0.0
    if not score and len(segments) == 1:
        return -2.0
    if _NUMBERED.search(path):
        return score + 2.0  # /archives/123 is how weblogs number their entries
    is_topic = not _TOPICS.isdisjoint(segment.lower() for segment in segments[-2:])
    if is_topic and not dated and words < _SENTENCE:
        score -= 2.5
    return score + (1.0 if is_file and len(segments) > 1 else 0.0)


def _is_called_something(segments: list[str]) -> bool:
    """Whether a path with a day and a short number at its end is no archive: some step is a slug, or a long number."""
    undated = _DATE.sub(" ", "/".join(segments))
    is_numbered = any(len(run) >= _LONG_NUMBER for run in _DIGITS.findall(undated))
    return is_numbered or any(_slug_words(unquote(segment)) >= _SLUG for segment in segments)


def _step(value: int, steps: tuple[tuple[int, float], ...]) -> float:
    return next((score for least, score in steps if value >= least), 0.0)


def _slug_words(segment: str) -> int:
    return max(len(_WORDS.findall(segment)), len(_IDEOGRAPH.findall(segment)) // 3)


@lru_cache(maxsize=8192)
def address_shape(url: str) -> str:
    """What addresses of one kind share: the number of segments, and what the last ones are made of."""
    host, _, path = url.partition("://")[2].partition("/")
    path, _, query = path.partition("?")
    segments = [segment for segment in path.split("/") if segment]
    kinds = [_kind(segment) for segment in segments[-3:]]
    names = ",".join(sorted(part.partition("=")[0] for part in query.split("&"))) if query else ""
    return f"{host}/{len(segments)}/{'/'.join(kinds)}?{names}"


def _kind(segment: str) -> str:
    """A number, a long number, something long and mixed, or a word; with the extension."""
    extension = _EXTENSION.search(segment)
    stem = segment[: extension.start()] if extension else segment
    ending = extension[0].lower() if extension else ""
    if stem.isdigit():
        return ("9" if len(stem) < _LONG_NUMBER else "99999") + ending
    return ("s" if _MIXED.search(stem) else "a") + ending
