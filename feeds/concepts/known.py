"""``<config>/keywords.toml`` and CLDR's names in, Concepts out: which keywords of several languages mean one thing.

Countries and languages are concepts out of the box, by their CLDR names in every language that articles are told to be
in. The operator adds others, or further words for these::

    BMW = ["宝马", "寶馬"]                                            # in every language
    "artificial intelligence" = { en = ["AI"], de = ["KI"] }          # a word of one language only

A name means a country only in the languages that call it so: ``Island`` is Iceland in German and nothing in English.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any

from babel import Locale, UnknownLocaleError, localedata

from feeds.errors import ConfigError
from feeds.folding import KEY_VERSION, canonical_language, display_form, keyword_key, root_language

FILE = "keywords.toml"
COUNTRY, LANGUAGE, OWN = "country:", "language:", "keyword:"

# the languages that articles are told to be in and CLDR has names in, each as CLDR calls it
_LANGUAGES = tuple(
    """
    af am ar as az be bg bn br bs ca cs cy da de el en eo es et eu fa fi fil fo fr fy ga gd gl gu ha he hi hr hu
    hy id ig is it ja jv ka kk km kn ko ku ky lb lo lt lv mg mk ml mn mr ms mt my ne nl nn no oc or pa pl ps pt
    qu ro ru rw sa se si sk sl sn so sq sr st sv sw ta te tg th tk tr tt ug uk ur uz vi wo xh yo yue zh zu
    """.split()  # noqa: SIM905 - a hundred short words
)
_BIT = {language: 1 << place for place, language in enumerate(_LANGUAGES)}
# regions of CLDR that are no countries: made up, or unknown
_NO_COUNTRY = frozenset({"EZ", "QO", "XA", "XB", "ZZ"})
# names that mean something else more often in their own language: a state, towns, first names, "one" (Isle of Man)
_DOUBTFUL = {
    "en": {"georgia", "jordan", "chad"},
    "es": {"granada", "guadalupe", "san martín"},
    "fr": {"salvador"},
    "it": {"monaco"},
    "no": {"man"},
    "pt": {"granada", "guadalupe"},
}
# names that a question without a language cannot be sure of: those, and what is a common word in English
_DOUBTFUL_ANYWHERE = frozenset({"island", *(name for names in _DOUBTFUL.values() for name in names)})
_BRACKETS = re.compile(r"\s*[(（].*[)）]\s*$")
_COUNTRY_CODE = re.compile("[A-Z]{2}")

# key -> concept, languages, concept, languages …; languages are a sum of ``_BIT``
_Names = Mapping[str, tuple[str | int, ...]]
_IN_USE: dict[str, _Names] = {}  # by edition, of which a process sees one


@dataclass(frozen=True, slots=True, kw_only=True)
class _Own:
    """One entry of the operator: ``words`` maps a key to the languages it counts in; none: every one.

    ``forms`` maps each key to how the operator writes it.
    """

    concept: str
    label: str
    words: Mapping[str, frozenset[str]]
    forms: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Concepts:
    """Which keywords mean one thing.

    A concept's id is ``country:CN``, ``language:de`` or ``keyword:`` and the key of the label that the operator gave
    it. ``fingerprint`` changes when any keyword may have got another concept.
    """

    names: _Names
    own: tuple[_Own, ...] = ()
    fingerprint: str = ""
    _by_key: Mapping[str, tuple[_Own, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:  # noqa: D105 - the index of ``own``
        by_key: dict[str, tuple[_Own, ...]] = {}
        for one in self.own:
            for key in one.words:
                by_key[key] = (*by_key.get(key, ()), one)
        object.__setattr__(self, "_by_key", MappingProxyType(by_key))

    def of(self, key: str, language: str | None = None) -> str | None:
        """What a keyword means, None when it means no concept or one cannot tell which.

        Args:
            key: ``folding.keyword_key`` of the keyword.
            language: BCP 47 tag of the article that carries it; None where a question names no language: then the
                keyword must mean one thing only, in whatever language.
        """
        spoken = root_language(language) if language else None
        own = [one.concept for one in self._by_key.get(key, ()) if _counts_in(one.words[key], spoken)]
        if own:
            return own[0] if len(set(own)) == 1 else None
        if spoken is None and key in _DOUBTFUL_ANYWHERE:
            return None
        entry = self.names.get(key, ())
        mask = _BIT.get(spoken, 0) if spoken else -1
        meant = [str(entry[at]) for at in range(0, len(entry), 2) if int(entry[at + 1]) & mask]
        # many languages call a country and its language alike; news are about countries
        countries = [concept for concept in meant if concept.startswith(COUNTRY)] or meant
        return countries[0] if len(countries) == 1 else None

    def keys(self, concept: str) -> Mapping[str, tuple[str, ...]]:
        """Every key that means a concept, with the languages in which it does; no languages: in all."""
        found = {
            key: tuple(language for language in _LANGUAGES if self.of(key, language) == concept)
            for key, entry in self.names.items()
            if concept in entry
        }
        found = {key: languages for key, languages in found.items() if languages}
        for one in self.own:
            if one.concept == concept:
                for key, languages in one.words.items():
                    found[key] = tuple(sorted({*languages, *found.get(key, ())})) if languages else ()
        return MappingProxyType(found)

    def names_in(self, language: str) -> dict[str, str]:
        """Names by which texts of a language call a country or one of the operator's own: by key, as written.

        Names of languages are left out: in a text the same word is mostly the people or where something is from.
        """
        spoken = root_language(language)
        words = _written_in(spoken).items() if spoken in _BIT else ()
        found = {key: form for key, form in words if (self.of(key, spoken) or "").startswith(COUNTRY)}
        for one in self.own:
            found |= {key: one.forms[key] for key, tags in one.words.items() if _counts_in(tags, spoken)}
        return found

    def label(self, concept: str, language: str = "en") -> str:
        """A concept's name for people: the operator's, else CLDR's in a language, else in English."""
        for one in self.own:
            if one.concept == concept:
                return one.label
        return self.cldr_name(concept, language) or concept.partition(":")[2]

    def cldr_name(self, concept: str, language: str) -> str:
        """CLDR's name of a concept in a language, else in English; empty for what CLDR does not name."""
        if concept.startswith(OWN):
            return ""
        kind, _, code = concept.partition(":")
        for tag in (language, "en"):
            try:
                locale = Locale.parse(tag, sep="-")
            except (ValueError, UnknownLocaleError):
                continue
            names: Mapping[str, str] = locale.territories if f"{kind}:" == COUNTRY else locale.languages
            if code in names:
                return names[code]
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedConcepts:
    """The concepts, and every mistake in the operator's file; an entry with a mistake is left out."""

    concepts: Concepts
    mistakes: tuple[ConfigError, ...]


