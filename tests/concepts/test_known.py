"""Concepts: countries and languages out of the box, the operator's own, and every mistake told."""

from __future__ import annotations

from pathlib import Path

import pytest

from feeds.concepts import Concepts, known, load_concepts
from feeds.folding import keyword_key

SHIPPED = Path(__file__).resolve().parents[2] / "config"


@pytest.fixture(scope="module")
def shipped() -> Concepts:
    loaded = load_concepts(SHIPPED)
    assert loaded.mistakes == ()
    return loaded.concepts


def write(folder: Path, text: str) -> Path:
    (folder / "keywords.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("keyword", "language", "concept"),
    [
        ("China", "en", "country:CN"),
        ("CHINA", "de-AT", "country:CN"),
        ("中国", "zh-Hans", "country:CN"),
        ("中國", "zh-Hant", "country:CN"),
        ("中国", "ja", "country:CN"),
        ("Chine", "fr", "country:CN"),
        ("Китай", "ru", "country:CN"),
        ("الصين", "ar", "country:CN"),
        ("Kina", "nb", "country:CN"),
        ("Kina", "nn", "country:CN"),
        ("Kina", "sr-Latn", "country:CN"),
        ("Кина", "sr-Cyrl", "country:CN"),
        ("Moçambique", "pt-PT", "country:MZ"),
        ("Island", "de", "country:IS"),
        ("Island", "en", None),
        ("Georgien", "de", "country:GE"),
        ("Georgia", "en", None),  # the state
        ("Georgia", "it", "country:GE"),
        ("Monaco", "it", None),  # Munich
        ("Monaco", "fr", "country:MC"),
        ("Man", "nb", None),
        ("Saksa", "fi", "country:DE"),  # the language is called so too
        ("Deutsch", "de", "language:de"),
        ("中文", "zh", "language:zh"),
        ("Myanmar", "fr", "country:MM"),
        ("刚果", "zh", None),  # there are two
        ("China", None, "country:CN"),
        ("Georgia", None, None),  # as in English
        ("Island", None, None),
        ("Hafen", "de", None),
        ("", "de", None),
        ("China", "x-unheard", None),
    ],
)
def test_what_a_keyword_means(shipped: Concepts, keyword: str, language: str | None, concept: str | None) -> None:
    assert shipped.of(keyword_key(keyword), language) == concept


def test_the_words_for_a_thing(shipped: Concepts) -> None:
    words = shipped.keys("country:CN")
    assert words.keys() >= set(map(keyword_key, ["China", "中国", "Chine", "Китай", "الصين"]))
    assert {"de", "en"} <= set(words["china"])
    assert "ja" in words["中国"]
    assert "zh" in words["中国"]
    for key, languages in words.items():
        assert all(shipped.of(key, language) == "country:CN" for language in languages)
    assert shipped.keys("country:ZZ") == {}


def test_names_for_people(shipped: Concepts) -> None:
    assert shipped.label("country:CN", "de") == "China"
    assert shipped.label("country:CN", "zh-Hant") == "中國"
    assert shipped.label("language:de", "fr") == "allemand"
    assert shipped.label("country:CN", "x-unheard") == "China"


def test_the_shipped_words_add_to_countries(shipped: Concepts) -> None:
    for keyword, language, concept in [
        ("USA", "de", "country:US"),
        ("US", "en", "country:US"),
        ("Turkey", "en", "country:TR"),
        ("香港", "zh-Hant", "country:HK"),
        ("EU", "de", "country:EU"),
    ]:
        assert shipped.of(keyword_key(keyword), language) == concept
    assert {own.concept.partition(":")[0] for own in shipped.own} == {"country"}


