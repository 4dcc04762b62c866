"""Articles known to be translations of each other in; keywords that seem to mean one thing out, with the evidence.

Editors of two editions rarely give an article the same keywords. So a pair of keywords is proposed only where it
meets in several translations, in most of those that carry either, and where each is the other's best match. Pairs are
not chained: all words of a proposal were matched with its first one.

Pure: no input or output, no clock.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

# a keyword in a language
Word: TypeAlias = tuple[str, str]
AT_LEAST = 2
_SHARE = 0.6
_EXAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """An article: ``keywords`` maps keys to how they are written."""

    url: str
    language: str
    keywords: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why two keywords are taken for one thing: ``both`` translations carry both, ``either`` carry one of them."""

    language: str
    label: str
    both: int
    either: int
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A keyword in one language, and what others call it."""

    language: str
    label: str
    others: tuple[Evidence, ...]

    @property
    def both(self) -> int:
        """How many translations speak for it."""
        return sum(one.both for one in self.others)


def propose_concepts(
    translations: Iterable[tuple[Tagged, Tagged]],
    *,
    is_known: Callable[[Word, Word], bool],
    at_least: int = AT_LEAST,
) -> list[Proposal]:
    """Concepts that the keywords of translations speak for, those with most evidence first.

    Args:
        translations: Each pair once, in any order.
        is_known: Whether two words are known to mean one thing already.
        at_least: Translations that must carry both words.
    """
    met = _Met()
    for one, other in translations:
        met.add(one, other)
    matches = {pair for pair in met.together if met.together[pair] >= at_least and met.share(pair) >= _SHARE}
    best = {pair for pair in matches if all(met.is_best(pair, word) for word in pair)}
    wanted = {pair for pair in best if not is_known(*pair)}
    return _grouped(wanted, met)


class _Met:
    """Which keywords met in translations, and how often each could have met one of that language."""

    def __init__(self) -> None:
        self.together: Counter[tuple[Word, Word]] = Counter()
        self.alone: Counter[tuple[Word, str]] = Counter()
        self.labels: dict[Word, Counter[str]] = defaultdict(Counter)
        self.examples: dict[tuple[Word, Word], list[tuple[str, str]]] = defaultdict(list)
        self._most: dict[tuple[Word, str], list[float]] = {}

    def add(self, one: Tagged, other: Tagged) -> None:
        if one.language == other.language or not one.keywords or not other.keywords:
            return
        if one.language > other.language:
            one, other = other, one
        for here, there in ((one, other), (other, one)):
            for key, label in here.keywords.items():
                self.alone[(here.language, key), there.language] += 1
                self.labels[here.language, key][label] += 1
        for key in one.keywords:
            for match in other.keywords:
                pair = ((one.language, key), (other.language, match))
                self.together[pair] += 1
                if len(self.examples[pair]) < _EXAMPLES:
                    self.examples[pair].append((one.url, other.url))

    def share(self, pair: tuple[Word, Word]) -> float:
        """Of the translations that carry one of them, those that carry both."""
        return self.together[pair] / self.either(pair)

    def either(self, pair: tuple[Word, Word]) -> int:
        one, other = pair
        return self.alone[one, other[0]] + self.alone[other, one[0]] - self.together[pair]

    def is_best(self, pair: tuple[Word, Word], word: Word) -> bool:
        """Whether no other keyword of that language matches the word as well."""
        if not self._most:
            for each in self.together:
                for mine, its in (each, each[::-1]):
                    self._most.setdefault((mine, its[0]), []).append(self.share(each))
        other = pair[1] if pair[0] == word else pair[0]
        as_good = sum(share >= self.share(pair) for share in self._most[word, other[0]])
        return as_good == 1

    def label(self, word: Word) -> str:
        labels = self.labels[word]
        return min(labels, key=lambda label: (-labels[label], label))


def _grouped(pairs: set[tuple[Word, Word]], met: _Met) -> list[Proposal]:
    """Proposals around the words with most evidence; each pair in one of them."""
    partners: dict[Word, dict[Word, tuple[Word, Word]]] = defaultdict(dict)
    for pair in pairs:
        partners[pair[0]][pair[1]] = pair
        partners[pair[1]][pair[0]] = pair
    weight = {word: sum(met.together[pair] for pair in found.values()) for word, found in partners.items()}
    taken: set[Word] = set()
    proposals: list[Proposal] = []
    for word in sorted(partners, key=lambda one: (-weight[one], one)):
        others = sorted(other for other in partners[word] if other not in taken)
        if word in taken or not others:
            continue
        taken |= {word, *others}
        evidence = tuple(_evidence(word, other, partners[word][other], met) for other in others)
        proposals.append(Proposal(language=word[0], label=met.label(word), others=evidence))
    return sorted(proposals, key=lambda one: (-one.both, one.label))


def _evidence(word: Word, other: Word, pair: tuple[Word, Word], met: _Met) -> Evidence:
    examples = [each if pair[0] == word else each[::-1] for each in met.examples[pair]]
    return Evidence(
        language=other[0],
        label=met.label(other),
        both=met.together[pair],
        either=met.either(pair),
        examples=tuple(examples),
    )