def load_concepts(config: Path, *, cache_folder: Path | None = None) -> LoadedConcepts:
    """CLDR's concepts and those of ``<config>/keywords.toml``; no file means none of one's own.

    Args:
        config: The configuration folder.
        cache_folder: Where CLDR's names are kept folded for the next process: reading them back takes 40 ms, folding
            them 1.5 s. None to fold them in each.
    """
    names = _names(cache_folder)
    path = config / FILE
    reading = _Reading(file=str(path), cldr=Concepts(names=names))
    own = reading.read(path) if path.is_file() else ()
    said = repr([(one.concept, sorted((key, sorted(tags)) for key, tags in one.words.items())) for one in own])
    concepts = Concepts(names=names, own=own, fingerprint=f"{_edition()} {_digest(said)}")
    return LoadedConcepts(concepts=concepts, mistakes=tuple(reading.mistakes))


def _counts_in(languages: frozenset[str], spoken: str | None) -> bool:
    return spoken is None or not languages or spoken in languages


def concept_mistakes(config: Path) -> tuple[ConfigError, ...]:
    """Every mistake in ``<config>/keywords.toml``, without CLDR's names, which take their time to read."""
    path = config / FILE
    reading = _Reading(file=str(path), cldr=Concepts(names=MappingProxyType({})))
    if path.is_file():
        reading.read(path)
    return tuple(reading.mistakes)


