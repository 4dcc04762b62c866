"""Article bodies as pages of many kinds set them, and what stands beside them."""

from __future__ import annotations

import lxml.etree
import pytest

from feeds.errors import ExtractError
from feeds.extract.body import Body, read_body
from feeds.extract.tree import parse_html

URL = "https://news.example/politik/artikel.html"
FIRST = "Die Brücke über den Fluss wurde am Montag nach drei Jahren Bauzeit für den Verkehr freigegeben."
SECOND = "Die Bürgermeisterin sprach von einem guten Tag für die Stadt und dankte allen, die daran gebaut haben."
THIRD = "Rund zwei Millionen Euro kostete der Bau, etwas weniger, als der Rat vor vier Jahren veranschlagt hatte."
FOURTH = "Am Wochenende feiern die Stadtteile auf beiden Ufern ein Fest mit Musik, zu dem alle eingeladen sind."
PARAGRAPHS = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p><p>{FOURTH}</p>"
TEXT = f"{FIRST}\n{SECOND}\n{THIRD}\n{FOURTH}"


def read(html: str, **options: str | None) -> Body:
    return read_body(parse_html(html.encode(), content_type="text/html; charset=utf-8"), url=URL, **options)


def page(article: str, *, before: str = "", after: str = "", head: str = "") -> str:
    return (
        f"<html><head><title>x</title>{head}</head><body><header><a href=/>Zeitung</a></header>{before}"
        f"<main><h1>Brücke eröffnet</h1>{article}</main>{after}<footer>Impressum Datenschutz AGB</footer></body></html>"
    )


@pytest.mark.parametrize(
    "article",
    [
        pytest.param(f"<div class=text>{PARAGRAPHS}</div>", id="paragraphs"),
        pytest.param(f"<div class=text>{FIRST}<br><br>{SECOND}<br><br>{THIRD}<br><br>{FOURTH}</div>", id="line breaks"),
        pytest.param(
            "".join(f"<div class=block><div class=text><p>{t}</p></div></div>" for t in (FIRST, SECOND, THIRD, FOURTH)),
            id="a box for each paragraph",
        ),
        pytest.param(
            "".join(f"<p class='par par_{i}'>{t}</p>" for i, t in enumerate((FIRST, SECOND, THIRD, FOURTH))),
            id="numbered paragraphs",
        ),
        pytest.param(
            f"<p class=first>{FIRST}</p><div class=fold><p>{SECOND}</p><p>{THIRD}</p><p>{FOURTH}</p></div>", id="a fold"
        ),
        pytest.param(
            f"<div class=text>{PARAGRAPHS}</div>".replace("<p>", "<div>").replace("</p>", "</div>"), id="divs"
        ),
        pytest.param(
            f"<table width=600><tr><td><font size=2>{PARAGRAPHS}</font></td></tr></table>",
            id="a layout table of the nineties",
        ),
        pytest.param(f"<div class='story has-sidebar comments-enabled'>{PARAGRAPHS}</div>", id="names of states"),
        pytest.param(
            f"<div class='share-container'><article>{PARAGRAPHS}</article></div>", id="all inside a share box"
        ),
        pytest.param(f"<form id=aspnetForm>{PARAGRAPHS}</form>", id="all inside a form"),
        pytest.param(
            f"<p>{FIRST}</p><div hidden class=paywall><p>{SECOND}</p><p>{THIRD}</p><p>{FOURTH}</p></div>",
            id="hidden fold",
        ),
    ],
)
def test_the_paragraphs_are_found_however_they_are_boxed(article: str) -> None:
    body = read(page(article))
    assert body.text.split("\n") == TEXT.split("\n") or body.text == TEXT.replace("\n", " ")
    assert body.provenance == "page"


