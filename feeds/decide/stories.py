"""Articles in several languages in, which of them tell one story out.

Pages that name each other as translations are believed first, both ways more than one way, a language switch less than
``hreflang``. What no page says is inferred from what a translation keeps (``story_clues``), and only where nothing else
of that day fits nearly as well. Inferred links stand alone: A like B and B like C does not make C the same as A. Pure:
no input or output, no clock.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from feeds.decide.story_clues import Clues, key_of, weight_of
from feeds.folding import language_covers, root_language
from feeds.model import Article, StoryLink
from feeds.urls import identity_of, is_http_url, plain_identity

HREFLANG, SWITCH, INFERRED = "hreflang", "language switch", "inferred"
# what a page declares is believed so far: both ways, one way
CERTAINTY: Mapping[str, tuple[float, float]] = {HREFLANG: (1.0, 0.95), SWITCH: (0.98, 0.9)}
_INFERRED_AT_MOST = 0.85  # whatever a page declares counts more
_IMPLIED = 0.98  # of the certainty by which two pages are named together by a third

# Measured with benchmarks/stories.py: lower values find more pairs and more wrong ones.
ENOUGH = 6.0
AHEAD = 2.0  # so much more must speak for a pair than for any other of either
SHARED_NUMBERS = 0.65  # of the weight of the numbers that the one with fewer has
_MOST_SMALL, _MOST_NAMES, _MOST_CONCEPTS = 1.6, 3.0, 2.0
_PICTURE, _NAME, _CONCEPT, _SITE, _SAME_DAY = 4.5, 1.0, 0.7, 1.0, 0.5
_DAYS_APART = 1
_UNKNOWN = "und"


# --- what pages declare -------------------------------------------------------------------------------------------


def names_of(article: Article) -> frozenset[str]:
    """The identities under which an article is known, and those that its address has."""
    return frozenset((article.identity, *article.aliases, *(_identities(article.url))))


def declared_names(article: Article) -> dict[str, str]:
    """Identities of the addresses that the page names as the same story, with the language it gives each."""
    own = names_of(article)
    return {name: tag for tag, url in article.alternates.items() for name in _identities(url) if name not in own}


def declared_keys(article: Article) -> tuple[int, ...]:
    """Numbers by which an article is found that names another one before that is stored."""
    return tuple(key_of(f"declared {name}") for name in declared_names(article))


def own_keys(article: Article) -> tuple[int, ...]:
    """Numbers under which those are found that have named this article."""
    return tuple(key_of(f"declared {name}") for name in sorted(names_of(article)))


def decide_declared(article: Article, others: Iterable[Article]) -> tuple[StoryLink, ...]:
    """Which of the others is this article in another language, as pages declare it, and which that makes of them."""
    found: dict[str, tuple[Article, StoryLink]] = {}
    for other in others:
        link = _declared(article, other)
        if link is None:
            continue
        best = found.get(other.language)
        if best is None or link.certainty > best[1].certainty:
            found[other.language] = (other, link)
    links = [link for _, link in found.values()]
    for (one, first), (other, second) in itertools.combinations(found.values(), 2):
        if not (_contradicts(one, other) or _contradicts(other, one)) and _declared(one, other) is None:
            certainty = round(min(first.certainty, second.certainty) * _IMPLIED, 3)
            evidence = max(first, second, key=lambda link: -link.certainty).evidence
            links.append(StoryLink(one_id=one.id, other_id=other.id, evidence=evidence, certainty=certainty))
    return tuple(links)


def _declared(one: Article, other: Article) -> StoryLink | None:
    if one.id == other.id or one.language == other.language:
        return None
    says, is_said = _names(one, other), _names(other, one)
    if not says and not is_said:
        return None
    if not (says and is_said):
        teller, told = (one, other) if says else (other, one)
        if _contradicts(told, teller) or not _is_called(told.language, says or is_said):
            return None
    evidence = (
        SWITCH if SWITCH in {_evidence(each) for each, heard in ((one, says), (other, is_said)) if heard} else HREFLANG
    )
    both, single = CERTAINTY[evidence]
    return StoryLink(
        one_id=one.id, other_id=other.id, evidence=evidence, certainty=both if says and is_said else single
    )


def _names(one: Article, other: Article) -> frozenset[str]:
    """The languages in which one page names the other; none when it does not."""
    declared = declared_names(one)
    return frozenset(declared[name] for name in names_of(other) & declared.keys())


def _contradicts(one: Article, other: Article) -> bool:
    """Whether a page names, in the language of the other, some page that is not the other."""
    known = names_of(other)
    named = [url for tag, url in one.alternates.items() if _is_called(other.language, (tag,))]
    return bool(named) and not any(known.intersection(_identities(url)) for url in named)


def _is_called(language: str, tags: Iterable[str]) -> bool:
    """Whether a page in that language may be announced so; publishers name regions that its text does not tell."""
    return language == _UNKNOWN or any(root_language(tag) == root_language(language) for tag in tags)


def _evidence(article: Article) -> str:
    return SWITCH if article.provenance.get("alternates") == SWITCH else HREFLANG


@lru_cache(maxsize=10_000)  # the addresses of a story are compared pair by pair
def _identities(url: str) -> frozenset[str]:
    return frozenset((identity_of(url), plain_identity(url))) if is_http_url(url) else frozenset()


# --- what nobody declares -----------------------------------------------------------------------------------------


def decide_inferred(article: Clues, others: Sequence[Clues]) -> tuple[StoryLink, ...]:
    """Which of the others must be this article in another language, at most one for each language.

    Args:
        article: the article.
        others: whatever shares clues with it, in its own language too: what many of one language share tells little,
            and a rival that fits nearly as well, on either side, means that nobody can say.
    """
    near = [each for each in others if each.article_id != article.article_id and _is_near(article, each)]
    common = _common([article, *near])
    links = []
    for language in sorted({each.language for each in near}):
        ranked = sorted(
            ((_agreement(article, each, common), each) for each in near if each.language == language),
            key=lambda pair: (-pair[0], pair[1].article_id),
        )
        best, other = ranked[0]
        rivals = [score for score, _ in ranked[1:]]
        rivals += [_agreement(each, other, common) for each in near if each.language == article.language]
        if best >= ENOUGH and best >= AHEAD + max(rivals, default=0) and _may_be_one(article, other):
            certainty = min(_INFERRED_AT_MOST, round(1 - 2 ** (-best / 2), 3))
            links.append(
                StoryLink(one_id=article.article_id, other_id=other.article_id, evidence=INFERRED, certainty=certainty)
            )
    return tuple(links)


def _is_near(one: Clues, other: Clues) -> bool:
    return one.day is not None and other.day is not None and abs((one.day - other.day).days) <= _DAYS_APART


def _may_be_one(one: Clues, other: Clues) -> bool:
    """Whether they are in different languages, and neither page names another one as the story in the other's."""
    if _UNKNOWN in {one.language, other.language} or root_language(one.language) == root_language(other.language):
        return False
    return not (_speaks_for(one, other.language) or _speaks_for(other, one.language))


