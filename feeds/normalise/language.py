"""What a page or source says its language is, and the text itself, in; one BCP 47 tag out.

The text has the last word when it speaks clearly, since templates often declare the language of the site's software.
"""

from __future__ import annotations

import re
import threading
from functools import cache
from typing import Any

UNKNOWN = "und"
_TAG = re.compile(r"^([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?(?:[-_.].*)?$")
_RENAMED = {"iw": "he", "in": "id", "ji": "yi", "nb": "no", "tl": "fil", "cz": "cs", "jp": "ja", "kr": "ko", "gr": "el"}
_TRADITIONAL = frozenset({"TW", "HK", "MO"})
_SCRIPTED = frozenset({"zh", "sr"})  # languages whose two scripts are two feeds
_ENOUGH = 120  # characters of text below which a guess is worth less than a declaration
_FIRST_CJK, _WEIGHT = "\u2e80", 3  # a Chinese, Japanese or Korean character says about as much as three letters
_LOOKED_AT = 3000
_SURE = 0.9
_FEW = 30  # letters below which even an undeclared text is not guessed
# scripts that one language alone is published in, with the share of a text's letters that tells; kana stand among Han
_SCRIPTS = {
    tag: (re.compile(f"[{signs}]"), share)
    for tag, signs, share in (
        ("ja", "\u3040-\u30fa\u30fc-\u30ff", 0.1),
        ("ko", "\uac00-\ud7af", 0.4),
        ("zh", "\u3400-\u4dbf\u4e00-\u9fff", 0.5),
        ("th", "\u0e01-\u0e5b", 0.5),
        ("el", "\u0370-\u03ff\u1f00-\u1fff", 0.5),
        ("he", "\u05d0-\u05ea", 0.5),
        ("hy", "\u0530-\u058f", 0.5),
        ("ka", "\u10a0-\u10ff", 0.5),
        ("bn", "\u0980-\u09ff", 0.5),
        ("pa", "\u0a00-\u0a7f", 0.5),
        ("gu", "\u0a80-\u0aff", 0.5),
        ("ta", "\u0b80-\u0bff", 0.5),
        ("te", "\u0c00-\u0c7f", 0.5),
        ("kn", "\u0c80-\u0cff", 0.5),
        ("ml", "\u0d00-\u0d7f", 0.5),
        ("si", "\u0d80-\u0dff", 0.5),
        ("lo", "\u0e81-\u0edf", 0.5),
        ("my", "\u1000-\u109f", 0.5),
        ("km", "\u1780-\u17ff", 0.5),
        ("am", "\u1200-\u137f", 0.5),
    )
}


def language_tag(declared: str | None) -> str | None:
    """The tag in its short form: ``de-DE`` gives ``de``, ``zh_TW`` gives ``zh-Hant``; None when it is no tag."""
    match = _TAG.match((declared or "").split(",")[0].strip())
    if match is None:
        return None
    primary, script, region = match[1].lower(), (match[2] or "").title(), (match[3] or "").upper()
    primary = _RENAMED.get(primary, primary)
    if primary in {UNKNOWN, "mul"}:
        return None
    if primary == "zh" and (script == "Hant" or (not script and region in _TRADITIONAL)):
        return "zh-Hant"
    if primary in _SCRIPTED and script and (primary, script) != ("zh", "Hans"):
        return f"{primary}-{script}"
    return primary


def choose_language(text: str, *, declared: str | None, source: str | None) -> str:
    """The language an article is written in.

    Args:
        text: The article's words.
        declared: What the page says.
        source: What the source's configuration says.

    Returns:
        A tag, ``und`` when nothing says anything.
    """
    tags = [tag for tag in (language_tag(declared), language_tag(source)) if tag]
    words = " ".join(text[:_LOOKED_AT].split())
    if sum(_WEIGHT if character >= _FIRST_CJK else 1 for character in words) < _ENOUGH:
        return tags[-1] if tags else _guess_short(words)
    guessed, sureness = _detect(words)
    for tag in tags:
        if tag.split("-")[0] == guessed:
            return tag
    if not tags or sureness >= _SURE:
        return guessed
    return tags[0]


def _guess_short(words: str) -> str:
    """The language of a text too short to outweigh a declaration, where nothing is declared."""
    letters = sum(map(str.isalpha, words))
    for tag, (signs, share) in _SCRIPTS.items():
        if len(signs.findall(words)) > max(1.0, share * letters):
            return tag
    guessed, sureness = _detect(words) if letters >= _FEW else (UNKNOWN, 0.0)
    return guessed if sureness >= _SURE else UNKNOWN


def _detect(words: str) -> tuple[str, float]:
    with _lock:
        language, sureness = _identifier().classify(words)
    return _RENAMED.get(language, language), float(sureness)


_lock = threading.Lock()


@cache
def _identifier() -> Any:
    # loaded on first use: it takes half a second and only those who read pages need it
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
