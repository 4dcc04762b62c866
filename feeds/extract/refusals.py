"""The words in which pages say that they are no article: data, one line per language, easy to extend.

Phrases of a language are separated by ``|``. Each is compared with the whole headline and with each part of the
window title, folded: headlines of real articles speak of errors and cookies as well, but in longer words.
"""

from __future__ import annotations


def _phrases(table: dict[str, str]) -> frozenset[str]:
    return frozenset(phrase.strip().casefold() for line in table.values() for phrase in line.split("|"))


MISSING = _phrases(
    {
        "": "404 | 410 | error 404 | 404 error | http 404",
        "ar": "الصفحة غير موجودة | لم يتم العثور على الصفحة",
        "cs": "stránka nenalezena | stránka nebyla nalezena | stránka neexistuje",
        "da": "siden blev ikke fundet | siden findes ikke",
        "de": "seite nicht gefunden | seite wurde nicht gefunden | seite konnte nicht gefunden werden"
        " | nicht gefunden | diese seite existiert nicht | seite existiert nicht"
        " | inhalt nicht mehr verfügbar",
        "en": "page not found | not found | page cannot be found | page can't be found"
        " | page doesn't exist | page does not exist | page no longer exists | article not found"
        " | page unavailable | content not found",
        "es": "página no encontrada | no se encontró la página | no encontramos la página | la página no existe",
        "fa": "صفحه یافت نشد | صفحه پیدا نشد",
        "fr": "page introuvable | page non trouvée | cette page n'existe pas | la page n'existe pas",
        "hi": "पृष्ठ नहीं मिला | पेज नहीं मिला",
        "it": "pagina non trovata | pagina inesistente | la pagina non esiste",
        "ja": "ページが見つかりません | お探しのページは見つかりません | ページが存在しません | 記事が見つかりません",
        "ko": "페이지를 찾을 수 없습니다 | 존재하지 않는 페이지 | 기사를 찾을 수 없습니다",
        "nl": "pagina niet gevonden | pagina bestaat niet",
        "no": "siden finnes ikke | fant ikke siden",
        "pl": "nie znaleziono strony | strona nie istnieje | strona nie została znaleziona",
        "pt": "página não encontrada | a página não existe",
        "ru": "страница не найдена | такой страницы нет | страница не существует",
        "sv": "sidan hittades inte | sidan finns inte | sidan kunde inte hittas",
        "tr": "sayfa bulunamadı | aradığınız sayfa bulunamadı",
        "uk": "сторінку не знайдено | сторінка не знайдена",
        "vi": "không tìm thấy trang",
        "zh": "页面不存在 | 頁面不存在 | 找不到页面 | 找不到頁面 | 页面找不到 | 页面未找到 | 文章不存在 | 内容不存在",
    }
)

CHALLENGE = _phrases(
    {
        "de": "einen moment bitte | zugriff verweigert | sind sie ein mensch",
        "en": "just a moment | attention required! | cloudflare | access denied | are you a robot"
        " | are you human | pardon our interruption | please verify you are a human"
        " | verifying you are human | security check | request blocked | 403 forbidden"
        " | one more step | enable javascript",
        "fr": "accès refusé | un instant",
        "zh": "安全验证 | 访问被拒绝",
    }
)

CONSENT = _phrases(
    {
        "de": "mit werbung weiterlesen | ihre privatsphäre | datenschutz-einstellungen"
        " | cookie-einstellungen | wir brauchen ihre zustimmung | einwilligung"
        " | zustimmung erforderlich",
        "en": "we value your privacy | your privacy choices | cookie consent | cookie settings"
        " | privacy settings | before you continue | we care about your privacy | your privacy",
        "es": "tu privacidad | valoramos tu privacidad | configuración de cookies | política de cookies",
        "fr": "votre vie privée | gestion des cookies | paramètres des cookies | continuer sans accepter",
        "it": "la tua privacy | impostazioni dei cookie | informativa sui cookie",
        "nl": "jouw privacy | cookie-instellingen | cookies accepteren",
        "pl": "twoja prywatność | ustawienia plików cookie",
    }
)

LOGIN = _phrases(
    {
        "de": "anmelden | einloggen | anmeldung | login",
        "en": "log in | login | sign in | sign-in | log in to continue | sign in to continue | member login",
        "es": "iniciar sesión | inicia sesión | acceder",
        "fr": "se connecter | connexion | connectez-vous | identifiez-vous",
        "it": "accedi | login",
        "ja": "ログイン | 会員ログイン",
        "ko": "로그인",
        "nl": "inloggen | log in",
        "pl": "zaloguj się | logowanie",
        "pt": "entrar | iniciar sessão",
        "ru": "вход | войти | авторизация",
        "sv": "logga in",
        "tr": "giriş yap | üye girişi",
        "zh": "登录 | 登入 | 用户登录 | 會員登入",
    }
)
