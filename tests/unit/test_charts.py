"""Charts are pure: a result goes in; a figure, its description and its table come out."""

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kpi.catalogue import load_catalogue
from kpi.charts import coverage, ranking, sparkline, tilemap, trend
from kpi.charts.chart import nice_ticks, tick_text, wrap
from kpi.charts.theme import DARK, LIGHT, css_variables, level_colour, palette, plotly_config, ramp_colour
from kpi.language import strip_isolates
from kpi.messages import LANGUAGES, text
from kpi.periods import Period, shift_months
from kpi.queries.entity_months import CoverageMap, EntityMonth, EntityMonths
from kpi.queries.governorate_values import GovernorateMap, GovernorateValue
from kpi.queries.results import (
    Break,
    CoverageBreak,
    Named,
    Point,
    RankedEntity,
    Ranking,
    Series,
)

REPOSITORY = Path(__file__).resolve().parents[2]
TRANSACTIONS = load_catalogue()["digital_transactions"]
TAKE_UP = load_catalogue()["digital_take_up"]
PERIOD = Period.parse("2025-01..2025-05")
MODES = ("light", "dark")


def monthly(values: list[float | None], kpi=TRANSACTIONS, partial: tuple[int, ...] = (), breaks=()) -> Series:
    last = date(2025, 5, 1)
    points = tuple(
        Point(shift_months(last, index - len(values) + 1), value, None, None, index in partial)
        for index, value in enumerate(values)
    )
    return Series(kpi, 1, points, breaks)


def ranked(count: int, silent: int = 0) -> Ranking:
    rows = tuple(
        RankedEntity(Named(f"e{n}", f"جهة {n}", f"Entity {n}"), 1000 - n, 1000 - n, None, 100 / count, 1.0, 5, 5)
        for n in range(count)
    )
    none = tuple(
        RankedEntity(Named(f"s{n}", f"صامتة {n}", f"Silent {n}"), None, None, None, None, None, 0, 5)
        for n in range(silent)
    )
    return Ranking(TRANSACTIONS, rows + none, PERIOD)


def governorates(not_allocated: float | None = 900.0) -> GovernorateMap:
    values = (
        GovernorateValue(Named("OM-MA", "مسقط", "Muscat"), 60, 1.5, 1, 3),
        GovernorateValue(Named("OM-BU", "البريمي", "Al Buraimi"), 40, 2.5, 1, 0),
        GovernorateValue(Named("OM-ZU", "ظفار", "Dhofar"), None, None, 4, 0),
    )
    return GovernorateMap(TRANSACTIONS, PERIOD, values, not_allocated, 1000.0)


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def shown_words(chart) -> str:
    return strip_isolates(" ".join(note.text for note in chart.figure.layout.annotations))


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_text_reads_on_every_surface(colours) -> None:
    for surface in (colours.page, colours.surface):
        for ink in (colours.ink, colours.muted, colours.primary, colours.accent_text, colours.alarm):
            assert contrast(ink, surface) >= 4.5, (ink, surface)
    for ink, surface in (
        (colours.on_band, colours.band),
        (colours.on_primary, colours.primary),
        (colours.primary, colours.primary_soft),
        (colours.accent_text, colours.accent_soft),
        (colours.ink, colours.accent_soft),
        (colours.alarm, colours.alarm_soft),
        (colours.muted, colours.sunken),
    ):
        assert contrast(ink, surface) >= 4.5, (ink, surface)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_marks_stand_out_from_the_surface_and_differ_in_lightness(colours) -> None:
    for mark in (colours.primary, colours.before, colours.other_line, colours.accent):
        assert contrast(mark, colours.surface) >= 3, mark
    assert contrast(colours.primary, colours.other) >= 2
    assert contrast(colours.before, colours.other) >= 2


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_the_levels_have_a_colour_each_that_is_no_other_level(colours) -> None:
    names = ("advanced", "green", "yellow", "red", "black")
    levels = [getattr(colours, f"level_{name}") for name in names]
    assert len(set(levels)) == len(names)
    # What is too light or too dark to stand out by itself has a frame that does.
    assert contrast(colours.other_line, colours.surface) >= 3
    for name, colour in zip(names, levels, strict=True):
        assert name in ("yellow", "black") or contrast(colour, colours.surface) >= 3, name


@pytest.mark.parametrize("mode", MODES)
def test_text_reads_on_every_step_of_the_map(mode) -> None:
    for step in range(5):
        fill, ink = ramp_colour(step, mode)
        assert contrast(ink, fill) >= 4.5, (step, fill, ink)