def test_an_operators_own(tmp_path: Path) -> None:
    text = 'BMW = ["宝马", "寶馬"]\n"künstliche Intelligenz" = { de = ["KI"], en = ["AI"] }\nchina = ["Zhōngguó"]\n'
    loaded = load_concepts(write(tmp_path, text))
    assert loaded.mistakes == ()
    concepts = loaded.concepts
    assert concepts.of("bmw", "de") == concepts.of("宝马", "zh") == concepts.of("宝马", None) == "keyword:bmw"
    assert concepts.keys("keyword:bmw") == {"bmw": (), "宝马": ()}
    assert concepts.label("keyword:bmw") == "BMW"
    assert concepts.of("ki", "de") == concepts.of("ai", "en") == "keyword:künstliche intelligenz"
    assert concepts.of("ki", "fr") is None
    assert concepts.of("zhōngguó", "de") == "country:CN"  # more words for a country
    assert () in concepts.keys("country:CN").values()


def test_no_file_is_no_mistake(tmp_path: Path) -> None:
    loaded = load_concepts(tmp_path)
    assert loaded.mistakes == ()
    assert loaded.concepts.own == ()


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ('BMW = "宝马"\n', "BMW", "expected a list of keywords"),
        ("BMW = [1]\n", "BMW", "expected a list of keywords"),
        ('BMW = [" "]\n', "BMW", "nothing to compare"),
        ('" " = ["x"]\n', " ", "nothing to compare"),
        ('BMW = { deutsch1 = ["x"] }\n', "BMW.deutsch1", "BCP 47"),
        ('BMW = { de = "x" }\n', "BMW.de", "expected a list of keywords"),
        ('BMW = ["宝马"]\nAudi = ["寶馬"]\n', "Audi", "stands under 'BMW' already"),
        ('BMW = { de = ["x"] }\nAudi = ["X"]\n', "Audi", "stands under 'BMW' already"),
        ('BMW = ["x"]\nAudi = { de = ["X"] }\n', "Audi", "stands under 'BMW' already"),
        ("BMW = [\n", "", "cannot be read"),
    ],
)
def test_a_mistake_says_where(tmp_path: Path, text: str, key: str, reason: str) -> None:
    loaded = load_concepts(write(tmp_path, text + 'Alibaba = ["阿里巴巴"]\n' * bool(key)))
    assert [mistake.key for mistake in loaded.mistakes] == [key]
    assert reason in loaded.mistakes[0].reason
    assert loaded.mistakes[0].file == str(tmp_path / "keywords.toml")
    if key:
        assert loaded.concepts.of("阿里巴巴", "zh") == "keyword:alibaba"  # the others count


def test_words_of_two_languages_may_be_alike(tmp_path: Path) -> None:
    loaded = load_concepts(write(tmp_path, 'A1 = { de = ["x"] }\nB2 = { fr = ["X"] }\n'))
    assert loaded.mistakes == ()
    assert (loaded.concepts.of("x", "de"), loaded.concepts.of("x", "fr")) == ("keyword:a1", "keyword:b2")
    assert loaded.concepts.of("x") is None  # which of the two?


def test_the_fingerprint_says_when_a_keyword_may_mean_something_else(tmp_path: Path) -> None:
    fingerprints = [
        load_concepts(write(tmp_path, text)).concepts.fingerprint
        for text in ("", 'BMW = ["宝马"]', 'bmw = ["寶馬"]', 'BMW = { zh = ["宝马"] }')
    ]
    assert fingerprints[1] == fingerprints[2]
    assert len(set(fingerprints)) == 3


def test_what_is_kept_is_what_was_folded(shipped: Concepts, tmp_path: Path) -> None:
    assert known._names_kept_in(tmp_path) == shipped.names
    (kept,) = tmp_path.iterdir()
    assert known._names_kept_in(tmp_path) == shipped.names
    whole = kept.read_text(encoding="utf-8")
    for broken in (whole[:5000], "", "\x00"):
        kept.write_text(broken, encoding="utf-8")
        assert known._names_kept_in(tmp_path) == shipped.names
    assert kept.read_text(encoding="utf-8") == whole  # mended
    assert known._names_kept_in(tmp_path / "not there") == shipped.names


def test_a_process_has_one_copy_of_the_names(shipped: Concepts, tmp_path: Path) -> None:
    own = load_concepts(write(tmp_path, 'BMW = ["宝马"]'), cache_folder=tmp_path).concepts
    assert own.names is shipped.names
