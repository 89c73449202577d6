"""One normal form for every text, the same for single labels and whole columns."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.ingest.normalise import clean, clean_text, label_key
from kpi.ingest.numbers import plain_numbers

texts = st.text(alphabet=st.sampled_from("aZ 09٠٩۰۹ـًابـ\u200f\u200b\u00a0\u202b\ufeff\t\nﻻ½،,.-"), max_size=12)


@given(texts)
def test_a_label_and_a_column_have_the_same_normal_form(text):
    assert clean(pl.Series([text], dtype=pl.String)).to_list()[0] == (clean_text(text) or None)


@given(texts)
def test_normalising_twice_is_normalising_once(text):
    once = clean_text(text)
    assert clean_text(once) == once


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("  مســقط ", "مسقط"),
        ("٢٠٢٥", "2025"),
        ("۱۲۳", "123"),
        ("\u200fMuscat\u200e", "Muscat"),
        ("a\u00a0 b", "a b"),
        ("ﻣﺴﻘﻂ", "مسقط"),
    ],
)
def test_tatweel_digits_marks_spaces_and_presentation_forms_are_normalised(written, wanted):
    assert clean_text(written) == wanted


def test_headers_are_compared_without_case():
    assert label_key(" Service  Code ") == "service code"


def test_only_true_thousands_separators_are_removed():
    written = [
        "1,234",
        "١٬٢٣٤".translate(str.maketrans("١٢٣٤", "1234")),
        "1,234,567.5",
        "1,5",
        "12,34",
        ",123",
        "-1,000",
    ]
    assert plain_numbers(pl.Series(written)).to_list() == ["1234", "1234", "1234567.5", "1,5", "12,34", ",123", "-1000"]
