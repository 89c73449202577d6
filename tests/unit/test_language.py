"""Words, numbers, dates and lists in Arabic and English."""

import re
import unicodedata
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi import messages
from kpi.language import (
    MINUS,
    arabic_digits,
    compact,
    direction,
    format_change,
    format_day,
    format_duration,
    format_moment,
    format_number,
    format_percent,
    format_points,
    format_quantity,
    format_value,
    isolate,
    join_list,
    plural,
    prose,
    strip_isolates,
    t,
    unit_label,
)
from kpi.periods import Period

LRI, RLI, PDI = "\u2066", "\u2067", "\u2069"
FINITE = st.floats(-1e12, 1e12, allow_nan=False)


def both(arabic: str, english: str) -> tuple[str, str]:
    return strip_isolates(arabic), english


def digits_of(text: str) -> str:
    return "".join(character for character in text if character.isdigit() or character in f".{MINUS}+%")


def test_arabic_runs_right_to_left_and_english_left_to_right() -> None:
    assert (direction("ar"), direction("en")) == ("rtl", "ltr")


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [
        (11_439_542, 0, "11,439,542"),
        (0, 0, "0"),
        (999.5, 0, "1,000"),
        (-1234.56, 1, f"{MINUS}1,234.6"),
        (0.285, 2, "0.29"),
        (2.5, 0, "3"),
        (-0.4, 0, "0"),
    ],
)
def test_numbers_are_exact_grouped_and_rounded_half_up(value: float, decimals: int, written: str) -> None:
    assert format_number(value, "en", decimals=decimals) == written
    assert format_number(value, "ar", decimals=decimals) == f"{LRI}{written}{PDI}"


@given(FINITE, st.integers(0, 3))
def test_both_languages_write_the_same_number(value: float, decimals: int) -> None:
    for write in (format_number, format_percent, format_points):
        arabic, english = write(value, "ar", decimals=decimals), write(value, "en", decimals=decimals)
        assert digits_of(arabic) == digits_of(english)


@given(st.one_of(st.integers(-(10**13), 10**13), FINITE))
def test_every_isolate_that_opens_also_closes(value: float) -> None:
    written = [
        format_number(value, "ar"),
        format_change(value, "percent", "ar"),
        format_points(value, "ar"),
        compact(value, "ar").short,
        format_duration(abs(value), "ar"),
        format_quantity(abs(value), "transactions", "ar"),
    ]
    for text in written:
        assert text.count(LRI) + text.count(RLI) == text.count(PDI)


def test_english_carries_no_bidi_marks() -> None:
    written = format_change(-3, "percent", "en") + compact(5e6, "en").short + format_day(date(2025, 5, 3), "en")
    assert not any(unicodedata.category(character) == "Cf" for character in written)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("رؤية عُمان 2040", "رؤية عُمان ٢٠٤٠"),
        ("لكل 1,000 نسمة، أي 3.5%.", "لكل ١٬٠٠٠ نسمة، أي ٣٫٥٪."),
        ("الخطة 2021–2025", "الخطة ٢٠٢١–٢٠٢٥"),
        ("2, 3 و4", "٢, ٣ و٤"),
        ("المعيار ISO 3166-2:OM لعام 2020", "المعيار ISO 3166-2:OM لعام ٢٠٢٠"),
        ("الخدمة rop-001 والمشروع p12", "الخدمة rop-001 والمشروع p12"),
        ("البناء 20261127T190058-2717f199", "البناء 20261127T190058-2717f199"),
        ("منذ 2025-05-31 أو 2025-05", "منذ 2025-05-31 أو 2025-05"),
        ("شبكة 5G", "شبكة 5G"),
    ],
)
def test_numbers_in_arabic_prose_follow_the_digits_in_force_and_names_in_latin_letters_do_not(written, shown) -> None:
    assert prose(written, "ar") == written
    with arabic_digits("arab"):
        assert prose(written, "ar") == shown
        assert prose(prose(written, "ar"), "ar") == shown
        assert prose(written, "en") == written


def test_the_words_of_the_interface_have_one_kind_of_digits() -> None:
    with arabic_digits("arab"):
        for key, written in messages.catalogue("ar").items():
            if not re.search(r"[A-Za-z{]|\d-\d", written):
                assert not re.search("[0-9]", t(key, "ar")), key


def test_arabic_indic_digits_are_there_for_who_asks() -> None:
    assert strip_isolates(format_number(1234.5, "ar", decimals=1, digits="arab")) == "١٬٢٣٤٫٥"
    assert strip_isolates(format_percent(93.4, "ar", digits="arab")) == "٩٣٫٤٪"
    assert strip_isolates(format_change(-4, "percent", "ar", digits="arab")) == f"{MINUS}٤٫٠٪"


