"""What newsrooms write in front of a field, language by language: data, and a table to look them up in.

To add a language, add a row to ``LABELS``: words as they stand before the colon, in lower case, without the colon.
Every table is used on every page, since the language of a page is often declared wrongly and its labels are not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """One language's words before the keywords, the named source, the authors, the first and the last date."""

    keywords: tuple[str, ...] = ()
    origin: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()


LABELS: Mapping[str, Labels] = MappingProxyType(
    {
        "de": Labels(
            keywords=("stichwörter", "stichworte", "schlagwörter", "schlagworte", "schlüsselwörter", "themen", "tags",
                      "mehr zum thema", "mehr lesen über", "mehr über", "ähnliche themen",
                      "verwandte themen", "themen in diesem artikel", "themen dieses artikels"),
            origin=("quelle", "quellen"),
            authors=("autor", "autorin", "autorin/autor", "autor/in", "autoren", "von", "text", "verfasst von"),
            published=("veröffentlicht", "veröffentlicht am", "erstellt", "erstellt am", "stand", "datum",
                       "publiziert"),
            updated=("aktualisiert", "aktualisiert am", "zuletzt aktualisiert", "letzte aktualisierung", "geändert"),
        ),
        "en": Labels(
            keywords=("keywords", "key words", "key word", "keyword", "tags", "labels", "topics", "related topics",
                      "filed under", "tagged", "tagged as", "tagged with",
                      "more on", "more about", "read more about", "explore more on", "article topics", "in this story"),
            origin=("source", "sources"),
            authors=("author", "authors", "by", "written by", "posted by", "submitted by", "words by",
                     "reporter", "writer"),
            published=("published", "published on", "posted", "posted on", "first published", "date", "created",
                       "issued"),
            updated=("updated", "last updated", "modified", "last modified", "updated on"),
        ),
        "fr": Labels(
            keywords=("mots clés", "mots-clés", "mot clé", "mot-clé", "mots clefs", "mots-clefs", "étiquettes",
                      "libellés", "sujets",
                      "thèmes", "tags", "thématiques associées", "thématiques", "sujets associés"),
            origin=("source", "sources"),
            authors=("auteur", "auteurs", "autrice", "par", "rédigé par"),
            published=("publié", "publié le", "mis en ligne le", "date", "créé le"),
            updated=("mis à jour", "mis à jour le", "modifié le", "mise à jour", "actualisé le"),
        ),
        "es": Labels(
            keywords=("palabras clave", "palabra clave", "etiquetas", "temas", "archivado en", "tags"),
            origin=("fuente", "fuentes"),
            authors=("autor", "autora", "autores", "por", "redacción"),
            published=("publicado", "publicado el", "publicada", "fecha", "creado"),
            updated=("actualizado", "actualizado el", "última actualización", "actualizada", "modificado"),
        ),
        "pt": Labels(
            keywords=("palavras-chave", "palavras chave", "etiquetas", "marcadores", "temas", "tópicos", "assuntos",
                      "tags"),
            origin=("fonte", "fontes"),
            authors=("autor", "autora", "autores", "por"),
            published=("publicado", "publicado em", "publicada em", "data"),
            updated=("atualizado", "atualizado em", "última atualização", "modificado em"),
        ),
        "it": Labels(
            keywords=("parole chiave", "argomenti", "temi", "etichette", "tag", "tags"),
            origin=("fonte", "fonti"),
            authors=("autore", "autrice", "autori", "di", "a cura di"),
            published=("pubblicato", "pubblicato il", "data"),
            updated=("aggiornato", "aggiornato il", "ultimo aggiornamento", "modificato il"),
        ),
        "nl": Labels(
            keywords=("trefwoorden", "sleutelwoorden", "onderwerpen", "tags", "meer over"),
            origin=("bron", "bronnen"),
            authors=("auteur", "auteurs", "door"),
            published=("gepubliceerd", "gepubliceerd op", "geplaatst", "datum"),
            updated=("bijgewerkt", "laatst bijgewerkt", "laatste update", "gewijzigd"),
        ),
        "sv": Labels(
            keywords=("nyckelord", "ämnen", "ämnesord", "taggar", "läs mer om"),
            origin=("källa", "källor"),
            authors=("författare", "av", "text"),
            published=("publicerad", "publicerat", "publicerad den"),
            updated=("uppdaterad", "senast uppdaterad", "ändrad"),
        ),
        "no": Labels(
            keywords=("nøkkelord", "emneord", "emner", "stikkord", "tagger"),
            origin=("kilde", "kilder"),
            authors=("forfatter", "av", "tekst"),
            published=("publisert", "lagt ut"),
            updated=("oppdatert", "sist oppdatert", "endret"),
        ),
        "da": Labels(
            keywords=("nøgleord", "emneord", "emner", "stikord", "tags"),
            origin=("kilde", "kilder"),
            authors=("forfatter", "af", "tekst"),
            published=("offentliggjort", "publiceret", "udgivet"),
            updated=("opdateret", "sidst opdateret", "senest opdateret"),
        ),
        "fi": Labels(
            keywords=("avainsanat", "asiasanat", "aiheet", "tunnisteet"),
            origin=("lähde", "lähteet"),
            authors=("kirjoittaja", "toimittaja", "teksti"),
            published=("julkaistu",),
            updated=("päivitetty", "muokattu"),
        ),
        "pl": Labels(
            keywords=("słowa kluczowe", "słowo kluczowe", "tagi", "etykiety", "tematy", "więcej o"),
            origin=("źródło", "źródła"),
            authors=("autor", "autorka", "autorzy", "oprac", "opracowanie"),
            published=("opublikowano", "publikacja", "data publikacji", "data dodania", "dodano"),
            updated=("aktualizacja", "zaktualizowano", "ostatnia aktualizacja"),
        ),
        "cs": Labels(
            keywords=("klíčová slova", "témata", "štítky", "tagy"),
            origin=("zdroj", "zdroje"),
            authors=("autor", "autorka", "autoři"),
            published=("publikováno", "vydáno", "zveřejněno"),
            updated=("aktualizováno", "upraveno", "poslední aktualizace"),
        ),
        "sk": Labels(
            keywords=("kľúčové slová", "témy", "štítky", "tagy"),
            origin=("zdroj", "zdroje"),
            authors=("autor", "autorka", "autori"),
            published=("publikované", "uverejnené", "zverejnené"),
            updated=("aktualizované", "upravené"),
        ),
        "hu": Labels(
            keywords=("kulcsszavak", "címkék", "témák"),
            origin=("forrás", "források"),
            authors=("szerző", "szerzők", "írta"),
            published=("közzétéve", "megjelent", "publikálva"),
            updated=("frissítve", "módosítva"),
        ),
        "ro": Labels(
            keywords=("cuvinte cheie", "cuvinte-cheie", "etichete", "subiecte"),
            origin=("sursa", "sursă"),
            authors=("autor", "autori", "de"),
            published=("publicat", "publicat la", "data publicării"),
            updated=("actualizat", "ultima actualizare"),
        ),
        "tr": Labels(
            keywords=("anahtar kelimeler", "anahtar sözcükler", "etiketler", "konular"),
            origin=("kaynak", "kaynaklar"),
            authors=("yazar", "yazan", "muhabir", "haber"),
            published=("yayınlanma", "yayınlanma tarihi", "yayın tarihi", "giriş", "giriş tarihi",
                       "oluşturulma tarihi"),
            updated=("güncelleme", "güncelleme tarihi", "güncellenme", "son güncelleme"),
        ),
        "el": Labels(
            keywords=("λέξεις κλειδιά", "λέξεις-κλειδιά", "ετικέτες", "θέματα"),
            origin=("πηγή", "πηγές"),
            authors=("συγγραφέας", "συντάκτης", "του", "της"),
            published=("δημοσίευση", "δημοσιεύθηκε", "δημοσιεύτηκε"),
            updated=("ενημέρωση", "ενημερώθηκε", "τελευταία ενημέρωση"),
        ),
        "ru": Labels(
            keywords=("ключевые слова", "ключевое слово", "теги", "метки", "ярлыки", "темы", "тэги"),
            origin=("источник", "источники"),
            authors=("автор", "авторы", "текст"),
            published=("опубликовано", "дата публикации", "дата"),
            updated=("обновлено", "изменено", "последнее обновление"),
        ),
        "uk": Labels(
            keywords=("ключові слова", "теги", "мітки", "теми"),
            origin=("джерело", "джерела"),
            authors=("автор", "автори", "авторка"),
            published=("опубліковано", "дата публікації"),
            updated=("оновлено", "змінено"),
        ),
        "bg": Labels(
            keywords=("ключови думи", "етикети", "тагове"),
            origin=("източник", "източници"),
            authors=("автор", "автори"),
            published=("публикувано", "публикувана"),
            updated=("обновено", "актуализирано"),
        ),
        "sr": Labels(
            keywords=("кључне речи", "ključne reči", "ključne riječi", "oznake", "ознаке", "tagovi"),
            origin=("извор", "izvor"),
            authors=("аутор", "autor"),
            published=("објављено", "objavljeno"),
            updated=("ажурирано", "ažurirano"),
        ),
        "zh": Labels(
            keywords=("关键词", "關鍵詞", "关键字", "關鍵字", "标签", "標籤", "關鍵词", "本文标签", "相关标签"),
            origin=("来源", "來源", "稿源", "文章来源", "新闻来源", "信息来源", "出处", "出處"),
            authors=("作者", "记者", "記者", "文", "文/", "撰文", "本报记者", "责编", "責編"),
            published=("发布时间", "發布時間", "发表时间", "日期", "时间", "時間", "发布于", "刊登日期"),
            updated=("更新时间", "更新時間", "最后更新", "最後更新", "修改时间"),
        ),
        "ja": Labels(
            keywords=("キーワード", "タグ", "ラベル", "関連キーワード", "関連タグ", "トピックス", "関連トピック"),
            origin=("出典", "出所", "情報源", "ソース", "提供元", "発信元", "配信元", "提供"),
            authors=("著者", "筆者", "執筆者", "記者", "文", "取材・文", "執筆"),
            published=("公開日", "公開日時", "掲載日", "発行日", "投稿日", "配信日", "公開", "発信時間"),
            updated=("更新日", "更新日時", "最終更新", "最終更新日", "更新"),
        ),
        "ko": Labels(
            keywords=("키워드", "태그", "라벨", "핵심어", "주제어", "관련 키워드", "관련태그"),
            origin=("출처", "자료출처"),
            authors=("기자", "글", "저자", "작성자", "글쓴이"),
            published=("입력", "등록", "게재", "승인", "작성일", "기사입력", "최초입력"),
            updated=("수정", "업데이트", "최종수정", "기사수정", "최종 수정"),
        ),
        "ar": Labels(
            keywords=("الكلمات المفتاحية", "كلمات مفتاحية", "الكلمات الدالة", "كلمات دلالية", "الوسوم", "وسوم",
                      "مواضيع"),
            origin=("المصدر", "مصدر"),
            authors=("الكاتب", "كتب", "كتبت", "بقلم", "المؤلف"),
            published=("نشر", "نشر في", "تاريخ النشر", "تم النشر"),
            updated=("آخر تحديث", "تحديث", "تم التحديث", "تاريخ التحديث"),
        ),
        "fa": Labels(
            keywords=("کلیدواژه‌ها", "کلیدواژه ها", "کلید واژه", "برچسب‌ها", "برچسب ها", "واژه‌های کلیدی"),
            origin=("منبع",),
            authors=("نویسنده", "گزارشگر", "خبرنگار"),
            published=("تاریخ انتشار", "منتشر شده", "زمان انتشار"),
            updated=("به‌روزرسانی", "آخرین به‌روزرسانی", "بروزرسانی"),
        ),
        "he": Labels(
            keywords=("מילות מפתח", "תגיות", "תגים", "נושאים"),
            origin=("מקור",),
            authors=("מאת", "כתב", "כתבה"),
            published=("פורסם", "תאריך פרסום"),
            updated=("עודכן", "עדכון אחרון"),
        ),
        "hi": Labels(
            keywords=("कीवर्ड", "टैग", "टैग्स", "मुख्य शब्द"),
            origin=("स्रोत", "सोर्स"),
            authors=("लेखक", "रिपोर्टर", "द्वारा"),
            published=("प्रकाशित", "प्रकाशन तिथि"),
            updated=("अपडेटेड", "अपडेट", "अंतिम अपडेट"),
        ),
        "th": Labels(
            keywords=("คำสำคัญ", "คีย์เวิร์ด", "แท็ก", "ป้ายกำกับ"),
            origin=("ที่มา", "แหล่งที่มา", "แหล่งข่าว"),
            authors=("ผู้เขียน", "โดย", "ผู้สื่อข่าว"),
            published=("เผยแพร่", "วันที่เผยแพร่", "วันที่"),
            updated=("อัปเดต", "ปรับปรุงล่าสุด", "แก้ไขล่าสุด"),
        ),
        "vi": Labels(
            keywords=("từ khóa", "từ khoá", "chủ đề", "thẻ"),
            origin=("nguồn", "theo"),
            authors=("tác giả", "bài", "người viết"),
            published=("ngày đăng", "đăng lúc", "xuất bản"),
            updated=("cập nhật", "cập nhật lúc"),
        ),
        "id": Labels(
            keywords=("kata kunci", "topik", "tag", "label"),
            origin=("sumber",),
            authors=("penulis", "oleh", "reporter", "pewarta"),
            published=("diterbitkan", "dipublikasikan", "tanggal"),
            updated=("diperbarui", "terakhir diperbarui"),
        ),
        "sw": Labels(
            keywords=("maneno muhimu", "mada"),
            origin=("chanzo",),
            authors=("mwandishi", "na"),
            published=("imechapishwa", "ilichapishwa"),
            updated=("imesasishwa", "ilisasishwa"),
        ),
    }
)  # fmt: skip


