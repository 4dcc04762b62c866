"""What links to a list's next page say, in many languages, case folded; nothing comes in."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(" ".join(word.split()) for word in text.split("|"))


NEXT_WORDS = _words(
    """
    next | next page | go to next page | older | older posts | older entries | older articles |
    older news | older stories | earlier posts | previous posts | weiter | vor | vorwärts |
    nächste | nächste seite | zur nächsten seite | ältere beiträge | ältere artikel |
    ältere meldungen | ältere einträge | suivant | suivante | page suivante |
    articles plus anciens | articles précédents | siguiente | página siguiente | siguiente página |
    entradas anteriores | entradas antiguas | següent | seguinte | próxima | próximo |
    próxima página | página seguinte | posts antigos | posts anteriores | avanti | successiva |
    successivo | pagina successiva | articoli precedenti | volgende | volgende pagina |
    oudere berichten | nästa | nästa sida | äldre inlägg | næste | næste side | neste |
    neste side | eldre innlegg | ældre indlæg | næsta | seuraava | seuraava sivu | vanhemmat |
    järgmine | nākamā | kitas | następna | następny | następna strona | dalej | starsze wpisy |
    další | další stránka | následující | starší příspěvky | ďalšia | ďalej | nasledujúca |
    következő | következő oldal | régebbi bejegyzések | următoarea | următorul | pagina următoare |
    înainte | sljedeća | sledeća | naslednja | naprej | следующая | следующая страница |
    следующие | вперед | вперёд | далее | дальше | наступна | наступна сторінка | далі |
    наступная | следваща | следваща страница | следна | следећа | επόμενη | επόμενο |
    επόμενη σελίδα | παλαιότερα | sonraki | sonraki sayfa | ileri | növbəti | keyingi | келесі |
    дараах | 下一页 | 下一頁 | 下页 | 下頁 | 后一页 | 後一頁 | 后页 | 次へ | 次 | 次のページ |
    次ページ | 次のページへ | 古い記事 | 以前の記事 | 過去の記事 | 다음 | 다음페이지 |
    다음 페이지 | 이전 글 | التالي | التالية | الصفحة التالية | הבא | הבאה | לעמוד הבא | עמוד הבא |
    הדף הבא | بعدی | صفحه بعد | صفحه بعدی | اگلا | اگلا صفحہ | अगला | अगले | अगला पृष्ठ |
    अगला पेज | পরবর্তী | পরের পাতা | அடுத்த | அடுத்து | తదుపరి | തുടര്‍ന്ന് | അടുത്തത് | ಮುಂದೆ |
    આગળ | पुढे | ถัดไป | หน้าถัดไป | ຕໍ່ໄປ | បន្ទាប់ | နောက်တစ်ခု | tiếp | tiếp theo | trang sau |
    sau | berikutnya | selanjutnya | halaman berikutnya | seterusnya | susunod | inayofuata | ቀጣይ |
    შემდეგი | հաջորդ
    """
)
# these also stand at the end of a teaser or a box: they count only where the address itself continues the list
MORE_WORDS = _words(
    """
    more | load more | show more | view more | see more | more articles | more news |
    more stories | more posts | load more articles | load more news | mehr | mehr laden |
    mehr anzeigen | mehr artikel | weitere | weitere artikel | weitere artikel laden |
    weitere meldungen | weitere beiträge | plus | voir plus | afficher plus | charger plus |
    plus d'articles | plus d’articles | más | ver más | cargar más | mostrar más | más noticias |
    mais | ver mais | carregar mais | mais notícias | altri | altri articoli | carica altri |
    mostra altri | mostra di più | meer | meer laden | meer berichten | visa fler | visa mer |
    ladda fler | vis flere | vis mere | last inn flere | näytä lisää | więcej | pokaż więcej |
    załaduj więcej | načíst další | více | zobrazit více | több | továbbiak | mai multe |
    încarcă mai multe | ещё | еще | показать ещё | показать еще | загрузить ещё | загрузить еще |
    больше новостей | ще | показати ще | завантажити ще | περισσότερα | daha fazla |
    daha fazla göster | 更多 | 加载更多 | 載入更多 | 查看更多 | もっと見る | さらに読み込む |
    더보기 | 더 보기 | المزيد | عرض المزيد | تحميل المزيد | עוד | טען עוד | بیشتر | और | और देखें |
    और पढ़ें | আরও | ดูเพิ่มเติม | xem thêm | muat lebih banyak | lainnya | lagi
    """
)
