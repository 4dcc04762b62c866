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
        return tags[-1] if tags else UNKNOWN
    guessed, sureness = _detect(words)
    for tag in tags:
        if tag.split("-")[0] == guessed:
            return tag
    if not tags or sureness >= _SURE:
        return guessed
    return tags[0]


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
