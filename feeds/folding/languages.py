"""Language tags in; their customary form, and which tag stands for which others, out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

# RFC 5646, 2.1: langtag and privateuse, without the grandfathered list
_LANGUAGE_TAG = re.compile(
    r"""(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})  # language, extended language
        (?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?             # script, region
        (?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*              # variants
        (?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*                   # extensions
        (?:-x(?:-[a-z0-9]{1,8})+)?                            # private use
        |x(?:-[a-z0-9]{1,8})+""",
    re.VERBOSE | re.ASCII,
)
_REGION = re.compile("[a-z]{2}")
_SCRIPT = re.compile("[a-z]{4}")
# macrolanguages of the IANA registry that people ask for when they mean all of their members. Malay is left out: its
# members hold Indonesian, a language of its own to its readers.
_MEMBERS = {
    "ar": ("arb", "ary", "arz", "apc", "acm", "aeb", "ajp", "arq", "afb"),
    "az": ("azj", "azb"),
    "et": ("ekk", "vro"),
    "fa": ("pes", "prs"),
    "ku": ("kmr", "ckb", "sdh"),
    "lv": ("lvs", "ltg"),
    "mn": ("khk", "mvf"),
    "no": ("nb", "nn"),
    "sh": ("sr", "hr", "bs", "cnr"),
    "sq": ("als", "aln"),
    "sw": ("swh", "swc"),
    "uz": ("uzn", "uzs"),
    "zh": ("cmn", "yue", "wuu", "nan", "hak", "hsn", "gan", "cdo", "cjy", "czh", "mnp", "cpx"),
}
_HELD_BY = {member: whole for whole, members in _MEMBERS.items() for member in members}


def is_language_tag(tag: str) -> bool:
    """Whether a text has the form of a BCP 47 tag, in any case."""
    return _LANGUAGE_TAG.fullmatch(tag.lower()) is not None


def language_case(tag: str) -> str:
    """A language tag in the case of RFC 5646, 2.1.1: ``ZH-hANS-cn`` is ``zh-Hans-CN``."""
    subtags = tag.replace("_", "-").lower().split("-")
    for at, subtag in enumerate(subtags[1:], start=1):
        if len(subtags[at - 1]) == 1:
            break  # extensions and private use stay in lower case
        if _REGION.fullmatch(subtag):
            subtags[at] = subtag.upper()
        elif _SCRIPT.fullmatch(subtag):
            subtags[at] = subtag.title()
    return "-".join(subtags)


def canonical_language(tag: str) -> str | None:
    """A BCP 47 tag in its customary case (``zh-Hans``, ``pt-BR``), None when it is not well formed."""
    return language_case(tag) if is_language_tag(tag) else None


@lru_cache(maxsize=16_384)  # asked of every stored tag for every feed
def language_covers(asked: str, tag: str) -> bool:
    """Whether who asks for one tag is also given articles of the other.

    ``zh`` covers ``zh-Hans`` and ``zh-Hant-HK`` (RFC 4647, 3.3.1), and ``zh-CN`` covers ``zh-Hans-CN``, where the
    script stands between (3.3.2). A macrolanguage covers its members: ``no`` covers ``nb`` and ``nn``, ``zh``
    ``yue``. Any case; transitive, so what covers need not be followed further.
    """
    asked, tag = asked.lower(), tag.lower()
    return any(_is_within(form, asked) for form in _wider(tag))


def root_language(tag: str) -> str:
    """The language under which a directory lists a tag: ``zh`` for ``zh-Hant`` and ``yue``, ``no`` for ``nb``.

    ``sh`` is the root of nothing but itself: its members are listed on their own.
    """
    primary = tag.lower().partition("-")[0]
    whole = _HELD_BY.get(primary, primary)
    return primary if whole == "sh" else whole


def without_covered(tags: Iterable[str]) -> tuple[str, ...]:
    """Sorted tags without those that another of them covers: ``nb`` beside ``no`` says nothing more."""
    unique = set(tags)
    return tuple(sorted(tag for tag in unique if not any(_covers_more(other, tag) for other in unique)))


def _covers_more(other: str, tag: str) -> bool:
    return other != tag and language_covers(other, tag) and not (language_covers(tag, other) and other > tag)


def _wider(tag: str) -> tuple[str, ...]:
    """The tag, and the same under its macrolanguage: ``nn-NO``, ``no-NO``."""
    primary, hyphen, rest = tag.partition("-")
    whole = _HELD_BY.get(primary)
    return (tag,) if whole is None else (tag, f"{whole}{hyphen}{rest}")


def _is_within(tag: str, asked: str) -> bool:
    """Whether every subtag asked for stands in the tag, in order, with the first one first (RFC 4647, 3.3.2)."""
    if f"{tag}-".startswith(f"{asked}-"):
        return True
    first, *others = asked.split("-")
    subtags = tag.split("-")
    if first != subtags[0] or not others:
        return False
    # a single letter begins an extension or private use: what follows it is no script and no region
    singles = [at for at, subtag in enumerate(subtags) if len(subtag) == 1]
    rest = iter(subtags[1 : singles[0] if singles else None])
    return all(subtag in rest for subtag in others)
