"""The folding for searches: whoever leaves out a hamza, a dot or a diacritic finds the same."""

from collections.abc import Callable, Iterator

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.catalogue import SQL_FOLDER

LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهويءأإآٱؤئةى abcXYZ 0123456789٠١٢٣٤٥٦٧٨٩"
MARKS = "\N{ARABIC FATHA}\N{ARABIC DAMMATAN}\N{ARABIC SHADDA}\N{ARABIC SUKUN}\N{ARABIC LETTER SUPERSCRIPT ALEF}ـ"
DIRECTIONS = "\N{RIGHT-TO-LEFT ISOLATE}\N{POP DIRECTIONAL ISOLATE}\N{RIGHT-TO-LEFT MARK}\N{ZERO WIDTH NON-JOINER}"
ALIKE = [
    ("إصدار رخصة", "اصدار رخصه"),
    ("أراضٍ", "اراض"),
    ("آليّة", "اليه"),
    ("ٱلطلب", "الطلب"),
    ("مستشفى", "مستشفي"),
    ("هيئة", "هييه"),
    ("شؤون", "شوون"),
    ("الكهرباء", "الكهربا"),
    ("مُحَـــمَّد", "محمد"),
    ("مرحلة ٢٠٢٥", "مرحلة 2025"),
    ("مرحلة ۲۰۲۵", "مرحلة 2025"),
    ("Licence RENEWAL", "licence renewal"),
    ("Café", "cafe"),
    ("رخصة (تجديد)", "رخصة  تجديد "),
    ("أ\N{ARABIC HAMZA ABOVE}", "ا"),
]
DISTINCT = [("رخصة", "رخصتان"), ("قلب", "كلب"), ("حرث", "حرس"), ("licence", "license"), ("1", "11")]


@pytest.fixture(scope="module")
def folded() -> Iterator[Callable[[str], str]]:
    connection = duckdb.connect()
    connection.execute((SQL_FOLDER / "core" / "search_form.sql").read_text(encoding="utf-8")).fetchall()

    def search_form(words: str) -> str:
        return connection.execute("select search_form(?)", [words]).fetchall()[0][0]

    yield search_form
    connection.close()


@pytest.fixture(scope="module")
def words_of() -> Iterator[Callable[[str], list[str]]]:
    connection = duckdb.connect()
    for name in ("search_form", "search_words"):
        connection.execute((SQL_FOLDER / "core" / f"{name}.sql").read_text(encoding="utf-8")).fetchall()

    def search_words(sought: str) -> list[str]:
        return connection.execute("select search_words(?)", [sought]).fetchall()[0][0]

    yield search_words
    connection.close()


@pytest.mark.parametrize(("written", "typed"), ALIKE)
def test_what_writers_do_differently_is_the_same_for_a_search(folded, written, typed) -> None:
    assert folded(written) == folded(typed)


@pytest.mark.parametrize(("one", "other"), DISTINCT)
def test_letters_that_differ_stay_different(folded, one, other) -> None:
    assert folded(one) != folded(other)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_folding_twice_changes_nothing_more_and_leaves_only_letters_and_digits(folded, words) -> None:
    once = folded(words)
    assert folded(once) == once
    assert "  " not in once
    assert once == once.strip()
    assert not set(once) & set("أإآٱءؤئةىـ٠١٢٣٤٥٦٧٨٩%_'\"().-") - {""}


@settings(max_examples=100, deadline=None)
@given(st.text(LETTERS, max_size=30), st.lists(st.tuples(st.integers(0, 30), st.sampled_from(MARKS + DIRECTIONS))))
def test_marks_strewn_into_a_name_do_not_matter(folded, words, strewn) -> None:
    marked = words
    for place, mark in strewn:
        marked = marked[:place] + mark + marked[place:]
    assert folded(marked) == folded(words)


@settings(max_examples=100, deadline=None)
@given(st.text(LETTERS, min_size=1, max_size=20), st.text(LETTERS, max_size=20))
def test_a_part_of_a_name_is_found_in_the_name(folded, part, rest) -> None:
    assert all(word in folded(f"{rest} {part}") for word in folded(part).split())


@pytest.mark.parametrize(
    ("sought", "name"),
    [
        ("البلدية", "رخصة بلدية"), ("بلدية", "دائرة البلدية"), ("البلدية", "دائرة البلدية"),
        ("للبلدية", "رسوم البلدية"), ("الرخصة البلدية", "تجديد رخصة بلدية"), ("ٱلبلديّة", "بلديه"),
        ("بلدية", "المنح للبلدية"),
    ],
)  # fmt: skip
def test_a_word_is_found_with_and_without_its_article(words_of, folded, sought, name) -> None:
    assert all(word in folded(name) for word in words_of(sought))


@pytest.mark.parametrize("word", ["آلية", "ألف", "إلى", "الم", "بلدية", "licence", "لله"])
def test_what_only_looks_like_an_article_stays(words_of, folded, word) -> None:
    assert words_of(word) == [folded(word)]


@settings(max_examples=100, deadline=None)
@given(st.text(LETTERS, min_size=1, max_size=20), st.text(LETTERS, max_size=20))
def test_whatever_was_found_with_its_article_is_found_without_it(words_of, folded, part, rest) -> None:
    assert all(word in folded(f"{rest} {part}") for word in words_of(part))


def test_nothing_stays_nothing(folded) -> None:
    assert folded(None) is None
    assert folded("") == ""
