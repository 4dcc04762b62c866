"""What newsrooms write before the name of whoever made a picture, language by language: data, to be added to.

Words as they stand before the colon, in lower case, without it. All are tried on every page: agencies' captions keep
their language wherever they are printed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

# words that name a maker and nothing else
CREDITS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ar": ("تصوير", "مصدر الصورة", "المصدر", "عدسة"),
        "bg": ("снимка", "снимки", "източник"),
        "cs": ("foto", "zdroj", "autor fotografie"),
        "da": ("foto", "fotos", "fotograf"),
        "de": ("foto", "fotos", "bildquelle", "bildnachweis", "bildrechte", "fotograf", "fotografin", "fotocredit",
               "fotoquelle", "quelle", "montage", "symbolfoto", "archivfoto"),
        "el": ("φωτογραφία", "φωτογραφίες", "φωτο", "φωτό", "πηγή"),
        "en": ("photo", "photos", "photo credit", "photograph", "photographer", "photography", "photo illustration",
               "image credit", "image source", "picture credit", "credit", "credits", "source", "courtesy"),
        "es": ("foto", "fotos", "fotografía", "fotógrafo", "crédito", "créditos", "fuente"),
        "fa": ("عکس", "عکاس", "منبع"),
        "fi": ("kuva", "kuvat", "kuvaaja"),
        "fr": ("photo", "photos", "crédit", "crédits", "crédit photo", "crédits photo", "photographie", "photographe"),
        "he": ("צילום", "צילומים", "קרדיט"),
        "hi": ("फोटो", "फ़ोटो", "तस्वीर", "स्रोत"),
        "hu": ("fotó", "fotók", "forrás"),
        "id": ("foto", "sumber", "kredit"),
        "it": ("foto", "fotografia", "fonte", "crediti"),
        "ja": ("写真", "写真提供", "撮影", "提供", "写真素材", "出典"),
        "ko": ("사진", "사진제공", "사진 제공", "사진출처", "사진 출처", "출처", "촬영"),
        "nl": ("foto", "foto's", "fotograaf", "bron"),
        "no": ("foto", "fotograf"),
        "pl": ("foto", "fot", "zdjęcie", "źródło", "autor zdjęcia"),
        "pt": ("foto", "fotos", "fotografia", "crédito", "créditos", "fonte", "reprodução"),
        "ro": ("foto", "sursa", "sursă"),
        "ru": ("фото", "фотография", "фотограф", "источник", "источник фото"),
        "sv": ("foto", "fotograf"),
        "th": ("ภาพ", "ที่มา", "ที่มาภาพ", "เครดิตภาพ", "ช่างภาพ"),
        "tr": ("fotoğraf", "fotoğraflar", "foto", "kaynak"),
        "uk": ("фото", "фотографія", "джерело"),
        "vi": ("ảnh", "nguồn", "nguồn ảnh", "ảnh minh họa"),
        "zh": ("图片来源", "圖片來源", "照片来源", "照片來源", "图源", "圖源", "来源", "來源", "摄影", "攝影", "供图",
               "供圖", "图片提供", "圖片提供", "照片", "摄"),
    }
)  # fmt: skip
# words for a picture, which also stand before what it shows where nothing else is said of it
PICTURES = ("bild", "bilder", "grafik", "image", "images", "picture", "imagen", "imagem", "immagine", "obrázek",
            "графика", "изображение", "صورة", "الصورة", "תמונה", "画像", "图片", "圖片", "图", "圖")  # fmt: skip

_WHO = r"(?P<who>\S.{0,118}\S)"
# the colon is left out where the label is an abbreviation (Polish) or a whole phrase (English)
_BEFORE = rf"""
    (?:(?:LABELS)\s*[:：=＝／]\s*
      |fot\.\s*
      |(?:photos?|photograph(?:s|y)?|pictures?|images?|illustrations?)\s+(?:by|courtesy\s+of)\s+(?=(?-i:[^\W\d_a-zß-öø-ÿ]))
      |(?P<sign>©|ⓒ|\(c\)|copyright\s*(?:©|\(c\)|:)?)\s*
    ){_WHO}
"""
_ENDING = r"[\])）］】〕.。]*\Z"
# what stands before a label in a caption: another clause, a bracket, a line
_BORDER = r"(?:\A|(?<=[\s.,;:!?…。！？，；、|｜/／–—·•(（\[［【〔\"”»」』]))"


def _before(labels: set[str]) -> str:
    longest_first = sorted(labels, key=lambda label: (-len(label), label))
    return _BEFORE.replace("LABELS", "|".join(re.escape(label).replace(r"\ ", r"\s+") for label in longest_first))


_MAKERS = {label for some in CREDITS.values() for label in some}
_FLAGS = re.IGNORECASE | re.VERBOSE
# a text that is a credit and nothing else: with words for a picture too, and with those for its maker alone
WHOLE = re.compile(rf"\A[(（\[［【〔]*{_before(_MAKERS | set(PICTURES))}{_ENDING}", _FLAGS)
WHOLE_OF_MAKER = re.compile(rf"\A[(（\[［【〔]*{_before(_MAKERS)}{_ENDING}", _FLAGS)
AT_END = re.compile(rf"{_BORDER}{_before(_MAKERS | set(PICTURES))}{_ENDING}", _FLAGS)
# the name before the word, as Chinese agencies write it; 拍摄 is a verb
SIGNED_AT_END = re.compile(
    r"(?:\A|(?<=[\s。！？，；、(（\[【]))(?P<who>[\u3400-\u9fff·\s]{2,20}?)\s*(?<!拍)[摄攝]影?[\])）】.。]*\Z"
)