JUNK = {
    "navigation": "<nav><ul><li><a href=/a>Politik</a><li><a href=/b>Wirtschaft</a></ul></nav>",
    "read more": "<p><a href=/x>Lesen Sie auch: Warum die alte Brücke gesperrt werden musste</a></p>",
    "labelled link": "<p>Mehr dazu: <a href=/x>Warum die alte Brücke vor drei Jahren gesperrt werden musste</a></p>",
    "link list": "<h3>Mehr zum Thema</h3><ul><li><a href=/1>Die alte Brücke wird abgerissen</a></li>"
    "<li><a href=/2>Der Rat beschließt den Haushalt</a></li></ul>",
    "teaser": "<div class=card><a href=/x><img src=t.jpg><h3>Ein anderes Thema</h3><p>Ein Anreißer aus einer anderen "
    "Geschichte steht und hier nichts verloren hat, gar nichts.</p></a></div>",
    "newsletter": "<div class=newsletter-box><h3>Newsletter</h3><p>Jeden Morgen die wichtigsten Nachrichten in "
    "Ihrem Postfach, kostenlos und jederzeit kündbar.</p></div>",
    "share bar": "<div class=social-share>Teilen auf <a href=/f>Facebook</a> <a href=/x>X</a></div>",
    "aside": f"<aside><h4>Zahlen</h4><p>{'Zahlen stehen in diesem Kasten. ' * 2}</p></aside>",
    "caption": "<figure><img src=/b.jpg><figcaption>Die neue Brücke, vom Rathausturm aus.</figcaption></figure>",
    "player": "<div class=player><div class=title>Video: So sieht die neue Brücke von oben aus, ein Flug über den "
    "Fluss</div></div>",
    "script": "<script>var text = 'Das ist kein Text, sondern ein Programm, das niemand lesen will.';</script>",
    "hidden label": "<span class=visually-hidden>Artikel Inhalt</span>",
    "comments": "<section id=comments><h2>Kommentare</h2>"
    + "<p>Das ist doch alles viel zu teuer gewesen, sage ich, und zwar schon immer!</p>" * 9
    + "</section>",
    "advertisement": "<div class=ad-slot>Anzeige<p>Kaufen Sie jetzt das neue Auto, bevor alle es haben.</p></div>",
    "heading over nothing": "<h2>Das könnte Sie auch interessieren</h2>",
}


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
@pytest.mark.parametrize("place", ["between", "after", "outside"])
def test_what_stands_beside_the_text_stays_out(junk: str, place: str) -> None:
    if "<h2>Das könnte" in junk and place == "between":
        pytest.skip("a heading over a paragraph is one of the text")
    if place == "between":
        html = page(f"<div class=text><p>{FIRST}</p><p>{SECOND}</p>{junk}<p>{THIRD}</p><p>{FOURTH}</p></div>")
    elif place == "after":
        html = page(f"<div class=text>{PARAGRAPHS}{junk}</div>")
    else:
        html = page(f"<div class=text>{PARAGRAPHS}</div>", before=junk, after=junk)
    assert read(html).text == TEXT


@pytest.mark.parametrize(
    ("lead", "head"),
    [
        ("<p class=article-lead>{}</p>", ""),
        ("<h2 class=standfirst>{}</h2>", ""),
        ("<div class=box><p class=x-Intro>{}</p></div>", ""),
        ("<div class=x1>{}</div>", '<meta name="description" content="{}">'),
        ("<p itemprop=description>{}</p>", ""),
    ],
)
def test_the_standfirst_comes_first(lead: str, head: str) -> None:
    said = "Nach drei Jahren ist die neue Brücke fertig, und alle dürfen hinüber."
    article = (
        f"{lead.format(said)}<p class=meta>Von Anna Muster, 3.5.2026, 14:03 Uhr</p><div class=text>{PARAGRAPHS}</div>"
    )
    body = read(page(article, head=head.format(said)))
    assert body.text == f"{said}\n{TEXT}"
    assert body.html.startswith(("<p>", "<h2>", "<p ", "<h2 "))


