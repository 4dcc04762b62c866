"""Which articles tell one story: what pages declare, what they contradict, what is inferred only when it is sure."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import MappingProxyType

import pytest

from feeds.decide.stories import decide_declared, decide_inferred, declared_keys, own_keys
from feeds.decide.story_clues import clues_of, keys_near, keys_of
from feeds.model import Article, StoryLink

DAY = dt.date(2026, 11, 20)


def article(language: str, name: str = "a", text: str = "", *, switch: bool = False, **alternates: str) -> Article:
    url = f"https://{language}.paper.example/{name}.html"
    declared = {tag: f"https://{tag}.paper.example/{path}.html" for tag, path in alternates.items()}
    return Article(
        id=f"{language}-{name}",
        source_id=language,
        identity=url,
        url=url,
        title="A title",
        language=language,
        published=DAY,
        content_text=text,
        alternates=MappingProxyType(declared),
        provenance=MappingProxyType({"alternates": "language switch" if switch else "link:alternate"}),
    )


def told(links: tuple[StoryLink, ...]) -> dict[tuple[str, str], tuple[str, float]]:
    return {(each.one_id, each.other_id): (each.evidence, each.certainty) for each in links}


# --- declared -----------------------------------------------------------------------------------------------------


def test_both_ways_are_surer_than_one_and_a_switch_less_than_hreflang() -> None:
    german = article("de", en="a")
    assert told(decide_declared(german, [article("en", de="a")])) == {("de-a", "en-a"): ("hreflang", 1.0)}
    assert told(decide_declared(german, [article("en")])) == {("de-a", "en-a"): ("hreflang", 0.95)}
    switched = article("de", en="a", switch=True)
    assert told(decide_declared(switched, [article("en", de="a", switch=True)])) == {
        ("de-a", "en-a"): ("language switch", 0.98)
    }
    assert told(decide_declared(switched, [article("en")])) == {("de-a", "en-a"): ("language switch", 0.9)}


def test_a_page_that_names_another_one_contradicts() -> None:
    first, second, english = article("de", "a", en="a"), article("de", "b", en="a"), article("en", "a", de="a")
    assert decide_declared(second, [english]) == ()
    assert decide_declared(english, [first, second]) == decide_declared(english, [first])


def test_another_spelling_of_the_address_is_the_same() -> None:
    english = replace(article("en"), url="http://en.paper.example/a.html?utm_source=x", identity="guid-7")
    assert decide_declared(article("de", en="a"), [english])


def test_what_is_declared_in_another_language_than_it_is_counts_only_both_ways() -> None:
    german = replace(article("de"), alternates=MappingProxyType({"fr": "https://en.paper.example/a.html"}))
    assert decide_declared(german, [article("en")]) == ()
    assert decide_declared(german, [article("en", de="a")])


def test_one_language_and_the_page_itself_are_never_linked() -> None:
    german = article("de", "a", de="b", en="a")
    assert decide_declared(german, [article("de", "b", de="a"), german]) == ()


def test_what_one_page_names_together_is_one_story() -> None:
    links = told(decide_declared(article("de", en="a", fr="a"), [article("en", de="a"), article("fr", de="a")]))
    assert links == {
        ("de-a", "en-a"): ("hreflang", 1.0),
        ("de-a", "fr-a"): ("hreflang", 1.0),
        ("en-a", "fr-a"): ("hreflang", 0.98),
    }
    contradicting = article("fr", de="a", en="other")
    links = told(decide_declared(article("de", en="a", fr="a"), [article("en", de="a"), contradicting]))
    assert ("en-a", "fr-a") not in links


def test_who_names_an_article_is_found_when_it_comes_later() -> None:
    german, english = article("de", en="a"), article("en")
    assert set(declared_keys(german)) & set(own_keys(english))
    assert not set(declared_keys(german)) & set(own_keys(article("en", "b")))
    assert not set(declared_keys(german)) & set(own_keys(german))


# --- inferred -----------------------------------------------------------------------------------------------------

GERMAN = "Heute sagte BMW, dass 4.350 Menschen 2,4 Millionen Euro und 14,5 Prozent bekommen, so Sprecherin Liu Wenjing."
ENGLISH = "Today BMW said that 4,350 people get 2.4 million euros and 14.5 per cent, says spokeswoman Liu Wenjing."
CHINESE = "据BMW介绍，4350人获得240万欧元，占14.5%。"
ARABIC = "قالت شركة BMW إن ٤٬٣٥٠ شخصًا يحصلون على ٢٫٤ مليون يورو و ١٤٫٥ في المئة."


def linked(one: Article, *others: Article) -> list[str]:
    return [link.other_id for link in decide_inferred(clues_of(one), [clues_of(each) for each in others])]


@pytest.mark.parametrize(("language", "text"), [("en", ENGLISH), ("zh", CHINESE), ("ar", ARABIC)])
def test_numbers_and_names_are_known_again_in_every_script(language: str, text: str) -> None:
    german, other = article("de", text=GERMAN), article(language, text=text)
    assert linked(german, other) == [other.id]
    assert linked(other, german) == [german.id]
    assert len(set(keys_near(clues_of(german))) & set(keys_of(clues_of(other)))) >= 2
    (link,) = decide_inferred(clues_of(german), [clues_of(other)])
    assert link.evidence == "inferred"
    assert 0.8 < link.certainty < 1


def test_two_reports_of_a_day_on_one_company_are_two_stories() -> None:
    german = replace(article("de", text=GERMAN), image="https://agency.example/20261120.jpg")
    other = (
        "Today BMW said that 4,350 people work in 17 plants; a model costs 55,400 euros, says spokeswoman Liu Wenjing."
    )
    assert linked(german, replace(article("en", text=other), image="https://agency.example/20261120.jpg")) == []


def test_a_rival_that_fits_as_well_leaves_it_open() -> None:
    assert linked(article("de", text=GERMAN), article("en", "a", ENGLISH), article("en", "b", ENGLISH)) == []
    assert linked(article("de", text=GERMAN), article("en", "a", ENGLISH), article("de", "b", GERMAN)) == []


def test_a_picture_alone_and_names_alone_tell_nothing() -> None:
    picture = "https://agency.example/20261120.jpg"
    german, english = replace(article("de"), image=picture), replace(article("en"), image=picture)
    assert linked(german, english) == []
    names = "Heute sagte Liu Wenjing von BMW zu Alibaba, Siemens, Renault und Toyota etwas."
    assert linked(article("de", text=names), article("en", text=names)) == []


def test_days_apart_undated_or_declared_elsewhere_is_no_story() -> None:
    german, english = article("de", text=GERMAN), article("en", text=ENGLISH)
    assert linked(german, replace(english, published=DAY + dt.timedelta(days=1))) == [english.id]
    assert linked(german, replace(english, published=DAY + dt.timedelta(days=2))) == []
    assert linked(german, replace(english, published=None)) == []
    assert keys_of(clues_of(replace(english, published=None))) == ()
    assert linked(article("de", text=GERMAN, en="another"), english) == []
    assert linked(article("de", text=GERMAN), replace(english, language="und")) == []


def test_inferred_links_do_not_chain() -> None:
    others = [clues_of(article("en", text=ENGLISH)), clues_of(article("zh", text=CHINESE))]
    links = decide_inferred(clues_of(article("de", text=GERMAN)), others)
    assert {link.one_id for link in links} == {"de-a"}


def test_a_hostile_text_costs_little() -> None:
    for text in ("9" * 100_000, "1." * 50_000, "1 000" * 20_000, "Aa " * 50_000, "1万" * 50_000):
        clues = clues_of(article("zh", text=text))
        assert len(keys_of(clues)) <= 14
    extreme = replace(article("de", text=GERMAN), published=dt.date.min)
    assert keys_near(clues_of(extreme))
    assert keys_near(clues_of(replace(extreme, published=dt.date.max)))
