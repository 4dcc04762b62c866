"""Bytes as sites really send them: declared rightly, wrongly, late, or not at all."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.extract.encoding import decode

CHINESE = "今天天气很好，许多人到公园散步，市政府表示新的地铁线将于明年通车。"
TRADITIONAL = "臺灣的天氣今天非常好，許多人到公園散步，市政府表示新的捷運線將於明年通車。"
JAPANESE = "今日は天気が良く、多くの人が公園を散歩した。市によると、新しい地下鉄は来年開業する。"
KOREAN = "오늘은 날씨가 좋아서 많은 사람들이 공원에서 산책을 했다. 시는 새 지하철이 내년에 개통한다고 밝혔다."
RUSSIAN = "Сегодня хорошая погода, и многие люди гуляли в парке. Новая линия метро откроется в будущем году."
GREEK = "Σήμερα ο καιρός είναι καλός και πολλοί άνθρωποι περπάτησαν στο πάρκο."
ARABIC = "اليوم الطقس جميل وكثير من الناس ساروا في الحديقة وقالت البلدية إن الخط الجديد سيفتح العام المقبل"
HEBREW = "היום מזג האוויר יפה ואנשים רבים טיילו בפארק"
CZECH = "Dnes je hezké počasí a mnoho lidí se šlo projít do parku. Město říká, že metro otevře příští rok."
POLISH = "Dziś jest ładna pogoda i wiele osób poszło na spacer. Miasto zapowiada, że metro ruszy w przyszłym roku."
TURKISH = "Bugün hava güzel, birçok kişi parkta yürüyüş yaptı. Belediye yeni metronun açılacağını söyledi."
GERMAN = "Heute ist schönes Wetter – viele Menschen spazierten über die Brücke. „Großartig“, sagte der Bürgermeister."


def page(text: str, *, head: str = "", language: str = "") -> str:
    attribute = f' lang="{language}"' if language else ""
    return f"<!DOCTYPE html><html{attribute}><head>{head}<title>x</title></head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("gb2312", "gb18030", CHINESE + "镕㐀𠀀"),  # characters that the declared set does not have
        ("gbk", "gb18030", CHINESE),
        ("big5", "big5", TRADITIONAL),
        ("shift_jis", "cp932", JAPANESE + "①髙"),  # vendor characters, as browsers read them
        ("euc-jp", "euc_jp", JAPANESE),
        ("iso-2022-jp", "iso2022_jp", JAPANESE),
        ("euc-kr", "cp949", KOREAN + "똠"),
        ("windows-1251", "cp1251", RUSSIAN),
        ("koi8-r", "koi8-r", RUSSIAN),
        ("iso-8859-1", "cp1252", GERMAN),  # the Encoding Standard: that label means windows-1252
        ("iso-8859-9", "cp1254", TURKISH),
        ("windows-1256", "cp1256", ARABIC),
        ("utf-8", "utf-8", CHINESE + GERMAN),
    ],
)
def test_a_true_declaration_is_followed_in_document_and_header(label: str, codec: str, text: str) -> None:
    meta = page(text, head=f'<meta charset="{label}">')
    assert decode(meta.encode(codec)).text == meta
    pragma = page(text, head=f'<meta http-equiv="Content-Type" content="text/html; charset={label}">')
    assert decode(pragma.encode(codec)).text == pragma
    bare = page(text)
    by_header = decode(bare.encode(codec), content_type=f"text/html; charset={label}")
    assert (by_header.text, by_header.provenance) == (bare, "http")


@pytest.mark.parametrize(
    ("codec", "text", "language"),
    [
        ("gb18030", CHINESE, ""),
        ("big5", TRADITIONAL, ""),
        ("cp932", JAPANESE, ""),
        ("euc_jp", JAPANESE, ""),
        ("iso2022_jp", JAPANESE, ""),
        ("cp949", KOREAN, ""),
        ("cp1251", RUSSIAN, ""),
        ("koi8-r", RUSSIAN, ""),
        ("cp1253", GREEK, ""),
        ("cp1256", ARABIC, ""),
        ("cp1255", HEBREW, ""),
        ("cp1252", GERMAN, ""),
        ("cp1250", CZECH, "cs"),
        ("iso8859_2", CZECH, "cs"),
        ("cp1250", POLISH, "pl-PL"),
        ("cp1254", TURKISH, "tr"),
        ("utf-16-le", GERMAN, ""),
        ("utf-16-be", JAPANESE, ""),
    ],
)
@pytest.mark.parametrize("content_type", [None, "text/html", "text/html; charset=utf-8"])
def test_what_is_not_declared_or_not_true_is_found_in_the_bytes(
    codec: str, text: str, language: str, content_type: str | None
) -> None:
    html = page(text, language=language)
    assert decode(html.encode(codec), content_type=content_type).text == html


@pytest.mark.parametrize(
    ("codec", "text", "language"),
    [
        ("gb18030", CHINESE, ""),
        ("cp932", JAPANESE, "ja"),
        ("cp949", KOREAN, ""),
        ("cp1251", RUSSIAN, ""),
        ("cp1250", POLISH, "pl"),
        ("cp1254", TURKISH, "tr"),
        ("iso2022_jp", JAPANESE, ""),
    ],
)
def test_a_servers_western_default_gives_way_to_another_script(codec: str, text: str, language: str) -> None:
    html = page(text, language=language)
    assert decode(html.encode(codec), content_type="text/html; charset=ISO-8859-1").text == html


@pytest.mark.parametrize("label", ["iso-8859-1", "gb2312", "shift_jis", "windows-1251", "euc-kr", "utf-16"])
@pytest.mark.parametrize("text", [GERMAN, CHINESE, RUSSIAN])
def test_utf8_is_utf8_whatever_was_declared(label: str, text: str) -> None:
    html = page(text, head=f"<meta charset={label}>")
    decoded = decode(html.encode(), content_type=f"text/html; charset={label}")
    assert decoded.text == html
    assert decoded.encoding == "utf-8"


def test_western_text_with_a_western_label_stays() -> None:
    html = page("Une journée d'été à l'hôtel, où l'on dîne très tôt.", language="fr")
    decoded = decode(html.encode("cp1252"), content_type="text/html; charset=windows-1252")
    assert (decoded.text, decoded.provenance) == (html, "http")


def test_the_documents_own_multibyte_label_wins_over_a_single_byte_header() -> None:
    html = page(CHINESE, head='<meta charset="gb2312">')
    decoded = decode(html.encode("gb18030"), content_type="text/html; charset=iso-8859-1")
    assert (decoded.text, decoded.provenance) == (html, "document")


def test_a_declaration_far_down_counts() -> None:
    html = page(RUSSIAN, head=f"<script>{'x = 1;' * 3000}</script><meta charset='windows-1251'>", language="kk")
    decoded = decode(html.encode("cp1251"))
    assert (decoded.text, decoded.provenance) == (html, "document")


def test_a_declaration_in_a_comment_does_not() -> None:
    html = page(GERMAN, head="<!-- <meta charset='shift_jis'> -->")
    assert decode(html.encode("cp1252")).text == html


@pytest.mark.parametrize(
    ("mark", "codec"),
    [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")],
)
def test_a_byte_order_mark_wins_over_everything_but_the_operator(mark: bytes, codec: str) -> None:
    html = page(JAPANESE, head="<meta charset=euc-kr>")
    decoded = decode(mark + html.encode(codec), content_type="text/html; charset=big5")
    assert (decoded.text, decoded.provenance) == (html, "bom")


def test_the_operator_wins() -> None:
    html = page(RUSSIAN, head="<meta charset=utf-8>")
    decoded = decode(html.encode("koi8-r"), content_type="text/html; charset=utf-8", override="koi8-r")
    assert (decoded.text, decoded.provenance) == (html, "override")


@pytest.mark.parametrize("label", ["no-such-thing", "utf-7", ""])
def test_a_label_nobody_knows_is_passed_over(label: str) -> None:
    html = page(GERMAN, head=f'<meta charset="{label}">')
    assert decode(html.encode(), content_type=f"text/html; charset={label}", override=label).text == html


def test_feeds_name_their_encoding_in_the_xml_declaration() -> None:
    xml = f'<?xml version="1.0" encoding="euc-jp"?><rss><channel><title>{JAPANESE}</title></channel></rss>'
    decoded = decode(xml.encode("euc_jp"), content_type="application/rss+xml")
    assert (decoded.text, decoded.provenance) == (xml, "document")


def test_a_few_torn_bytes_do_not_turn_a_utf8_page_into_another_language() -> None:
    html = page(RUSSIAN * 5)
    torn = html.encode().replace("гуляли".encode(), "гуляли".encode()[:-1], 1)
    decoded = decode(torn, content_type="text/html; charset=utf-8")
    assert decoded.encoding == "utf-8"
    assert decoded.text.count("\ufffd") == 1


def test_bytes_that_fit_nowhere_become_replacement_characters() -> None:
    assert "\ufffd" in decode(b"<p>\xff\xfe\xfd\x81 \x8d", override="utf-8").text


@given(st.binary(max_size=300), st.none() | st.text(max_size=30), st.none() | st.text(max_size=10))
def test_it_never_raises(data: bytes, content_type: str | None, override: str | None) -> None:
    assert isinstance(decode(data, content_type=content_type, override=override).text, str)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
def test_declared_utf8_comes_back_as_it_was(text: str) -> None:
    html = page(text, head="<meta charset=utf-8>")
    assert decode(html.encode()).text == html