def _speaks_for(clues: Clues, language: str) -> bool:
    return any(language_covers(root_language(tag), language) for tag in clues.declared)


def _common(articles: Sequence[Clues]) -> Counter[str]:
    """How many articles of one language have a clue, of the language where most have it."""
    found: Counter[str] = Counter()
    for language in {each.language for each in articles}:
        counts = Counter(clue for each in articles if each.language == language for clue in _all(each))
        found |= counts
    return found


def _all(clues: Clues) -> Iterator[str]:
    if clues.picture:
        yield f"picture {clues.picture}"
    for kind, values in (("number", clues.numbers), ("name", clues.names), ("concept", clues.concepts)):
        yield from (f"{kind} {value}" for value in values)


def _agreement(one: Clues, other: Clues, common: Counter[str]) -> float:
    """How much speaks for one story, 0 when too little of several kinds does; a clue that several have tells less."""

    def share(kind: str, value: str) -> float:
        return 1 / max(1, common[f"{kind} {value}"])

    numbers = one.numbers & other.numbers
    telling = sum(weight_of(each) * share("number", each) for each in numbers if weight_of(each) > 1)
    small = sum(weight_of(each) * share("number", each) for each in numbers if weight_of(each) <= 1)
    # halved for each further article that shows it: an agency's picture of the day, or the one a site has for all
    picture = _PICTURE * share("picture", one.picture) ** 2 if one.picture and one.picture == other.picture else 0.0
    names = min(_MOST_NAMES, _NAME * sum(share("name", each) for each in one.names & other.names))
    concepts = min(_MOST_CONCEPTS, _CONCEPT * sum(share("concept", each) for each in one.concepts & other.concepts))
    kinds = sum((telling > 0, picture > 1, names + concepts > 0))
    if kinds < 2 or not (telling or picture > 1) or not _numbers_agree(one, other):  # noqa: PLR2004 - kinds of clue
        return 0.0
    place = (_SITE if one.site and one.site == other.site else 0.0) + (_SAME_DAY if one.day == other.day else 0.0)
    return telling + min(_MOST_SMALL, small) + picture + names + concepts + place


def _numbers_agree(one: Clues, other: Clues) -> bool:
    """Whether the numbers of the one with fewer are mostly in the other: two stories of a day differ there."""
    fewer = min(sum(map(weight_of, side.numbers)) for side in (one, other))
    return sum(map(weight_of, one.numbers & other.numbers)) >= SHARED_NUMBERS * fewer
