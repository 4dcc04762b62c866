"""Articles in, pages out: the HTML of the magazine, in the manner of an old content management system.

Everything here returns text; the site encodes it as the edition does. Templates are ``templates/*``, filled by
``string.Template``; whatever is put in has been escaped here.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from html import escape
from importlib import resources
from string import Template
from urllib.parse import quote

from feeds.newsroom.articles import NewsroomArticle
from feeds.newsroom.editions import BY_LANGUAGE, EDITIONS, Edition

PER_PAGE = 10  # entries of one listing page

# What such systems do in the visitor's browser: readers without JavaScript see no link to the next page.
_SCRIPT_PAGER = """<script type="text/javascript">
function createPageHTML(_nPageCount, _nCurrIndex, _sPageName, _sPageExt) {
  for (var i = Math.max(0, _nCurrIndex - 4); i < Math.min(_nPageCount, _nCurrIndex + 5); i++) {
    var name = i == 0 ? _sPageName + "." + _sPageExt : _sPageName + "_" + i + "." + _sPageExt;
    document.write(i == _nCurrIndex ? "<b>" + (i + 1) + "</b>" : '<a href="' + name + '">' + (i + 1) + "</a>");
  }
}
createPageHTML(%d, %d, "index", "html");
</script>"""


@functools.cache
def template(name: str) -> Template:
    """A file of ``templates/``."""
    return Template(resources.files("feeds.newsroom").joinpath("templates", name).read_text(encoding="utf-8"))


def listing_page(edition: Edition, section: int, articles: Sequence[NewsroomArticle], *, page: int, pages: int) -> str:
    """A section page; ``page`` counts from 0, ``index.html``, up to ``pages`` - 1."""
    name = edition.sections[section][1]
    entries = "".join(_entry(edition, article) for article in articles)
    content = template("listing.html").substitute(entries=entries.rstrip(), pager=_pager(edition, page, pages))
    return _frame(edition, title=f"{name} -- {edition.site}", crumbs=(name,), content=content)


def article_page(
    edition: Edition,
    article: NewsroomArticle,
    *,
    related: Sequence[NewsroomArticle],
    selection: Sequence[NewsroomArticle],
) -> str:
    """The page of one article, with links to ``related`` ones of its section and to a ``selection``."""
    section = section_name(edition, article)
    content = template("article.html").substitute(
        heading=edition.heading.format(title=_print(edition, article.title)),
        date=edition.on_page(article.day),
        origin=escape(edition.origin_label + article.origin),
        keywords=_labelled_keywords(edition, article),
        print_label=edition.print_label,
        mail_label=edition.mail_label,
        subject=quote(article.title),
        body=_body(edition, article),
        translations=_translations(edition, article),
        links_label=edition.links_label,
        related=_links(edition, related),
        selection_label=edition.selection_label,
        selection=_links(edition, selection),
    )
    title = edition.title_form.format(title=article.title, section=section, site=edition.site)
    return _frame(edition, title=title, crumbs=(section,), content=content)


def front_page(
    edition: Edition, sections: Sequence[Sequence[NewsroomArticle]], selection: Sequence[NewsroomArticle]
) -> str:
    """The edition's home page: the newest of each section."""
    blocks = []
    for (path, name), articles in zip(edition.sections, sections, strict=True):
        heading = f'<h3><a href="/{edition.language}/{path}/index.html">{escape(name)}</a></h3>'
        blocks.append(f"      {heading}\n      <ul>{_links(edition, articles)}</ul>")
    content = template("front.html").substitute(
        blocks="\n".join(blocks), selection_label=edition.selection_label, selection=_links(edition, selection)
    )
    return _frame(edition, title=edition.site, crumbs=(), content=content)


def redesigned_page(edition: Edition) -> str:
    """What is left after a redesign that draws everything by script: no title, no link, no text."""
    return template("redesign.html").substitute(_common(edition))


def challenge_page(edition: Edition) -> str:
    """The page with which a site asks for a browser with JavaScript."""
    return template("challenge.html").substitute(_common(edition))


def restyled_listing_page(edition: Edition, section: int, articles: Sequence[NewsroomArticle]) -> str:
    """A section page in a new layout, which selectors for the old one do not fit; the articles are all there."""
    cards = "".join(
        template("restyled_card.html").substitute(
            path=article.path,
            title=_print(edition, article.listed_title),
            date=edition.listed(article.listed_day),
            teaser=_print(edition, article.teaser),
        )
        for article in articles
    )
    title = f"{edition.sections[section][1]} | {edition.site}"
    return template("restyled_listing.html").substitute(_common(edition, title), cards=cards)