# --- the operator's file --------------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class _Reading:
    file: str
    cldr: Concepts
    mistakes: list[ConfigError] = field(default_factory=list)
    taken: dict[tuple[str, str], str] = field(default_factory=dict)

    def wrong(self, key: str, reason: str) -> None:
        self.mistakes.append(ConfigError(self.file, key, reason))

    def read(self, path: Path) -> tuple[_Own, ...]:
        try:
            raw = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            self.wrong("", f"cannot be read: {error}")
            return ()
        return tuple(one for label, value in raw.items() if (one := self.entry(label, value)) is not None)

    def entry(self, label: str, value: Any) -> _Own | None:
        before = len(self.mistakes)
        key = keyword_key(label)
        if not key:
            self.wrong(label, "expected a keyword as the name, got nothing to compare")
            return None
        words: dict[str, frozenset[str]] = {key: frozenset()}
        forms = {key: display_form(label)}
        for tag, said in value.items() if isinstance(value, dict) else [("", value)]:
            languages = self.language(label, tag)
            for word, form in self.list_of(label, tag, said):
                words[word] = frozenset() if not languages else words.get(word, languages) | languages
                forms.setdefault(word, form)
        words[key] = frozenset()
        for word, languages in words.items():
            self.claim(label, word, languages)
        if len(self.mistakes) > before:
            return None
        concept = self.cldr.of(key) or OWN + key
        return _Own(concept=concept, label=forms[key], words=MappingProxyType(words), forms=MappingProxyType(forms))

    def language(self, label: str, tag: str) -> frozenset[str]:
        if not tag:
            return frozenset()
        canonical = canonical_language(tag)
        if canonical is None:
            self.wrong(f"{label}.{tag}", "expected a BCP 47 tag such as 'de' or 'zh'")
            return frozenset()
        return frozenset({root_language(canonical)})

    def list_of(self, label: str, tag: str, said: Any) -> Iterator[tuple[str, str]]:
        where = f"{label}.{tag}" if tag else label
        if not isinstance(said, list) or not all(isinstance(word, str) for word in said):
            self.wrong(where, f'expected a list of keywords such as ["宝马", "寶馬"], got {said!r}')
            return
        for word in said:
            if key := keyword_key(word):
                yield key, display_form(word)
            else:
                self.wrong(where, f"{word!r} holds nothing to compare")

    def claim(self, label: str, word: str, languages: frozenset[str]) -> None:
        """A keyword can mean one thing only, in each language."""
        for language in languages or {""}:
            others = {self.taken.get((word, language)), self.taken.get((word, ""))} - {None, label}
            if not language:
                others |= {other for (key, _), other in self.taken.items() if key == word and other != label}
            for other in others:
                self.wrong(label, f"{word!r} stands under {other!r} already; a keyword can mean one of them only")
            self.taken.setdefault((word, language), label)


# --- CLDR -----------------------------------------------------------------------------------------------------------


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _edition() -> str:
    """What the folded names hang on: CLDR's edition (Babel's), the rules of keys, and the languages above."""
    doubtful = [(language, sorted(names)) for language, names in sorted(_DOUBTFUL.items())]
    return _digest(f"{version('babel')} {KEY_VERSION} {_LANGUAGES} {sorted(_NO_COUNTRY)} {doubtful}")


def _names(cache_folder: Path | None) -> _Names:
    """CLDR's names, the same ones for all of a process: they hang on what is installed alone."""
    edition = _edition()
    if edition not in _IN_USE:
        _IN_USE[edition] = _names_kept_in(cache_folder) if cache_folder else _cldr_names()
    return _IN_USE[edition]


def _cldr_names() -> _Names:
    """CLDR's names of countries and languages by their key."""
    names: dict[str, dict[str, int]] = {}
    for language in _LANGUAGES:
        for concept, key in _names_in(language):
            meant = names.setdefault(key, {})
            meant[concept] = meant.get(concept, 0) | _BIT[language]
    shared: dict[tuple[str | int, ...], tuple[str | int, ...]] = {}
    packed = {key: tuple(part for pair in meant.items() for part in pair) for key, meant in names.items()}
    return MappingProxyType({key: shared.setdefault(entry, entry) for key, entry in packed.items()})