@pytest.mark.parametrize("mode", MODES)
def test_text_reads_on_every_level(mode) -> None:
    for rank in range(6):
        fill, ink = level_colour(rank, mode)
        assert contrast(ink, fill) >= 4.5, (rank, fill, ink)


def test_the_server_settings_repeat_the_palette_and_ten_chart_colours() -> None:
    theme = tomllib.loads((REPOSITORY / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    for mode in MODES:
        colours, settings = palette(mode), theme[mode]
        assert settings["primaryColor"] == colours.primary
        assert settings["backgroundColor"] == colours.page
        assert settings["textColor"] == colours.ink
        assert settings["borderColor"] == colours.line
        # With fewer, Plotly receives the word "undefined" and falls back to its own colours.
        assert len(settings["chartCategoricalColors"]) == 10
        assert colours.primary in css_variables(mode)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_chart_offers_an_upload_or_a_logo(language) -> None:
    config = plotly_config(language)
    assert config["displaylogo"] is False
    assert config["showSendToCloud"] is False


def test_month_names_in_a_drawing_are_arabic() -> None:
    config = plotly_config("ar")
    assert config["locales"]["ar"]["format"]["months"][0] == "يناير"


def test_time_runs_from_right_to_left_in_arabic_with_the_gutter_on_the_right() -> None:
    series = monthly([1.0] * 24)
    arabic = trend.figure(series, language="ar", mode="light").figure.layout
    english = trend.figure(series, language="en", mode="light").figure.layout
    assert arabic.xaxis.range[0] > arabic.xaxis.range[1]
    assert english.xaxis.range[0] < english.xaxis.range[1]
    assert (arabic.yaxis.side, english.yaxis.side) == ("right", "left")


def test_counts_are_bars_from_zero_and_ratios_are_lines() -> None:
    assert trend.figure(monthly([5.0, 6.0]), language="en", mode="light").figure.data[0].type == "bar"
    drawing = trend.figure(monthly([80.0, 90.0], kpi=TAKE_UP), language="en", mode="light").figure
    assert drawing.data[0].type == "scatter"
    assert drawing.layout.yaxis.range[0] == 0


def test_a_missing_month_is_a_marked_gap_and_not_a_zero() -> None:
    chart = trend.figure(monthly([5.0, None, 7.0]), language="en", mode="light")
    assert list(chart.figure.data[0].y) == [5.0, None, 7.0]
    assert list(chart.figure.data[1].x) == [1]
    assert "not provided" in " ".join(cell for row in chart.table.rows for cell in row)
    assert any("not zero" in note for note in chart.notes)


def test_partial_months_are_hatched_and_said_in_words() -> None:
    chart = trend.figure(monthly([5.0, 6.0], partial=(1,)), language="en", mode="light")
    assert list(chart.figure.data[0].marker.pattern.shape) == ["", "/"]
    assert chart.notes
    assert "incomplete" in chart.table.rows[0][1]


def test_the_chosen_period_and_its_base_are_named_with_their_values() -> None:
    chosen, base = trend.AxisSpan(PERIOD, "11,439,542"), trend.AxisSpan(PERIOD.year_before(), "10,600,000")
    chart = trend.figure(monthly([1.0] * 24), language="en", mode="light", chosen=chosen, base=base)
    words = shown_words(chart)
    assert "11,439,542" in words
    assert "Jan – May 2024" in words
    fills = list(chart.figure.data[0].marker.color)
    assert fills[-5:] == [LIGHT.primary] * 5
    assert fills[-17:-12] == [LIGHT.before] * 5


def test_a_change_of_definition_is_drawn_as_a_labelled_break() -> None:
    breaks = (Break(date(2025, 3, 1), "تعريف جديد", "New definition"),)
    chart = trend.figure(monthly([1.0] * 12, breaks=breaks), language="en", mode="light")
    assert "New definition" in shown_words(chart)
    assert len(chart.figure.layout.shapes) == 1


def test_a_large_entity_that_comes_or_goes_is_drawn_as_a_labelled_break_and_said_in_a_note() -> None:
    ports = Named("ports", "الموانئ", "Ports")
    series = replace(monthly([1.0] * 12), coverage_breaks=(CoverageBreak(date(2025, 1, 1), (), (ports,)),))
    for language, name in (("en", "Ports"), ("ar", "الموانئ")):
        chart = trend.figure(series, language=language, mode="light")
        assert len(chart.figure.layout.shapes) == 1
        assert name in shown_words(chart)
        assert any(name in note for note in chart.notes)


def test_a_target_is_a_dashed_line_with_its_value_inside_the_axis() -> None:
    series = replace(monthly([80.0, 90.0], kpi=TAKE_UP), target=95.0)
    chart = trend.figure(series, language="en", mode="light")
    (line,) = chart.figure.layout.shapes
    assert (line.y0, line.line.dash) == (95.0, "dash")
    assert "Target 95%" in shown_words(chart)
    assert chart.figure.layout.yaxis.range[1] > 95


def test_a_base_before_the_axis_is_drawn_over_the_chosen_points_and_named() -> None:
    base_points = tuple(
        Point(shift_months(date(2024, 6, 1), index - 24), 2.0, None, None, False) for index in range(12)
    )
    series = replace(monthly([1.0] * 12), base_points=base_points)
    base = trend.AxisSpan(Period.parse("2023-01..2023-05"), "10")
    chart = trend.figure(series, language="en", mode="light", chosen=trend.AxisSpan(PERIOD, "5"), base=base)
    overlaid = chart.figure.data[-1]
    assert (list(overlaid.x), list(overlaid.y), overlaid.line.dash) == ([7, 8, 9, 10, 11], [2.0] * 5, "dash")
    assert "Jan – May 2023" in shown_words(chart)


@pytest.mark.parametrize(
    ("against", "words"),
    [("year", "last year"), ("previous", "August – December 2024"), ("target", "target")],
)
def test_the_column_of_changes_names_its_base(against: str, words: str) -> None:
    base = None if against == "target" else PERIOD.previous()
    table = ranking.table(replace(ranked(3), against=against, base=base), "en")
    assert words in table.headers[3]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_series_still_has_words(language) -> None:
    chart = trend.figure(monthly([]), language=language, mode="light")
    assert chart.alt
    assert chart.table.rows == ()


def test_the_ranking_folds_the_others_into_one_bar_and_keeps_all_in_the_table() -> None:
    chart = ranking.figure(ranked(48, silent=2), language="en", mode="light")
    assert len(chart.figure.data[0].x) == ranking.SHOWN + 1
    assert "36 other entities" in shown_words(chart)
    assert len(chart.table.rows) == 50
    assert chart.figure.data[0].x[-1] == sum(1000 - n for n in range(12, 48))
    assert "2 entities did not report" in chart.notes[0]


def test_names_and_bars_of_the_ranking_lead_where_they_are_told_to_and_the_others_nowhere() -> None:
    chart = ranking.figure(ranked(48), language="en", mode="light", link=lambda one: f"./entity?lang=en&entity={one}")
    first = chart.table.rows[0][0]
    assert first.href == chart.figure.data[0].customdata[0]
    assert first.href.startswith("./entity?lang=en&entity=")
    assert f'<a href="{first.href.replace("&", "&amp;")}">' in chart.figure.layout.annotations[0].text
    assert chart.figure.data[0].customdata[-1] == ""
    assert ranking.figure(ranked(48), language="en", mode="light").figure.data[0].customdata is None


def test_names_stand_on_the_right_in_arabic_and_long_ones_are_wrapped_whole() -> None:
    long = "هيئة " + "المشاريع والمناقصات والمحتوى المحلي " * 3
    rows = (RankedEntity(Named("a", long.strip(), "A"), 10, 10, None, 100.0, None, 5, 5),)
    chart = ranking.figure(Ranking(TRANSACTIONS, rows, PERIOD), language="ar", mode="light")
    layout = chart.figure.layout
    assert layout.xaxis.range[0] > layout.xaxis.range[1]
    assert layout.annotations[0].xanchor == "right"
    drawn = strip_isolates(layout.annotations[0].text).split("<br>")
    assert len(drawn) > 1
    assert " ".join(drawn) == long.strip()


def test_the_map_is_never_mirrored() -> None:
    for language in LANGUAGES:
        layout = tilemap.figure(governorates(), language=language, mode="light").figure.layout
        assert layout.xaxis.range[0] < layout.xaxis.range[1]
        places = {strip_isolates(note.text).split("<br>")[0]: note.x for note in layout.annotations}
        muscat, buraimi = ("مسقط", "البريمي") if language == "ar" else ("Muscat", "Al Buraimi")
        assert places[muscat] > places[buraimi]


def test_what_is_not_allocated_is_on_the_map_with_its_share() -> None:
    chart = tilemap.figure(governorates(), language="en", mode="light")
    assert "900" in shown_words(chart)
    assert "90.0%" in shown_words(chart)
    assert chart.table.rows[-1][1] == "900"


def test_a_map_without_a_remainder_draws_none() -> None:
    chart = tilemap.figure(governorates(not_allocated=0.0), language="en", mode="light")
    assert "allocated" not in shown_words(chart)
    assert chart.notes == ()


def test_both_languages_draw_the_same_numbers() -> None:
    for draw, result in ((trend.figure, monthly([5.0, 1234567.0])), (ranking.figure, ranked(20)),
                         (tilemap.figure, governorates())):  # fmt: skip
        arabic, english = (draw(result, language=language, mode="light") for language in ("ar", "en"))
        for name in ("x", "y"):
            for one, other in zip(arabic.figure.data, english.figure.data, strict=True):
                assert list(one[name]) == list(other[name])


def test_a_sparkline_needs_two_values_and_breaks_at_gaps() -> None:
    points = monthly([1.0, None, 3.0, 4.0]).points
    assert sparkline.svg(points[:2], language="en", mode="light") is None
    drawing = sparkline.svg(points, language="en", mode="light")
    assert drawing is not None
    assert drawing.count("<polyline") == 1
    assert drawing.count('h0"') == 2, "a value between gaps is a dot, as the last one is"


@pytest.mark.parametrize(
    ("largest", "expected"),
    [(0, [0.0]), (10, [0, 2.5, 5, 7.5, 10]), (2_400_000, [0, 1e6, 2e6, 3e6]), (100, [0, 25, 50, 75, 100])],
)
def test_ticks_are_round_and_reach_the_largest_value(largest, expected) -> None:
    assert nice_ticks(largest) == expected


def test_wrapping_keeps_every_word() -> None:
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("", 7) == [""]
    assert wrap("unbreakable", 3) == ["unbreakable"]


def test_the_ticks_of_one_axis_are_written_alike() -> None:
    assert [tick_text(value, 15_000, "transactions", "en") for value in (0, 5_000, 15_000)] == ["0", "5,000", "15,000"]
    assert tick_text(2_500_000, 3_000_000, "transactions", "en") == "2.5 million"
    assert tick_text(80, 100, "percent", "en") == "80%"


def test_the_chosen_governorate_is_framed() -> None:
    plain, framed = (tilemap.figure(governorates(), language="en", mode="light", chosen=one) for one in (None, "OM-MA"))
    assert len(framed.figure.layout.shapes) == len(plain.figure.layout.shapes) + 1


def covered_months() -> CoverageMap:
    def months(*statuses: str) -> tuple[EntityMonth, ...]:
        return tuple(
            EntityMonth(shift_months(date(2023, 1, 1), index), status, 10) for index, status in enumerate(statuses)
        )

    rows = (
        EntityMonths(Named("a", "ألف", "Alpha"), months(*["reported"] * 26, "late", "missing")),
        EntityMonths(Named("b", "باء", "Beta"), months(*["not_expected"] * 20, *["reported"] * 8)),
    )
    return CoverageMap(Period.parse("2025-01..2025-04"), Period.parse("2023-05..2025-04"), rows, 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_state_of_a_month_is_drawn_explained_and_written_in_the_table(language) -> None:
    shown = coverage.drawing(covered_months(), language=language)
    for status in ("reported", "late", "missing", "not_expected"):
        word = text(f"quality.status.{status}", language)
        assert f'class="kpi-{status}' in shown.html
        assert f": {word}" in strip_isolates(shown.html), "on the cell"
        assert f"</i>{word}" in shown.html, "in the legend"
        assert word in [cell for row in shown.table.rows for cell in row]
    assert len(shown.table.rows[0]) == 2 + 24
    assert "aria-label" in shown.html


def test_the_months_before_the_last_twelve_are_for_wide_screens() -> None:
    html = coverage.drawing(covered_months(), language="en").html
    head, first, *_ = html.split('<div class="kpi-row')[1:]
    assert head.count("kpi-wide") == first.count("kpi-wide") == 12
    assert head.count("kpi-chosen") == 4
    assert [year for year in ("2023", "2024", "2025") if f"<b>{year}</b>" in head] == ["2023", "2024", "2025"]
