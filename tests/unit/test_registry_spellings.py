"""Other names of a thing: spellings of the same words are no other names."""

import pytest

from kpi.web.screens.registry_items import bare_name, period_words


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        ("رؤية عُمان 2040", "رؤية عمان 2040"),
        ("الاستراتيجية الوطنية لإدارة التغيير", "للإستراتيجية الوطنية لإدارة التغيير"),
        ("خطة التحول الإلكتروني 2012–2020", "خطة التحول الإلكتروني 2012م إلى 2020م"),
        ("الخطة التنفيذية 2021–2025", "الخطة التنفيذية ٢٠٢١ م – ٢٠٢٥م"),
        ("مستهدفات البرنامج للعام 2024", "مستهدفات البرنامج للعام 2024م"),
        ("تخفيف القيود على ضوابط التوظيف", "وتخفيف القيود على ضوابط التوظيف"),
    ],
)
def test_a_spelling_is_not_another_name(name, spelling) -> None:
    assert bare_name(name) == bare_name(spelling)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("مبادرة عُمان الرقمية", "عُمان الرقمية"),
        ("البوابة الموحّدة للخدمات الحكومية", "البوابة الوطنية الموحدة للخدمات الحكومية الإلكترونية"),
        ("خطة التحول الإلكتروني 2012–2020", "خطة التحول الإلكتروني 2012–2021"),
    ],
)
def test_another_name_stays_one(name, other) -> None:
    assert bare_name(name) != bare_name(other)


def test_a_span_of_years_runs_as_in_the_names_beside_it() -> None:
    joined = "2012\N{WORD JOINER}\N{EN DASH}\N{WORD JOINER}2020"
    assert [period_words("2012\N{EN DASH}2020", language) for language in ("ar", "en")] == [joined, joined]