def _names_in(language: str) -> Iterator[tuple[str, str]]:
    """Concepts with the keys of their names in one language, in each of its scripts and written standards."""
    doubtful = _DOUBTFUL.get(language, set())
    for variant in (language, *_variants(language)):
        data = _locale_data(variant)
        countries = {
            COUNTRY + code: name
            for code, name in data.get("territories", {}).items()
            if _COUNTRY_CODE.fullmatch(code) and code not in _NO_COUNTRY
        }
        tongues = {LANGUAGE + code: name for code, name in data.get("languages", {}).items() if code in _BIT}
        bare: dict[str, set[str]] = {}
        for concept, name in countries.items():
            bare.setdefault(_key(_BRACKETS.sub("", name)), set()).add(concept)
        found = [(concept, _key(name)) for concept, name in (countries | tongues).items()]
        # "Myanmar (Birma)" is Myanmar too; "刚果（金）" is not 刚果, of which there are two
        found += [(next(iter(concepts)), key) for key, concepts in bare.items() if len(concepts) == 1]
        yield from ((concept, key) for concept, key in found if key and key not in doubtful)


@lru_cache(maxsize=128)
def _written_in(language: str) -> Mapping[str, str]:
    """CLDR's names of countries in a language as they are written, by key."""
    forms: dict[str, str] = {}
    for variant in (language, *_variants(language)):
        for name in _locale_data(variant).get("territories", {}).values():
            for form in (name, _BRACKETS.sub("", name)):
                forms.setdefault(_key(form), display_form(form))
    return MappingProxyType(forms)


@lru_cache(maxsize=1)
def _all_locales() -> tuple[str, ...]:
    return tuple(localedata.locale_identifiers())


def _variants(language: str) -> Iterable[str]:
    """``zh_Hant`` of ``zh``; regions only where they are a written standard of their own."""
    for name in _all_locales():
        first, _, rest = name.partition("_")
        if first == language and ((len(rest) == 4 and rest.isalpha()) or name == "pt_PT"):  # noqa: PLR2004 - ISO 15924
            yield name


def _locale_data(name: str) -> Mapping[str, Any]:
    # Babel's own files, read one by one: through Babel's Locale all of them would stay in memory, 1.5 MB each
    with Path(localedata.resolve_locale_filename(name)).open("rb") as file:
        data: Mapping[str, Any] = pickle.load(file)  # noqa: S301 - a file of the installed library
    return data


def _key(name: str) -> str:
    return keyword_key.__wrapped__(name)  # 40,000 names once: not through the cache of keywords in use


def _names_kept_in(folder: Path) -> _Names:
    """The folded names from the cache, made and kept there first when it has none of this edition."""
    path = folder / f"concepts-{_edition()}.tsv"
    shared: dict[tuple[str | int, ...], tuple[str | int, ...]] = {}
    names: dict[str, tuple[str | int, ...]] = {}
    try:
        with path.open(encoding="utf-8") as lines:
            count = int(next(lines, "0"))
            for line in lines:
                key, *parts = line.rstrip("\n").split("\t")
                entry = tuple(sys.intern(part) if at % 2 == 0 else int(part, 16) for at, part in enumerate(parts))
                names[key] = shared.setdefault(entry, entry)
    except (OSError, ValueError):
        count = 0
    if not count or len(names) != count:  # not there, or cut off
        folded = _cldr_names()
        _keep(path, folded)
        return folded
    return MappingProxyType(names)


def _keep(path: Path, names: _Names) -> None:
    half_written = path.with_suffix(f".{os.getpid()}")
    try:
        with half_written.open("w", encoding="utf-8") as file:
            file.write(f"{len(names)}\n")
            for key, entry in names.items():
                parts = (part if isinstance(part, str) else f"{part:x}" for part in entry)
                file.write("\t".join((key, *parts)) + "\n")
        half_written.replace(path)
    except OSError:
        half_written.unlink(missing_ok=True)  # a cache that cannot be written costs the time, nothing else
