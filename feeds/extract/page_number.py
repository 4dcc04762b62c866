"""An address in, the list it belongs to and which page of it out, by the forms that addresses of lists have.

``/news/?page=2``, ``/news/page/2/``, ``/news/2/``, ``/news/index_1.html`` and ``/news_2.html`` all belong to ``/news``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

_HIGHEST = 100_000
# parameters that count pages or entries …
_NUMBERS = re.compile(
    "_?page|pages|p|pg|paged|page_?(?:num|no|number|index|id)|paging|pn|pno|[cin]page|currentpage|curpage|hlpage|pagen_1|"
    "seite|pagina|pag|strana|stranka|strona|sida|side|sivu|oldal|sayfa|start|startat|startrow|first|offset|skip|from|"
    "begin|limitstart|b_start:int"
)
# … those that name a place to go on from, and those that stand beside either
_CURSORS = re.compile(
    "cursor|after|before|(?:max|last|before)_?id|until|older_?than|updated-max|next|continuation|token|page_?token"
)
_BESIDE = re.compile("max-results|limit|per_?page|page_?size|size|count|by-date")
_WORD = (
    "(?:pages?|p|pg|seite|pagina|página|pag|strana|stranka|strona|sida|side|sivu|oldal|sayfa|trang|halaman|страница|页)"
)
_IN_PATH = re.compile(rf"/{_WORD}[-_/:=,.]?(\d{{1,6}})(?:\.\w{{2,5}})?/?\Z", re.IGNORECASE)
_BARE = re.compile(r"/(\d{1,4})/?\Z")
_OFFSET_SEGMENT = re.compile(r"/(?:start|offset|from)[-_/:=](\d{1,6})/?\Z", re.IGNORECASE)
_IN_FILE = re.compile(
    r"(?P<stem>/[^/]*?)(?:[-_,.](?:page|p|seite|pg)?|(?<=/index)|(?<=/list)|(?<=/page))(?P<number>\d{1,4})\.[a-z]{2,5}\Z",
    re.IGNORECASE,
)
_ENDING = re.compile(r"\.(?:html?|shtml?|php|aspx?|jsp|jhtml|do|cms)\Z", re.IGNORECASE)
_INDEX = re.compile(r"/(?:index|default|home|list|main)\Z", re.IGNORECASE)
_YEAR = range(1900, 2101)
_DATED = re.compile(
    r"(?<!\d)(?:19|20)\d\d[-_/.]?(?:0?[1-9]|1[0-2])?(?:[-_/.]?\d{1,2})?/?\Z|[?&][^=&]*(?:date|day|month|year|datum|jahr|"
    r"monat|mois|fecha|mes|日期)[^=&]*=",
    re.IGNORECASE,
)
_ENDS_IN_YEAR = re.compile(r"/(?:19|20)\d\d(?:/\d{1,2})?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """An address taken apart: ``base`` is equal for all pages of one list, ``number`` None on its first.

    ``number`` counts pages or entries, from 0 or 1: it only orders. ``is_cursor``: it goes on from a named place
    instead. ``is_date``: it names a day, month or year.
    """

    base: str
    number: int | None = None
    is_cursor: bool = False
    is_date: bool = False


def take_number(url: str) -> Numbered:
    """Takes an absolute, clean address apart."""
    parts = urlsplit(url)
    number, is_cursor, kept = None, False, []
    for field in parts.query.split("&") if parts.query else []:
        name, _, value = field.partition("=")
        name = unquote(name).lower()
        if _NUMBERS.fullmatch(name) and value.isdecimal() and int(value[:9]) <= _HIGHEST and number is None:
            number = int(value[:9])
        elif _CURSORS.fullmatch(name) and value:
            is_cursor = True
        elif not _BESIDE.fullmatch(name):
            kept.append(field)
    path = unquote(parts.path)
    if number is None and not is_cursor:
        path, number = _from_path(path)
    path = _INDEX.sub("", _ENDING.sub("", path).rstrip("/"))
    query = "?" + "&".join(sorted(kept)) if kept else ""
    return Numbered(
        base=f"{parts.netloc}{path}{query}",
        number=number,
        is_cursor=is_cursor,
        is_date=number is None and bool(_DATED.search(url)),
    )


def _from_path(path: str) -> tuple[str, int | None]:
    """(path without its page number, the number)."""
    for form in (_IN_PATH, _OFFSET_SEGMENT):
        found = form.search(path)
        if found:
            return path[: found.start()], int(found[1])
    bare = _BARE.search(path)
    if bare:
        before = path[: bare.start()]
        is_date = int(bare[1]) in _YEAR or _ENDS_IN_YEAR.search(before)
        return (path, None) if is_date or not before else (before, int(bare[1]))
    named = _IN_FILE.search(path)
    if named and int(named["number"]) not in _YEAR:
        return path[: named.start()] + named["stem"], int(named["number"])
    return path, None