def restyled_article_page(edition: Edition, article: NewsroomArticle) -> str:
    """The same article in the new layout: same title, date, keywords and words."""
    return template("restyled_article.html").substitute(
        _common(edition, f"{article.title} | {edition.site}"),
        title=_print(edition, article.title),
        date=edition.on_page(article.day),
        origin=escape(edition.origin_label + article.origin),
        body="\n".join(f"<p>{_print(edition, text)}</p>" for text in article.paragraphs),
        keywords=_labelled_keywords(edition, article),
    )


def section_name(edition: Edition, article: NewsroomArticle) -> str:
    """The shown name of the article's section."""
    return dict(edition.sections)[article.section]


# --- parts ------------------------------------------------------------------------------------------------------


def _frame(edition: Edition, *, title: str, crumbs: tuple[str, ...], content: str) -> str:
    home = f'<a href="/{edition.language}/">{edition.home}</a>'
    return template("frame.html").substitute(
        _common(edition, title), breadcrumb=" &gt;&gt; ".join([home, *map(escape, crumbs)]), content=content.strip()
    )


def _common(edition: Edition, title: str = "") -> Mapping[str, str]:
    """What every page of an edition says."""
    links = [f'<td><a href="/{edition.language}/">{edition.home}</a></td>'] + [
        f'<td><a href="/{edition.language}/{path}/index.html">{escape(name)}</a></td>'
        for path, name in edition.sections
    ]
    return {
        "charset": edition.declared,
        "language": edition.language,
        "site": escape(edition.site),
        "page_title": _print(edition, title),
        "switcher": " ".join(
            f'<a href="/{other.language}/">{other.native}</a>' for other in EDITIONS if other is not edition
        ),
        "navigation": "\n    ".join(links),
        "address": escape(edition.address),
        "invented": escape(edition.invented),
    }


def _entry(edition: Edition, article: NewsroomArticle) -> str:
    folder = article.path.rsplit("/", 2)[0]
    return template("entry.html").substitute(
        link="." + article.path.removeprefix(folder),
        picture="." + article.picture.removeprefix(folder),
        title=_print(edition, article.listed_title),
        date=edition.listed(article.listed_day),
        teaser=_print(edition, article.teaser),
    )


def _pager(edition: Edition, page: int, pages: int) -> str:
    if edition.script_pager:
        return _SCRIPT_PAGER % (pages, page)
    shown = range(max(0, page - 4), min(pages, page + 5))
    numbers = [f"<b>{n + 1}</b>" if n == page else f'<a href="{page_name(n)}">{n + 1}</a>' for n in shown]
    before = [f'<a href="{page_name(page - 1)}">{edition.previous_label}</a>'] if page else []
    rel = ' rel="next"' if edition.related_pager else ""
    after = [f'<a href="{page_name(page + 1)}"{rel}>{edition.next_label}</a>'] if page + 1 < pages else []
    return " ".join([*before, *numbers, *after])


def page_name(page: int) -> str:
    """The file name of a listing page; ``page`` counts from 0."""
    return f"index_{page}.html" if page else "index.html"


def _labelled_keywords(edition: Edition, article: NewsroomArticle) -> str:
    separators = edition.keyword_separators
    return escape(edition.keyword_label + separators[article.number % len(separators)].join(article.keywords))


def _body(edition: Edition, article: NewsroomArticle) -> str:
    paragraphs = [f'<p align="justify">{edition.indent}{_print(edition, text)}</p>' for text in article.paragraphs]
    if article.caption:
        name = article.picture.rsplit("/", 1)[1]
        picture = f'<p align="center"><img src="./{name}" width="400" border="0" alt="" /></p>'
        caption = f'<p align="center"><font color="#666666">{_print(edition, article.caption)}</font></p>'
        paragraphs[1:1] = [picture, caption]
    return "\n".join(paragraphs)


def _translations(edition: Edition, article: NewsroomArticle) -> str:
    if not article.translations:
        return "&nbsp;"
    links = (f'<a href="{path}">{BY_LANGUAGE[language].native}</a>' for language, path in article.translations.items())
    return f"{edition.others_label} {' '.join(links)}"


def _print(edition: Edition, text: str) -> str:
    return escape(edition.typeset(text))


def _links(edition: Edition, articles: Sequence[NewsroomArticle]) -> str:
    return "".join(f'<li><a href="{article.path}">{_print(edition, article.title)}</a></li>' for article in articles)
