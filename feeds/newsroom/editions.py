"""The five editions: how each calls itself, its sections and its labels, and how it writes dates.

Nothing comes in; ``EDITIONS`` goes out, in the order in which the newsroom publishes. Each edition has habits of
its own on purpose (label, separator, date form, heading, declared encoding), so that a reader of these pages
cannot live on one edition's habits.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

ZONE = "Asia/Shanghai"  # the day of every date on these pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One language of the magazine; ``language`` is also the first step of its paths.

    ``sections`` are (path name, shown name). ``encoding`` is what the bytes are in, ``declared`` what the page
    says they are in, ``content_type`` what the header says. ``spaces`` are (pattern, replacement) pairs that turn
    plain spaces into the ones printers use. ``listed_date`` and ``page_date`` are format strings
    over ``y, m, d, month``; ``title_form`` is one over ``title, section, site``, ``heading`` one over ``title``.
    """

    language: str
    site: str
    native: str
    sections: tuple[tuple[str, str], ...]
    encoding: str = "utf-8"
    declared: str = "utf-8"
    content_type: str = "text/html; charset=utf-8"
    listed_date: str
    page_date: str
    months: tuple[str, ...] = ("",) * 12
    title_form: str
    heading: str
    indent: str = ""
    spaces: tuple[tuple[str, str], ...] = ()
    origin_label: str
    keyword_label: str
    keyword_separators: tuple[str, ...]
    home: str
    print_label: str
    mail_label: str
    links_label: str
    others_label: str
    selection_label: str
    previous_label: str
    next_label: str
    address: str
    invented: str
    script_pager: bool = False
    related_pager: bool = False  # whether its pagers say rel="next"

    def listed(self, day: dt.date) -> str:
        """The date as this edition's listings write it."""
        return self._written(self.listed_date, day)

    def on_page(self, day: dt.date) -> str:
        """The date as this edition's article pages write it."""
        return self._written(self.page_date, day)

    def typeset(self, text: str) -> str:
        """The text with the spaces of this language's typography."""
        for pattern, replacement in self.spaces:
            text = re.sub(pattern, replacement, text)
        return text

    def _written(self, form: str, day: dt.date) -> str:
        return form.format(y=day.year, m=day.month, d=day.day, month=self.months[day.month - 1])


_GERMAN = Edition(
    language="de",
    site="Die Jadebrücke",
    native="Deutsch",
    sections=(
        ("China", "China"),
        ("International", "International"),
        ("Wirtschaft", "Wirtschaft"),
        ("Kultur", "Kultur"),
        ("Meinungen", "Meinungen"),
    ),
    listed_date="{d:02}.{m:02}.{y}",
    page_date="{y}-{m:02}-{d:02}",
    title_form="{section} -- {site}",
    heading='<h1 class="bt">{title}</h1>',
    origin_label="Quelle:",
    keyword_label="Stichwörter: ",
    keyword_separators=(";",),
    home="Startseite",
    print_label="Druck",
    mail_label="Email",
    links_label="LINKS:",
    others_label="In anderen Sprachen:",
    selection_label="Auswahl der Redaktion",
    previous_label="zurück",
    next_label="weiter",
    address="Adresse: DIE JADEBRÜCKE, Brückenstraße 24, 100000 Beispielstadt",
    invented="Beispielredaktion: Alle Texte dieser Seiten sind erfunden.",
)

_JAPANESE = Edition(
    language="ja",
    site="玉橋マガジン",
    native="日本語",
    sections=(
        ("Chugoku", "中国"),
        ("Kokusai", "国際"),
        ("Keizai", "経済"),
        ("Bunka", "文化"),
        ("Ronsetsu", "論説"),
    ),
    content_type="text/html",
    listed_date="{y}年{m:02}月{d:02}日",
    page_date="{y}年{m}月{d}日",
    title_form="{title}_{site}",
    heading='<div class="bt"><b>{title}</b></div>',
    indent="　",
    spaces=((r"(?<=[^\x00-\x7f]) ", "\u3000"),),
    origin_label="出所：",
    keyword_label="キーワード：",
    keyword_separators=("、",),
    home="ホーム",
    print_label="印刷",
    mail_label="メール",
    links_label="関連記事：",
    others_label="他の言語で読む：",
    selection_label="編集部のおすすめ",
    previous_label="前へ",
    next_label="次へ",
    address="住所：玉橋マガジン　例市橋通り24　郵便番号100000",
    invented="見本の編集部です。掲載記事はすべて架空のものです。",
)

