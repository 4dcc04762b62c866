"""Whether a page is what was announced, told by words alone."""

from __future__ import annotations

from feeds.decide.genuine import LONGEST_NOTICE, Echoes, Said, is_another, says_nothing_of


def said(title: str, text: str = "", *, length: int = 300) -> Said:
    words = frozenset(title.split())
    return Said(title=words, terms=words | frozenset(text.split()), length=length)


ANNOUNCED = frozenset({"mayor", "opens", "quay"})


def test_a_short_page_without_one_word_of_what_was_announced_says_nothing_of_it() -> None:
    assert says_nothing_of(said("went wrong", "please wait"), ANNOUNCED)
    assert not says_nothing_of(said("went wrong", "the quay is closed"), ANNOUNCED)
    assert not says_nothing_of(said("went wrong", length=LONGEST_NOTICE), ANNOUNCED)
    assert not says_nothing_of(said("went wrong"), frozenset({"live"}))  # too little was announced


def test_an_edit_keeps_words_and_another_page_does_not() -> None:
    before = said("mayor opens quay", "one two three four five six seven eight nine")
    assert is_another(said("went wrong", "please wait for us"), before)
    assert not is_another(said("town celebrates", "one two three and much more of it"), before)
    assert not is_another(said("quay opened", "nothing else is left"), before)
    assert not is_another(said("went wrong"), said("photo", "one two"))  # too little was stored


def test_echoes_need_two_addresses_that_were_announced_or_three_that_were_not() -> None:
    notice = said("went wrong", "please wait")
    echoes = Echoes()
    assert echoes.hear("a", notice, ANNOUNCED) == ()
    assert echoes.hear("a", notice, ANNOUNCED) == ()
    assert echoes.hear("b", notice, ANNOUNCED) == ("a", "b")
    silent = Echoes()
    assert [silent.hear(url, notice, frozenset()) for url in "abc"] == [(), (), ("a", "b", "c")]
    own = Echoes()
    assert [own.hear(url, said("mayor opens quay"), ANNOUNCED) for url in "ab"] == [(), ()]