def test_structure_stays() -> None:
    article = (
        f"<div class=text><p>{FIRST}</p><h2>Der Bau</h2><p>{SECOND} <b>Wichtig</b>: "
        f"<a href='../x?a=1&amp;b=2'>hier</a>.</p>"
        f"<ul><li>Ein Punkt</li><li>Noch ein Punkt</li></ul><blockquote><p>Ein Zitat aus der Rede.</p></blockquote>"
        f"<table><tr><th>Jahr</th><th>Euro</th></tr><tr><td>2025</td><td>zwei Millionen</td></tr></table>"
        f"<p>{THIRD}</p><p>{FOURTH}</p></div>"
    )
    assert read(page(article)).html == (
        f"<p>{FIRST}</p><h2>Der Bau</h2><p>{SECOND} <b>Wichtig</b>: "
        f'<a href="https://news.example/x?a=1&amp;b=2">hier</a>.</p>'
        f"<ul><li>Ein Punkt</li><li>Noch ein Punkt</li></ul><blockquote><p>Ein Zitat aus der Rede.</p></blockquote>"
        f"<table><tr><th>Jahr</th><th>Euro</th></tr><tr><td>2025</td><td>zwei Millionen</td></tr></table>"
        f"<p>{THIRD}</p><p>{FOURTH}</p>"
    )


@pytest.mark.parametrize(
    ("markup", "source"),
    [
        ("<figure><img src=/b.jpg alt=Br></figure>", "https://news.example/b.jpg"),
        (
            "<div class=pic><figure><img src='data:image/gif;base64,R0' data-src=b.jpg alt=Br></figure></div>",
            "https://news.example/politik/b.jpg",
        ),
        (
            "<figure><picture><source srcset='s.webp 300w, l.webp 900w'><img alt=Br></picture></figure>",
            "https://news.example/politik/l.webp",
        ),
        ("<div><img src=/placeholder.gif data-lazy-src=/b.jpg alt=Br></div>", "https://news.example/b.jpg"),
        ("<p><img src=/b.jpg alt=Br></p>", "https://news.example/b.jpg"),
        ("<figure><a href=/big/b.jpg><img src=/b.jpg alt=Br></a></figure>", "https://news.example/b.jpg"),
    ],
)
def test_pictures_come_along_where_they_stand(markup: str, source: str) -> None:
    article = f"<div class=text><p>{FIRST}</p><p>{SECOND}</p>{markup}<p>{THIRD}</p><p>{FOURTH}</p></div>"
    body = read(page(article))
    assert f'{SECOND}</p><figure><img src="{source}" alt="Br"></figure><p>{THIRD}' in body.html
    assert body.text == TEXT


def test_a_picture_keeps_its_caption_and_credit() -> None:
    caption = "Die Brücke. <span class=credit>Foto: Muster</span>"
    figure = f"<figure><img src=/b.jpg alt=''><figcaption>{caption}</figcaption></figure>"
    body = read(page(f"<div class=text><p>{FIRST}</p>{figure}<p>{SECOND}</p><p>{THIRD}</p></div>"))
    assert "<figcaption>Die Brücke. Foto: Muster</figcaption>" in body.html


@pytest.mark.parametrize(
    "picture",
    [
        "<a href=/x><figure><img src=/t.jpg><figcaption>Eine ganz andere Geschichte</figcaption></figure></a>",
        "<img src=/icon.png width=16 height=16>",
        "<img src=/pixel.gif>",
        "<div class=ad><img src=/werbung.jpg></div>",
        "<img src=/logo.svg>",
    ],
)
def test_pictures_of_other_things_do_not(picture: str) -> None:
    article = f"<div class=text><p>{FIRST}</p><p>{SECOND}</p>{picture}<p>{THIRD}</p><p>{FOURTH}</p></div>"
    assert "<img" not in read(page(article)).html


