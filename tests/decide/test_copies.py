"""What repeats what: articles as they are compared in, markings out."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from feeds.decide.copies import Reading, came_first, decide_copies, decide_same, is_copy, is_moved
from feeds.model import Article, Marking, Twin
from feeds.normalise.likeness import shingles_of, terms_of, words_of

NOON = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
TITLE = "Harbour of Aalstadt opens a second quay"
SYLLABLES = ["ka", "lo", "mir", "ten", "bu", "ras", "vel", "no", "shi", "gan", "dor", "pe"]


def sentences(count: int, seed: int = 1) -> list[str]:
    """Sentences of a language of its own, where no two texts of different seeds share more than chance."""
    chance = random.Random(seed)

    def word() -> str:
        return "".join(chance.choices(SYLLABLES, k=3))

    return [f"{word().title()} {word()} the {word()} of {word()}, and {word()} {word()}." for _ in range(count)]


STORY = ["The harbour of Aalstadt has opened its second quay.", *sentences(30)]
LONG = ["The harbour of Aalstadt has opened its second quay.", *sentences(60)]


def reading(
    text: str,
    source_id: str = "agency",
    *,
    title: str = TITLE,
    language: str = "en",
    published: dt.datetime | dt.date | None = NOON,
    seen_at: dt.datetime = NOON,
    article_id: str = "",
    original_id: str | None = None,
    twin: Twin | None = None,
) -> Reading:
    words = words_of(title)
    return Reading(
        article_id=article_id or f"of {source_id}",
        source_id=source_id,
        language=language,
        title=tuple(words),
        title_terms=terms_of(words),
        terms=terms_of([*words, *words_of(text)]),
        shingles=shingles_of(text),
        published=published,
        seen_at=seen_at,
        original_id=original_id,
        twin=twin,
    )


AGENCY = reading(" ".join(STORY))


@pytest.mark.parametrize(
    "text",
    [
        " ".join(STORY),
        "AALSTADT (agency) — " + " ".join(STORY) + " All rights reserved. This text was published automatically.",
        " ".join(STORY[: len(STORY) // 3]),
        " ".join(["Ships need no longer wait outside: so it was said on Tuesday.", *STORY[1:]]),
        " ".join([*STORY, *sentences(8, seed=2)]),
        " ".join(STORY).replace(" of ", " from ", 9),
        "\n\n".join(sentence.upper() for sentence in STORY),
    ],
    ids=["word for word", "byline and footer", "cut", "new lead", "added paragraph", "house style", "other typography"],
)
def test_a_copy_is_told_by_its_text(text: str) -> None:
    copy = reading(text, "paper", published=NOON + HOUR)
    assert decide_copies(copy, [AGENCY]) == (Marking(article_id="of paper", original_id="of agency", twin=Twin.COPY),)


FOOTER = " ".join(sentences(9, seed=77))


@pytest.mark.parametrize(
    "text",
    [
        " ".join(sentences(30, seed=3)),
        " ".join([*STORY, *sentences(40, seed=4)]),
        " ".join([*STORY[:12], *sentences(14, seed=5)]),
        "Too short to tell.",
        "",
    ],
    ids=["another story", "own reporting added", "half of it quoted", "short", "none"],
)
def test_what_shares_less_is_an_article_of_its_own(text: str) -> None:
    assert decide_copies(reading(text, "paper", published=NOON + HOUR), [AGENCY]) == ()


def weather(place: str, day: str, degrees: list[int]) -> str:
    return " ".join(
        f"In {place} the {part} of {day} brings clouds and {degrees[at]} degrees, later on up to {degrees[at] + 3} "
        f"with wind from the west at {degrees[at] * 2 + 11} kilometres an hour and {degrees[at] % 7} mm of rain."
        for at, part in enumerate(("early morning", "morning", "noon", "afternoon", "evening", "night"))
    )


def test_reports_made_from_one_template_are_no_copies() -> None:
    title = "The weather of the day"
    one = reading(weather("Aalstadt", "Friday", [4, 5, 8, 9, 7, 3]), "north", title=title)
    other = reading(weather("Aalstadt", "Friday", [14, 15, 21, 22, 19, 12]), "south", title=title)
    same = reading(weather("Aalstadt", "Friday", [4, 5, 8, 9, 7, 3]), "west", title=title)
    assert len(one.shingles & other.shingles) > 0.3 * len(one.shingles)
    assert not is_copy(other, of=one)
    assert not is_copy(one, of=other)
    assert is_copy(same, of=one)


def test_figures_count_where_the_words_around_them_agree() -> None:
    rows = (
        "opened the morning session quietly",
        "reached its highest price of the week",
        "fell back once more",
        "was traded most of all in the afternoon",
        "closed the day in the lower half of the list",
    )

    def shares(*values: str) -> str:
        return "Analysts of several banks expect no surprises there. " + " ".join(
            f"The share {row} at {value} euros, as the exchange in the city said before the bell on the same day."
            for row, value in zip(rows, values, strict=True)
        )

    one = reading(shares("45.20", "47.10", "44.90", "45.00", "44.70"), "north", title="Share of the day")
    other = reading(shares("12.31", "12.80", "11.95", "12.02", "11.77"), "south", title="Share of the day")
    assert len(one.shingles & other.shingles) > 0.7 * len(other.shingles)
    assert not is_copy(other, of=one)


def test_a_notice_that_stands_in_for_many_articles_makes_no_copies() -> None:
    notice = " ".join(sentences(8, seed=9)) + " Subscribe now to read on, at any time and on every device."
    one = reading(notice, "north", title="Parliament debates pensions")
    other = reading(notice, "south", title="Striker signs for champions")
    assert one.shingles == other.shingles
    assert not is_copy(other, of=one)
    retold = reading(" ".join(STORY[:9]), "south", title="Second quay for Aalstadt")
    assert is_copy(retold, of=reading(" ".join(STORY[:9]), "north"))


def test_a_boilerplate_that_two_articles_end_with_makes_no_copies() -> None:
    one = reading(f"The council meets about the tower. {FOOTER}", "north", title="Council meets about tower")
    other = reading(f"Two ferries collide in dense fog. {FOOTER}", "south", title="Ferries collide amid dense fog")
    assert len(one.shingles & other.shingles) > 0.7 * len(one.shingles)
    assert not is_copy(other, of=one)


def test_a_long_text_is_a_copy_under_any_title() -> None:
    one = reading(" ".join(LONG), "north", title="Aalstadt")
    assert is_copy(reading(" ".join(LONG), "south", title="Now it is done at last"), of=one)


def test_editions_in_other_languages_are_no_copies() -> None:
    text = " ".join(STORY)
    later = NOON + HOUR
    for language, is_one in [("en", True), ("en-GB", True), ("und", True), ("de", False), ("zh-Hans", False)]:
        marked = decide_copies(reading(text, "paper", language=language, published=later), [AGENCY])
        assert bool(marked) is is_one, language


def test_articles_of_one_source_are_never_copies_of_each_other() -> None:
    again = reading(" ".join(STORY), "agency", article_id="again", published=NOON + HOUR)
    assert decide_copies(again, [AGENCY]) == ()


@pytest.mark.parametrize(
    ("mine", "others", "seen", "is_first"),
    [
        (NOON, NOON + HOUR, HOUR, True),
        (NOON + HOUR, NOON, -HOUR, False),
        (NOON, NOON, -HOUR, True),
        (NOON, NOON, HOUR, False),
        (NOON.date(), NOON + HOUR, -HOUR, True),  # some time on that day: then the one seen first
        (NOON.date(), NOON - HOUR, HOUR, False),
        (NOON.date(), NOON + dt.timedelta(days=1), HOUR, True),
        (None, NOON + HOUR / 2, HOUR, False),  # undated: when it was seen
        (None, None, -HOUR, True),
    ],
)
def test_the_earlier_published_is_the_original_then_the_earlier_seen(
    mine: dt.datetime | dt.date | None, others: dt.datetime | dt.date | None, seen: dt.timedelta, *, is_first: bool
) -> None:
    one = reading("", "one", published=mine, seen_at=NOON + seen)
    other = reading("", "other", published=others, seen_at=NOON)
    assert came_first(one, other) is is_first
    assert came_first(other, one) is not is_first


def test_an_original_that_comes_later_marks_what_is_stored() -> None:
    paper = reading(" ".join(STORY[:25]), "paper", published=NOON + HOUR, seen_at=NOON)
    agency = reading(" ".join(STORY), seen_at=NOON + 2 * HOUR)
    assert decide_copies(agency, [paper]) == (Marking(article_id="of paper", original_id="of agency", twin=Twin.COPY),)


def test_a_copy_of_a_copy_points_at_the_first() -> None:
    text = " ".join(STORY)
    paper = reading(text, "paper", published=NOON + HOUR, original_id="of agency", twin=Twin.COPY)
    portal = reading(text, "portal", published=NOON + 2 * HOUR)
    expected = (Marking(article_id="of portal", original_id="of agency", twin=Twin.COPY),)
    assert decide_copies(portal, [paper, AGENCY]) == expected
    assert decide_copies(portal, [paper]) == expected


def test_what_copied_a_copy_is_pointed_at_the_first_when_that_comes() -> None:
    text = " ".join(STORY)
    paper = reading(text, "paper", published=NOON + HOUR)
    portal = reading(text, "portal", published=NOON + 2 * HOUR, original_id="of paper", twin=Twin.COPY)
    agency = reading(text, seen_at=NOON + 3 * HOUR)
    assert {(one.article_id, one.original_id) for one in decide_copies(agency, [paper, portal])} == {
        ("of paper", "of agency"),
        ("of portal", "of agency"),
    }


def test_what_is_marked_stays_marked_and_no_two_articles_point_at_each_other() -> None:
    text = " ".join(STORY)
    elsewhere = reading(text, "paper", published=NOON + HOUR, original_id="something else", twin=Twin.COPY)
    assert decide_copies(AGENCY, [elsewhere]) == ()
    marked = reading(text, "paper", published=NOON + HOUR, original_id="of agency", twin=Twin.COPY)
    assert decide_copies(AGENCY, [marked]) == ()
    assert decide_copies(marked, [AGENCY]) == ()
    # its copy was dated back: still its copy
    dated_back = reading(text, "paper", published=NOON - HOUR, original_id="of agency", twin=Twin.COPY)
    assert decide_copies(AGENCY, [dated_back]) == ()
    same = reading(text, "portal", published=NOON - HOUR, original_id="of paper", twin=Twin.SAME)
    assert decide_copies(AGENCY, [same]) == ()


# --- the very same page -----------------------------------------------------------------------------------------


def article(source_id: str, url: str, *names: str) -> Article:
    own = names or (url,)
    return Article(
        id=f"of {source_id}", source_id=source_id, identity=own[0], aliases=own[1:], url=url, title="t", language="en"
    )


FRONT = article("front", "https://news.example/1")


@pytest.mark.parametrize(
    ("other", "names", "expected"),
    [
        ("https://www.news.example/1", ["https://news.example/1"], ("of rss", "of front", Twin.SAME)),
        ("https://paper.example/9", ["https://news.example/1"], ("of rss", "of front", Twin.COPY)),
        ("https://news.example/1", ["https://agency.example/1"], ("of rss", "of front", Twin.COPY)),
        ("https://paper.example/9", ["https://paper.example/9"], ("of front", "of rss", Twin.COPY)),
        ("https://news.example/1", ["17", "urn:uuid:1"], None),
        ("https://news.example/1", ["https://news.example/"], None),
        ("https://news.example/1", ["https://news.example/?p=1"], ("of rss", "of front", Twin.SAME)),
    ],
    ids=["same page", "its canonical is there", "both name a third", "the stored one's canonical is here", "bare guids",
         "front page", "named by a query"],
)  # fmt: skip
def test_one_address_at_two_sources(other: str, names: list[str], expected: tuple[str, str, Twin] | None) -> None:
    marking = decide_same(article("rss", other), FRONT, names, other_is_first=True)
    assert (marking and (marking.article_id, marking.original_id, marking.twin)) == expected


def test_of_one_page_the_first_stored_is_shown() -> None:
    rss = article("rss", FRONT.url)
    marking = decide_same(rss, FRONT, [FRONT.url], other_is_first=False)
    assert marking == Marking(article_id="of front", original_id="of rss", twin=Twin.SAME)


# --- moved ------------------------------------------------------------------------------------------------------


def test_an_article_that_moved_is_known_by_title_text_and_date() -> None:
    old = reading(" ".join(STORY))
    assert is_moved(reading(" ".join([*STORY, "A correction was made."])), old)
    assert is_moved(reading(" ".join(STORY), title=TITLE.upper()), old)
    assert is_moved(reading(" ".join(STORY), published=NOON.date()), old)
    assert not is_moved(reading(" ".join(STORY), title="Another title"), old)
    assert not is_moved(reading(" ".join(STORY), published=NOON + dt.timedelta(days=1)), old)
    assert not is_moved(reading(" ".join(STORY), published=None), old)
    assert not is_moved(reading(" ".join(sentences(30, seed=8))), old)
    assert not is_moved(reading("Short."), reading("Short."))


def test_a_table_of_every_day_is_a_new_article_each_time() -> None:
    text = " ".join(LONG)
    one = reading(f"{text} The numbers drawn are 3, 17, 21, 30, 41 and 44.", published=None)
    other = reading(f"{text} The numbers drawn are 5, 9, 12, 28, 33 and 40.", published=None)
    assert len(one.shingles & other.shingles) > 0.9 * len(one.shingles | other.shingles)
    assert not is_moved(other, one)