@pytest.mark.parametrize(
    ("value", "kind", "arabic", "english"),
    [
        (12.34, "percent", "+12.3%", "+12.3%"),
        (-4, "percent", f"{MINUS}4.0%", f"{MINUS}4.0%"),
        (-0.04, "percent", "0.0%", "0.0%"),
        (1.25, "points", "+1.3 نقطة مئوية", "+1.3 points"),
        (-53_210, "number", f"{MINUS}53,210", f"{MINUS}53,210"),
    ],
)
def test_changes_are_signed_with_a_true_minus_and_zero_has_no_sign(
    value: float, kind: str, arabic: str, english: str
) -> None:
    assert both(format_change(value, kind, "ar"), format_change(value, kind, "en")) == (arabic, english)


def test_the_sign_and_the_percent_mark_stay_with_the_number_inside_arabic_text() -> None:
    change = format_change(-4, "percent", "ar")
    assert f"{LRI}{MINUS}4.0%{PDI}" in t("comparison.sentence", "ar", change=change, base="x")


@pytest.mark.parametrize(
    ("value", "arabic", "english"),
    [
        (11_439_542, "11.4 مليون", "11.4 million"),
        (26_990_000, "27 مليون", "27 million"),
        (3_000_000, "3 ملايين", "3 million"),
        (999_949, "999.9 ألف", "999.9 thousand"),
        (999_950, "1 مليون", "1 million"),
        (1_000_000_000, "1 مليار", "1 billion"),
        (12_000, "12 ألف", "12 thousand"),
        (9_999, "9,999", "9,999"),
        (0, "0", "0"),
        (-25_310, f"{MINUS}25.3 ألف", f"{MINUS}25.3 thousand"),
    ],
)
def test_large_numbers_are_shortened_without_slipping_into_a_wrong_unit(value: int, arabic: str, english: str) -> None:
    assert both(compact(value, "ar").short, compact(value, "en").short) == (arabic, english)


@given(st.integers(-(10**14), 10**14))
def test_a_short_number_keeps_the_exact_one_beside_it_and_stays_within_half_of_its_last_digit(value: int) -> None:
    number = compact(value, "en")
    assert int(number.exact.replace(",", "").replace(MINUS, "-")) == value
    factor = {"": 1, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
    shown, _, unit = number.short.partition(" ")
    plain = float(shown.replace(",", "").replace(MINUS, "-"))
    assert abs(plain) < 1000 or unit == ""
    assert abs(plain * factor[unit] - value) <= 0.05 * factor[unit] * (1 + 1e-9)


@pytest.mark.parametrize(
    ("minutes", "arabic", "english"),
    [
        (0, "صفر دقيقة", "0 minutes"),
        (0.3, "أقل من دقيقة", "less than a minute"),
        (1, "دقيقة واحدة", "1 minute"),
        (2, "دقيقتان", "2 minutes"),
        (45, "45 دقيقةً", "45 minutes"),
        (59.6, "ساعة واحدة", "1 hour"),
        (125, "ساعتان و5 دقائق", "2 hours and 5 minutes"),
        (1439.7, "يوم واحد", "1 day"),
        (3 * 1440 + 600, "3 أيام و10 ساعات", "3 days and 10 hours"),
        (1440 + 23.8 * 60, "يومان", "2 days"),
        (100 * 1440, "100 يوم", "100 days"),
    ],
)
def test_minutes_become_durations_that_carry_when_rounded(minutes: float, arabic: str, english: str) -> None:
    assert both(format_duration(minutes, "ar"), format_duration(minutes, "en")) == (arabic, english)


@pytest.mark.parametrize(
    ("n", "arabic", "english"),
    [
        (0, "لا خدمات", "no services"),
        (1, "خدمة واحدة", "1 service"),
        (2, "خدمتان", "2 services"),
        (3, "3 خدمات", "3 services"),
        (11, "11 خدمةً", "11 services"),
        (100, "100 خدمة", "100 services"),
        (101, "101 خدمة", "101 services"),
        (103, "103 خدمات", "103 services"),
        (1000, "1,000 خدمة", "1,000 services"),
        (2277, "2,277 خدمةً", "2,277 services"),
    ],
)
def test_counted_nouns_agree_with_their_number(n: int, arabic: str, english: str) -> None:
    assert both(plural("count.services", n, "ar"), plural("count.services", n, "en")) == (arabic, english)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 10, 11, 99, 100, 101, 102, 103, 1000, 11_439_542])