def test_addresses_follow_the_base_element() -> None:
    html = page(
        f"<div class=text>{PARAGRAPHS}<p>{FIRST} <a href=b.html>mehr</a></p></div>", head="<base href=/anders/x/>"
    )
    assert 'href="https://news.example/anders/x/b.html"' in read(html).html


def test_a_live_blog_is_read_whole() -> None:
    posts = "".join(
        f"<article><time>1{i}:00</time><h3>Meldung {i}</h3><p>{FIRST} Das war um 1{i} Uhr.</p><p>{SECOND}</p></article>"
        for i in range(5)
    )
    text = read(page(f"<div class=live>{posts}</div>")).text
    assert all(f"Meldung {i}\n{FIRST} Das war um 1{i} Uhr." in text for i in range(5))


def test_a_second_article_below_is_another_one() -> None:
    other = "".join(
        f"<p>Ein ganz anderer Artikel, Absatz {i}, der nicht dazugehört und trotzdem hier steht.</p>" for i in range(3)
    )
    html = page(
        f"<article>{PARAGRAPHS}</article>", after=f"<div class=more><article><h2>Anderes</h2>{other}</article></div>"
    )
    assert read(html).text == TEXT


@pytest.mark.parametrize(
    ("first", "second", "direction"),
    [
        (
            "市の中心部で新しい橋が13日に開通し、多くの市民が渡り初めをした。",
            "市長は「長い間待っていた日が来た」と話した。",
            "",
        ),
        (
            "中心城区的新大桥13日正式通车，许多市民前来参观，市长出席仪式。",
            "市长表示，这一天大家等待了很久，感谢所有的建设者。",
            "",
        ),
        (
            "شهدت المدينة يوم الاثنين افتتاح الجسر الجديد فوق النهر بعد ثلاث سنوات من العمل المتواصل.",
            "وقالت رئيسة البلدية إن هذا يوم جيد للمدينة وشكرت كل من شارك في البناء.",
            "rtl",
        ),
        (
            "शहर में सोमवार को नए पुल का उद्घाटन हुआ और बड़ी संख्या में लोग वहाँ पहुँचे।",
            "महापौर ने कहा कि यह शहर के लिए एक अच्छा दिन है और सबका धन्यवाद किया।",
            "",
        ),
    ],
)
def test_scripts_of_all_kinds(first: str, second: str, direction: str) -> None:
    body = read(
        f"<body><h1>x</h1><div class=a><p>{first}</p><p>{second}</p></div><ul><li><a href=/1>{first}</a></ul></body>"
    )
    assert body.text == f"{first}\n{second}"
    assert body.html.startswith('<div dir="rtl">') == (direction == "rtl")


def test_direction_that_the_page_states_is_kept() -> None:
    body = read(f'<html dir="rtl"><body><h1>x</h1><div>{PARAGRAPHS}</div></body></html>')
    assert body.html.startswith('<div dir="rtl"><p>')


def test_json_ld_wins_only_when_it_is_clearly_longer() -> None:
    whole = "\n".join([TEXT] * 3)
    assert read(page(f"<p>{FIRST}</p>"), json_ld_body=whole).provenance == "json-ld"
    assert read(page(f"<p>{FIRST}</p>"), json_ld_body=whole).text == whole
    assert read(page(f"<p>{FIRST}</p>"), json_ld_body=whole).html.startswith(f"<p>{FIRST}</p><p>")
    assert read(page(f"<div class=text>{PARAGRAPHS}</div>"), json_ld_body=TEXT + "Und mehr.").provenance == "page"


def test_json_ld_may_hold_markup() -> None:
    body = read(page("<p>Kurz.</p>"), json_ld_body=f"{PARAGRAPHS}<script>x()</script>")
    assert body.text == TEXT
    assert "script" not in body.html


