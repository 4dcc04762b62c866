"""What is an article and what only answers like one."""

from __future__ import annotations

import pytest

from feeds.errors import NothingFound
from feeds.extract.body import read_body
from feeds.extract.tree import parse_html
from feeds.extract.verdict import check_article

URL = "https://news.example/politik/2026/bruecke-eroeffnet-123.html"
SENTENCE = "Die Brücke über den Fluss wurde am Montag nach drei Jahren Bauzeit für den Verkehr freigegeben. "
OG = '<meta property="og:type" content="article">'


def judge(
    html: str,
    *,
    title: str | None = None,
    types: tuple[str, ...] = (),
    published: str | None = None,
    url: str = URL,
    selector: str | None = None,
) -> None:
    tree = parse_html(html.encode(), content_type="text/html; charset=utf-8")
    headline = title if title is not None else str(tree.xpath("string(//h1 | //title)"))
    body = read_body(tree, url=url, title=headline, selector=selector)
    check_article(tree=tree, title=headline, body=body, json_ld_types=types, published=published, url=url)


def page(body: str, *, title: str = "Brücke eröffnet", head: str = "") -> str:
    return f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


def links(count: int) -> str:
    return (
        "<ul>"
        + "".join(
            f'<li><a href="/n/{i}.html">Eine Schlagzeile mit der Nummer {i} aus der Stadt</a></li>'
            for i in range(count)
        )
        + "</ul>"
    )


@pytest.mark.parametrize(
    ("html", "types", "published"),
    [
        pytest.param(
            page(f"<h1>Brücke eröffnet</h1><p>{SENTENCE * 5}</p>"), (), None, id="plain page that declares nothing"
        ),
        pytest.param(page(f"<h1>Brücke</h1><p>{SENTENCE}</p>", head=OG), (), None, id="one sentence, declared"),
        pytest.param(
            page(f"<h1>Brücke</h1><p>{SENTENCE}</p>{links(60)}", head=OG), (), None, id="short among many links"
        ),
        pytest.param(
            page(f"<h1>Brücke</h1><p>{SENTENCE * 9}</p>{links(60)}"), (), None, id="undeclared among many links"
        ),
        pytest.param(
            page(f"<h1>Seite nicht gefunden</h1><p>{SENTENCE * 9}</p>", title="Seite nicht gefunden", head=OG),
            ("NewsArticle",),
            "2026-01-01",
            id="a long article with a headline like a refusal",
        ),
        pytest.param(
            page(
                f"<h1>Cookies: was die neuen Regeln für Ihre Privatsphäre bedeuten</h1><p>{SENTENCE * 3}</p>", head=OG
            ),
            (),
            None,
            id="an article about cookies",
        ),
        pytest.param(
            page(f"<h1>Brücke</h1><p>{SENTENCE * 2}</p><form><input type=password></form>", head=OG),
            (),
            None,
            id="a paywalled one with a login form",
        ),
        pytest.param(
            page("<h1>大橋が開通</h1><p>市の中心部で新しい橋が13日に開通し、多くの市民が渡り初めをした。</p>"),
            (),
            None,
            id="Japanese brief",
        ),
    ],
)
def test_articles_are_accepted(html: str, types: tuple[str, ...], published: str | None) -> None:
    judge(html, types=types, published=published)


@pytest.mark.parametrize(
    ("html", "reason", "url"),
    [
        pytest.param(page("<h1>404</h1><p>Leider nichts.</p>", title="404 | Zeitung"), "does not exist", URL, id="404"),
        pytest.param(
            page(f"<h1>Seite nicht gefunden</h1><p>{SENTENCE * 2}</p>{links(30)}"),
            "does not exist",
            URL,
            id="German soft 404",
        ),
        pytest.param(
            page(
                "<h1>お探しのページは見つかりません。</h1><p>削除された可能性があります。トップページからお探しください。</p>"
            ),
            "does not exist",
            URL,
            id="Japanese soft 404",
        ),
        pytest.param(
            page(f"<h1>Oops</h1><p>{SENTENCE}</p>", title="Page not found - The Paper"),
            "does not exist",
            URL,
            id="window title",
        ),
        pytest.param(
            page("<h1>We value your privacy</h1><p>We and our partners store cookies on your device.</p>"),
            "consent",
            URL,
            id="consent wall",
        ),
        pytest.param(
            page("<h1>Anmelden</h1><p>Bitte melden Sie sich an, um weiterzulesen. Noch kein Konto? Jetzt anlegen.</p>"),
            "login",
            URL,
            id="login page",
        ),
        pytest.param(
            page("<h2>Willkommen</h2><form><input name=u><input type=password></form>"),
            "login",
            URL,
            id="bare login form",
        ),
        pytest.param(
            page("<h1>Just a moment...</h1><p>Checking if the site connection is secure, which may take a while.</p>"),
            "human",
            URL,
            id="challenge",
        ),
        pytest.param(page(f"<h1>Wirtschaft</h1>{links(40)}"), "no article text", URL, id="section front of links"),
        pytest.param(
            page(
                "<h1>Wirtschaft</h1>"
                + "".join(
                    f"<div><h3><a href=/{i}>Schlagzeile {i}: Die Stadt baut eine neue Brücke</a>"
                    f"</h3><p>Kurz gesagt geht es um den Bau der {i}. Brücke in der Stadt am Fluss.</p></div>"
                    for i in range(5)
                )
                + links(40)
            ),
            "a list of",
            URL,
            id="section front of teasers",
        ),
        pytest.param(
            page(f"<p>{SENTENCE * 3}</p>{links(40)}"), "front page", "https://news.example/", id="the site's root"
        ),
        pytest.param(
            page("<h1>Brücke im Video</h1><video src=a.mp4></video>", head=OG), "video", URL, id="video shell"
        ),
        pytest.param(page("<div id=root></div><script>render()</script>"), "no article text", URL, id="empty shell"),
        pytest.param(page(f"<p>{SENTENCE * 3}</p>", title=""), "no headline", URL, id="text without a headline"),
    ],
)
def test_what_is_no_article_is_refused_in_words(html: str, reason: str, url: str) -> None:
    with pytest.raises(NothingFound, match=reason) as refused:
        judge(html, url=url)
    assert refused.value.url == url


def test_what_a_recipe_selects_is_not_doubted() -> None:
    judge(page(f"<h1>Anmelden</h1><div class=text>Kurz.</div>{links(50)}"), selector="div.text")


def test_a_recipe_that_selects_nothing_does_not_help() -> None:
    with pytest.raises(NothingFound):
        judge(page(f"<h1>Wirtschaft</h1>{links(50)}"), selector="div.text")


def test_a_long_text_needs_no_headline() -> None:
    judge(page(f"<p>{SENTENCE * 9}</p>", title=""))


def test_a_page_of_teasers_at_the_sites_root_is_no_article_even_with_a_date_on_it() -> None:
    with pytest.raises(NothingFound, match="front page"):
        judge(page(links(40) + f"<p>{SENTENCE * 20}</p>"), url="https://news.example/", published="2026-08-24")


def test_a_long_text_at_a_root_address_is_read() -> None:
    judge(page(f"<h1>Brücke eröffnet</h1><p>{SENTENCE * 20}</p>"), url="https://news.example/")


def test_a_tag_page_is_none_though_its_template_says_article() -> None:
    with pytest.raises(NothingFound, match="headlines"):
        judge(page(f"<h1>Tag: Brücke</h1><p>{SENTENCE}</p>" + links(30), head=OG), types=("CollectionPage",))
