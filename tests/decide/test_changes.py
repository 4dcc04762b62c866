"""What became of each article, as tables."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from feeds.decide.changes import decide_changes, keep_known
from feeds.model import Change, Enclosure

from .samples import article, known


def test_new_same_and_updated() -> None:
    stored = article("a")
    changed = article("b", text="other words")
    updates = decide_changes([stored, changed, article("c")], known(stored, article("b")))
    assert [update.change for update in updates] == [Change.SAME, Change.UPDATED, Change.NEW]


def test_an_article_known_by_an_alias_keeps_its_id() -> None:
    moved = article("new-slug", aliases=("old-slug",))
    (update,) = decide_changes([moved], known(article("old-slug")))
    assert (update.article.id, update.change) == ("urn:uuid:old-slug", Change.SAME)


def test_two_readings_of_one_article_in_one_batch_are_one() -> None:
    first = article("a", aliases=("guid-1",))
    second = article("b", aliases=("guid-1",), text="later words")
    (update,) = decide_changes([first, second], {})
    assert update.change is Change.NEW
    assert update.article.id == "urn:uuid:a"
    assert update.article.content_text == "later words"
    assert {"a", "guid-1"} <= set(update.article.aliases)


def test_markup_and_white_space_are_no_change_words_are() -> None:
    one = article("a", text="One  word")
    assert one.content_hash == replace(one, content_text="One word", content_html="<p>One word</p>").content_hash
    assert one.content_hash != replace(one, content_text="Two words").content_hash
    assert one.content_hash != replace(one, title="Another").content_hash
    assert one.content_hash != replace(one, keywords=("BMW",)).content_hash
    assert replace(one, authors=("A",)).content_hash != replace(one, keywords=("A",)).content_hash


def test_a_new_file_is_a_change_a_new_signature_of_its_address_and_what_stands_around_the_article_are_none() -> None:
    one = article("a", text="Words")
    heard = replace(one, enclosures=(Enclosure(url="https://a.example/1.mp3?key=1"),))
    assert heard.content_hash != one.content_hash
    assert heard.content_hash == replace(one, enclosures=(Enclosure(url="https://a.example/1.mp3?key=2"),)).content_hash
    assert heard.content_hash != replace(one, enclosures=(Enclosure(url="https://a.example/2.mp3"),)).content_hash
    around = replace(one, rights="© A", image_credit="B", declared_language="de", detected_language="de")
    assert around.content_hash == one.content_hash


def test_a_recheck_does_not_lose_the_date_that_only_the_listing_gave() -> None:
    stored = replace(
        article("a"),
        published=dt.date(2020, 7, 7),
        section="kultur",
        provenance={"published": "listing", "title": "h1"},
    )
    again = keep_known(article("a"), stored)
    assert (again.published, again.section) == (dt.date(2020, 7, 7), "kultur")
    assert again.provenance == {"published": "listing"}
    own = replace(article("a"), published=dt.date(2020, 7, 8), section="china")
    assert keep_known(own, stored) is own


def test_a_recheck_keeps_the_files_and_rights_a_feed_gave_and_not_the_credit_of_another_picture() -> None:
    file = Enclosure(url="https://a.example/1.mp3")
    stored = replace(
        article("a"),
        image="https://a.example/p.jpg",
        image_credit="Li",
        enclosures=(file,),
        rights="© A",
        provenance={"enclosures": "feed", "rights": "feed", "image_credit": "feed"},
    )
    again = keep_known(article("a"), stored)
    assert (again.enclosures, again.rights, again.image, again.image_credit) == ((file,), "© A", stored.image, "Li")
    other = keep_known(replace(article("a"), image="https://a.example/q.jpg"), stored)
    assert (other.image, other.image_credit, other.enclosures) == ("https://a.example/q.jpg", None, (file,))
    of_page = replace(stored, provenance={"enclosures": "json-ld", "rights": "meta:copyright"})
    gone = keep_known(article("a"), of_page)
    assert (gone.enclosures, gone.rights) == ((), None)