def test_a_page_that_is_drawn_from_data_is_read_from_it() -> None:
    value = PARAGRAPHS.replace("<", "\\u003c").replace('"', '\\"')
    data = f'{{"article": {{"contentHtml": "{value}", "teaser": "x"}}}}'
    html = f"<html><body><div id=root></div><script id=state type=application/json>{data}</script></body></html>"
    body = read(html)
    assert (body.text, body.provenance) == (TEXT, "state")


@pytest.mark.parametrize("selector", ["div.mine", "//div[@class='mine']"])
def test_a_recipes_selector_wins(selector: str) -> None:
    html = page(f"<div class=text>{PARAGRAPHS}</div><div class=mine><p>Kurz.</p><div class=share>Teilen</div></div>")
    body = read(html, selector=selector, json_ld_body=TEXT * 9)
    assert (body.text, body.provenance) == ("Kurz.", "recipe")


def test_a_selector_that_matches_nothing_leaves_it_to_the_rules() -> None:
    assert read(page(f"<div>{PARAGRAPHS}</div>"), selector="div.none").text == TEXT


def test_a_wrong_selector_is_named() -> None:
    with pytest.raises(ExtractError, match="div\\["):
        read(page(PARAGRAPHS), selector="div[")


def test_the_headline_is_not_repeated() -> None:
    html = page(f"<div class=text><h2>Brücke eröffnet</h2>{PARAGRAPHS}</div>")
    assert read(html, title="Brücke eröffnet").text == TEXT


def test_a_post_of_another_site_is_shown_beside_the_text() -> None:
    post = '<blockquote class="twitter-tweet"><p>Hurra, die Brücke ist offen, alle sind da!</p>— Stadt</blockquote>'
    body = read(page(f"<div class=text><p>{FIRST}</p><p>{SECOND}</p>{post}<p>{THIRD}</p></div>"))
    assert "Hurra" not in body.text


def test_the_tree_is_not_changed() -> None:
    tree = parse_html(page(f"<div class=text>{PARAGRAPHS}{''.join(JUNK.values())}</div>").encode())
    before = lxml.etree.tostring(tree)
    read_body(tree, url=URL)
    assert lxml.etree.tostring(tree) == before


@pytest.mark.parametrize(
    "html", ["<p></p>", "<body></body>", "x", "<frameset><frame src=a></frameset>", "<ul><li><a href=/>x</a></ul>"]
)
def test_a_page_without_text_gives_an_empty_body(html: str) -> None:
    body = read(html)
    assert (body.text, body.html) == ("", "")


def test_like_paragraphs_far_away_do_not_lose_the_article() -> None:
    """The group of like paragraphs may have members outside of the article: here first, and of the same look."""
    stray = "<div><div><p>Ein Absatz ganz oben auf der Seite, der so aussieht wie die des Artikels.</p></div></div>"
    html = f"<body>{stray}<div><div><h1>x</h1><div>{PARAGRAPHS}{PARAGRAPHS}</div></div></div></body>"
    assert read(html).text == f"{TEXT}\n{TEXT}"


def test_a_heavier_text_above_the_headline_is_not_the_article() -> None:
    notice = "".join(
        f"<p>Wir und unsere Partner verarbeiten Daten, Absatz {i}, um Inhalte zu messen.</p>" for i in range(7)
    )
    html = f"<body><div><div>{notice}</div></div><main><h1>x</h1><div>{PARAGRAPHS}</div></main></body>"
    assert read(html).text == TEXT


def test_boxes_in_the_json_ld_do_not_replace_a_long_article() -> None:
    long = page(f"<div class=text>{PARAGRAPHS * 6}</div>")
    assert read(long, json_ld_body=TEXT * 12).provenance == "page"


def test_a_text_of_a_few_short_sentences_is_read() -> None:
    body = read(page("<p class=date>07.07.2020</p><p>Die Brücke ist offen.</p><p>Das teilte die Stadt mit.</p>"))
    assert body.text == "Die Brücke ist offen.\nDas teilte die Stadt mit."