_FRENCH = Edition(
    language="fr",
    site="Le Pont de jade",
    native="Français",
    sections=(
        ("Chine", "Chine"),
        ("Monde", "Monde"),
        ("Economie", "Économie"),
        ("Culture", "Culture"),
        ("Opinions", "Opinions"),
    ),
    listed_date="{d:02}/{m:02}/{y}",
    page_date="{d} {month} {y}",
    months=(
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ),
    title_form="{title} -- {site}",
    heading='<h2 class="bt">{title}</h2>',
    spaces=((r" (?=[;:!?»%])|(?<=«) |(?<=\d) (?=\d{3})", "\u00a0"),),
    origin_label="Source\u00a0: ",
    keyword_label="Mots clés\u00a0: ",
    keyword_separators=(", ",),
    home="Accueil",
    print_label="Imprimer",
    mail_label="Envoyer",
    links_label="À lire aussi\u00a0:",
    others_label="Dans d’autres langues\u00a0:",
    selection_label="Le choix de la rédaction",
    previous_label="précédent",
    next_label="suivant",
    address="Adresse\u00a0: LE PONT DE JADE, 24, rue du Pont, 100000 Ville-Exemple",
    invented="Rédaction d’exemple\u00a0: tous les textes de ces pages sont inventés.",
    related_pager=True,
)

_ENGLISH = Edition(
    language="en",
    site="Jade Bridge Weekly",
    native="English",
    sections=(
        ("China", "China"),
        ("World", "World"),
        ("Business", "Business"),
        ("Culture", "Culture"),
        ("Opinion", "Opinion"),
    ),
    listed_date="{month:.3}. {d}, {y}",
    page_date="{month} {d}, {y}",
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    title_form="{section} -- {site}",
    heading='<h1 class="bt">{title}</h1>',
    origin_label="Source: ",
    keyword_label="Keywords: ",
    keyword_separators=("; ",),
    home="Home",
    print_label="Print",
    mail_label="E-mail",
    links_label="More in this section:",
    others_label="In other languages:",
    selection_label="Editors' choice",
    previous_label="back",
    next_label="next",
    address="Address: JADE BRIDGE WEEKLY, 24 Bridge Road, 100000 Sampletown",
    invented="Sample newsroom: every text on these pages is invented.",
)

_CHINESE = Edition(
    language="zh",
    site="玉桥周刊",
    native="中 文",
    sections=(
        ("zhongguo", "中国"),
        ("guoji", "国际"),
        ("caijing", "财经"),
        ("wenhua", "文化"),
        ("guandian", "观点"),
    ),
    # as sites of that kind do: more characters than the declared set holds, and a header that says nothing
    encoding="gb18030",
    declared="gb2312",
    content_type="text/html",
    listed_date="{y}-{m:02}-{d:02}",
    page_date="{y}-{m:02}-{d:02}",
    title_form="{title}_{section}_{site}",
    heading='<h1 class="bt">{title}</h1>',
    indent="　　",
    origin_label="来源：",
    keyword_label="关键词：",
    keyword_separators=(" ", " ", "；"),
    home="首页",
    print_label="打印",
    mail_label="推荐",
    links_label="相关文章：",
    others_label="其他语言：",
    selection_label="编辑推荐",
    previous_label="上一页",
    next_label="下一页",
    address="地址：玉桥周刊　示例市桥路24号　邮编100000",
    invented="示例编辑部：本站文章均为虚构。",
    script_pager=True,
)

EDITIONS: tuple[Edition, ...] = (_GERMAN, _JAPANESE, _FRENCH, _ENGLISH, _CHINESE)
BY_LANGUAGE = {edition.language: edition for edition in EDITIONS}
SECTIONS = len(_GERMAN.sections)  # every edition has as many
STREAMS = len(EDITIONS) * SECTIONS
