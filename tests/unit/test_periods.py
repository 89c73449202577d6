"""Periods of whole months."""

import pickle
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.errors import KpiError
from kpi.language import strip_isolates
from kpi.periods import Period, month_name, months_between, point_label, shift_months

MONTHS = st.dates(date(1970, 1, 1), date(2090, 12, 31)).map(lambda day: day.replace(day=1))
PERIODS = st.tuples(MONTHS, st.integers(0, 60)).map(lambda pair: Period(pair[0], shift_months(pair[0], pair[1])))
GULF_MONTHS = "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر".split()


def period(value: str) -> Period:
    return Period.parse(value)


@given(PERIODS)
def test_a_period_reads_back_from_its_own_key(some: Period) -> None:
    assert Period.parse(some.key) == some


@given(PERIODS, st.integers(-500, 500))
def test_shifting_keeps_the_length_and_can_be_undone(some: Period, months: int) -> None:
    assert some.shift(months).months == some.months
    assert some.shift(months).shift(-months) == some


@given(PERIODS)
def test_walking_a_period_gives_each_of_its_months_once_in_order(some: Period) -> None:
    months = list(some)
    assert (months[0], months[-1], len(months)) == (some.start, some.end, some.months)
    assert months == sorted(set(months))
    assert all(month in some for month in months)


@given(PERIODS)
def test_the_previous_period_ends_the_month_before_and_is_as_long(some: Period) -> None:
    assert months_between(some.previous().end, some.start) == 1
    assert some.previous().months == some.months


@given(PERIODS, st.sampled_from([1, 2, 3, 4, 6, 12]))
def test_snapping_only_widens_to_whole_points_and_a_second_time_changes_nothing(some: Period, grain: int) -> None:
    snapped = some.snap(grain)
    assert snapped.start <= some.start <= some.end <= snapped.end
    assert snapped.months - some.months < 2 * grain
    assert (snapped.start.month - 1) % grain == 0
    assert snapped.months % grain == 0
    assert snapped.snap(grain) == snapped


@given(PERIODS, st.sampled_from([1, 3]))
def test_every_period_has_a_name_in_both_languages(some: Period, grain: int) -> None:
    for language in ("ar", "en"):
        assert str(some.end.year) in some.label(language, grain)


@pytest.mark.parametrize(
    ("value", "key", "months"),
    [
        ("2025-01..2025-05", "2025-01..2025-05", 5),
        ("2025-05", "2025-05..2025-05", 1),
        ("2024", "2024-01..2024-12", 12),
        ("2023..2024", "2023-01..2024-12", 24),
        (" 2024-11 .. 2025-01 ", "2024-11..2025-01", 3),
    ],
)
def test_ranges_months_and_years_are_read(value: str, key: str, months: int) -> None:
    assert (period(value).key, period(value).months) == (key, months)


@pytest.mark.parametrize(
    "value",
    ["", "..", "2025-13", "2025-00", "2025-1", "0000-01", "2025-05..2025-01", "2025-05..", "may 2025", "٢٠٢٥-٠٥"],
)
def test_anything_else_is_refused_with_the_reason_in_both_languages(value: str) -> None:
    with pytest.raises(KpiError) as caught:
        Period.parse(value)
    assert caught.value.key == "period_invalid"
    for language in ("ar", "en"):
        assert value in caught.value.what(language)
        assert "2025-01..2025-05" in caught.value.next_step(language)


def test_a_period_made_of_days_other_than_the_first_is_refused() -> None:
    with pytest.raises(KpiError, match="period"):
        Period(date(2025, 1, 1), date(2025, 5, 31))


def test_a_grain_that_does_not_divide_the_year_is_refused() -> None:
    with pytest.raises(KpiError) as caught:
        period("2025").snap(5)
    assert caught.value.key == "period_grain_invalid"


def test_the_base_of_a_period_is_the_same_months_of_the_year_before() -> None:
    assert period("2025-01..2025-05").year_before() == period("2024-01..2024-05")


@pytest.mark.parametrize(
    ("value", "grain", "arabic", "english"),
    [
        ("2025-01..2025-05", 1, "يناير – مايو 2025", "January – May 2025"),
        ("2017-04..2017-06", 1, "أبريل – يونيو 2017", "April – June 2017"),
        ("2017-04..2017-06", 3, "الربع الثاني 2017", "Q2 2017"),
        ("2017-04..2017-12", 3, "الربع الثاني – الربع الرابع 2017", "Q2 – Q4 2017"),
        ("2016-10..2017-03", 3, "الربع الرابع 2016 – الربع الأول 2017", "Q4 2016 – Q1 2017"),
        ("2025-05", 1, "مايو 2025", "May 2025"),
        ("2024-11..2025-01", 1, "نوفمبر 2024 – يناير 2025", "November 2024 – January 2025"),
        ("2024", 1, "2024", "2024"),
        ("2024", 3, "2024", "2024"),
        ("2023..2024", 1, "2023 – 2024", "2023 – 2024"),
    ],
)
def test_periods_are_named_as_people_name_them(value: str, grain: int, arabic: str, english: str) -> None:
    assert strip_isolates(period(value).label("ar", grain)) == arabic
    assert period(value).label("en", grain) == english


def test_months_have_the_names_used_in_oman() -> None:
    assert [month_name(month, "ar") for month in range(1, 13)] == GULF_MONTHS


def test_a_point_of_a_series_is_named_by_its_grain() -> None:
    assert point_label(date(2017, 4, 1), 3, "en") == "Q2 2017"
    assert point_label(date(2017, 4, 1), 1, "ar") == "أبريل 2017"


def test_a_period_can_be_a_cache_key_and_travel_between_processes() -> None:
    some = period("2025-01..2025-05")
    assert pickle.loads(pickle.dumps(some)) == some
    assert len({some, period("2025-01..2025-05")}) == 1