def test_one_short_sentence_is_no_text() -> None:
    assert not read(page("<p>Die Seite wird geladen.</p>")).text


def test_a_brief_keeps_its_short_sentences() -> None:
    short = "Die Bahn fährt wieder."
    assert read(page(f"<div class=text><p>{FIRST}</p><p>{short}</p></div>")).text == f"{FIRST}\n{short}"
    assert read(page(f"<p>{short}</p><p>{FIRST}</p>")).text == f"{short}\n{FIRST}"
    assert read(page(f"<p>{FIRST} {SECOND} {THIRD} {FOURTH}</p><p>{short}</p>")).text.endswith(f"\n{short}")


def test_an_address_below_a_brief_is_not_its_text() -> None:
    address = "Brückenzeitung, Uferstraße 12, 10115 Berlin, Telefon 030 1234. Alle Rechte vorbehalten, auch digital."
    short = "Die Bahn fährt von heute an wieder bis zum Ende."
    article = f"<table><tr><td><p>{FIRST}</p><p>{short}</p></td></tr></table>"
    assert len(address) > len(FIRST)
    assert read(page(article, after=f"<table><tr><td>{address}</td></tr></table>")).text == f"{FIRST}\n{short}"


def cards(heading: str) -> str:
    """Four boxes with a heading and a paragraph each."""
    teaser = "<p>Wie es dort weitergeht und was die Leute im Viertel sagen, steht in diesem langen Satz.</p>"
    return "".join(f"<div class=item>{heading.format(i)}{teaser}</div>" for i in range(4))


def test_cards_below_a_brief_are_other_stories() -> None:
    brief = f"<div class=text><p>{FIRST}</p><p>Die Bahn fährt wieder.</p></div>"
    for heading in ("<h3><a href=/{0}>Nummer {0}</a></h3>", "<a href=/{0}><h3>Nummer {0}</h3></a>"):
        assert read(page(brief, after=cards(heading))).text == f"{FIRST}\nDie Bahn fährt wieder."
        assert read(page(brief + cards(heading))).text == f"{FIRST}\nDie Bahn fährt wieder."


def test_a_list_with_headings_that_lead_nowhere_else_is_the_article() -> None:
    for heading in ("<h3>Nummer {0}</h3>", "<h3><a href=#n{0}>Nummer {0}</a></h3>", "<h3><a name=n{0}>{0}</a></h3>"):
        assert read(page(f"<p class=lead>{FIRST}</p>" + cards(heading))).text.count("im Viertel") == 4


@pytest.mark.parametrize(
    "form",
    [
        pytest.param("<main><h1>x</h1><div><p>{first}</p>{cards}</div></main>", id="beside its paragraphs"),
        pytest.param("<article><h1>x</h1><p>{first}</p><div>{cards}</div></article>", id="in the article"),
        pytest.param("<main><h1>x</h1><p class=lead>{first}</p><div>{cards}</div></main>", id="below a standfirst"),
        pytest.param("<main><h1>x</h1><div>{cards}</div></main><p>{first}</p>", id="before any text"),
    ],
)
def test_a_review_of_other_stories_is_an_article(form: str) -> None:
    html = form.format(first=FIRST, cards=cards("<h3><a href=/{0}>Nummer {0}</a></h3>"))
    assert read(f"<body>{html}</body>").text.count("im Viertel") == 4


def test_who_wrote_a_brief_is_not_its_text_however_much_there_is_of_it() -> None:
    bio = f"<div class=author-bio><p>{SECOND} {THIRD}</p></div>"
    assert read(page(f"<div class=text><p>{FIRST}</p></div>{bio}")).text == FIRST


def test_readers_talk_is_never_the_article() -> None:
    talk = f"<div id=comments><p>{SECOND}</p><p>{THIRD}</p><p>{FOURTH}</p></div>"
    assert read(f"<body><h1>x</h1><div><p>{FIRST}</p></div>{talk}</body>").text == FIRST