@pytest.mark.parametrize("noun", ["transactions", "services", "journeys", "entities", "months"])
def test_every_counted_noun_has_a_form_for_every_number(noun: str, n: int) -> None:
    for language in ("ar", "en"):
        written = plural(f"count.{noun}", n, language)
        assert f"{n:,}" in written or n < 3


@pytest.mark.parametrize(
    ("items", "arabic", "english"),
    [
        ([], "", ""),
        (["أ"], "أ", "أ"),
        (["أ", "ب"], "أ وب", "أ and ب"),
        (["أ", "ب", "ج"], "أ، ب وج", "أ, ب and ج"),
    ],
)
def test_lists_are_joined_as_a_sentence_does(items: list[str], arabic: str, english: str) -> None:
    assert (join_list(items, "ar"), join_list(items, "en")) == (arabic, english)


def test_a_list_of_names_with_braces_is_joined_untouched() -> None:
    assert join_list(["{x}", "y"], "en") == "{x} and y"


def test_days_and_moments_are_written_out() -> None:
    day, moment = date(2025, 5, 3), datetime(2025, 5, 3, 14, 5)
    assert both(format_day(day, "ar"), format_day(day, "en")) == ("3 مايو 2025", "3 May 2025")
    assert both(format_moment(moment, "ar"), format_moment(moment, "en")) == ("3 مايو 2025، 14:05", "3 May 2025, 14:05")


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "arabic", "english"),
    [
        (11_439_542, "transactions", 0, "11,439,542", "11,439,542"),
        (93.412, "percent", 1, "93.4%", "93.4%"),
        (125, "minutes", 0, "ساعتان و5 دقائق", "2 hours and 5 minutes"),
        (812.25, "per_1000", 1, "812.3", "812.3"),
        (16, "journeys", 0, "16", "16"),
        (0, "services", 0, "0", "0"),
    ],
)
def test_the_value_of_a_kpi_is_exact_and_in_its_unit(
    value: float, unit: str, decimals: int, arabic: str, english: str
) -> None:
    written = (format_value(value, unit, language, decimals) for language in ("ar", "en"))
    assert both(*written) == (arabic, english)


def test_zero_not_provided_and_not_applicable_read_differently() -> None:
    for language in ("ar", "en"):
        written = {
            format_value(0, "percent", language),
            format_value(None, "percent", language),
            format_value(None, "percent", language, nothing="not_applicable"),
        }
        assert len(written) == 3
    assert format_value(None, "services", "ar") == "لم يُقدَّم"
    assert format_value(None, "services", "en") == "not provided"


def test_a_quantity_says_its_unit_in_words() -> None:
    assert format_quantity(11_439_542, "transactions", "en") == "11,439,542 transactions"
    assert strip_isolates(format_quantity(11_439_542, "transactions", "ar")) == "11,439,542 معاملةً"
    assert format_quantity(812.25, "per_1000", "en", 1) == "812.3 per 1,000 residents"
    assert format_quantity(None, "transactions", "en") == "not provided"
    assert format_quantity(74, "percent", "en") == "74%"


@pytest.mark.parametrize("unit", ["transactions", "percent", "minutes", "services", "journeys", "entities", "per_1000"])
def test_every_unit_has_a_name(unit: str) -> None:
    assert unit_label(unit, "ar") != unit_label(unit, "en")


def test_the_facts_of_a_message_are_written_for_its_language() -> None:
    facts = {"base": Period.parse("2024-01..2024-05"), "change": "x"}
    assert t("comparison.sentence", "en", **facts) == "x on January – May 2024"
    assert "يناير – مايو 2024" in t("comparison.sentence", "ar", **facts)
    assert t("coverage.reported", "en", reported=1234, expected=48) == "1,234 of 48 entities reported"
    assert f"{LRI}1,234{PDI}" in t("coverage.reported", "ar", reported=1234, expected=48)
    assert f"{LRI}12.5{PDI}" in t("status.target", "ar", target=12.5)


def test_names_of_the_other_script_are_isolated_and_isolated_text_is_left_alone() -> None:
    assert f"{LRI}Manjam{PDI}" in t("coverage.silent", "ar", names="Manjam")
    assert f"{RLI}منجم{PDI}" in t("coverage.silent", "en", names="منجم")
    assert "وزارة الصحة" in t("coverage.silent", "ar", names="وزارة الصحة")
    assert t("coverage.silent", "ar", names=isolate("x", "ar")).count(LRI) == 1


def test_a_word_that_does_not_exist_is_an_error_and_not_an_empty_text() -> None:
    with pytest.raises(KeyError):
        t("no.such.word", "ar")
