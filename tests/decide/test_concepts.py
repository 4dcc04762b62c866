"""Which keywords of translated articles mean one thing: evidence, thresholds, no chains."""

from __future__ import annotations

from feeds.decide.concepts import Proposal, Tagged, Word, propose_concepts
from feeds.folding import keyword_key

Pair = tuple[Tagged, Tagged]


def tagged(language: str, number: int, *keywords: str) -> Tagged:
    return Tagged(
        url=f"https://{language}.example/{number}",
        language=language,
        keywords={keyword_key(word): word for word in keywords},
    )


def nothing(_one: Word, _other: Word) -> bool:
    return False


def told(proposals: list[Proposal]) -> list[tuple[str, list[tuple[str, int, int]]]]:
    return [(each.label, [(one.label, one.both, one.either) for one in each.others]) for each in proposals]


HARBOURS: list[Pair] = [
    (tagged("de", 1, "Hafen", "Musik"), tagged("fr", 1, "Port", "Danse")),
    (tagged("fr", 2, "Port", "Théâtre"), tagged("de", 2, "Hafen", "Zoll")),
    (tagged("de", 3, "Hafen"), tagged("fr", 3, "Port")),
    (tagged("de", 4, "Musik"), tagged("fr", 4, "Musique")),
]


def test_words_that_meet_again_and_again_are_proposed_with_their_evidence() -> None:
    (proposal,) = propose_concepts(HARBOURS, is_known=nothing)
    (port,) = proposal.others
    assert (proposal.language, proposal.label, port.language, port.label) == ("de", "Hafen", "fr", "Port")
    assert (port.both, port.either) == (3, 3)
    assert port.examples[0] == ("https://de.example/1", "https://fr.example/1")
    assert propose_concepts(HARBOURS, is_known=nothing, at_least=4) == []


def test_what_is_known_is_not_proposed() -> None:
    known = {("de", "hafen"), ("fr", "port")}
    assert propose_concepts(HARBOURS, is_known=lambda one, other: {one, other} == known) == []


def test_words_that_always_come_together_cannot_be_told_apart() -> None:
    pairs = [(tagged("de", number, "Hafen", "Kran"), tagged("fr", number, "Port", "Grue")) for number in range(5)]
    assert propose_concepts(pairs, is_known=nothing) == []
    pairs += [(tagged("de", 6, "Hafen"), tagged("fr", 6, "Port")), (tagged("de", 7, "Kran"), tagged("fr", 7, "Grue"))]
    assert told(propose_concepts(pairs, is_known=nothing)) == [("Hafen", [("Port", 6, 6)]), ("Kran", [("Grue", 6, 6)])]


def test_a_word_of_every_article_is_nothing_of_one() -> None:
    pairs = [(tagged("de", number, "Aktuell", f"w{number}"), tagged("fr", number, f"m{number}")) for number in range(9)]
    pairs += [(tagged("de", 10, "Aktuell"), tagged("fr", 10, "m1"))]
    assert propose_concepts(pairs, is_known=nothing) == []


def test_pairs_are_not_chained() -> None:
    """Strom is current in English and a river in what the French edition makes of it: all match one word only."""
    pairs = [(tagged("de", number, "Strom"), tagged("en", number, "Power")) for number in range(4)]
    pairs += [(tagged("en", number, "Power"), tagged("fr", number, "Pouvoir")) for number in range(10, 13)]
    assert told(propose_concepts(pairs, is_known=nothing)) == [("Power", [("Strom", 4, 4), ("Pouvoir", 3, 3)])]
    pairs += [(tagged("fr", number, "Pouvoir"), tagged("it", number, "Potere")) for number in range(20, 22)]
    assert all(
        "Potere" not in [label for label, _, _ in others]
        for _, others in told(propose_concepts(pairs, is_known=nothing))
    )


def test_articles_of_one_language_say_nothing() -> None:
    pairs = [(tagged("de", number, "Hafen"), tagged("de", number + 50, "Port")) for number in range(4)]
    assert propose_concepts(pairs, is_known=nothing) == []
