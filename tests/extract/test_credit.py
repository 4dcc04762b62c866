"""Who made the lead picture: JSON-LD, feeds, and what figures say in many languages; and what is no credit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from feeds.extract.credit import find_credit
from feeds.extract.evidence import Evidence
from feeds.extract.feed import read_feed
from feeds.extract.page import read_page
from feeds.model import Document, Kind, Section, Source

Gather = Callable[..., Evidence]
IMAGE = "https://news.example.org/p/harbour.jpg"


def credit(page: Evidence) -> str | None:
    found = find_credit(page, IMAGE)
    return found.value if found else None


def figure(inside: str) -> str:
    return f'<h1>Harbour</h1><figure><img src="/p/harbour-640x480.jpg">{inside}</figure>'


# --- JSON-LD ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"creditText": "Li Wei / Agency", "copyrightNotice": "© Agency"}, "Li Wei / Agency"),
        ({"creator": [{"@type": "Person", "name": "Li Wei"}, {"@type": "Person", "name": "Bo"}]}, "Li Wei, Bo"),
        ({"author": {"name": "Anna Weiß"}}, "Anna Weiß"),
        ({"copyrightNotice": "© 2026 新华社"}, "© 2026 新华社"),
        ({"copyrightHolder": {"@type": "Organization", "name": "Pool/AFP"}}, "Pool/AFP"),
        ({"creditText": "Foto: dpa"}, "dpa"),
        ({"creditText": "   ", "author": 7, "copyrightHolder": {"name": "AFP"}}, "AFP"),
        ({"creditText": "x" * 4000}, None),
        ({"caption": "Photo by Li"}, None),
    ],
)
def test_json_ld(seen: Gather, said: dict[str, Any], expected: str | None) -> None:
    node = {"@type": "ImageObject", "url": "/p/harbour-1200x630.jpg", **said}
    assert credit(seen(ld={"@type": "NewsArticle", "image": node})) == expected


def test_json_ld_of_the_very_picture_comes_first(seen: Gather) -> None:
    images = [
        {"@type": "ImageObject", "url": "/p/mayor.jpg", "creditText": "Another"},
        {"@type": "ImageObject", "url": "/p/harbour-300.jpg", "creditText": "This one"},
    ]
    assert credit(seen(ld={"@type": "NewsArticle", "image": images})) == "This one"
    assert credit(seen(ld={"@type": "NewsArticle", "image": images[:1]})) == "Another"  # the lead picture all the same
    assert credit(seen(ld=[{"@type": "NewsArticle"}, images[0]])) is None


# --- figures ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<figcaption>Der neue Kai. Foto: Peter Kneffel/dpa</figcaption>", "Peter Kneffel/dpa"),
        ("<figcaption>Der neue Kai (Foto: Galerie EIGEN + ART)</figcaption>", "Galerie EIGEN + ART"),
        ("<figcaption>Der neue Kai <small>Bild: J. Kern/AP</small></figcaption>", "J. Kern/AP"),
        ("<span>Foto: Michal Turek, ČTK</span><figcaption>Nový přístav v městě.</figcaption>", "Michal Turek, ČTK"),
        ("<figcaption>The new quay. Photo by GHULAM RASOOL / AFP via Getty Images</figcaption>",
         "GHULAM RASOOL / AFP via Getty Images"),
        ("<figcaption>The new quay. (Picture: Claudio Bresciani/AP)</figcaption>", "Claudio Bresciani/AP"),
        ("<figcaption>Le quai. Crédit photo : Jean Dupont</figcaption>", "Jean Dupont"),
        ("<figcaption>Новая набережная. Фото: Иван Петров / ТАСС</figcaption>", "Иван Петров / ТАСС"),
        ("<figcaption>Nowe nabrzeże. Fot. Jan Kowalski / PAP</figcaption>", "Jan Kowalski / PAP"),
        ("<figcaption>Liman açıldı. Fotoğraf: Ayşe Yılmaz</figcaption>", "Ayşe Yılmaz"),
        ("<figcaption>新しい岸壁（写真：アフロ）</figcaption>", "アフロ"),
        ("<figcaption>新码头启用。图片来源：视觉中国</figcaption>", "视觉中国"),
        ("<figcaption>7月5日，新码头启用。新华社记者 李响 摄</figcaption>", "新华社记者 李响"),
        ("<figcaption>新碼頭啟用（李大文攝）</figcaption>", "李大文"),
        ("<figcaption>새 부두가 문을 열었다. [사진=연합뉴스]</figcaption>", "연합뉴스"),
        ("<figcaption>새 부두 ⓒ 한국일보</figcaption>", "© 한국일보"),
        ("<figcaption>الرصيف الجديد. تصوير: أحمد علي</figcaption>", "أحمد علي"),
        ("<figcaption>הרציף החדש. צילום: דוד כהן</figcaption>", "דוד כהן"),
        ("<figcaption>नया घाट। फोटो: पीटीआई</figcaption>", "पीटीआई"),
        ("<figcaption>ท่าเรือใหม่ ภาพ: สมชาย</figcaption>", "สมชาย"),
        ("<figcaption>© BART DEWAELE</figcaption>", "© BART DEWAELE"),
        ("<figcaption>Foto: Deniz</figcaption>", "Deniz"),
        ('<figcaption>The quay<span itemprop="copyrightHolder">(NPA)</span></figcaption>', "NPA"),
        ('<figcaption>The quay<span class="c-PhotoCredit__x">Ann Lee/AP</span></figcaption>', "Ann Lee/AP"),
        ('<figcaption><span class="copyright">Kern/IMAGO</span> Der Kai</figcaption>', "Kern/IMAGO"),
    ],
)  # fmt: skip
def test_what_a_figure_says(seen: Gather, inside: str, expected: str) -> None:
    assert credit(seen(body=figure(inside))) == expected


@pytest.mark.parametrize(
    "inside",
    [
        "<figcaption>The new quay</figcaption>",
        "<figcaption>The quay, shown in a photo by his wife</figcaption>",
        "<figcaption>Bild: Das neue Werk in der Stadt</figcaption>",
        "<figcaption>图：新码头</figcaption>",
        "<figcaption>无人机拍摄</figcaption>",
        "<figcaption>上海，2026年7月拍摄</figcaption>",
        "<figcaption>Foto: Der Kai wurde eröffnet. Danach kamen die Schiffe.</figcaption>",
        "<figcaption>Foto: Deja Gaston Menschen aus allen Teilen der Stadt kommen am neuen Kai zusammen</figcaption>",
        "<figcaption>The mayor said: we are proud</figcaption>",
        "<figcaption>Photo:</figcaption>",
        "<figcaption>© 2026</figcaption>",
        "<figcaption>Photo: https://evil.example/</figcaption>",
        "<figcaption><script>var x = 'Foto: dpa'</script>Der Kai</figcaption>",
        '<div class="with-credit"><figcaption>A caption with many words in it</figcaption></div>',
        "<figcaption>" + "Foto: " * 20_000 + "</figcaption>",
        "<figcaption>" + "摄" * 20_000 + "</figcaption>",
    ],
)
def test_what_is_no_credit(seen: Gather, inside: str) -> None:
    assert credit(seen(body=figure(inside))) is None


def test_the_credit_of_another_picture_is_not_taken(seen: Gather) -> None:
    other = '<h1>H</h1><figure><img src="/p/mayor.jpg"><figcaption>The mayor. Photo: Ann Lee</figcaption></figure>'
    assert credit(seen(body=other)) is None


def test_on_a_page_without_figures_the_few_words_beside_the_picture(seen: Gather) -> None:
    box = '<h1>H</h1><div><p><img src="/p/harbour.jpg"></p><p>新码头。图片来源：新华社</p></div>'
    found = find_credit(seen(body=box), IMAGE)
    assert found
    assert (found.value, found.where) == ("新华社", "beside the picture")
    text = "The work went on. " * 40
    far = f'<h1>H</h1><div><img src="/p/harbour.jpg"><p>{text}Source: the builders</p></div>'
    assert credit(seen(body=far)) is None


def test_a_page_read_whole_says_where_it_found_it(write: Callable[..., bytes]) -> None:
    html = write(body=figure("<figcaption>Der Kai. Foto: Li</figcaption>"), lang="de")
    item = read_page(html, "https://news.example.org/2026/harbour.html")
    assert (item.image_credit, item.provenance["image_credit"]) == ("Li", "figure")
    assert item.image_caption == "Der Kai. Foto: Li"


# --- feeds --------------------------------------------------------------------------------------------------------

SOURCE = Source(id="example", name="Example", kind=Kind.FEED, url="https://news.example/feed")


def fed(inside: str) -> str | None:
    body = (
        '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>T</title>'
        f"<item><title>A</title><link>https://news.example/a</link>{inside}</item></channel></rss>"
    )
    document = Document(url=SOURCE.url, requested_url=SOURCE.url, body=body.encode(), content_type=None)
    (item,) = read_feed(document, source=SOURCE, section=Section(url=SOURCE.url))
    return item.image_credit


PICTURE = '<media:content url="https://news.example/{}.jpg" width="{}" medium="image">{}</media:content>'
BY = '<media:credit role="{}">{}</media:credit>'


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        (PICTURE.format("p", 9, BY.format("photographer", " Li  Wei ")), "Li Wei"),
        (PICTURE.format("p", 9, BY.format("publisher", "X") + BY.format("Photographer", "Li")), "Li"),
        (PICTURE.format("p", 9, BY.format("", "dpa")), "dpa"),
        (PICTURE.format("p", 9, "<media:copyright>© AFP</media:copyright>"), "© AFP"),
        (PICTURE.format("p", 9, BY.format("publisher", "X")), None),
        (PICTURE.format("p", 9, BY.format("", "one")) + PICTURE.format("q", 99, BY.format("", "two")), "two"),
        (PICTURE.format("p", 9, "") + BY.format("", "whole"), "whole"),
        (f"<media:group>{PICTURE.format('p', 9, '')}{BY.format('', 'group')}</media:group>", "group"),
        ('<media:thumbnail url="https://news.example/t.jpg"/>' + BY.format("", "thumb"), "thumb"),
        (PICTURE.format("p", 9, "") + '<media:content url="/v.mp4" type="video/mp4"/>' + BY.format("", "film's"), None),
        (PICTURE.format("p", 9, "") + '<enclosure url="/a.mp3" type="audio/mpeg"/>' + BY.format("", "sound's"), None),
        (BY.format("", "nobody's picture"), None),
    ],
)
def test_media_rss(inside: str, expected: str | None) -> None:
    assert fed(inside) == expected