# what a newsroom calls its trade; a list of keywords that holds several of them describes the site
TRADE_WORDS = frozenset({
    "news", "breaking news", "latest news", "news update", "headlines", "top stories", "current events", "current news",
    "nachrichten", "aktuelle nachrichten", "schlagzeilen", "actualité", "actualités", "actu", "infos", "noticias",
    "últimas noticias", "actualidad", "notícias", "últimas notícias", "jornalismo", "notizie", "ultime notizie",
    "nieuws", "laatste nieuws", "nyheter", "nyheder", "uutiset", "wiadomości", "zprávy", "správy", "hírek", "știri",
    "ειδήσεις", "haber", "haberler", "son dakika", "новости", "последние новости", "новини", "вести", "vesti",
    "vijesti", "新闻", "新聞", "资讯", "ニュース", "速報", "뉴스", "기사", "속보", "أخبار", "اخبار", "عاجل", "خبر",
    "חדשות", "समाचार", "खबर", "ताजा खबर", "ข่าว", "tin tức", "tin mới", "berita", "berita terkini", "habari",
})  # fmt: skip
FIELDS = ("keywords", "origin", "authors", "published", "updated")
_BULLETS = re.compile(r"^[\W_]+|[\W_]+$")


def fold_label(text: str) -> str:
    """A label as it is compared: lower case, single spaces, no bullet or bracket around it."""
    return " ".join(_BULLETS.sub("", text).casefold().split())


@cache
def fields_of() -> Mapping[str, frozenset[str]]:
    """Every language's labels, folded, with the fields they stand for."""
    fields: dict[str, set[str]] = {}
    for labels in LABELS.values():
        for field in FIELDS:
            for word in getattr(labels, field):
                fields.setdefault(fold_label(word), set()).add(field)
    return {word: frozenset(names) for word, names in fields.items()}


def words(field: str) -> tuple[str, ...]:
    """Every language's labels of one field, folded, longest first."""
    every = {word for word, fields in fields_of().items() if field in fields}
    return tuple(sorted(every, key=lambda word: (-len(word), word)))
